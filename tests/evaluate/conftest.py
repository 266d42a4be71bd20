"""A stand-in for the answerer: what it finds is written down, so that every figure can be worked out by hand.

The real one would make the figures depend on a model; that it fits here is shown where the article is evaluated.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qabot.evaluate import LabelledQuestion, Report, evaluate
from qabot.types import Document, Finding, Hit, Passage, Quote, Section

NAME = "bridge.txt"
TEXT = (
    "Bridges\r\nThe bridge is 40 metres long. It opened in 1907.\r\n"
    "Tolls\r\nA car pays 2 euros. A lorry pays 5 euros.\r\n"
)
SENTENCES = ("The bridge is 40 metres long.", "It opened in 1907.", "A car pays 2 euros.", "A lorry pays 5 euros.")
SPANS = tuple((TEXT.index(sentence), TEXT.index(sentence) + len(sentence)) for sentence in SENTENCES)
BRIDGES = Passage(NAME, 0, "paragraph", "1", ("Bridges",), SPANS[0][0], SPANS[1][1], SPANS[:2])
TOLLS = Passage(NAME, 1, "paragraph", "2", ("Tolls",), SPANS[2][0], SPANS[3][1], SPANS[2:])
DOCUMENT = Document(
    path=NAME,
    title="Bridges",
    text=TEXT,
    sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
    sections=(
        Section("1", ("Bridges",), 0, 9, TEXT.index("Tolls")),
        Section("2", ("Tolls",), TEXT.index("Tolls"), TOLLS.start, len(TEXT)),
    ),
    blocks=(),
)


def hits(*passages: Passage) -> tuple[Hit, ...]:
    return tuple(Hit(passage, n, 1.0 / (n + 1), 0.0, 0.0) for n, passage in enumerate(passages))


def quote(first: int, last: int | None = None) -> Quote:
    """The sentences from the first to the last, as numbered in SENTENCES."""
    start, end = SPANS[first][0], SPANS[first if last is None else last][1]
    passage = BRIDGES if first < 2 else TOLLS
    line = DOCUMENT.line(start)
    text = TEXT[start:end]
    return Quote(text, NAME, "Bridges", passage.path, passage.number, start, end, line, DOCUMENT.sha256, TEXT)


@dataclass
class StandIn:
    knowledge: Path
    found: dict[str, tuple[tuple[Hit, ...], tuple[Quote, ...], float]]
    threshold: float = 0.5

    def __post_init__(self) -> None:
        self.asked: list[str] = []

    def find(self, question: str, *, also: Sequence[str] = ()) -> Finding:
        self.asked.append(question)
        hits, quotes, confidence = self.found.get(question, ((), (), 0.0))
        return Finding(question, question, hits, quotes, confidence)

    def document(self, path: str) -> Document:
        assert path == NAME
        return DOCUMENT

    def file(self, document: str) -> Path:
        return self.knowledge / document

    def passages(self, also: Sequence[str] = ()) -> list[Passage]:
        return [BRIDGES, TOLLS]


# id: question, labels, need, section, kind
LABELLED = {
    "right": ("How long is the bridge?", ("40 metres",), "any", "Bridges", "fact"),
    "wrong": ("When did it open?", ("1907",), "any", "Bridges", "fact"),
    "several": ("Who pays what?", ("2 euros", "5 euros"), "all", "Tolls", "several"),
    "missed": ("When was the opening?", ("1907",), "any", "Bridges", "paraphrase"),
    "fooled": ("What does a bicycle pay?", (), "any", None, "near"),
    "refused": ("Who built it?", (), "any", None, "near"),
}
FOUND = {
    "right": (hits(BRIDGES, TOLLS), (quote(0),), 0.9),
    "wrong": (hits(TOLLS, BRIDGES), (quote(2),), 0.8),
    "several": (hits(TOLLS, BRIDGES), (quote(2), quote(3)), 0.7),
    "missed": (hits(BRIDGES), (quote(0, 1),), 0.3),
    "fooled": (hits(TOLLS), (quote(2),), 0.6),
    "refused": ((), (), 0.1),
}


def labelled() -> list[LabelledQuestion]:
    return [
        LabelledQuestion(name, question, answers, need, NAME if answers else None, section, "test", kind)
        for name, (question, answers, need, section, kind) in LABELLED.items()
    ]


def stand_in(folder: Path) -> StandIn:
    (folder / NAME).write_bytes(TEXT.encode())
    return StandIn(folder, {LABELLED[name][0]: found for name, found in FOUND.items()})


@pytest.fixture
def questions() -> list[LabelledQuestion]:
    return labelled()


@pytest.fixture
def answerer(tmp_path: Path) -> StandIn:
    return stand_in(tmp_path)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on all six questions: made once, as it cannot change."""
    return evaluate(
        stand_in(tmp_path_factory.mktemp("knowledge")),
        labelled(),
        about={"questions": "bridge.jsonl", "split": "test"},
    )


@pytest.fixture
def hostile() -> tuple[LabelledQuestion, tuple[tuple[Hit, ...], tuple[Quote, ...], float]]:
    """A question and a quote that try to be mark-up, to move the cursor and to turn the text round."""
    text = "<script>alert(1)</script> & \"'\x1b[2J\u202e\x00</blockquote>"
    nasty = replace(quote(0), text=text, start=0, end=len(text), section=("</td><img src=x>",), source=text)
    return LabelledQuestion("<b>\x1b[31m", text, ("<i>",), kind="</table>"), (hits(BRIDGES), (nasty,), 0.9)
