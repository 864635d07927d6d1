"""The words the red-flag signs are made of, in groups. Data only; how a row is read stands in `signs.py`.

A group's words come first; after a comma, phrases that count as one of them.
"""

GROUPS = {
    "NEG": """
        cant carnt cnt cannot couldnt cudnt wont wouldnt dont doesnt didnt havent hasnt hadnt isnt arent
        wasnt aint unable no not never without nothing hardly barely scarcely none nowt stopped""",
    "CANT": """
        cant carnt cnt cannot couldnt cudnt unable wont wouldnt hardly barely scarcely struggle
        struggled struggling,
        not able, no longer, cant seem""",
    "HARD": """
        struggle struggled struggling trouble troubles difficult difficulty difficulties problem
        problems bother issue issues hard harder""",
    "LOST": "lost losing lose loss gone going no",
    "FEEL": "feel feels feeling feelings felt sensation sensations",
    "LEG": """
        leg legs foot feet toe toes thigh thighs calf calves shin shins ankle ankles knee knees limb
        limbs hip hips,
        lower half, waist down, lower body, bottom half""",
    "BODY": """
        leg legs foot feet toe toes thigh thighs calf calves ankle ankles knee knees hip hips arm arms
        hand hands finger fingers wrist shoulder shoulders head neck face mouth eye eyes tongue jaw
        throat lips tummy stomach belly groin bottom bum buttocks backside skin waist ribs rib spine
        side""",
    "AMISS": """
        cant carnt cnt cannot couldnt cudnt wont wouldnt lost losing funny weird strange odd peculiar
        queer fuzzy woolly dead heavy weak weaker useless floppy limp wobbly swollen swelling red hot
        burning freezing blue purple white black cold gone drop drops dropped dropping drag dragging
        drags collapse collapsed stuck locked bent twisted different lopsided crooked slipped paralysed
        numb tingling shaking shaky trembling tremor twitching jerking jumping spasm cramping rigid
        wooden throbbing bleeding streaks lump worse worsening sudden suddenly terrible awful,
        no feeling, not right, isnt right, arent right, not working, not 1 own, dont work""",
    "ARM": "arm arms hand hands finger fingers wrist wrists grip",
    "SEAT": """
        bottom bottoms bum bums buttock buttocks backside groin saddle privates genitals crotch fanny
        undercarriage nethers nether perineum anus rectum willy penis vagina testicles rear downstairs
        intimate,
        down below, down there, between legs, between thighs, inner thigh, inner thighs, inside thighs,
        back passage, front passage, private parts, private bits, private area, lady parts, lady bits,
        where 1 sit, sit on, seat area""",
    "TOILET": """
        toilet toilets toliet loo lav lavatory wee weeing wees pee pees peeing piss pissing poo poos
        pooing pooh poop widdle tinkle piddle piddling urinate motions,
        spend penny, spending penny, pass water, passing water, passed water, pass motion, number ones,
        number twos, a number two, a number one, penny""",
    "TOILET_TROUBLE": """
        burn burning burns sting stings stinging hurt hurts painful pain dark cloudy often constantly
        urgent urgency hold holding held control dribble dribbles dribbling accident slow changed
        different odd funny strange warning realising realizing noticing knowing strain straining blood
        bleeding night times every desperate bother rush rushing time blocked feel feeling numb""",
    "ODD": """
        funny weird strange odd peculiar queer fuzzy woolly wooly cotton spongy rubbery rubber jelly
        heavy heavier lead leaden dead deadened lifeless useless floppy limp wobbly wobble wobbling
        wobbled dragging drags drag dragged asleep sleepy prickly prickling prickles electric shock
        shocks shooting buzzing crawling different unusual dodgy iffy wooden belong alien anaesthetic
        dentist,
        not right, isnt right, arent right, doesnt 1 right, dont 1 right, didnt 1 right, not 1 right,
        not normal, not mine, arent mine, not 1 own, gone 1 sleep, went 1 sleep, not there, arent there,
        playing up, playing 1 up, acting up""",
    "WEAK": """
        weak weaker weakness weakened feeble buckle buckled buckles buckling crumple crumpled collapse
        failing,
        no strength, no power, lost strength, lost power, lost use, no use, give way, gives way,
        gave way, giving way, given way, give out, gave out, gives out, giving out, under me, wont hold,
        wont work, not working, dont work, wouldnt work, wont move, wouldnt move, cant move, wont do,
        wont go, not doing, stopped working, packed up, packed in, let 1 down, refuse, feel week,
        feels week, feeling week, gone week, getting week, went week""",
    "SELF": """
        myself himself herself self bed pants pyjamas trousers knickers chair sheets underwear undies
        mattress cushion drawers nightie""",
    "PAIN": """
        pain pains pin painful hurt hurts hurting ache aches aching achy sore soreness twinge twinges
        throb throbbing stabbing spasm spasms discomfort""",
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
        skipped thump thumping hammering jumping missed missing fast faster slow attack failure pain
        pains hurt hurts aching ache funny bad dodgy weird odd irregular bang banging beating stopped
        erratic murmur jumps""",
    "EVERYTHING": "life living everything all anything anymore more world it",
    "DAYTIME": "morning night day daily time times week",
    "KIN": """
        mum mums mam mams mom mother mothers dad dads father husband hubby wife nan gran grandad she shes he
        hes him her""",
    "SWOLLEN": "swollen swelling swelled swell puffy",
}

PARTS = """
    leg legs foot feet toe toes thigh thighs calf calves shin shins ankle ankles knee knees hip hips limb
    limbs arm arms shoulder shoulders groin bottom bum buttocks tummy stomach belly rib ribs spine wrist
    wrists jaw throat tongue lips waist
"""

# Beside one of these a part of the body or a feeling is ordinary.
MILD = """
    ache aches ached achy aching stiff stiffness stiffer sore tired better stronger strong stretch
    stretched stretches loose looser fine good great nice well ok okay easier lift lifts lifted raise
    raises raised exercise exercises slide slides press march apart together straight width taller forward
    usual same other hair bug upset test tests op appointment clinic scan replacement replaced xray
    balance stood standing nail nails polish massage warm happy confident positive younger fitter benefit
    difference proud pleased nervous chirpy relaxed lovely marvellous wonderful brilliant fantastic guilty
    welcome lucky old young silly sad like working left free hungry poorly improving improved creak creaks
    creaky click clicks clicky clicking
"""

# What people cannot do and nobody worries: "cannot <one of these>" is ordinary, anything else is not.
NO_MATTER = """
    come make attend get go do find read hear wait see remember believe ring text open park drive afford
    change use understand swap send be bothered bother complain reply answer phone call book join say tell
    thank recall manage finish keep commit promise guarantee decide eat drink cook shop leave travel log
    download print access connect spell type write work give have buy bring pick collect meet visit hurt
    help fault faults think imagine imagined fit fitted possibly resist agree recommend praise beat watch
    cancel pay better happier more mornings afternoons evenings mondays tuesdays wednesdays thursdays
    fridays
"""

QUESTION_OPENERS = """
    which what when where who how should shall can could do does did is are am will would may
"""

# Two ways of saying one thing, made one before the signs are read.
SAME_AS = (
    (r"\bblood pressure\b", "bp"),
    (r"\bnot been able\b", "unable"),
    (r"\bpins? (?:and|n|an) needles?\b", "tingling"),
    (r"\ba and e\b", "casualty"),
    (r"\bin continen(t|ce)\b", r"incontinen\1"),
    (r"\bwater works\b", "waterworks"),
    (r"\bpain killers?\b", "painkillers"),
)

FILLERS = """
    a an the my me mine his her hers our your their this that these those is are was were be been being am
    im ive ill id i he she it its hes shes we they you has have had having very really so quite rather bit
    little abit slightly somewhat fairly pretty totally completely all just also too still now today again
    kind sort of and to for in at with from like got get getting gets gotten do does did any some both
    either even actually bit left right think seems seem again sorry please but or
"""
