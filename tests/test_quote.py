import hashlib
from urllib.parse import quote as quoted

import pytest

from qabot.errors import BadReference
from qabot.passages import passages
from qabot.quote import described, headings, make_quote, parse_reference, reference, sentence_run, speaker, verify
from qabot.types import Block, Document, Origin, Passage, Quote, Section

SPEECH = [
    '"We work together," explained Dr. Wei Zhang, Director of the Center.',
    '"It saves time."',
    '"And money."',
    "The Center agrees.",
]


def spans(sentences: list[str]) -> tuple[str, list[tuple[int, int]]]:
    text = " ".join(sentences)
    return text, [(text.index(sentence), text.index(sentence) + len(sentence)) for sentence in sentences]


def run(sentences: list[str], chosen: int, whole_speech: bool = False) -> list[str]:
    text, found = spans(sentences)
    first, last = sentence_run(text, found, chosen, whole_speech=whole_speech)
    return sentences[first:last]


def a_quote(text: str, start: int, end: int, **fields) -> Quote:
    about = {"document": "a b.txt", "title": "A b", "section": ("Two",), "number": "2", "line": 1, "sha256": "0" * 64}
    return Quote(text=text[start:end], start=start, end=end, source=text, **about | fields)


def test_a_quote_that_is_not_verbatim_cannot_be_built():
    with pytest.raises(ValueError, match="not a quote"):
        Quote("x", "a.txt", "A", (), "0", 0, 1, 1, "", source="abc")
    with pytest.raises(ValueError, match="not a quote"):
        Quote("", "a.txt", "A", (), "0", 1, 1, 1, "", source="abc")


def test_speech_is_quoted_with_its_speaker():
    assert run(SPEECH, 0) == SPEECH[:1]
    assert run(SPEECH, 1) == SPEECH[:2]
    assert run(SPEECH, 2) == SPEECH[:3]
    assert run(SPEECH, 3) == SPEECH[3:]


def test_speech_whose_speaker_comes_after_it_is_quoted_with_both():
    sentences = ['"It saves time."', '"And money," said Lisa Wang.']
    assert run(sentences, 0) == sentences


def test_what_someone_said_is_quoted_to_its_end():
    assert run(SPEECH, 0, whole_speech=True) == SPEECH[:3]
    assert run(SPEECH, 3, whole_speech=True) == SPEECH[3:]


def test_a_sentence_that_leans_on_the_one_before_it_is_quoted_with_it():
    sentences = ["The pump runs at night.", "It is switched off at six.", "Nobody hears it."]
    assert run(sentences, 1) == sentences[:2]
    assert run(sentences, 2) == sentences[2:]
    assert run(["It rains.", *sentences], 0) == ["It rains."]
    assert run(["The pump runs.", "IT staff switch it off."], 1) == ["IT staff switch it off."]


def test_a_pair_that_would_be_long_is_not_quoted():
    sentences = ["The pump runs " + "and runs " * 50 + "at night.", "It is switched off at six."]
    assert run(sentences, 1) == sentences[1:]


def test_speech_without_a_speaker_stands_alone():
    assert run(["The sun rises.", '"It saves time."', "It sets."], 1) == ['"It saves time."']


def test_who_speaks_stands_outside_the_quotation_marks():
    text = SPEECH[0]
    assert speaker(a_quote(text, 0, len(text))) == "explained Dr. Wei Zhang, Director of the Center"
    assert speaker(a_quote("No one speaks.", 0, 14)) is None


def test_a_reference_says_where_a_quote_stands_and_can_be_checked():
    quote = a_quote("One. Two.", 5, 9)
    expected = hashlib.sha256(b"Two.").hexdigest()[:12]
    assert reference(quote) == f"a%20b.txt#char=5,9;quote={expected}"
    read = parse_reference(reference(quote))
    assert (read.path, read.start, read.end, read.digest) == ("a b.txt", 5, 9, expected)


def test_a_reference_for_people_has_title_sections_and_line():
    assert described(a_quote("One.", 0, 4)) == "A b > 2 Two, line 1"
    assert described(a_quote("One.", 0, 4, section=(), number="0", depth=0)) == "A b, line 1"


def test_the_number_stands_before_its_own_heading():
    path = {"section": ("Two", "Three", "Run-in")}
    assert headings(a_quote("One.", 0, 4, **path, number="2.1", depth=2)) == "A b > Two > 2.1 Three > Run-in"
    assert headings(a_quote("One.", 0, 4, **path, number="7")) == "A b > Two > Three > 7 Run-in"


@pytest.mark.parametrize(
    "nonsense", ["", "a.txt", "a.txt#char=5", "a.txt#char=9,5", "#char=1,2", "a.txt#char=1,2;quote=zz"]
)
def test_what_is_no_reference_is_refused(nonsense):
    with pytest.raises(BadReference, match="is not a reference"):
        parse_reference(nonsense)


def checked(before: str, after: str, start: int, end: int):
    wanted = parse_reference(reference(a_quote(before, start, end)))
    document = Document("a b.txt", "A", after, "", (Section("0", (), 0, 0, len(after)),), (Block(0, len(after), 0),))
    passage = Passage("a b.txt", 0, "paragraph", "0", (), 0, len(after), ((0, len(after)),))
    return verify(document, [passage], wanted)


def test_a_quote_is_intact_moved_or_altered():
    text = "One. Two. Three. Two."
    assert checked(text, text, 5, 9).state == "intact"
    moved = checked(text, "Zero. " + text, 5, 9)
    assert (moved.state, moved.quote.start) == ("moved", 11)
    assert moved.reference == reference(a_quote("Zero. " + text, 11, 15))
    assert checked(text, text.replace("Two", "2"), 5, 9).state == "altered"
    assert checked(text, "", 5, 9).state == "altered"


def test_of_two_places_the_nearest_is_meant():
    text = "Two. Three. Two."
    assert checked(text, text, 12, 16).quote.start == 12
    assert checked(text, "A. " + text, 12, 16).quote.start == 15


@pytest.mark.parametrize(
    ("kind", "text", "fragment"),
    [
        ("paragraph", "Well-known, R&D: 5 %.", "Well%2Dknown%2C%20R%26D%3A%205%20%25."),
        (
            "paragraph",
            "One two three four five six seven eight nine ten eleven twelve thirteen.",
            "One%20two%20three%20four%20five%20six%20seven%20eight,ten%20eleven%20twelve%20thirteen.",
        ),
        ("item", "2. Mix the flour.", "Mix%20the%20flour."),
        ("item", "iv. b. It ends.", "It%20ends."),
        ("paragraph", "--dry-run\nOnly show.", "Only%20show."),
        ("paragraph", "Größe", "Gr%C3%B6%C3%9Fe"),
        (
            "paragraph",
            "一，二，三。四，五，六。七，八，九。十，一，二。三",
            quoted("一，二，三。四，五，六。七，八，") + "," + quoted("十，一，二。三"),
        ),
        ("code", "1. make\n\n  make  install\n}", "make%20%20install"),
        ("row", "Office: Berlin; Opens at: 9:30; Closes at: 17:00", "Berlin-,9%3A30"),
        ("row", "Office: in the middle of Bonn; 8:00", "the%20middle%20of%20Bonn-,8%3A00"),
        ("row", "Office: Berlin", "Berlin"),
        ("row", "Open: yes; Staffed: yes; Quiet: no", "yes-,no"),
        ("row", "a; b", "a-,b"),
    ],
)
def test_a_link_opens_the_page_at_the_words_as_they_stand_there(kind, text, fragment):
    section = Section("0", (), 0, 0, len(text), "höhe")
    origin = Origin(True, url="https://example.org/a?b=c#old")
    document = Document("a.html", "A", text, "", (section,), (Block(0, len(text), 0, kind),), None, origin)
    quote = make_quote(document, passages(document)[0], 0, len(text))
    assert quote.link == f"https://example.org/a?b=c#h%C3%B6he:~:text={fragment}"
