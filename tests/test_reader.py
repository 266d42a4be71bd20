"""Which sentence is quoted, which words in it are marked, with the reading model and without it."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from qabot.answer import Answerer
from qabot.settings import Settings
from qabot.types import Answer
from tests.conftest import ARTICLE

SOLID = "What energy density do the new solid-state cells reach?"


@pytest.fixture(scope="module")
def without_reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("without-reading")
    with closing(Answerer(Settings(ARTICLE.parent, folder / "i.sqlite", folder / "cache", reader="off"))) as answerer:
        yield answerer


def marked(answer: Answer) -> str:
    quote = answer.quotes[0]
    assert quote.highlight is not None
    start, end = quote.highlight
    return quote.text[start:end]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (SOLID, "500Wh/kg"),
        ("Who leads the National Battery Innovation Center?", "Wei Zhang"),
        ("How many battery professionals graduate every year?", "50,000"),
    ],
)
def test_the_answering_words_are_marked(answerer: Answerer, question: str, words: str) -> None:
    result = answerer.ask(question)
    assert isinstance(result, Answer)
    assert words in marked(result)
    assert len(marked(result)) < len(result.quotes[0].text)


def test_without_reading_nothing_is_marked(without_reading: Answerer) -> None:
    quotes = without_reading.find(SOLID).quotes
    assert "500Wh/kg" in quotes[0].text
    assert [quote.highlight for quote in quotes] == [None]


def test_each_has_numbers_of_its_own(answerer: Answerer, without_reading: Answerer) -> None:
    assert answerer.calibrated
    assert without_reading.calibrated
    assert answerer.calibration != without_reading.calibration


def test_an_owners_numbers_are_not_used_for_other_models(answerer: Answerer, tmp_path: Path) -> None:
    settings = Settings(ARTICLE.parent, tmp_path / "index.sqlite", tmp_path)
    own = replace(answerer.calibration, threshold=0.123)
    own.save(tmp_path / "index.calibration.json")
    with closing(Answerer(settings)) as same:
        assert same.threshold == 0.123
    with closing(Answerer(replace(settings, reader="off"))) as other:
        assert other.threshold != 0.123


def test_an_answer_at_the_very_end_of_a_section_of_3000_words(tmp_path: Path) -> None:
    filling = "The committee met in the town hall and talked about the weather of that year, "
    section = filling * 200 + "and the new bridge over the Vistula was opened to traffic in 1937."
    assert len(section.split()) > 3000
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "minutes.txt").write_text(f"Minutes\n=======\n\n{section}\n", encoding="utf-8")
    with closing(Answerer(Settings(tmp_path / "knowledge", tmp_path / "index.sqlite", tmp_path))) as answerer:
        finding = answerer.find("When was the bridge over the Vistula opened?")
    quote = finding.quotes[0]
    assert quote.highlight is not None
    assert quote.text[slice(*quote.highlight)] in ("1937", "in 1937")


def test_a_question_that_names_several_things_keeps_all_its_sentences(answerer: Answerer) -> None:
    finding = answerer.find("What energy density do solid-state and sodium-ion cells reach?")
    assert [quote.line for quote in finding.quotes] == [9, 10]


def test_a_question_of_full_length_is_read(answerer: Answerer) -> None:
    long = f"{SOLID} {'I have looked everywhere and found nothing that says it. ' * 40}"[:2000]
    assert "500Wh/kg" in answerer.find(long).quotes[0].text


def test_quotes_of_one_answer_do_not_overlap(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    text = "The pump is made of steel. It has a valve of brass. It drives a turbine of bronze."
    (tmp_path / "knowledge" / "pump.txt").write_text(text, encoding="utf-8")
    with closing(Answerer(Settings(tmp_path / "knowledge", tmp_path / "index.sqlite", tmp_path))) as answerer:
        finding = answerer.find("Of what are the pump, the valve and the turbine made?")
    spans = sorted((quote.start, quote.end) for quote in finding.quotes)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
