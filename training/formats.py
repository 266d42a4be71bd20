"""Which number format to ship: `python -m training.formats DATA RUN FOLDER`, on development questions.

FOLDER keeps the exported models. F1 and AUROC are those of the spans and margins alone, given the paragraph.
Times are taken in turn, one passage of each format after the other.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from qabot.evaluate.metrics import auroc
from qabot.spans import SpanModel, load_reader
from training import split
from training.export import FORMATS, export
from training.measure import given_paragraph


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each format."""
    parser = argparse.ArgumentParser(prog="python -m training.formats", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("run", type=Path, help="the folder that training.train wrote to")
    parser.add_argument("folder", type=Path, help="where to keep the models")
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
    print("| format | MB | SQuAD 2.0 F1 | F1, answerable | AUROC of the margin | ms for a paragraph |")
    print("|---|---|---|---|---|---|")
    for name, folder in folders.items():
        read = given_paragraph(models[name], development)
        margins = [[row[0] for row in read.rows if row[3] == answerable] for answerable in (True, False)]
        size = (folder / "model.onnx").stat().st_size / 1e6
        print(
            f"| {name} | {size:.1f} | {read.f1():.1f} | {read.f1_answerable():.1f} | {auroc(*margins):.3f} "
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
