"""Ordinary words one slip away from a word of the red-flag vocabulary: typed, they mean themselves.

Found by asking the spelling rule about the commonest English words, then read through by hand; add a word
here when an innocent reply raises an alarm by its spelling.
"""

_WORDS = """
    accents accidental ace acres add ads affection affections aid ait alice allen allowed amy analysed
    analysis ancients and anna are areas arts aside asp aunt away backed backing bag bait balanced ban
    bands banking banned bar based bat bathing bearable bearing beat beds bell belongs ben bet betting
    big binding bite bitter bleaching blending blends blocking blocks blow blues blurring boiled bold
    bond bonds bothered bothering bow bowl bowling bowls boy breaching breadth breeding breeds brief
    bring brother brushing bumbling bus but butter button cake calling cam camp can cancel card cards
    cared cars cash cast casually cat cell change changes charged cheat cheers childs chiles chill
    chilli chilly chipping clipping clock clog clogs closing cloud clouds cole collared collated
    collusion colt colts com concession concessions conclusion conclusions concurred concussions
    confessed confession confidence confusing constituted constitution continent continents contingency
    controls conversion conversions cooked cooking cop cops cot cots creaking creating creations crochet
    crop cropping cross crown cruise crumbling cuffed cup cute dainty dam dancer dangerous danny dare
    deal dear decreased decreasing defection degree delicious desiring desperately dies difference
    differently directions disparate diss diy doctors don dreaming dressed dressing drilling drink
    dripping due ear earning easter eat eating eats education eight ejection election elections
    electrons elephants emergence emergent emotion emotions enable ends eruptions eve executions exit
    explore expressed expressing expression eyes faced faces facing factored fail fake fame far farming
    fat father fear fearful featured features fed fee feeding fees fig fight fights filling fishing
    fittings five fizzy flights flip flood flurry focussed form formal foster fractions fred fumbling
    fund gain gambling gang gap gaps gas gather gear git goes gold grappling grasping gripping grounds
    grumbling hair ham hanging happy hat heads hear hearing heat heating height hello hills hits holds
    hole homeless hood hop hoped hopes hoping horses hospitals hovering how humble humbling humour
    hunting ice ill imbalance imbalances impatience importance impressed impressing impression inaction
    inception incidents increase increases increasingly induction infectious infested inflation
    inflection infraction infractions infusion ingestion injection injections insertion inspection
    inspections instantly intention intentions invention inventions ionizing issued its jim jingle jon
    jose jump jumped keeping kelly kicked kind kiss kneeling knew knitting knows lab lack ladders lancer
    las lay laying lea leader leading leads leaf leaning leaped leaping leased leasing leaving led lee
    leeds lets letter letting levers lie lighthearted liked likes lip list lit lived liver lives load
    log look looked loop los losses love lover loving luke man master matches matching may mess mid
    middle might mile mill min minded minds mines mingle mingled mingling minute mode moore mother moved
    moves mumbling mummy near needs neither netting news nights nine noise non noon nope nor norman
    noticed notion numbers odds old ontology oppressed opus ordination ore other our overdone overjoyed
    overused pace painted painting paints pan panning paperwork par paradise parametric part parting
    past pasting path patting paying peak peaked peaks peer pen per pet petting phones picked picking
    pig pine pit pitting placed places placing plain planting plants plot plump plus polls pool pose
    post pot powder pray pre preaching pressed pressing printing property pump pumps pushed pushing
    quiet quit quivering quote rail raising rally ramblings ranging ranting rarely rating ray reaching
    reactions read reasons refused regression regular rejections religious rent repairing repression
    responsive revered rid rights rip ripping rob root rose round rounds rumbling rumor rumour ruthless
    sad sailed sailing saint saints sake sakes sale sand sars sas sat save savings say saying says
    scheming scraping screening screwing sea season seats sec sections seed seek seeking seen sees
    selections sell selling send sending sent sentences seperate sept set setting severed severing
    shades shake shapes shares sharing shaver shaves she sheet shift shimmering shine shipping shirt
    shot shoveling showering shut sides silly sin sing singer singing single singled singles sir sissy
    sized skeptic ski skill slip sliver slur slurry smiled smiling smoldering snakes soon sound sounds
    spirit spoiled spoiling sports spot spreading spurs stakes stands star staring starts stats steaming
    stepped stick stocks stoke stokes stores stranger streaming strike strikes striking string strobe
    struck stuff subconscious suck sue suit swear ta tables tai tainted takes tale talking tall tangle
    tangled tax tea ted tell temperate temperatures ten then thing thinks though threat three throwing
    thus ticket tie ties tim tinged tip tis tone too tool tools toothless top towels trace trail train
    trained training trapped treating tumbling turning unveiling ups used user uses vast vetting wait
    waited waiting wales walls war warm wars was washing wasted wasting watching waterford watermark
    ways well were west wheeling while wide willing winged winked wire won word worlds worthy wrapped
    wreath wreaths wright yard year yet your
"""

ORDINARY = frozenset(_WORDS.split())
