"""How many passages to read, by quality and time: `python -m training.curve DATA FOLDER`, on development questions.

FOLDER keeps the indexes. The numbers that weigh what is read are those that came with the reader.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import qabot.answer
from qabot.evaluate.figures import figures
from training import split
from training.documents import labelled
from training.measure import cell, outcomes, own_outcomes

READ = (1, 3, 5, 7, 10)
SHOWN = ("first_quote_right", "auroc", "coverage_at_risk_10", "time_median", "time_p95")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each number of passages, for the development articles and for the repository's own."""
    parser = argparse.ArgumentParser(prog="python -m training.curve", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("folder", type=Path, help="where to keep the articles and their indexes")
    parser.add_argument("--reader", help="the folder of another reading model than the shipped one")
    options = parser.parse_args(arguments)
    _, development, _ = split.held_out(options.data)
    asked = [(article, labelled(article)) for article in development]
    for name in ("the development articles", "the battery article, dev"):
        print(f"\n{name}\n| passages read | first quote right | AUROC | coverage at 10 % risk | median ms | p95 ms |")
        print("|---|---|---|---|---|---|")
        for count in READ:
            qabot.answer.READ = count
            found = (
                outcomes(asked, options.folder, options.reader)
                if name == "the development articles"
                else own_outcomes("dev", options.folder, options.reader)
            )
            by_key = {figure.key: figure for figure in figures(found, [])}
            print(f"| {count} | {' | '.join(cell(by_key[key]) for key in SHOWN)} |", flush=True)


if __name__ == "__main__":
    main()
