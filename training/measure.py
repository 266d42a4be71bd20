"""What the reader changes on documents that it was not trained on: `python -m training.measure DATA FOLDER`.

Every article is indexed whole and asked all its questions, once without the reader and once with it. FOLDER keeps
the indexes. The 95 % intervals take questions for independent, which those of one article are not quite; coverage at a
risk has its threshold chosen on these very questions, all others are at the shipped threshold.
"""

import argparse
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from qabot.answer import Answerer
from qabot.evaluate import LabelledQuestion, evaluate, read_questions
from qabot.evaluate.figures import Figure, figures
from qabot.evaluate.intervals import bootstrap
from qabot.evaluate.outcome import Outcome
from qabot.passages import passages
from qabot.settings import Settings
from qabot.spans import SpanModel, load_reader
from training import sources, split
from training.calibrate import OWN_QUESTIONS, REPOSITORY
from training.documents import answerer, labelled, with_questions_from_elsewhere
from training.examples import document_of
from training.judge import exact, f1
from training.sources import Article

SHOWN = (
    "answerable",
    "unanswerable",
    "recall_at_5",
    "first_quote_right",
    "auroc",
    "coverage_at_risk_5",
    "coverage_at_risk_10",
    "coverage_at_risk_20",
    "coverage_answerable",
    "risk_answerable",
    "coverage_unanswerable",
    "risk_all",
    "time_median",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(prog="python -m training.measure", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("folder", type=Path, help="where to keep the articles and their indexes")
    parser.add_argument("--reader", help="the folder of another reading model than the shipped one")
    parser.add_argument("--development", action="store_true", help="the development articles, not what is held out")
    options = parser.parse_args(arguments)
    test, development, _ = split.held_out(options.data)
    articles = development if options.development else test
    model = load_reader(options.reader)
    assert model is not None
    threshold = given_paragraph(model, development).threshold
    print(given_paragraph(model, articles, threshold).line(), flush=True)
    sets: dict[str, list[tuple[Article, list[LabelledQuestion]]]] = {
        f"SQuAD 2.0, {len(articles)} articles": [(article, labelled(article)) for article in articles]
    }
    if not options.development:
        for file in split.OTHER_KINDS:
            read = list(with_questions_from_elsewhere(sources.read(options.data, file)))
            sets[f"{sources.SETS[file].name}, with questions of the others"] = read
    for name, asked in sets.items():
        table(name, *(outcomes(asked, options.folder, reader) for reader in ("off", options.reader)))
    part = "dev" if options.development else "test"
    table(
        f"the battery article, split {part}",
        *(own_outcomes(part, options.folder, reader) for reader in ("off", options.reader)),
    )


def outcomes(
    asked: Iterable[tuple[Article, list[LabelledQuestion]]], folder: Path, reader: str | None
) -> tuple[Outcome, ...]:
    """What comes back for all questions, each asked of its own article."""
    found: list[Outcome] = []
    for article, questions in asked:
        with closing(answerer(article, folder, reader)) as asked_of:
            found += evaluate(asked_of, questions).outcomes
    return tuple(found)


def own_outcomes(part: str, folder: Path, reader: str | None) -> tuple[Outcome, ...]:
    """What comes back for one split of the questions on the repository's own article."""
    settings = Settings(REPOSITORY / "knowledge", folder / "own.sqlite", folder / "cache", reader=reader)
    with closing(Answerer(settings)) as asked_of:
        return evaluate(asked_of, read_questions(OWN_QUESTIONS, part)).outcomes


def table(name: str, off: Sequence[Outcome], on: Sequence[Outcome]) -> None:
    """Print the figures of both side by side."""
    print(f"\n{name}\n{'':28} {'reader off':>22} {'reader on':>22}")
    before, after = ({figure.key: figure for figure in figures(found, [])} for found in (off, on))
    for key in SHOWN:
        print(f"{before[key].label:28} {cell(before[key]):>22} {cell(after[key]):>22}", flush=True)


def cell(figure: Figure) -> str:
    """A value with its 95 % interval, shares in per cent."""
    if figure.value is None:
        return "-"
    scale = 100 if figure.unit == "share" else 1
    digits = {"share": 1, "number": 3, "count": 0}.get(figure.unit, 1)
    if figure.low is None or figure.high is None:
        return f"{figure.value * scale:.{digits}f}"
    return f"{figure.value * scale:.{digits}f} ({figure.low * scale:.{digits}f}-{figure.high * scale:.{digits}f})"


class GivenParagraph:
    """SQuAD 2.0's own task: one span, or none, from the paragraph that the question was asked of."""

    def __init__(self, rows: Sequence[tuple[float, float, float, bool]], threshold: float | None) -> None:
        """Rows are (margin, F1 and exact match if answered, answerable); without a threshold the best is taken."""
        self.rows = rows
        margins = sorted({margin for margin, *_ in rows})
        self.threshold = max(margins, key=self._f1) if threshold is None else threshold

    def _f1(self, threshold: float) -> float:
        return float(np.mean(self._scored(threshold, 1)))

    def _scored(self, threshold: float, column: int) -> list[float]:
        return [float(row[column] * row[3] if row[0] >= threshold else not row[3]) for row in self.rows]

    def f1(self) -> float:
        """F1 over all questions, in per cent."""
        return 100 * self._f1(self.threshold)

    def f1_answerable(self) -> float:
        """F1 of the answerable questions if none is refused, in per cent."""
        return 100 * float(np.mean([row[1] for row in self.rows if row[3]]))

    def line(self) -> str:
        """F1 and exact match, with n and 95 % intervals."""
        parts = []
        for name, column in (("F1", 1), ("exact", 2)):
            scored = self._scored(self.threshold, column)
            low, high = bootstrap(lambda values: float(np.mean(values)), scored) or (0, 0)
            parts.append(f"{name} {100 * np.mean(scored):.1f} ({100 * low:.1f}-{100 * high:.1f})")
        return (
            f"SQuAD 2.0 given the right paragraph, n = {len(self.rows)}: {', '.join(parts)}, threshold "
            f"{self.threshold:.2f}; F1 of the answerable ones, none refused, {self.f1_answerable():.1f}"
        )


def given_paragraph(model: SpanModel, articles: Sequence[Article], threshold: float | None = None) -> GivenParagraph:
    """Reads every question's own paragraph, cut into passages as the product does."""
    rows = []
    for article in articles:
        document, block_of = document_of(article)
        by_block: dict[int, list[str]] = {}
        for passage in passages(document):
            by_block.setdefault(passage.block, []).append(document.text[passage.start : passage.end])
        for question in article.questions:
            texts = by_block[block_of[question.paragraph]]
            scores = model.score(question.text, [(article.title, text) for text in texts])
            spans = [(score.best(0, len(text)), text) for score, text in zip(scores, texts, strict=True)]
            margin, found = max((span.margin, text[span.start : span.end]) for span, text in spans if span)
            paragraph = article.paragraphs[question.paragraph]
            answers = [paragraph[start:end] for start, end in question.answers]
            rows.append(
                (
                    margin,
                    max((f1(found, answer) for answer in answers), default=0.0),
                    max((exact(found, answer) for answer in answers), default=0.0),
                    bool(answers),
                )
            )
    return GivenParagraph(rows, threshold)


if __name__ == "__main__":
    main()
