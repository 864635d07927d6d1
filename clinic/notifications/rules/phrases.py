"""The phrase lists of the closed grammar, in a short notation.

Phrases are separated by commas. `a|b` is one or the other, a trailing `?` makes a word optional, `_` joins
words into one choice: "i_am|im? running? late" stands for "late", "running late", "im late" and so on.
"""

from itertools import product

Phrase = tuple[str, ...]


def phrases(block: str) -> frozenset[Phrase]:
    """Every phrase the notation stands for, as tuples of plain words."""
    written = (phrase.split() for phrase in block.replace("\n", " ").split(","))
    return frozenset(spelt for tokens in written if tokens for spelt in _spelt_out(tokens))


def _spelt_out(tokens: list[str]) -> set[Phrase]:
    choices = [_choices(token) for token in tokens]
    return {tuple(" ".join(chosen).split()) for chosen in product(*choices)} - {()}


def _choices(token: str) -> list[str]:
    words = token.removesuffix("?").replace("_", " ").split("|")
    return [*words, ""] if token.endswith("?") else words


CARRIER_STOP = "stop, stopall, stop all, unsubscribe, cancel, end, quit, optout, opt out, revoke"
CARRIER_START = "start, yes, unstop"
CARRIER_HELP = "help, info"

STOP_IN_FULL = """
    stop, stop all, unsubscribe, opt me? out, stop texting|messaging|contacting me?,
    stop these|the|your|all? texts|messages, no more texts|messages,
    stop sending me? these|the? texts|messages, dont text|message me again|any_more|anymore?"""

DONE = """
    all? done it|them|all|today?, done them|it all today?, done all of them|it,
    ive|i_have|i|have done it|them all? today?, i? did it|them all? today?,
    ive|i_have? completed|finished it|them|all? today?,
    ive|i_have? done my|the|all_my|todays? exercise|exercises today?,
    exercise|exercises all? done today?, i? did my|the|todays? exercise|exercises today?"""
FALL = "a|had_a|ive_had_a|i_have_had_a|i_had_a? fall, i|ive|i_have? fell|fallen over|down?"
MORE = "more exercises?, its|it_is|it_was|that_was|was|this_is|this_one_is? too easy for_me?"
EASIER = """
    its|it_is|it_was|that_was|was|this_is|this_one_is? too hard|difficult for_me?,
    something|make_it|an|want|need? easier one|ones|exercise?"""
LATE = """
    im|i_am|am? running? a|abit|a_bit|a_little|bit|little|slightly? late today?,
    ill|i_will|i_might|i_may|might|may|will be a_bit|a_little|bit|slightly? late today?,
    im|i_am? going_to|gonna be a_bit|a_little? late today?,
    im|i_am|running|im_running|ill_be|i_will_be|be? about? 5|10|15|20|30|five|ten|fifteen|twenty
        min|mins|minutes late"""
WHEN = """
    when, when is|whens it|class|my_class|the_class|next_class|my_next_class|the_next_class|my_next_one,
    what time|day|time_and_day|day_and_time is_it|is_class|is_my_class|is_the_class|is_my_next_class?,
    when and where is_it?, when do i come next?, when am i in? next"""
CALL_ME = """
    call|ring|phone|telephone me? back?, callback, give me a call|ring|bell,
    can|could|will|would you|someone|somebody please? call|ring|phone|telephone me? back?,
    can|could|will|would you|someone|somebody please? give me a call|ring|bell,
    id_like|i_would_like|i_need|need|i_want|want a call|callback|call_back,
    someone|somebody call|ring|phone me"""
WRONG_NUMBER = """
    youve_got|you_have_got|you_have|you_got|its|it_is|this_is|got? the|a? wrong number|person,
    its|it_is|this_is|thats? not me, that|this isnt me, its|this_is? not my number,
    who is|are this|you|it, whos this"""
DIED = """
    died, dead, deceased, passed away, has|have died|passed_away, she|he has? died|passed_away,
    shes|hes dead|died|passed_away, she|he is dead, the? patient has? died|passed_away,
    my|our? mum|mother|mam|mom|dad|father has|sadly|has_sadly? died|passed_away"""
HOSPITAL = """
    hospital, still? in the? hospital, im|i_am|am|im_still|i_am_still in the? hospital,
    shes|hes|she_is|he_is|mums|mum_is|mum|dads|dad_is|dad in the? hospital,
    ive|i_have|she_has|he_has|shes|hes? been|gone|been_taken into hospital,
    ive|i_have|she_has|he_has|shes|hes? been? admitted to_hospital?"""

ONE = "number|option|reply|answer|its|yes? 1|one, 1 1, 1 yes"
TWO = "number|option|reply|answer|its? 2|two, 2 2, 2 no, no 2|two"
YES = "yes please, yes many? thanks|thank_you, yes please 1"
NO = "no, nope, no sorry, sorry no, no many? thanks|thank_you|thankyou, no not now|this_time"

OFFER_YES = "yes? both days?, 1 for? both, both 1, yes i would, yes id love to"
OFFER_NO = "2? neither, neither 2"
REMINDER_YES = "1|yes? see you there|then, yes? ill|i_will|will be|see_you there, yes? im|i_am? coming"
REMINDER_NO = """
    i? cant come|attend|make_it, i? wont be there|coming, i? wont make it, im|i_am? not coming,
    im|i_am? unable to come|attend|make_it, i? wont be able to come|attend|make_it"""
NUMBER_YES = "yes? its|it_is|this_is|thats me, yes it_is|i_am|this_is, yes thats right|correct, yes? speaking"
NUMBER_NO = "no it isnt, no its|it_is not? me?, no not me"
STILL_YES = "yes i do please?, yes? i? still want it|a_place|my_place, yes? im|i_am? still interested"
STILL_NO = "no longer wanted|needed|interested?, not any more"

GREETINGS = """
    hi|hello|hey there|all?, hiya, dear, good? morning|afternoon|evening, please, ok, okay, oh,
    im|i_am? afraid, so|very|im|i_am|im_so|im_very? sorry but?, thanks, thank you"""
FAREWELLS = """
    please, pls, plz, plse, many? thanks, thanks again, thanks a lot, thank you, thankyou,
    thank|thanks you? so|very? much, thx, tks, thnx, ta, ta very much, ta love|duck|muchly, cheers,
    much appreciated, lots_of? love, x, xx, xxx, xxxx, kind|best|warm? regards, best wishes,
    god? bless you?, dear, duck, pet, mate, flower, so|very|im|i_am? sorry, im|i_am afraid, lovely, great,
    brilliant, ok, okay, have a nice|good|lovely day, bye for_now?"""
AROUND_A_DAY = """
    just only the one day class session on of at am pm for me i want choose take id like ill have is
    suits fine good ok okay best works would be
    jan january feb february mar march apr april may jun june jul july aug august sep sept september
    oct october nov november dec december st nd rd th"""
