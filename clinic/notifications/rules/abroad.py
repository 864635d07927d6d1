"""The simplest words of danger in other languages, as they are texted here: help, pain, fallen, blood.

A phrase counts wherever it stands, spelled as it is here, with or without its accents. Everything else in
another language goes to a person with the generic safety text (F19). Data and its reader; the list needs a
native speaker's eye for each language.
"""

from functools import cache

from clinic.notifications.rules.plain import words

# language: phrases by comma; one that is an ordinary English word or name is left out on purpose
ABROAD = {
    "Polish": """
        pomocy, pomoc, pomóż, pomóż mi, pomóżcie, ratunku, boli, bolą, bóle, ból, upadłam, upadłem,
        upadła, upadł, przewróciłam się, przewróciłem się, przewróciła się, na podłodze, jestem na
        podłodze, karetka, karetkę, pogotowie, duszno, duszę się, nie mogę oddychać, nie mogę wstać,
        nie mogę chodzić, nie czuję, krew, zemdlałam, zemdlałem, słabo mi""",
    "Romanian": """
        ajutor, ajutați-mă, ajuta-mă, mă doare, doare, durere, dureri, am căzut, a căzut, cazut,
        ambulanță, salvare, nu pot respira, nu pot să respir, nu pot merge, nu simt, sânge, am
        leșinat, leșinat""",
    "Portuguese": """
        ajuda, ajude-me, socorro, dói, dor, dores, me caí, caí no chão, caiu, cai no chão, ambulância,
        não consigo         respirar, não sinto, não consigo andar, sangue, desmaiei""",
    "Spanish": """
        ayuda, ayúdame, ayúdenme, socorro, duele, dolor, dolores, me caí, me he caído, se ha caído,
        se cayó, caído, ambulancia, no puedo respirar, no puedo andar, no puedo caminar, no siento,
        sangre, me desmayé""",
    "Italian": """
        aiuto, aiutami, aiutatemi, soccorso, dolore, dolori, fa male, sono caduta, sono caduto,
        caduta, caduto, ambulanza, non respiro, non riesco a respirare, non sento le gambe, non
        riesco a camminare, sangue, svenuta, svenuto""",
    "French": """
        au secours, à l'aide, aidez-moi, aide moi, douleur, douleurs, j'ai mal, mal au dos, très
        mal, tombée, tombé, je suis tombé, chute, ambulance, peux pas respirer, arrive pas à
        respirer, ne sens plus, évanouie""",
    "German": """
        hilfe, schmerzen, schmerz, gestürzt, hingefallen, gefallen, krankenwagen, keine luft, kann
        nicht atmen, kann nicht laufen, kann nicht aufstehen, blut, ohnmächtig""",
    "Lithuanian": """
        pagalba, pagalbos, padėkite, skauda, skausmas, nukritau, parkritau, negaliu kvėpuoti,
        kraujas""",
    "Turkish": """
        yardım, yardım edin, imdat, ağrı, ağrım, acıyor, düştüm, düştü, ambulans, nefes alamıyorum,
        yürüyemiyorum, bayıldım""",
    "Welsh": """
        cymorth, wedi cwympo, wedi syrthio, syrthiais, cwympais, syrthio, cwympo, poen, poenau, yn
        brifo, ambiwlans, gwaed, methu anadlu, ddim yn gallu anadlu, methu cerdded, methu teimlo,
        teimlo'n wan, wedi llewygu""",
    "Hindi, Urdu, Punjabi": """
        madad, madat, bachao, dard, dukhda, dukhdi, peerh, gir gayi, gir gaya, gir gai, gir gayee,
        girgayi, dig gayi, dig gaya, dig pai, saans nahi, sans nahi, saah nahi, chakkar, khoon,
        behosh, ambulance, chal nahi, मदद, बचाओ, दर्द, गिर गई, गिर गया, सांस, खून, ਮਦਦ, ਦਰਦ, ਡਿੱਗ,
        ਸਾਹ, مدد, بچاؤ, درد, گر گئی, گر گیا, سانس, خون""",
    "Bengali, Gujarati": """
        shahajjo, sahajjo, sahajyo, betha, byatha, pore gechi, pore geche, shash, rokto, madad karo,
        dukhe che, dukhave che, padi gayi, padi gayo, সাহায্য, ব্যথা, পড়ে গেছি, શ્વાસ, મદદ, દુખે,
        પડી ગઈ, પડી ગયો""",
    "Arabic, Somali": """
        saadni, musaada, waja, waqaat, waga3t, i caawi, caawi, caawimo, xanuun, waan dhacay,
        waan dhacday, neefta, dhiig, ساعدني, ساعدوني, مساعدة, النجدة, ألم, وجع, وقعت, سقطت, لا
        أستطيع التنفس, دم""",
    "Tamil, Chinese, Ukrainian, Russian": """
        udhavi, uthavi, vizhundhutten, உதவி, வலி, விழுந்து, jiuming, 救命, 救我, 帮我, 幫我, 疼, 痛,
        摔倒, 摔了, 跌倒, 呼吸, 流血, допоможіть, допомога, болить, впала, впав, кров, помогите,
        помощь, болит,
        боль, упала, упал, кровь, pomogite, dopomozhit, bolit, bolyt, upala""",
}
_OUR_LETTERS = str.maketrans("łŁıđĐøØ", "lLidDoO") | {ord("ß"): "ss"}


def danger_abroad(text: str) -> list[str]:
    """The languages whose words of danger a text holds."""
    said, (phrases, signs) = _plain(text), _phrases()
    found = {
        language
        for at, word in enumerate(said)
        for phrase, language in phrases.get(word, ())
        if tuple(said[at : at + len(phrase)]) == phrase
    }
    if any(word >= "\u4e00" for word in said):  # Chinese is written without spaces
        found |= {language for sign, language in signs if sign in "".join(said)}
    return [f"danger in {language}" for language in sorted(found)]


def _plain(text: str) -> list[str]:
    """As words, in the letters of a telephone that has only ours: upadłam is upadlam, yardım is yardim."""
    return words(text.translate(_OUR_LETTERS))


@cache
def _phrases() -> tuple[dict[str, list[tuple[tuple[str, ...], str]]], list[tuple[str, str]]]:
    """Phrases by their first word, each with its language; and the Chinese ones as they stand."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    signs: list[tuple[str, str]] = []
    for language, rows in ABROAD.items():
        for phrase in (tuple(_plain(row)) for row in rows.split(",") if row.strip()):
            by_first.setdefault(phrase[0], []).append((phrase, language))
            if phrase[0] >= "\u4e00":
                signs.append(("".join(phrase), language))
    return by_first, signs
