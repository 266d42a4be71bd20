"""Fits the numbers that come with the reader: `python -m training.calibrate DATA FOLDER`.

On the development articles, indexed whole and one by one, and on the development questions of the repository's own
article. Unanswerable are the questions that people wrote to be so, of each article, and as many that were asked of
others: who asks what is not there asks about something else at least as often. The threshold is chosen on the
repository's own article. FOLDER keeps the indexes.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from qabot.answer import Answerer
from qabot.evaluate import read_questions
from qabot.evaluate.calibrate import RISK, calibrate
from qabot.settings import Settings
from training import split
from training.documents import answerer, with_questions_from_elsewhere

REPOSITORY = Path(__file__).parent.parent
OWN_QUESTIONS = REPOSITORY / "tests" / "data" / "article_questions.jsonl"


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, write the numbers beside the model that decides, and print the coverage at each risk."""
    parser = argparse.ArgumentParser(prog="python -m training.calibrate", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("folder", type=Path, help="where to keep the articles and their indexes")
    parser.add_argument("--reader", help="the folder of another reading model than the shipped one, or off")
    parser.add_argument("--risk", type=float, default=RISK, help="how many answers may be wrong, 0 to 1")
    options = parser.parse_args(arguments)
    _, development, _ = split.held_out(options.data)
    index, cache = options.folder / "own.sqlite", options.folder / "cache"
    own = Settings(REPOSITORY / "knowledge", index, cache, reader=options.reader)
    with ExitStack() as opened:
        groups = [
            (opened.enter_context(closing(answerer(article, options.folder, options.reader))), questions)
            for article, questions in with_questions_from_elsewhere(development)
        ]
        groups.append((opened.enter_context(closing(Answerer(own))), read_questions(OWN_QUESTIONS, "dev")))
        count = sum(len(questions) for _, questions in groups)
        name = f"{len(development)} articles of SQuAD 2.0 dev and {OWN_QUESTIONS.name}, split dev, n = {count}; "
        name += f"threshold for {100 * options.risk:.4g}% risk on the latter"
        fitted = calibrate(groups, name, options.risk, lambda step: print(f"{step} ...", flush=True), last_decides=True)
        path = groups[0][0].models_calibration
    fitted.calibration.save(path)
    print(f"Fitted on {name}; kept in {path}.")
    print("Each article's confidences fitted without it, half of the questions answerable:")
    for level in fitted.levels:
        print(level)


if __name__ == "__main__":
    main()
