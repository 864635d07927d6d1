"""The red-flag vocabulary: what people write when something cannot wait. Data only; `red_flags.py` reads it.

A sign is a row of words in order. Between two of them up to two other words may stand; a number allows that
many instead. CAPITALS are a group, `a|b` is one or the other. Every word may be misspelt. The sources are
RF1 to RF8 and RF11 of the protocol, widened to lay words, understatement and negation: a sign that is
named at all is read by a person, so "no numbness" is a sign too (F12).
"""

GROUPS = {
    "NEG": """
        cant carnt cnt cannot couldnt cudnt wont wouldnt dont doesnt didnt havent hasnt hadnt isnt arent
        wasnt aint unable no not never without nothing hardly barely scarcely none nowt stopped""",
    "CANT": """
        cant carnt cnt cannot couldnt cudnt unable wont wouldnt hardly barely scarcely struggle struggled
        struggling,
        not able, no longer, cant seem""",
    "HARD": """
        struggle struggled struggling trouble troubles difficult difficulty difficulties problem problems
        bother issue issues hard harder""",
    "LOST": "lost losing lose loss gone going no",
    "FEEL": "feel feels feeling feelings felt sensation sensations",
    "LEG": """
        leg legs foot feet toe toes thigh thighs calf calves shin shins ankle ankles knee knees limb limbs
        hip hips,
        lower half, waist down, lower body, bottom half""",
    "ARM": "arm arms hand hands finger fingers wrist wrists grip",
    "SEAT": """
        bottom bottoms bum bums buttock buttocks backside groin saddle privates genitals crotch fanny
        undercarriage nethers nether perineum anus rectum willy penis vagina testicles rear downstairs
        intimate,
        down below, down there, between legs, between thighs, inner thigh, inner thighs, inside thighs,
        back passage, front passage, private parts, private bits, private area, lady parts, lady bits,
        where 1 sit, sit on, seat area""",
    "TOILET": """
        toilet toilets toliet loo lav lavatory wee weeing wees pee pees peeing piss pissing poo poos pooing
        pooh poop widdle tinkle piddle piddling urinate motions,
        spend penny, spending penny, pass water, passing water, passed water, pass motion, number ones,
        number twos, number one, number two, penny""",
    "TOILET_TROUBLE": """
        burn burning burns sting stings stinging hurt hurts painful pain dark cloudy often constantly urgent
        urgency hold holding held control dribble dribbles dribbling accident slow changed different odd
        funny strange warning realising realizing noticing knowing strain straining blood bleeding night
        times every desperate bother rush rushing time blocked feel feeling numb""",
    "ODD": """
        funny weird strange odd peculiar queer fuzzy woolly wooly cotton spongy rubbery rubber jelly heavy
        heavier lead leaden dead deadened lifeless useless floppy limp wobbly wobble wobbling wobbled
        dragging drags drag dragged asleep sleepy prickly prickling prickles electric shock shocks shooting
        buzzing crawling different unusual dodgy iffy wooden belong alien anaesthetic dentist,
        not right, isnt right, arent right, doesnt 1 right, dont 1 right, didnt 1 right, not 1 right,
        not normal, not mine, arent mine, not 1 own, gone 1 sleep, went 1 sleep, not there, arent there,
        playing up, playing 1 up, acting up""",
    "WEAK": """
        weak weaker weakness weakened feeble buckle buckled buckles buckling crumple crumpled collapse
        failing,
        no strength, no power, lost strength, lost power, lost use, no use, give way, gives way, gave way,
        giving way, given way, give out, gave out, gives out, giving out, under me, wont hold, wont work,
        not working, dont work, wouldnt work, wont move, wouldnt move, cant move, wont do, wont go,
        not doing, stopped working, packed up, packed in, let 1 down, refuse, feel week, feels week,
        feeling week, gone week, getting week, went week""",
    "SELF": """
        myself himself herself self bed pants pyjamas trousers knickers chair sheets underwear undies
        mattress cushion drawers nightie""",
    "PAIN": """
        pain pains painful hurt hurts hurting ache aches aching achy sore soreness twinge twinges throb
        throbbing stabbing spasm spasms discomfort""",
    "SEVERE": """
        sudden suddenly severe severely terrible terribly awful dreadful horrendous horrific horrible
        intense excruciating crippling stabbing searing acute extreme worst worse worsening worsened
        increasing increased stronger agonising agonizing shocking bad badly unbearable sharp tremendous
        constant overnight nowhere""",
    "BONE": """
        wrist arm hip leg ankle rib ribs back spine bone bones shoulder foot toe toes collarbone pelvis
        vertebra vertebrae neck finger elbow knee nose hand skull femur""",
    "FELL": "fell fall fallen tripped slipped tumble tumbled tripping",
    "HARM": """
        hurt hurts hurting pain painful bleeding blood bruise bruised bruises bruising injured injury
        swollen cut ambulance broke broken head hip wrist floor stuck knocked agony,
        get up, on 1 back, my spine, sore""",
    "HEARTBAD": """
        race races racing raced pound pounding flutter flutters fluttering fluttery skip skips skipping
        skipped thump thumping hammering jumping missed missing fast faster slow attack failure pain pains
        hurt hurts aching ache funny bad dodgy weird odd irregular bang banging beating stopped erratic
        murmur jumps""",
    "EVERYTHING": "life living everything all anything anymore more world it",
    "DAYTIME": "morning night day daily time times week",
    "SWOLLEN": "swollen swelling swelled swell puffy",
}

SIGNS = {
    "bladder or bowel": """
        bladder, bladders, bowel, bowels, incontinent, incontinence, incontinance, continence, urine,
        urinating, urinate, urination, catheter, waterworks, waterwork, wateworks, wetting, pissed 0 SELF,
        soiled, soiling, cystitis, uti, dysuria, constipated, constipation, faeces, leak, leaks, leaked,
        leaking, leaky, leakage,
        wet|wetted|weed|peed|soiled|messed|pooed|poohed|shit|shat|dirtied|crapped SELF,
        bed|pants|knickers|trousers|sheets|pyjamas wet|soaked|soaking|sodden|damp|soiled|stained,
        woke|wake|waking|wakes 2 wet|soaking|soaked|damp, wet|damp|soaked patch|night, accidents,
        had|having|have|has accident, little|toilet|few|another accident, NEG 5 TOILET, TOILET 4 NEG,
        HARD 4 TOILET, TOILET 4 HARD, TOILET 4 TOILET_TROUBLE, TOILET_TROUBLE 4 TOILET,
        need|needing|need|want|keep 3 TOILET 4 night|often|hour|minutes|time,
        weed|peed 2 without|when|myself|little|cough|laugh|sneeze, lost|no|losing|NEG 1 control,
        control 2 gone|going|lost, CANT 1 hold 1 it|on|water|wee, NEG 3 in time, nothing comes|coming|come,
        dribbling, dribble, NEG 2 know 3 when|gone|been,
        without knowing|realising|realizing|noticing|warning|feeling,
        need|needing|needed|wear|wearing|wore|use|using|through pads|pad|nappy|nappies|tena,
        HARD|trouble|difficulty 1 going, penny 2 NEG, wee|pee stopped, loose|black|bloody|hard stool|stools,
        back passage, tail end, erection|erections|impotent|impotence, sex 4 NEG, NEG 3 sex,
        wipe|wiping 5 NEG|FEEL|numb, FEEL 3 wipe|wiping""",
    "numbness": """
        numb, numbness, numbed, numbing, numbish, numby, numness, unfeeling, tingle, tingles, tingling,
        tingly, tingled, pins needles, pin needles, pins 1 needles,
        NEG 3 FEEL 6 LEG|SEAT|ARM|when|face|anything|there|side|skin|it|them|touch,
        LEG|SEAT|ARM 5 NEG 2 FEEL, LOST 2 FEEL 5 LEG|SEAT|ARM|down|there|side, LEG|SEAT|ARM 4 LOST 2 FEEL,
        lost|losing|loss|no feeling|sensation, FEEL 1 gone|going, LEG 5 ODD, ODD 3 LEG, SEAT 6 ODD,
        ODD 4 SEAT, SEAT 5 NEG, SEAT 4 HARD|trouble|bother, dead|sleepy|funny leg|legs|foot|feet,
        sitting|sit 3 cotton|cushion|nothing|wool|air, cotton wool, marshmallow, marshmallows,
        LEG 2 mind 2 own, shooting|electric|burning|pain|pains|pin|shock|shocks 4 down 2 LEG|ARM,
        pain|pains|pin 2 going 2 LEG, pain|pains 2 LEG 3 new|worse|sudden, new 1 LEG pain|pains|ache,
        sciatica, sciatic, SEAT 4 burn|burning|pain|weak|strange, skin 3 dead|numb|strange""",
    "weakness or walking": """
        LEG 5 WEAK, WEAK 3 LEG, LEG 1 gone|went|going|go|give|gave, weakness, FEEL weak|weaker, weak kitten,
        no|lost strength, lost|losing use, CANT 2 walk, walk 1 NEG, CANT stand, CANT move,
        CANT lift 3 LEG|ARM, CANT 2 get 1 up, CANT 2 get 1 off|out 3 floor|chair|bed|bath|toilet|sofa,
        CANT straighten, NEG|CANT 2 weight 1 on, bear weight, unsteady, unsteadiness, staggering, stagger,
        staggered, stumbling, balance gone|worse|terrible|bad,
        foot drop|drops|flop|flops|flopping|slaps|slapping|catches|catching, drop|dropped|dropping foot,
        tripping|trip|stumbling 3 foot|feet|toes|nothing,
        walk|walking|walks 2 funny|odd|strange|drunk|worse|sideways, like drunk, gait, paralysed, paralyzed,
        paralised, paralysis, ARM 3 weak|dead|useless|limp|clumsy|droop, weak|dead|useless|limp|clumsy ARM,
        dropping things|everything|cups, wont do 3 told, CANT do 1 buttons""",
    "stroke, sight or sudden confusion": """
        stroke, strokes, ministroke, tia, slurred, slurring, slurs,
        face|mouth|smile|eye 3 droop|droopy|drooping|drooped|dropped|slipped|lopsided|crooked,
        droopy|drooping|drooped|crooked|lopsided face|mouth|smile|eye,
        CANT 1 speak|talk|speech 2 properly|right|straight, CANT 2 words 1 out,
        words 3 wrong|jumbled|muddled|slurred|out, speech 2 gone|funny|slurred|odd|strange|wrong, confused,
        confusion, delirious, delirium, hallucinating, seeing things, rambling, disorientated, disoriented,
        NEG 1 making 1 sense, NEG 2 know 3 where|who, blurred, blurry, double vision,
        vision|sight|eyesight 3 gone|going|lost|blur|double|bad|worse|funny|strange,
        lost|losing|lose 2 vision|sight|eyesight, gone blind, CANT see 2 properly|straight|out|anything,
        seeing double|stars|spots|two, worst|sudden|severe|terrible|splitting|blinding|bad headache|head,
        headache|head 3 worst|sudden|terrible|awful|days|split|explode, stiff neck""",
    "chest or heart": """
        chest, heart|ticker 4 HEARTBAD, HEARTBAD 1 heart|ticker, palpitation, palpitations, palpatations,
        angina, arrhythmia, fibrillation, cardiac, elephant,
        left arm|shoulder|side 3 PAIN|heavy|tingle|numb|ODD, PAIN|heavy 4 left arm|shoulder, jaw 3 PAIN,
        PAIN 2 jaw, PAIN|pain 3 down 2 ARM, tight band, tightness across,
        pulse 3 fast|racing|irregular|high|low|slow|erratic|all, racing pulse, clammy, cold sweat|sweats,
        blue lips|fingers|toes, lips 2 blue, clot, clots, dvt, embolism, thrombosis,
        bp|pressure 5 high|low|up|sky|roof|through|dropped|BIG, high|low bp,
        SWOLLEN 4 LEG|ARM|face|tongue|throat|lips, LEG|ARM|face|tongue|throat|lips 3 SWOLLEN,
        calf 3 red|hot|hard|lump|throbbing, crushing, pressure 3 throat|shoulders, gtn, spray 2 NEG""",
    "breath": """
        breath, breaths, breathe, breathes, breathing, breathless, breathlessness, brethless, breathy,
        breif less, puffed, puffing, puff, wheeze, wheezing, wheezy, wheezes, gasping, gasp, gasps, panting,
        winded, suffocating, choking, smothering, smothered, CANT 3 air, NEG 1 enough air, oxygen, sats,
        CANT 2 talk 3 sentence""",
    "collapse": """
        collapse, collapsed, collapsing, collapses, faint, fainted, fainting, faints, fainty, swoon,
        swooned, pass|passed|passing|passes 0 out, black|blacked|blacking|blacks|blackd out, blackout,
        blackouts, lost|lose|losing|loses consciousness|conscious|consciousnes, unconscious, unconcious,
        unresponsive,
        came|come|coming|comes|went|go|going|gone over 2 funny|faint|queer|dizzy|strange|hot|peculiar|weird|
            odd|all, come|came|went|gone|go|going 1 all 1 funny|queer|strange|peculiar|weird|odd|hot|swimmy,
        funny|bad|queer|dizzy|strange|odd|nasty|giddy|weird turn|turns|spell|spells|do|episode|episodes,
        had|took|having|taken 0 a 0 turn, keeled over, flaked out, drop attack|attacks, legs 3 under,
        dropped|went|fell 1 like 1 sack|stone, found|woke|stuck|ended|came|lying 3 floor|ground,
        had|having|has|have 0 a|another 0 fit, fitting, seizure, seizures, convulsion, convulsions,
        CANT wake|rouse 2 up|him|her|mum|dad, dizzy, dizy, dissy, dizziness, dizzyness, giddy, giddiness,
        lightheaded, light headed, woozy, wooziness, vertigo, swimmy,
        head|room|world|everything 2 spinning|spins|swimming|spin""",
    "fever or infection": """
        fever, fevers, feverish, fevered, rigor, rigors, temperature, temprature, tempreture,
        high|running|got|have|spiking temp, temp 3 high|up|FEVERISH, FEVERISH degrees, shiver, shivers,
        shivering, shivery, shivered, chills, shakes, got|have|has 0 a 0 ever,
        shaking 3 uncontrollably|cold|hot|chills|over, hot 1 cold, night|cold sweat|sweats,
        sweating 3 night|buckets|bed|cold, drenched|soaked 3 sweat|night|sheets, sweats 2 night, burning up,
        boiling up, infection, infections, infected, sepsis, septic, abscess, pus, cellulitis, pneumonia,
        antibiotics, antibiotic, wound 4 weeping|open|red|smell|oozing, weeping wound""",
    "back or severe pain": """
        SEVERE 3 PAIN, pain|pains|hurts|hurting|hurt|ache 4 SEVERE,
        new|different|strange 1 pain|pains|ache|twinge, agony, agonising, agonizing, excruciating,
        excrutiating, unbearable, crippled, crippling, screaming, in bits,
        lot|lots|much|loads|real|proper pain|pains|agony, doubled|bent over|up, doubled 3 pain,
        my|his|her|the|mums 0 back 2 went|gone|cracked|popped|snapped|clicked|locked|spasm|seized|killing|
            worse|bad|badly|murder|terrible|awful|agony|gave|stuck|burning,
        back|spine 2 spasm|spasms|locked|seized|killing|murder|crack|cracked,
        back 2 gone|went again|today|last|when|this, bad 0 back, back 1 bad|badly, worse 2 back|spine,
        backs|back 0 gone|went,
        put|done|did|pulled|ricked|hurt|jarred|twisted|wrenched|strained|injured 1 back,
        put|done 2 back 0 out|in, heard|felt 4 crack|pop|snap|click|crunch|ping|give|go|went|tear|twang,
        crack|pop|snap|crunch 3 back|spine,
        something 2 go|went|gave|give|gone|pop|popped|snap|snapped|crack|cracked|twang,
        sudden|suddenly 4 back|spine, back|spine 4 sudden|suddenly,
        giving|gives|give|giving 3 gyp|jip|gip|jyp|murder|hell|grief|what, playing 0 up 3 back|spine,
        back|spine 3 playing up, pain|pains|ache|back 3 night|wakes|waking|woke|sleep|awake|kept,
        sleep|sleeping|slept|awake|night 4 pain|pains|back|hurt|hurting|agony,
        tablets|painkillers|pills|morphine|codeine|paracetamol|medication 3 NEG 3 touch|touching|work|
            working|help|helping, CANT 2 bear|cope|stand|take 3 pain|it|this, off 1 scale, fracture,
        fractures, fractured, broke|broken|break|breaking|cracked|chipped|smashed BONE,
        BONE 2 broke|broken|cracked|snapped|crushed, dislocated, killing 0 me, worse 2 ever""",
    "injury": """
        car|bike|scooter|motorbike|taxi crash|accident|smash, crash|crashed 2 car|bike,
        knocked 2 down|over|off|unconscious|head, hit 1 by,
        hit|hitting|bang|banged|bumped|bump|bashed|cracked|cut|split|smacked|whacked|knocked|gashed|
            injured 2 head, head 2 injury|bleeding|bump|cut|lump|wound,
        FELL 1 off|down|from|downstairs 2 ladder|stairs|stars|steps|roof|horse|bike|wall|step,
        fell|fallen downstairs, FELL 9 HARM, HARM 6 FELL, whiplash, concussion, concussed, CANT 2 get 1 up""",
    "cancer or weight": """
        cancer, cancerous, tumour, tumor, myeloma, lymphoma, leukaemia, metastases, metastatic, secondaries,
        chemo, chemotherapy, radiotherapy, biopsy, oncology, oncologist, malignant, lump, lumps,
        lost|losing|lose|dropped|shed 4 weight|stone|stones|pounds|lbs,
        weight 4 loss|lost|dropping|falling|losing|off""",
    "despair": """
        suicidal, suicide, suicidle, sucidal,
        kill|killing|hurt|harm|harming|hang|drown|cut|hurting 1 myself|himself|herself|meself,
        end|ending 0 it, end|ending 1 my|this life, end things|everything, want 2 end, CANT go on,
        CANT carry on, CANT 1 cope, NEG 1 coping, CANT 1 face, CANT take 2 it|more|anymore|much,
        CANT 1 do 1 this 1 anymore|more, CANT keep going, CANT see 1 way|point,
        NEG 2 want|wanna|wanting|wanted 4 be|live|living|alive|wake|exist|here|around,
        want|wanting|wanna|wish|wishing|hope|rather|ready|like|better 4 die|dead|dying|died, rather 2 NEG,
        wish 4 wake|here|not|never|over, better off,
        no|see|any|whats|what 2 point 3 EVERYTHING|being|going|carrying|trying|me|here|getting,
        whats|what|wats 2 point, nothing 2 live|left, no 1 reason 3 live|go|on|up|living,
        life 4 worth|pointless|over|hopeless|end, NEG 1 worth 2 living|it 1 anymore|more,
        NEG 1 worth 1 living, had|ive|have enough, enough 2 life|living|everything, FEEL 2 giving|give up,
        want|wanting 2 give up, given|giving|give up 2 on 1 life|everything|living|hope|all, depressed,
        depressing, depression, despair, despairing, desperate, hopeless, worthless,
        useless 2 everyone|anyone, self harm, selfharm, overdose, overdosed,
        FEEL 4 low|down|blue|empty|dark|bleak,
        very|so|really|bit|little|been|rather|pretty|quite|awfully|terribly low,
        low mood|spirits|spirited|ebb|point|moods|patch, very|so|really|bit|been|rather|pretty|quite 0 down,
        down 2 dumps, dark|bad|black place|thoughts|thought|mood|days, mood 3 low|dark|black|bad, tearful,
        NEG stop crying, crying 3 all|every|lot|constantly|day|night|nonstop, keep|always|cant crying,
        burden, nobody|noone|one 2 miss|care|notice|cares,
        take|took|taken|taking|swallow|swallowed|saved|saving 2 all|whole|lot|many|handful 4 tablets|pills|
            medication|tabs|meds|paracetamol, NEG|never 3 wake 1 up, panic attack|attacks,
        join 1 husband|wife|him|her, lost 2 will 1 live, will 1 live, NEG 2 care 2 live|die|anymore,
        alone 3 cope, breaking point, end 1 of 1 tether, end 1 tether""",
    "emergency": """
        ambulance, ambulances, paramedic, paramedics, 999, a 0 e, casualty, emergency, rushed 2 hospital|in,
        blue lights|lighted, help 0 me, need|want 1 help 2 now|quick|quickly|urgent|urgently|asap,
        urgent 1 help|doctor|attention, call|ring|phone|need|get 2 doctor|ambulance|999, blood, bleed,
        bleeding, bled, bleeds, haemorrhage, hypo, hypos,
        sugar|sugars|glucose 3 high|low|all|crashed|crashing|dropped|BIG, allergic reaction, anaphylaxis,
        anaphylactic, epipen""",
}

# Two ways of saying one thing, made one before the signs are read.
SAME_AS = (
    (r"\bblood pressure\b", "bp"),
    (r"\bnot been able\b", "unable"),
    (r"\bpins? (?:and|n|an) needles?\b", "tingling"),
    (r"\ba and e\b", "casualty"),
    (r"\bin continen(t|ce)\b", r"incontinen\1"),
    (r"\bwater works\b", "waterworks"),
)

FILLERS = """
    a an the my me mine his her hers our your their this that these those is are was were be been being am
    im ive ill id i he she it its hes shes we they you has have had having very really so quite rather bit
    little abit slightly somewhat fairly pretty totally completely all just also too still now today again
    kind sort of and to for in at with from like got get getting gets gotten do does did any some both
    either even actually bit left right think seems seem again sorry please but or
"""
