"""What words, meaning and both find, for several sizes of passage.

`python benchmarks/retrieval.py [QUESTIONS.jsonl] [--knowledge DIR] [--split dev]`. Passage size and fusion were chosen
by this table on the dev split; `qabot eval --split test` reports.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import qabot.passages
from qabot.answer import RETRIEVED, Answerer
from qabot.evaluate import LabelledQuestion, read_questions
from qabot.evaluate.metrics import covered_at, first_relevant, mean_reciprocal_rank, recalled
from qabot.retrieve import Fusion, prepare, retrieve
from qabot.settings import Settings
from qabot.spelling import corrected

HERE = Path(__file__).parent.parent
SIZES = {"a sentence": 1, "300 characters": 300, "600 characters": 600, "a paragraph": 1_000_000}


def main() -> None:
    """Print a row for each size of passage and each way to rank."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="?", type=Path, default=HERE / "tests/data/article_questions.jsonl")
    parser.add_argument("--knowledge", type=Path, default=HERE / "knowledge")
    parser.add_argument("--split", default="dev")
    arguments = parser.parse_args()
    questions = [found for found in read_questions(arguments.questions, arguments.split) if found.answers]
    print(f"{arguments.split}: n = {len(questions)} answerable questions")
    print("| passages of at most | passages | median characters | ranked by | recall@1 | @3 | @5 | MRR |")
    print("|---|---|---|---|---|---|---|---|")
    for name, size in SIZES.items():
        qabot.passages.PASSAGE_CHARACTERS = size
        with tempfile.TemporaryDirectory() as folder:
            rows(name, Answerer(Settings(arguments.knowledge, Path(folder) / "i.sqlite", Path(folder))), questions)


def rows(name: str, answerer: Answerer, questions: list[LabelledQuestion]) -> None:
    """The rows for one size of passage."""
    lengths = [passage.end - passage.start for passage in answerer.passages()]
    fitted = answerer.calibration.fusion
    # So heavy that the other half only breaks ties.
    ways = {"words": Fusion(1e6, fitted.heading), "meaning": Fusion(0.0, fitted.heading), "both": fitted}
    for way, fusion in ways.items():
        at, first = [], []
        for label in questions:
            texts = found(answerer, label.question, fusion)
            at.append(covered_at(texts, label.answers, label.need))
            first.append(first_relevant(texts, label.answers))
        shares = " | ".join(f"{statistics.mean(recalled(k, place) for place in at):.3f}" for k in (1, 3, 5))
        mrr = mean_reciprocal_rank(first)
        print(f"| {name} | {len(lengths)} | {statistics.median(lengths):.0f} | {way} | {shares} | {mrr:.3f} |")


def found(answerer: Answerer, question: str, fusion: Fusion) -> list[str]:
    """The texts of the passages that are retrieved, best first."""
    query = prepare(answerer.store, answerer.encoder, corrected(question, answerer.store, answerer.encoder.is_word))
    passages = [hit.passage for hit in retrieve(answerer.store, query, fusion, RETRIEVED)]
    return [answerer.document(passage.document).text[passage.start : passage.end] for passage in passages]


if __name__ == "__main__":
    main()
