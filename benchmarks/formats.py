"""What a folder of documents costs and gives: `python benchmarks/formats.py FOLDER [--questions FILE.jsonl]`.

Indexes the folder whole into a fresh index, then again after one file was touched, then asks the labelled questions.
Prints documents, passages, seconds, sizes, what was skipped and why, recall@5 and how often the first quote is right.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from qabot.answer import Answerer
from qabot.evaluate import evaluate, read_questions
from qabot.evaluate.figures import figures
from qabot.settings import Settings

_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
SHOWN = ("answerable", "unanswerable", "recall_at_5", "first_quote_right", "section_right", "verbatim")


def main() -> None:
    """Copy the folder's documents, index them, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of documents")
    parser.add_argument("--only", default="**/*", help="which files of it, as a pattern")
    parser.add_argument("--without", nargs="*", default=[], help="file names to leave out")
    parser.add_argument("--questions", type=Path, help="labelled questions on it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        knowledge = Path(place) / "knowledge"
        for file in sorted(arguments.folder.glob(arguments.only)):
            if file.is_file() and file.name not in arguments.without:
                copy = knowledge / file.relative_to(arguments.folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)
        measure(Settings(knowledge, Path(place) / "index.sqlite", Path(place) / "cache"), arguments.questions)


def measure(settings: Settings, questions: Path | None) -> None:
    """Index twice and ask."""
    started = time.perf_counter()
    with closing(Answerer(settings)) as answerer:
        seconds = time.perf_counter() - started
        sources = answerer.sources()
        size = sum(len(answerer.document(source.path).text) for source in sources) / 1e6
        peak, reading = (resource.getrusage(who).ru_maxrss / 1024 for who in _PROCESSES)
        index = settings.index.stat().st_size / 1e6
        passages = sum(source.passages for source in sources)
        print(f"{len(sources)} documents, {passages} passages, {size:.1f} million characters")
        print(f"{seconds:.0f} s, {passages / seconds:.0f} passages a second")
        print(f"index {index:.0f} MB, peak memory {peak:.0f} MB, of the process that reads files {reading:.0f} MB")
        for reason, count in Counter(skipped.reason for skipped in answerer.summary.skipped).most_common():
            print(f"skipped {count}: {reason}")
    first = settings.knowledge / sources[0].path
    first.touch()
    started = time.perf_counter()
    with closing(Answerer(settings)) as answerer:
        print(f"{time.perf_counter() - started:.1f} s to start again with one file touched")
        if questions:
            measured = evaluate(answerer, read_questions(questions, None))
            for figure in figures(measured.outcomes, []):
                if figure.key in SHOWN:
                    print(f"{figure.label}: {figure.value if figure.value is None else round(figure.value, 3)}")
            for outcome in measured.outcomes:
                if outcome.question.answers and not outcome.right:
                    found = [quote.text[:100] for quote in outcome.quotes]
                    print(f"  missed {outcome.question.id}: {outcome.question.question} -> {found}")


if __name__ == "__main__":
    main()
