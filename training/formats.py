"""Which number format to ship: `python -m training.formats DATA RUN FOLDER`, on development questions.

FOLDER keeps the exported models and the indexes. Times are taken in turn, one passage of each format after the other.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from qabot.evaluate.figures import figures
from qabot.spans import SpanModel, load_reader
from training import split
from training.documents import labelled
from training.export import FORMATS, export
from training.measure import cell, given_paragraph, outcomes


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each format."""
    parser = argparse.ArgumentParser(prog="python -m training.formats", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("run", type=Path, help="the folder that training.train wrote to")
    parser.add_argument("folder", type=Path, help="where to keep the models and the indexes")
    options = parser.parse_args(arguments)
    _, development, _ = split.held_out(options.data)
    folders = {name: options.folder / name.replace(" ", "-") for name in FORMATS}
    models: dict[str, SpanModel] = {}
    for name, folder in folders.items():
        export(options.run, folder, name)
        loaded = load_reader(str(folder))
        assert loaded is not None
        models[name] = loaded
    times = _times(models, [paragraph for article in development for paragraph in article.paragraphs][:100])
    print("| format | MB | F1 given the paragraph | AUROC of the confidence | first quote right | ms for a paragraph |")
    print("|---|---|---|---|---|---|")
    for name, folder in folders.items():
        f1 = given_paragraph(models[name], development).f1()
        asked = [(article, labelled(article)) for article in development]
        found = {figure.key: figure for figure in figures(outcomes(asked, options.folder, str(folder)), [])}
        size = (folder / "model.onnx").stat().st_size / 1e6
        print(
            f"| {name} | {size:.1f} | {f1:.1f} | {cell(found['auroc'])} | {cell(found['first_quote_right'])} "
            f"| {times[name]:.1f} |",
            flush=True,
        )


def _times(models: dict[str, SpanModel], texts: Sequence[str]) -> dict[str, float]:
    """Median milliseconds for one text, by model."""
    taken: dict[str, list[float]] = {name: [] for name in models}
    for text in texts:
        for name, model in models.items():
            start = time.perf_counter()
            model.score("What is said about this, and by whom?", [("A heading", text)])
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: median(found) for name, found in taken.items()}


if __name__ == "__main__":
    main()
