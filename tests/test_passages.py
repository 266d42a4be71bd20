from hypothesis import given
from hypothesis import strategies as st

from qabot.passages import PASSAGE_CHARACTERS, SENTENCE_CHARACTERS, passages, sentences
from qabot.types import Block, Document, Section


def document(text: str) -> Document:
    stripped = text.strip()
    start = text.find(stripped)
    blocks = (Block(start, start + len(stripped), 0),) if stripped else ()
    return Document("a.txt", "A", text, "", (Section("0", (), 0, 0, len(text)),), blocks)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text, Block(0, len(text), 0))]


def test_a_quotation_keeps_its_speaker():
    said = '"It works," explained Dr. Wei Zhang, Director of the Center. "We saved 60%."'
    assert split(said) == [
        '"It works," explained Dr. Wei Zhang, Director of the Center.',
        '"We saved 60%."',
    ]


def test_a_number_of_a_list_is_not_a_sentence():
    assert split("1. Open the box. 2. Close it.") == ["1. Open the box.", "2. Close it."]


def test_a_numbered_name_is_quoted_with_what_it_names():
    text = "4. Redistribution. You may pass copies on. Keep the notices."
    assert split(text) == ["4. Redistribution. You may pass copies on.", "Keep the notices."]


def test_the_articles_passages(answerer, article):
    found = answerer.passages()
    assert len(found) == 18
    assert [article[passage.start : passage.end] for passage in found][:3] == article.split("\n")[:3]
    solid = next(passage for passage in found if passage.path[-1:] == ("Solid-state batteries",))
    assert (solid.start, solid.end) == (1293, 1504)
    assert solid.path == ("Breakthrough Technology Development", "Solid-state batteries")
    assert [passage.kind for passage in found].count("lead_in") == 2
    assert [passage.kind for passage in found].count("item") == 6


def test_a_long_paragraph_is_cut_between_sentences():
    text = " ".join(f"Sentence number {number} says something." for number in range(60))
    found = passages(document(text))
    assert len(found) > 1
    assert all(passage.end - passage.start <= PASSAGE_CHARACTERS for passage in found)
    assert all(text[passage.end - 1] == "." for passage in found)


def test_what_has_no_full_stop_is_cut_between_words():
    text = "word " * 2_000
    assert all(len(sentence) <= SENTENCE_CHARACTERS for sentence in split(text))
    assert all(sentence.startswith("word") and sentence.endswith("word") for sentence in split(text))


@given(st.text(alphabet=st.sampled_from('aB1. \n\t"“”()!?。,;:-\u0301\u202e🔋'), max_size=3_000))
def test_all_text_is_in_exactly_one_sentence_of_one_passage(text):
    covered = [0] * len(text)
    for passage in passages(document(text)):
        assert (passage.start, passage.end) == (passage.sentences[0][0], passage.sentences[-1][1])
        for start, end in passage.sentences:
            assert start < end
            for place in range(start, end):
                covered[place] += 1
    for character, times in zip(text, covered, strict=True):
        assert times == 1 or (times == 0 and character.isspace())
