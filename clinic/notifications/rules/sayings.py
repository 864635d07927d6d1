"""Red-flag signs said sideways: sayings, comparisons, understatement, and a carer's words about somebody.

The notation and the reader are those of `signs.py`; these rows are by concept, so that a saying nobody has
heard yet is caught by its parts: what happened, to which part, and what it is compared with. Data only.
"""

SAYINGS = {
    "bladder or bowel": """
        through 3 SELF, lots|pairs 2 SELF, mishap, mishaps, upset 2 downstairs|down|below, tap 3 NEG,
        tap 2 drips|dripping|runs|running, throne, commode, bog, privy, lavvy, netty,
        full 2 brim|bursting, NEG 3 finished|emptied, finished 3 TOILET,
        bowls 2 NEG|hold|open|opened|loose|move|moved, NEG 2 bowls,
        comes|coming|came|runs|ran|running 1 on|down 1 me|leg|legs|tights|thigh,
        ran|running|runs|trickle|trickling|trickled 3 leg|legs|tights|thigh, caught 0 short, claret,
        pass|passed|passing 2 clots|red|black|tar|dark|gravel, tar, tarry, treacle,
        coffee grounds|granules, black|dark 2 motion|motions|poo|number|water|wee|tea,
        TOILET 4 smell|smells|smelly|fishy|strong, fishy, go|going|wee 4 burn|burns|sting|stings,
        manhood, NEG 2 perform, before 1 get|reach 3 TOILET|there|bathroom,
        NEG 1 make 1 TOILET|bathroom|time, puddle, puddles, too 0 late 4 TOILET|time|undignified,
        undignified, peed, piddled, pink 3 water|pee|TOILET, water|pee|TOILET 3 pink|red|brown|cola|dark,
        nothing 3 pot, runs 4 NEG, flood|floods|flooded|flooding 2 bed|me|chair|floor, sprung 1 leak""",
    "numbness": """
        electric|lightning jolt|jolts|zap|zaps|bolts, jolt|jolts 2 down,
        patch 3 SEAT|bones|sit|LEG, cold patch, shouldnt 1 be 1 there,
        belong|belongs|belonged 3 somebody|someone|another|else, NEG 1 mine, NEG 1 part 1 of 1 me,
        pinch|pinched|prick|pricked|stick|poke|poked|slap|slapped|hit|stamp|trod 6 NEG|nowt|nothing,
        like 5 sock|socks|wellies|welly|boots|gloves|pebbles|pebble|marbles|sandpaper|glass|gravel,
        NEG 3 tell 3 hot|cold|warm|floor|wet, NEG 3 notice 3 burn|burnt|cut|bleeding|wet|gone,
        water|ants|insects|spiders|worms 3 down|up|crawling 3 LEG|skin|back, creepy crawlies,
        dentist 3 LEG|SEAT, like|as 4 somebody|someone 3 leg|legs|foot|feet|arm|bottom""",
    "weakness or walking": """
        get|getting|got|move|moving 3 on 1 my|her|his|all 1 backside|bottom|bum|fours|hands,
        keeps 2 falling 2 hand, LEG|ARM|side 3 on 0 strike, let|lets|letting go 3 bang|hand|crack|pop,
        back|spine 3 let 1 go,
        peg|pegs|pin|pins|trotters|tootsies 4 WEAK|ODD|under|behind|go|going|give|gives|trail|drag|NEG|
            gone,
        LEG|ARM 4 trail|trails|trailing|behind|buckle|fold|folds|folding|under|bid|bidden|flop|flops,
        NEG 3 bid|bidden, NEG 2 as|what 2 told,
        catch|catches|catching|caught|stub|stubbing|scuff|scuffing|scuffs 2 toe|toes|foot|feet,
        down|up 2 stairs|steps 4 bottom|bum|behind|backside|hands|knees|fours, all 0 fours,
        hands 1 knees, letting|lets|let 1 go 2 of,
        spill|spills|spilling|spilt 3 everything|tea|cup|mug|drink, miss|missed|missing 3 mouth,
        fork|spoon|cup|mug|tea 4 mouth, from 0 under 0 me, give 1 under, floppy, limp, lifeless,
        rag 0 doll, listing, veer|veers|veering|leaning|lean|lurch|lurching 2 side|left|right|over,
        NEG 2 shop|post|gate 1 and|without, by|along|round|using 2 furniture|walls, furniture walking,
        bow|bent|stoop|stooping|stooped 2 double|floor|suddenly|more|worse, NEG 2 have 0 it,
        NEG 2 lift|raise|put 2 kettle|cup|mug|pan|foot|head, chin 1 on|chest, NEG 2 hold 2 head""",
    "stroke, sight or sudden confusion": """
        half|side|part|bits 3 missing|gone|blank, away 1 with 1 fairies, saw double,
        double 3 drive|road|home|vision, asked|asks|asking 1 who, slumped, sozzled, thick 2 tongue,
        tongue 3 thick, head 1 swims|swam|swimming, upside 0 down 3 rolled|turned|got|stood,
        room|world|house 2 upside, light|lights 1 hurt|hurts, handwriting,
        eyelid|eyelids 3 dropped|droop|closed,
        words|talk|talking|speech|letters|writing 5 backwards|front|mixed|scrambled|upside|stuck|mangled,
        double dutch, talk|talks|talking|speaking|spouting|saying 3 dutch|riddles|daft|backwards|gibber,
        mouth|face|lip|cheek|eye|smile 4 side|squiff|skew|wonky|lopsided|drooling|dribble|dribbling|down,
        tea|drink|soup|water 2 dribbled|dribbling|dribbles|ran,
        two 1 of 1 everything|them|him|her|me|you|it,
        two 1 tellys|tvs|televisions|telly|clocks|moons|faces|doors|kettles|lines|roads, cross 0 eyed,
        dim|dimmed|blind|curtain|shutter|veil|frosted|net|cobweb|cobwebs|floaters|blot|bleary|
            cloud 4 eye|eyes|sight|vision,
        eye|eyes|sight|vision 5 dim|dimmed|blind|curtain|shutter|veil|frosted|net|cobweb|cobwebs|
            floaters|blot|cloud, zigzags, zigzag, zig zag|zags, called|calls|calling 3 name|names,
        wrong 0 name,
        KIN 5 NEG 2 know|recognise|recognize|remember|knew 3 day|year|month|where|who|me|us|name|names|
            house, NEG 1 like 1 him|her|me|himself|herself|mum|dad, unlike 1 him|her|me,
        NEG 1 himself|herself|myself,
        drops|dropping|nods|nodding|drifting|drifts off 3 mid|middle|sentence|talking|eating|dinner,
        see|seeing|sees 2 spiders|rats|insects|people|children|cats|faces|ghosts,
        KIN 4 odd|strange|funny|vague|muddled|wandering|quiet|sleepy|grey|floppy|limp|agitated|rambling|
            blank|glazed""",
    "chest or heart": """
        palpatashuns, palpertations, palpitashuns,
        hoop, iron 1 band|bar|weight, lungful, swallowed 1 brick|stone|lump, nineteen 2 dozen,
        like 1 clappers,
        weight|heavy|heaviness|pressure|band|belt|brick|strap|gripping|grip|tight|tightness|squeezed|
            sat|sitting|sits 5 front|breast|breastbone|bust|ribs|sternum|middle,
        front|breast|breastbone|bust|ribs|sternum|middle 5 weight|heavy|pressure|tight|tightness|sat|
            sitting|squeezed,
        somebody|someone|something 2 sat|sitting|standing|stood|sits|pressing|kneeling 1 on, breastbone,
        sternum,
        gallop|galloping|gallops|dancing|flip|flips|flipping|thud|thudding|leaping|kicking|
            trampoline 4 heart|ticker|chest, belt|band|strap|corset|girdle 3 tight|tighter|squeezing,
        toothache 4 arm|shoulder, under 1 armpit""",
    "breath": """
        coughed|coughing|coughs 1 up,
        blow|blowing|blown 3 grampus|whale|bellows|hard, stop|stopping|stopped 3 catch, CANT 1 catch,
        catch 1 it 1 back, sleep|slept|sleeping|night 4 sat|sitting|propped|upright|armchair|chair,
        prop|propped 1 up, no puff,
        gate|stairs|step|hill|kitchen|bins 4 blowing|heaving|gulping|stop|rest, gulping, heaving,
        hoarse 2 swallow, CANT 2 swallow, swallow|swallowing 3 NEG|HARD|stuck, choke, choked, chokes""",
    "collapse": """
        looking|staring 3 ceiling|sky, next on 1 my 0 back,
        lino, head|headache 4 burst|bursting|thunder|thunderclap, thunderclap,
        came|come|comes|coming|went|go|gone|felt over|all 2 unnecessary|swimmy|clammy|wobbly|ill|poorly|
            cold|weak|fuzzy|sweaty|floppy,
        funny|strange|grey|white|green|peculiar|awful|bad colour|color, colour|color 1 drained|gone|went,
        next thing 6 floor|ground|knew|face|came|woke|bed|hospital|over|looking|neighbour,
        lie|lay|lying|lain|found|woke|ended|came|slid|sat|sprawled 4 floor|lino|rug|deck|pavement|
            carpet|tiles|grass|path, floor|ground|pavement|lino|road 4 meet|met|hit|rushed|rushing|up,
        one 2 dos|turns|funnies|moments|episodes, LEG 3 water|string|paper|spaghetti|ribbon, rigid,
        eyes 3 rolled|rolling|back|glazed|blank|starey|staring|vacant,
        walls|room|bed|ceiling|floor|house 2 moving|moved|spinning|going|sloping|rocking|swaying,
        seasick, drunk 3 NEG|without|sober|drop, feel|feels|felt|feeling drunk|tipsy|merry,
        NEG 1 touched 1 drop, came|come 0 to 4 floor|ground|grass|path|pavement|bins|neighbour,
        hit 1 deck, on|off 1 deck, CANT 1 stay|keep 1 upright|up, had 2 hang|hold|cling 1 on,
        went 1 blank, missing 1 time, sparked out""",
    "fever or infection": """
        judders, juddering, judder, shivers, weepy 3 site|wound|scar, site 3 weepy|stinks,
        teeth 3 chattering|chatter|rattling|rattle|going,
        all 3 shake|dither|quiver|lather|tremble|trembling|sweat,
        sweat on|night|cold|bed|buckets|pouring, lather,
        drenched|soaked|soaking|wringing|sopping|wet 3 bed|night|nightie|pyjamas|sheets|pillow|sweat|
            through,
        cut|scar|stitches|stitch|needle|injection|cement|jab|dressing|plaster|operation|graze|
            blister 6 hot|red|oozing|weeping|smelly|smells|smell|green|yellow|angry|throbbing|swollen|
            open|streaks|lines|black,
        red|hot|angry|smelly|oozing|black 5 cut|scar|stitches|stitch|wound|dressing|blister|toe,
        red lines|line|streak, death warmed, like death, bed since|days, NEG 3 keep|kept|keeping 4 down,
        keep 2 nothing 1 down,
        brought|bringing|bring|fetched|fetching|chucked|chucking|threw|throwing|throw|thrown 3 up, vomit,
        vomiting, vomited, sick since|twice|times, been|being sick 2 all|every|since|again|night,
        proper|really|very|ever poorly, ever 0 so hot, FEEL 1 rotten|lousy|ropey|ropy|grim|shocking|death""",
    "back or severe pain": """
        wink, nothing|nowt 1 touches|touch|helps|shifts|eases|works|touching|helping, NEG 1 touches,
        lightning, dagger|daggers, razor|razors, bolt 1 blue, red 0 hot, skewer|skewers,
        even 3 lying|resting|sitting|still|bed|breathing, lying 0 still, night 1 and 1 day,
        day 1 and 1 night, lost|losing|another 3 inch|inches,
        back|spine 4 dropped|sunk|crumbled|crumbling|folded|squashed|curving,
        shouted|yelled|cried|screamed|hollered 3 out|cough|coughed|sneeze|sneezed|turn|turned|move|moved,
        something 3 ripped|slipped|shifted|crunched|twanged|pinged, like 1 twig|twigs|biscuit, almighty,
        CANT 2 sit|lie|stand|turn|bend 2 pain|agony|long|at|down|up, climbing 2 walls, up 1 the 1 wall,
        had 1 to 1 bite, beside 1 myself, worse 1 than 2 childbirth|labour|kidney, on 0 fire,
        given|giving|gives 1 me 1 stick""",
    "injury": """
        slumped, wedged, headlong, head 1 met, down 3 stairs|steps, gashed, gash,
        found 2 bottom 2 stairs|steps, bumped 2 noddle|nut|head|skull|bonce, noddle, header, cropper,
        purler, nosedive, base over, apex,
        arse over, head 1 over heels, flat 1 on 1 face|back, face first, went flying, sprawling,
        sprawled, toppled, slid 2 down|off, skidded, pulled|knocked|pushed|dragged 2 over,
        egg 3 head|forehead|temple, black eye, black 1 blue, shiner, landed 2 on, measured 1 length,
        missed 1 step|stair|kerb, took 1 a 0 fall|spill|tumble, hit 1 pavement|floor|kerb""",
    "cancer or weight": """
        bones 2 sticking|showing|poking, notch|notches, dress 0 sizes, sizes 4 NEG,
        off 1 my|her|his 0 grub, losing|lost flesh,
        clothes|skirt|trousers|belt|rings|jeans|blouse|vest 5 hanging|hang|hangs|loose|falling|drop|
            swim|notch, skin 1 bone|bones, wasting|wasted|fading|faded 1 away, off 2 food,
        NEG 2 appetite, without trying|dieting,
        NEG 1 take|eat|drink|touch|touched|eaten|drunk 3 tea|dinner|food|breakfast|anything|meals|meal|
            bite|drink""",
    "despair": """
        goodbyes, goodbye|farewell 1 letter|note|notes, lights 1 go|out, good 0 lord,
        lord|god|jesus 2 fetch|have|call|calls|wants,
        tablets|pills 2 lined|counted, hidden|hoarding|hoarded|stashed 4 tablets|pills|meds|some,
        matter 2 anyone|anybody|me,
        NEG 1 be|been 1 doing 2 living, jack|jacking|pack|packing 1 it 1 all 1 in, for 0 good 1 glad,
        NEG 1 face 2 another|day|tomorrow, whole|entire|full 1 packet|bottle|box|strip,
        take|taking|took|swallow 4 packet|bottle|strip,
        NEG 3 see|seeing|see 3 christmas|spring|summer|birthday|easter|tomorrow|another,
        NEG 2 want 2 be|go|carry|wake|see, dont|didnt 0 want 0 to, all 1 pointless, pointless,
        whats 1 the 1 use, NEG 1 bothered 2 anything|living|more, curl up, let 1 me 1 go,
        ready 1 to 1 go 1 now, nothing 2 look 1 forward""",
    "medicine": """
        four|five|six|seven|eight|nine|ten|4|5|6|7|8|9|10|12 1 paracetamol|tablets|pills|codeine|
            tramadol|capsules 3 once|together|accident, twice 2 many,
        spat|spit|spitting|coughed 2 red|blood|pink, gums 2 bleed|bleeding,
        two|double|twice|extra|many|wrong|both 3 lots|dose|doses|tablets|pills|meds|patch|patches|
            insulin|morphine,
        tablets|pills|meds|medication|patch|patches|insulin|thinners|warfarin 4 twice|double|mistake|
            wrong|forgot|ran|run|out,
        tablets|pills|meds|medication|patch|patches|painkillers|capsules 6 making|made|makes|see|seeing|
            sick|funny|rash|peculiar|drowsy|sleepy|zonked|dopey|spiders|itching,
        on 2 thinners|warfarin|apixaban, by mistake, rash, hives,
        come|came|coming|broke|broken out 4 lumps|rash|spots|blotches|bumps|weals,
        throat|tongue|lips|face 3 closing|closed|fat|huge|big|tight|puffed, nose 2 bleeding|bled|bleed,
        nosebleed, nosebleeds""",
}
