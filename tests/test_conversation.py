import json
from pathlib import Path

import pytest

from qabot.conversation import greeting
from qabot.evaluate.metrics import first_quote_right

FOLLOW_UPS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "article_followups.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("said", ["hi", "Hello!", "good morning everyone", "hey qabot 👋", "help"])
def test_a_greeting_is_no_question(said):
    assert greeting(said) is not None
    assert not greeting(said).thanks


@pytest.mark.parametrize("said", ["thanks", "Thank you so much!", "ok thx", "perfect, thanks a lot", "great"])
def test_thanks_are_no_question(said):
    assert greeting(said).thanks


@pytest.mark.parametrize(
    "asked", ["hi, who leads the center?", "help with batteries", "sodium-ion", "?", "thanks to whom?"]
)
def test_what_goes_on_after_a_greeting_is_a_question(asked):
    assert greeting(asked) is None


def right(finding, follow_up) -> bool:
    return first_quote_right([quote.text for quote in finding.quotes], follow_up["answers"], follow_up["need"])


def test_follow_ups_are_understood_where_gluing_two_questions_is_not(answerer):
    understood, glued = [], []
    for follow_up in FOLLOW_UPS:
        before, question = follow_up["before"], follow_up["question"]
        if right(answerer.find(question, before=before), follow_up):
            understood.append(follow_up["id"])
        if right(answerer.find(f"{before} {question}"), follow_up):
            glued.append(follow_up["id"])
    print(f"understood {len(understood)} of {len(FOLLOW_UPS)}, glued {len(glued)}")
    assert len(set(understood) - set(glued)) >= 10
    assert len(understood) >= 18
    assert not set(glued) - set(understood)


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        (
            "What energy density do the new solid-state cells reach?",
            "and sodium-ion?",
            "What energy density sodium-ion?",
        ),
        ("How many professionals graduate?", "what about ships?", "How many ships?"),
        ("Is talent scarce?", "and in aviation?", "What about in aviation?"),
        (
            "Who talks about defect rates?",
            "what else did she say?",
            "what else did Manufacturing Technology Expert Lisa Wang say?",
        ),
        (
            "Did gigafactories lower their defect rates?",
            "by how much?",
            "Did gigafactories lower their defect rates? by how much?",
        ),
        (
            "What is the weather in Paris?",
            "Who leads the National Battery Innovation Center?",
            "Who leads the National Battery Innovation Center?",
        ),
    ],
)
def test_the_question_that_is_meant_stands_alone(answerer, before, question, meant):
    assert answerer.find(question, before=before).meant == meant


def test_who_said_that_is_answered_with_the_speaker(answerer):
    before = "By how much have industry-academia partnerships reduced development cycles?"
    quotes = answerer.ask("who said that?", before=before).quotes
    assert "explained Dr. Wei Zhang" in quotes[0].text
