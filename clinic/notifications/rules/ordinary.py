"""Ordinary words one slip away from a word of the red-flag vocabulary: typed, they mean themselves.

Found by asking the spelling rule about the commonest English words, then read through by hand; add a word
here when an innocent reply raises an alarm by its spelling.
"""

_WORDS = """
    accents accidental ace acres add adm ads aether affection affections agent aid ait alf alice alike
    allen allowed along alp alps alves amr ams amy analysed analysis ancients and angel anna are arena
    ari aries ark arming ars arts aside asp atm atms attaining aunt aur aware away backed backing bag
    bait baker balanced ball balls ban bank banking banks banned bar barry based bat bathing battering
    battles battling beaks bearable bearing beat bell bella belle bello bellows bells ben benny bet
    betting biddle biddy big bills billy bim binding bitching bite bitter blanc bland bleaching bleep
    blend blending blends blink block blocking blond bloom blow blown blows blurring bobbing boiled bold
    bond bonds bonus booing boozy bothering bought boulders bound bow bowed bowen bower bowl bowling
    bowls boxes boy branching brash brawl breaching bread breadth breed breeding breeds brick brief
    bright brightened brine bring brood brother brunch brushing bucks bugged bully bumbling bun bungee
    burying bus busting but butter button caf cake cal calc calling cam camp can cancel card cards cared
    carrier carries cases cash cashed cast casually cat catch catering caves cell certain certified
    cessation chain chance charge charged charging charm charming chat chatting cheat chess childs
    chiles chill chilli chilly chipping chose clash clashed clinching clipping clog clogs closing cloth
    cloths cloud clumps clutching clutter cock codes coker cole collared collated collusion colt colts
    com complaint concession concessions conclusion conclusions concurred confessed confession
    confidence confusing constituted constitution continent continents contingency contract conversion
    conversions cooked cooking cop cops cot cots couch crashes crass crawler crawley creaking cream
    creating creations cred creed crest crimes cris crises criss crop cropping cross crouching crown crt
    cruise crumbling crunches crunchy crush crutch cryin cuffed cute dainty dam dancer dangerous danny
    dare dating deal dear dearth decreased decreasing defection degree dei delicious denny depth
    desiring desperately detection detention dibs dick diddy difference differently digestion dike ding
    dinner dir dire directions dis disappeared discharged disparate diss ditching diy doe does dog don
    dose doses draft draining drawn draws dreaming dressed dressing dried dries drilling drink drinking
    dripping driver drugs drying due dummy dust dwelling dwellings dyeing ear early earning ears easter
    eat eats edie education eel eels eight ejection election elections electrons embarrass
    embarrassingly emergence emergent emotion emotions enable eruptions ether eve ewe executions exit
    explore expressed expressing expression extensive faced facing factored fail fails fake faker fame
    fancy far farming fat father fear fearful fearing fears featured features fee feed feeding feeds
    feelin fees felling fest fewer fiddle fiddling fig fight fights files fill filling fine fired
    fishing five fiver fizzy flank flatter flattering flight flights flint flip flo flood flower flurry
    fly flying focussed foe foes folder foo foods footy ford form formal fort forth foster fought
    fractions fred fret fried fries frighten fry frying fueling fuels fumbled fumbling fund gain gains
    gambling gang gap gaps gary gas gases gather gay gear gearing gears git glow goin gold good goods
    grain grappling grasping greek greg grin gripping groan grown grumbling gum gummy hair halves ham
    hanging happy har harding harem hark harry hat haw heading healing hear hearn hears hearst
    heartbreak heartfelt hearth hearty heat heath heating heave heels heightened hel hello hep hills hin
    hired hissing holders hole homeless homes honky hood hook hop hoped hoping hops horrified horst
    house hovering huddled hum humble humbled humbling humor humour hunting ibs ice ich icy ide
    imbalance imbalances impatience importance impressed impressing impression inaction inception
    incidents increase increases increasingly indignation induction infectious infested inflation
    inflection info infraction infractions infusion ingestion injection injections insertion inspection
    inspections instantly intensity intention intentions inter invention inventions ionizing iphone ips
    irb iss issued itching its jae jas jenny jim jingle joint joker joliet jon jones jose jumble jump
    jumped just kee keeping keg kelly kenny kicked kicker kid killer kind kiss kissing kneel kneeling
    knew knight koo lab lac lack ladders lag laker lakes lambs lamps lancer lands larry las later latter
    launching laying lazy lea leader leading leaf leafs leafy leahy leaning leaped leaping leaps leary
    lease leased leasing leaving led lee leeds lees lenny letter letting lev lever levers ley lib libs
    lice lie lies lighthearted lighting liked lim limbo limes lines link lip lire lis lisp list lit lite
    lived liver lizzy load loans lock log lok lol look looked loop loosening los losses love loved lover
    lovers loving lps luke lumpy maher make makes man manic marker married marry master masters match
    matches matching mater maw may mayer mess middling might mile miles mill mills min minded minestrone
    mingle mingled mingling minute miserably missy mist mists mix mode molded month moore mother mouse
    moved mud muddle mumbling mummy mumps munching musty naw near nearby nearing nears neath nee neither
    nelly netting neve nine nip nips noise non noon nope nor norman north noticed notion notions old
    oleg onto ontology ooh ooo oooh oop oppressed opus ordination ore other our ours overdone overjoyed
    overused pace paddle paddling paint painted painting paints pairs pal palace pall palms palo pals
    pan panning pap paperwork par paradise parametric parent paris parks part parting party past pasting
    path patting pay paying peak peaked peaks pears ped peddle peddling peeking peeling peels peeping
    peer peering peers peg pegs peking penn penney peony per peres pers pes pet petting pew pews picked
    picker picking pies pig pine pips pisa pit pitch pitching pitting placed placing plain plane plank
    planting plants plate play pleased plo plot plots plump plus poi poke poked pokes pokey poking pol
    polls polo pool pooling pools pooping pose posing post pot potions pour powder pray pre preaching
    pres pressed pressing prevention print printing property prying puddle puffin pulsed pump pumps pun
    punching punk purges purified purse pushed queen quit quivering quote rail raining raising rally
    rams ranging ranting rarely rash rated rates rating rattle rattled ray rbi rbis rbs reach reaching
    read reads realize rearing reception reel reeling reels refused regression regular rejection
    rejections religious remus rent repairing repression resection responsive restraining rests
    retraining reus revered rick rid riddle rig rigs rin rip ripping rms roads rob robbing robs roe root
    rose route rub rubs rugged rumbling rummy rumor rumour run ruthless sacred sad sadly sailed sailing
    saint saints sake sakes sale sales sam san sars sas sat save say saying says scaled scare scares
    scarred scattering scheming scored scraping screening screwing scuffle seared sears season seating
    sec sections sedation seed seedlings seeds seek seeking seen seep seine selections sell selling
    sells sending sensational sent sep seperate sept serious serve serves set setting sever severed
    severing shades shake shamed shapes share shared shares sharing shattering shaver shaves she sheep
    sheet shell shelling shells shi shift shih shillings shimmering shine shines shining shiny shipping
    ships shirt shoot shooter shops shore shorten shot shots shouldered shoveling show showering shows
    shrank shrieking shrink shuffled shun sicker sie sin sine sing singer singing single singled singles
    singly sings sinking sins sir sissy sized skeptic ski skill slight slinging slip sliver slots slugs
    slums slur slurry small smelling smiled smiling smoldering snakes snappy sneezing soared son sorry
    sought sound sounders sounds south spare spared speed spelling spellings spent spice spike spills
    spire spirit spite spoiled spoiling spoon sports spot spreading springing sprinkling sprinting spurs
    staff staining stakes star stared staring start starts stats steaks steam steaming stepped stick
    sticker stingy stinking stinks stints stitching stock stocks stoke stokes stole store stores
    stranger strapping stray streak streamed streaming strike strikes striking string strings striving
    strobe struck stuff stuffing subbing subconscious suck sue suit suite sun surges swear swearing
    sweep sweeping sweet swine swing swinging swings switching swoop sworn tables tai tainted taker tale
    tall tammy tangle tangled taste tax taxes tea teaming teams teary teas teasing ted telly temperate
    ten terrific tes testified thats theme then thicker thing thinks though threat three throw throwing
    thus ticked ticket tickle tie tied ties tightened tiled tiling tim timmy tinged tinker tinted tip
    tis tissue titled titles tod toed tommy ton tone tool tools toot toothless top tor tore tos toss
    tough tours tow towel towels tower trace track trail trailing train trained training trapped trash
    trashed treating tricks tried tries tron trump trust tucker tudor tue tumbling turning tutor twinkle
    tying typos unveiling ups ure urged user valves vast verified verve vetting vic vide vie vigor vive
    voice vying wages wait waited waiting waits wales walter war warming wars was washing wasps wasted
    wasting watch watching waterford watermark waves wed weds weeding well wells wer were wes west
    wether wheeling while whist whose wicker wide willing winged winked winner wire won wonka woody
    wooing word wort worthy would wrapped wreath wreaths wrenching wright writ write xie yard year years
    yelp yes yet ying yip your yours youth yummy zones
"""

ORDINARY = frozenset(_WORDS.split())
