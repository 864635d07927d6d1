"""The paper: every name as it is written or said to be missing; tagged, in order, the same bytes again."""

from datetime import UTC, datetime

import pytest

from clinic.referrals.letters_font import PLAIN_COPY, printable, unprintable
from clinic.referrals.letters_pdf import pdf
from clinic.referrals.letters_sheet import Sheet, paragraphs
from tests.referrals.pdf_text import read

NAMES = """
Grace Okafor|Siân Llŷr ap Gwilym|Ŵyn Ŷoung|Seán Ó Súilleabháin|Caoimhe Ní Bhriain
Łucja Wójcik-Żółć|Święcicka Źdźbło|Dvořák Přemysl|Ľubomír Šťastný|Ștefan Țepeș|Ágnes Őry Űr
Müller-Lüdenscheidt Größe|Françoise Lœuillet|Íñigo Muñoz Ñandú|João Conceição
Åsa Ångström Sjöberg|Þórunn Æsa Guðmundsdóttir|Øystein Bjørnstad|Çağrı Şükrü Işık
İbrahim Gökçe Ğ|Nguyễn Thị Ngọc Ánh|Trần Văn Đức|Phạm Quỳnh Như Ữ|Ưng Hoàng Phúc
Χριστοδούλου Ιωάννα|Γεώργιος Ζαχαριάδης|Юлія Ґалаґан|Сергей Ёлкин Щербаков|Ђорђе Љубичић
Җаным Өмірбек|Ėrika Žemaitė|Kristīne Ģērmane Ķeniņa|Õnne Tõnissoo|Ŋaru Sámi Čáhppe
Adébáyọ̀ Ọlátúnjí Ṣówándé|Chukwuemeka Ụzọ|Kwabena Ɛdwoa Ɔpɔku|Naʻalehu Kahuʻāina|Māori Whāea
Թամար Հակոբյան|ნინო ბერიძე|D’Arcy O'Neill–Smith|Mᶜ Leod
""".replace("\n", "|").split("|")
NAMES = [name for name in NAMES if name]


def a_sheet(words: str, **more: object) -> Sheet:
    facts = {
        "title": "End of supervised exercise",
        "reference": "UP-7K3F-9Q2M",
        "sender": ("Riverside Bone Health", "Telephone 0113 496 0000"),
        "to": ("Birch Lane Surgery",),
        "day": "Monday 23 November 2026",
        "written_at": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "words": words,
    }
    return Sheet(**{**facts, **more})


COPY = "Ended.\nGrace Okafor.\nDone.\nAttended 3 of 4.\nTUG 16 s to 12 s.\n"
LETTER = f"{COPY}\nFirst part\ngoes on.\n\n- one\n- two\n"


def test_every_name_of_the_corpus_comes_out_as_it_is_written():
    assert len(NAMES) > 40
    found = read(pdf(a_sheet("\n".join(NAMES[:5]) + "\n\n" + "\n\n".join(NAMES[5:]))).content)
    assert [name for name in NAMES if printable(name) not in found.text] == []
    assert found.boxes == 0
    assert [name for name in NAMES if printable(name) != name] == []


@pytest.mark.parametrize("name", ["محمد علي", "מרים לוי", "मीरा देवी", "王小明", "ਗੁਰਪ੍ਰੀਤ", "김민수"])
def test_a_name_the_paper_cannot_carry_is_said_to_stand_in_the_plain_copy(name):
    found = read(pdf(a_sheet(f"Ended.\n{name} Smith, born 1950.\n\nThank you.")).content)
    assert f"not printed here: {PLAIN_COPY}] Smith, born 1950." in found.text
    assert found.boxes == 0
    assert unprintable(name)
    assert not unprintable("Grace")


def test_a_letter_and_its_accent_apart_are_put_together():
    assert printable("Sia\u0302n\u200b") == "Siân"
    assert printable("ﬁeld") == "ﬁeld"
    assert printable("a\u2009b\tc") == "a b c"


def test_headings_paragraphs_and_the_foot_are_tagged_in_reading_order():
    found = read(pdf(a_sheet(LETTER)).content)
    assert [tag for tag, _ in found.parts].count("H1") == 1
    body = [(tag, text) for tag, text in found.parts if tag != "Artifact"]
    assert body[0] == ("P", "Riverside Bone Health")
    assert [text for tag, text in body if tag == "H2"] == ["Five lines for your record", "The letter"]
    assert body[-3:] == [("P", "First part goes on."), ("P", "• one"), ("P", "• two")]
    (foot,) = (text for tag, text in found.parts if tag == "Artifact")
    assert " ".join(foot.split()) == "Riverside Bone Health, UP-7K3F-9Q2M, page 1 of 1"


def test_the_document_has_a_title_a_language_and_structure_and_names_nobody_outside_its_text():
    content = pdf(a_sheet(LETTER)).content
    for said in (
        b"/Title (End of supervised exercise, UP-7K3F-9Q2M)",
        b"/Lang (en-GB)",
        b"/MarkInfo <</Marked true>>",
        b"/DisplayDocTitle true",
    ):
        assert said in content
    assert b"Okafor" not in content


def test_a_long_letter_goes_on_over_pages_without_losing_a_word():
    words = [f"word{n}" for n in range(2000)]
    printed = pdf(a_sheet(LETTER + "\n" + " ".join(words) + "\n\nThe end."))
    found = read(printed.content)
    assert printed.pages == found.pages > 2
    kept = " ".join(text for tag, text in found.parts if tag != "Artifact").split()
    assert [word for word in kept if word.startswith("word")] == words
    assert kept[-2:] == ["The", "end."]


def test_the_same_sheet_gives_the_same_bytes_and_another_day_others():
    once, again = pdf(a_sheet(LETTER)).content, pdf(a_sheet(LETTER)).content
    later = pdf(a_sheet(LETTER, written_at=datetime(2026, 11, 24, tzinfo=UTC))).content
    assert once == again != later


def test_lines_of_one_paragraph_are_joined_and_items_are_not():
    assert paragraphs("One\ntwo.\n\n- first\n  goes on\n- second\n") == [
        ("paragraph", "One two."),
        ("item", "• first goes on"),
        ("item", "• second"),
    ]
