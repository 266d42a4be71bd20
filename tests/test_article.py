"""How good the answers from the article are, on questions that nothing was fitted to."""

import hashlib
from pathlib import Path

import pytest

from qabot.evaluate import compare, evaluate, read_questions

DATA = Path(__file__).parent / "data"
QUESTIONS = DATA / "article_questions.jsonl"


@pytest.fixture(scope="module")
def report(answerer):
    return evaluate(answerer, read_questions(QUESTIONS, "test"))


def test_nothing_fell_below_what_was_reached_before(report):
    assert compare(report, (DATA / "article_baseline.json").read_text(encoding="utf-8")) == []


def test_every_quote_is_verbatim(report):
    assert report["verbatim"].value == 1.0
    assert report["verbatim"].n >= len(report.outcomes)
    assert report.errors == ()


def test_the_section_is_right_whenever_the_quote_is(report):
    assert report["section_right_given_quote"].value == 1.0


def test_the_questions_are_many_and_of_every_kind():
    questions = read_questions(QUESTIONS)
    kinds = [question.kind for question in questions]
    assert sum(bool(question.answers) for question in questions) >= 100
    assert sum(not question.answers for question in questions) >= 50
    assert kinds.count("near") >= 35
    assert {"fact", "paraphrase", "keywords", "typo", "several", "who", "near", "far"} == set(kinds)


def test_the_split_is_drawn_by_a_hash_of_the_id():
    for question in read_questions(QUESTIONS):
        even = int(hashlib.sha256(question.id.encode()).hexdigest(), 16) % 2 == 0
        assert question.split == ("dev" if even else "test")
