import pytest

from qabot.words import words
from tests.conftest import terms


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("500 Wh/kg", "500Wh/kg"),
        ("2000 GWh", "2,000GWh"),
        ("60 percent", "60%"),
        ("2 billion dollars", "$2 billion"),
        ("15 years", "Fifteen years"),
        ("Cafés", "cafe"),
        ("CATHODE", "cathodes"),
        ("solid state", "solid-state"),
        ("１２ cells", "12 cell"),
    ],
)
def test_a_question_and_a_document_meet(asked, written):
    assert set(terms(asked)) <= set(terms(written)) | set(terms(asked)) & set(terms(written))
    assert sorted(terms(asked)) == sorted(terms(written))


def test_a_word_says_where_it_stands():
    text = "What's CATL's share of 2,000GWh?"
    found = {text[word.start : word.end]: word for word in words(text)}
    assert found["CATL's"].term == "catl"
    assert found["2,000"].term == "2000"
    assert found["GWh"].content
    assert not found["What's"].content
    assert not found["of"].content


@pytest.mark.parametrize("text", ["", "?!…", "\x00\x1b[31m", "\u202e", "🔋🔋", "_ - /"])
def test_text_without_words_has_no_terms(text):
    assert terms(text) in ([], ["31", "m"])


def test_ideographs_are_words_of_their_own():
    assert terms("电池 battery") == ["电", "池", "batteri"]
