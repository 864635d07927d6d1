"""Everyday phrases that hold a red-flag word and mean no harm; they are taken out before the signs are read.

One regular expression a line over plain words; a line further in continues the one above. Misspelt, they are
not recognised, and the reply is then read by a person: the safe side.
"""

import re

_PHRASES = r"""
    (?:legs?|feet) up (?:now|tonight|today|with|watching|on the (?:sofa|settee|stool))
    heart set on
    (?:took|takes) my breath away
    birthday falls
    (?:wee|little) (?:jimmy|boy|girl|lad|lassie|one|ones|chat|rest|while|bit late|walk|break|dog|cat)
    waterworks (?:on|in|at) (?:our|the|my) (?:road|street|lane)
    (?:toilet|toilets|loo|loos) (?:at|in) the (?:hall|centre|venue|church|gym)
    is there an? (?:toilet|loo)
    (?:on the|which|what|first|ground|second|top|new|same) floor (?:above|below|or|is|at|plan|please)
    floor (?:mats?|plan|exercises?)
    (?:carpet|rug|mat|lino) on the floor
    (?:bleeding|bloody|flaming) (?:traffic|bus|buses|train|lights|weather|phone|good|brilliant|great)
    (?:worried|frightened|scared|nervous) (?:about|of) (?:the )?(?:parking|traffic|driving|bus|buses|road)
    (?:had )?enough of (?:the |this )?(?:rain|weather|snow|wind|heat|cold|traffic)
    dont want to be (?:here|there) on (?:mon|tues|wednes|thurs|fri|satur|sun)days?
    (?:cant|couldnt) move for (?:people|traffic|shoppers|boxes|visitors)
    not been feeling like it
    no feeling worse
    cold hands(?= today| but| this morning)
    need a lift
    shivering in this (?:weather|cold|wind)
    ache a (?:little|bit)
    seeing the dentist
    legs eleven
    back (?:door|garden|gate|yard|room)
    heart ?felt
    my bag fell
    prices? (?:have |has )?gone (?:down|up)
    lights? (?:went|gone) out
    dying to (?:get|come|see|be|meet)
    (?:shaking|crying) with laugh(?:ter|ing)
    top of the world
    no falls?
    numb with cold
    out of breath running
    cant (?:come|attend|get there|get in)(?! (?:on|go|to|up|it in|this|buttons?|my buttons?))
    cant make(?: it)?(?! (?:to the (?:loo|toilet|lav|bathroom)|in time))
    wont be (?:there|able to come|coming|in)
    not (?:coming|able to come|been (?:to|at) class)
    no (?:problem|problems|trouble|bother|worries)
    (?:not|isnt|wasnt|arent) (?:too |so |that |as |all that |all |at all )?bad
    (?:no|not|isnt|not any|arent) worse
    (?:bad|terrible|awful) (?:weather|traffic|cold|line|signal|connection|news|timing|day|hair day)
    (?:much |a lot |lot )?less (?:pain|painful|sore)
    feel bad (?:about|for|that)
    chest (?:of drawers|press|presses|stretch\w*|openers?|opening|freezer|height|high|lifted
        |lifts?|up|expan\w+|exercises?|tall)
    (?:lift|open|raise|lead with|keep) (?:my |your |the )?chest
    (?:medicine|tea|treasure) chest
    (?:deep|few|slow) breath(?:s|ing)?
    breath(?:ing|e)? (?:exercises?|techniques?|in|out|easily|deeply|slowly|normally|practice|ones?)
    (?:keep|did|do|done|remember to|kept) (?:my |the |all the )?breath(?:ing|e)
    breath of (?:fresh )?air
    hold(?:ing)? (?:my |your )?breath
    t[ao]kes? (?:my |your )?breath away
    (?:bated|same|under (?:my|her|his)) breath
    breathe a sigh
    puff pastry|puffer jacket|cream puffs?
    gasping for (?:a |my |some )?(?:cuppa|tea|drink|brew|coffee|cup)
    flu jab|flu vaccin\w+
    faint(?:est)? (?:idea|hope|heart\w*|memory|line|signal)|the faintest
    blackout (?:blinds?|curtains?)|power blackout
    dizzy (?:with excitement|heights)
    (?:room|hall|pool|water|oven|outside|freezing) temperatures?
    temperatures? (?:in the (?:hall|room|pool)|outside|of the (?:hall|room|pool|water)|drop\w*)
    temp (?:worker|job|staff|agency|carer|instructor)
    shiver\w* (?:at the bus|waiting|outside|down my)|shivers down
    hot and cold (?:water|drinks?|food|packs?|compress\w*|therapy)
    infection control|hand gel
    blood (?:tests?|samples?|taken|results?|donors?|donation|forms?|work|oranges?)|bloods|bloody
    bp (?:checks?|checked|tablets?|pills?|clinic|appointment|monitor\w*|review|machine|tests?
        |readings?|medication|meds|taken|done|is (?:fine|ok|good|normal))
    bleed(?:ing)? (?:the |my )?radiators?
    stroke (?:of luck|the (?:cat|dog)|club|association)|(?:breast|back|swim\w*|butterfly) ?strokes?
    (?:face|mouth) mask
    confus(?:ed|ing|ion) (?:about|by|over|as to|which|what|when|where|re|with)(?! (?:she|he|i am|im|we are))
    (?:text|message|this|it|letter)s? (?:is |was |are )?(?:very |a bit |so |really )?confus\w+
    got (?:a bit |all )?muddled
    muddled (?:up )?(?:the|my|about|days|dates)
    cancer research|race for life|macmillan
    lump sum|lump in (?:my|the|her|his) throat|sugar lumps?
    (?:lost|losing|lose|lost about)(?: \w+){0,6} (?:slimming(?: world)?|diet|weight ?watchers)
    weight ?watchers|hand weights?|(?:lift|use|using|used)(?: the| my)? weights?
    (?:roof|boiler|pipes?|tap|sink|ceiling|machine|dishwasher|radiator|kitchen|gutter|gas|loft
        |fridge|cistern|umbrella)(?: \w+){0,5} leak\w*
    leak\w*(?: \w+){0,5} (?:roof|boiler|pipes?|tap|sink|ceiling|machine|dishwasher|radiator
        |kitchen|gutter|loft|plumber|fridge|shed)
    plumber(?: \w+){0,6} (?:leak\w*|toilets?)
    wet (?:weather|day|outside|through|out|floor|leaves|paint)
    (?:where|is there|are there|has it)(?: \w+){0,3} (?:toilets?|loo|lav)
    toilets? (?:rolls?|paper|seat|door|break|is broken|are broken|locked|closed|blocked|dirty
        |out of order|near\w*)
    no (?:toilets?|loos?) (?:at|in|near|there)
    a wee (?:bit|while|lie|walk|minute|late|chat|rest|dram|cup\w*|note|word|question|reminder
        |moment|think|sit)
    wee (?:bit|while|lassie|lad|man|one|ones|dog|minute|rest)
    (?:couldnt|cant|didnt) hold (?:it|the \w+|that|this)? ?(?:for|position|stretch|balance|pose|phone)
    (?:heat|heating|knee|ice|note|hot) pads?
    (?:late|delayed|held up|stuck|traffic|road|motorway|bus|closed)(?: \w+){0,6} accident
    accident (?:on|at|near|in) the (?:\w+ )?(?:road|motorway|bypass|roundabout|bridge|lane|ring|a|m)\b
    in time for
    cant walk (?:that far|so far|far enough|the dog|there|to (?:the |my )?(?:class|hall|bus|stop
        |centre|station)|in (?:this|the)|home)
    cant stand (?:the|that|this|him|her|them|texting)
    cant move (?:the|it|my (?:appointment|class|day|session|slot|car)|that|to|other|days?)
    get up (?:that |so |this )?early|get up in time
    cant go on (?:(?:mon|tue|wed|thu|fri|sat|sun)\w*|holiday|the|my|that|a|this|tomorrow|\d+)
    cant (?:go|come|be there) (?:mon|tue|wed|thu|fri|sat|sun)\w*
    be here (?:for|at|on|all|long|when|until|till|by)
    had enough (?:exercises?|texts?|of (?:these|your|the) texts?|for (?:today|one day)|today
        |to eat|notice|practice|time|sleep)
    give up (?:my (?:place|seat|car|slot)|the|smoking|sugar|driving|a)
    given up (?:my|the|smoking|driving)
    hopeless (?:with|at)
    desperate (?:for a (?:cuppa|tea|drink|coffee|place)|to (?:come|start|join|get back))
    (?:chair|seat|step|sofa|stool|bed|table|worktop|phone|battery|volume|sound|heating|shelf|wall
        |price)(?: \w+){0,4} low(?:er)?
    low (?:chair|step|seat|sofa|battery|stool|bed|bus|table|level|impact|fat|sugar|back chair)
    running low|battery (?:is )?low|low battery
    (?:sit|sat|lie|lay|laid|put|calm|slow|settle|write|note|run|turn|wind|bend|cool|pour\w*|knelt
        |kneel|sitting|lying|chuck\w*|break|broken|broke|up and) (?:\w+ )?down(?! (?:below|there))
    (?:broken|broke|break) (?:down|boiler|heating|lift|phone|washing|car|window|glasses|oven|tooth)
    (?:lunch|tea|short|week|weekend|coffee) break
    emergency (?:contact|contacts|dentist|number|exit|plumber|tax|appointment at the (?:dentist|vet))
    family emergency
    help me (?:with|find|understand|book|remember|to|out with|get there)
    screaming (?:kids|children|grand\w+|baby|babies)
    (?:from )?the bottom of (?:my|our|her|his) heart
    (?:thank you|thanks|ta|grateful) for (?:all )?(?:your |the )?help|(?:all )?your help
    (?:a |great |big |some )help
    (?:can|could|will|would) (?:you|someone|somebody) (?:please )?help(?! me (?:now|please|quick))
    helps|helping|helped|helpful
    (?:need|want|get) (?:some )?help (?:with|getting to|from|to (?:get|read|fill)|on (?:the|with))
    help (?:out|yourself)
    air (?:con\w*|port|mail|bed)|fresh air|air (?:is|was) (?:nice|lovely|cold|fresh)|in the air|open air
    (?:sorry to be|being) a (?:nuisance|pain)|nuisance (?:calls?|texts?)|dry spells?
    spells? of (?:weather|rain|sun\w*)
    blank (?:page|text|message|form|sheet)
    (?:page|text|message|sheet|screen|letter) (?:was |is |came |went |came out )*blank
    worse (?:luck|for wear)|worse (?:weather|traffic)|traffic (?:is )?(?:getting |got )?worse
    weather (?:is )?(?:getting |got )?worse
    no (?:use|good) (?:to me|for me|on|at)|no use ringing
    live for (?:my|the) (?:class\w*|garden|grandchildren)
    ^(?:please )?help(?: please)?$
    (?:husband|wife|son|daughter|grand(?:son|daughter|child\w*)|sister|brother|friend|neighbour
        |nephew|niece)(?: \w+){1,8} so (?:im|i am|i cant|i wont|ill|i will|i must|i have to|going|cant come)
    cant sleep for (?:excitement|the noise|laughing)
    hay ?fever|bunged up with (?:a |the )?(?:cold|flu|hay ?fever)
    (?:bladder|heart|chest|stroke|memory|breathing|lung|bowel|breast|cancer|blood|bone)
         (?:clinic|check\w*|appointment|screening|nurse|tests?|group|scan|charity|shop|walk)
    temperature(?: \w+){0,3} (?:normal|fine|ok|okay)
    killing (?:myself|me) laughing|died laughing|dead on my feet
    plumb(?:er|ing)(?: \w+){0,6} (?:kitchen|sink|boiler|bathroom|coming|here|today)
    cant do (?:(?:mon|tue|wed|thu|fri|sat|sun)\w*|this week|next week|mornings?|afternoons?
        |that (?:day|time|one))
    (?:cant|couldnt) do (?:the (?:last|first|second|third|other|rest)|number|this one
        |all (?:of )?(?:them|it))
    cant carry (?:shopping|bags|everything|it all)
    (?:chiropodist|podiatrist)(?: \w+){0,5} (?:feet|foot|toenails?)
    (?:kids|children|grand\w+|baby|babies)(?: \w+){0,2} screaming
    wobbl\w*(?: \w+){0,4} (?:one leg|tightrope|tiptoes?)|(?:on )?one leg(?: stand\w*| balance| for \d+)
    (?:story|time|rest|day|joy|love) of my life|life (?:saver|boat|guard|long|style|line|drawing
        |of riley)|still life
    thats life|larger than life|get a life|(?:new |full of )?lease of life|full of life|life is (?:good
        |busy|hectic|full)
    dying (?:for|to (?:see|come|start|hear|meet|try))|die hard|to die for|(?:battery|phone|car
        |line) (?:is |has )?(?:dead|dying|died)
    wet (?:and windy|and cold|out|today|tomorrow|here|one|week|weekend|morning|afternoon|coat|shoes|hair)
    (?:got|getting|get|so|too|very|bit|soaking|its|it is|weather is|is) wet(?: (?:and|in|on|out|outside
        |today|here|waiting))
    under control|crash course|(?:computer|laptop|phone) (?:has |have )?crash\w*
    (?:lie|lying|sit|sitting|mat|exercises?|do it|doing it|hoover\w*|mop\w*|wash\w*) on the floor
    (?:first|ground|top|wet|second) floor
    floor (?:is|was) (?:slippery|wet|cold|dirty|hard)
    feet up|(?:my )?feet done|foot in the door|put my foot in it|best foot forward|on foot|cold feet
    find(?:ing)? my feet
    no (?:pain|need)|(?:hardly|barely) any pain
    pain (?:is |has |was )?(?:gone|better|settling|settled|easing|eased|ok|okay)
    pain (?:is |was )?going(?! (?:down|into|up|through) (?:my|the|her|his|both|one|left|right|to))
    stop(?:ped)? taking|dont need (?:them|it|painkillers|tablets|paracetamol)|of course not
    from the bottom of|bottom (?:of the (?:stairs|page|road|hill|letter|garden|form)|step|line|bracket)
    (?:heart|heart felt|bless your|kind|light|whole|by|take) hearted(?:ly)?
    heart of gold|heart emoji|by heart|(?:bless|with all|bottom of|from) (?:your|my|his|her) heart
    (?:leg|foot|toe|knee|heel|hip) (?:exercises?|lifts?|raises?|slides?|press|marches|march|ones?)
    numb ?ingly|mind numb\w*|numb(?:ed)? (?:with|from|by) (?:boredom|bored\w*)|bored numb
    (?:hands?|fingers?|nose|ears?|cheeks?)(?: \w+){0,4} numb(?: \w+){0,5} (?:cold|freezing
        |frost\w*|frozen|wind|snow|ice)
    (?:cold|freezing|frost\w*|frozen|snow|ice|icy)(?: \w+){0,6} (?:hands?|fingers?|nose
        |ears?)(?: \w+){0,3} numb
    numb (?:hands?|fingers?|nose)(?: \w+){0,4} (?:cold|freezing|frost\w*|frozen|snow)
    fell (?:asleep|behind|through|out|in love|about|short)
    fall(?:ing|en)? (?:asleep|behind|through|off to sleep|out|back (?:on|an|one|this|tonight))
    falls? (?:class\w*|clinic|group|prevention|course|team|service)|prevent falls
    (?:not|isnt|wasnt|didnt|arent) (?:really )?hurt|no injur\w+|unhurt
    new (?:exercises?|class\w*|ones?|shoes|hips?|knees?|number|phone)
    turn (?:on|at|with|up|off|it|the)|my turn
    passed? out (?:the|leaflets|papers)
    killing (?:time|two birds)
    fit of (?:giggles|laughter|coughing)
    elephants? (?:in the room|park|sanctuary)
    skipping (?:class|rope|breakfast|lunch|it|this)
    no point (?:in )?(?:me |us |in )?(?:coming|ringing|calling|texting|waiting|driving)
    what(?:s| is)? (?:the )?point (?:of|in) (?:the|this|that|exercise|these)
    better off (?:on|with|in|doing|going)
    burning (?:question|calories)
    a (?:nice|good|lovely) (?:ache|burn|soreness)
    heavy (?:traffic|rain|snow|bags?|shopping|cold|weights?)
    lead with
    dead (?:good|nice|easy|line|on|chuffed|pleased|busy|keen)
    end (?:it on|of (?:the )?(?:road|week|month|year|class|day|november|december|session))
    all a ?e\b(?= class)
    weed(?:ing|ed)? (?:the|my) (?:garden|beds?|border\w*)
    (?:give|giving|gave) (?:it )?a (?:go|rest|miss|try)
    rope (?:in|pull)|skipping rope|tow rope|tight ?rope
    penny (?:dropped|drops)|pretty penny|penny for
"""

EVERYDAY = tuple(line.strip() for line in re.sub(r"\n {8}", "", _PHRASES).splitlines() if line.strip())
