"""How fast and how large: `python benchmarks/speed.py [--passages 200000]`.

Ratios are measured in turn in one run, since machines are noisy. Nothing here is a test.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from qabot.answer import Answerer
from qabot.encoder import DEFAULT as ENCODER
from qabot.encoder import load_encoder
from qabot.index import recipe
from qabot.settings import Settings
from qabot.spans import DEFAULT as READER
from qabot.store import FileState, Store
from qabot.types import Block, Document, Passage, Section
from qabot.words import words

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
QUESTION = "What energy density do the new solid-state cells reach?"
QUESTIONS = [
    QUESTION,
    "Who leads the National Battery Innovation Center?",
    "What is CATL's market share?",
    "Which emerging applications are there?",
    "how mnay batery profesionals gradaute evry year in chnia",
]
# With the options that qabot loads them with.
LOAD_ONLY = f"""
import onnxruntime
from tokenizers import Tokenizer
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.add_session_config_entry("session.disable_quant_qdq", "1")
for folder in {[str(ENCODER), str(READER)]!r}:
    onnxruntime.InferenceSession(folder + "/model.onnx", options, providers=["CPUExecutionProvider"])
    Tokenizer.from_file(folder + "/tokenizer.json")
"""


def main() -> None:
    """Measure everything and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=200_000, help="size of the large index (0: leave it out)")
    parser.add_argument("--runs", type=int, default=15, help="cold starts of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(KNOWLEDGE, Path(folder) / "index.sqlite", Path(folder) / "cache")
        warm(replace(settings, reader="off"), "without reading")
        warm(settings, "with reading")
        cold(settings, arguments.runs)
        encoding()
        if arguments.passages:
            large(Path(folder), arguments.passages)


def warm(settings: Settings, name: str) -> None:
    """One question after the other in one process."""
    answerer = Answerer(settings)
    times = timed(lambda question: answerer.ask(question), QUESTIONS * 21)
    report(f"warm, one article, {name}", times[len(QUESTIONS) :])
    print(f"resident memory while answering: {resident_megabytes():.0f} MB")
    answerer.close()


def cold(settings: Settings, runs: int) -> None:
    """A whole `qabot ask` against a process that only loads both models, in turn."""
    places = ["--knowledge", str(settings.knowledge), "--index", str(settings.index)]
    ask = [sys.executable, "-m", "qabot", "ask", *places, QUESTION]
    load = [sys.executable, "-c", LOAD_ONLY]
    pairs = [(seconds(ask), seconds(load)) for _ in range(runs + 1)][1:]
    ratios = [asked / loaded for asked, loaded in pairs]
    print(
        f"cold qabot ask: median {statistics.median(asked for asked, _ in pairs) * 1000:.0f} ms, "
        f"only loading both models {statistics.median(loaded for _, loaded in pairs) * 1000:.0f} ms, "
        f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, n = {runs})"
    )


def encoding() -> None:
    """The encoder against SentenceTransformer.encode on the article's sentences, in turn."""
    try:
        from sentence_transformers import SentenceTransformer

        from qabot.export import default_source
    except ImportError:
        print("encoding: sentence-transformers is not installed, so there is nothing to compare with")
        return
    text = next(KNOWLEDGE.glob("*.txt")).read_text(encoding="utf-8")
    texts = [f"{number}. {line}" for number in range(20) for line in text.splitlines()]
    ours, theirs = load_encoder(None, Path("unused")), SentenceTransformer(str(default_source()), device="cpu")
    ratios = []
    for _ in range(5):
        start = time.perf_counter()
        ours.encode(texts)
        middle = time.perf_counter()
        theirs.encode(texts)
        ratios.append((time.perf_counter() - middle) / (middle - start))
        rate = len(texts) / (middle - start)
    print(f"encoding: {rate:.0f} passages/s, {statistics.median(ratios):.2f} x SentenceTransformer.encode (n = 5)")


def large(folder: Path, size: int) -> None:
    """Questions to an index of many made-up passages (words by Zipf's law, vectors by chance)."""
    generator, chance = np.random.default_rng(0), random.Random(0)
    vocabulary = sorted({word.surface for path in KNOWLEDGE.glob("*.txt") for word in words(path.read_text())})
    vocabulary += [f"w{number}" for number in range(50_000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    store = Store(folder / "large.sqlite")
    encoder = load_encoder(None, folder)
    knowledge = folder / "large"
    knowledge.mkdir()
    per_document = 200
    store.use(recipe(encoder))
    with store.transaction():
        for number in range(size // per_document):
            lines = [" ".join(chance.choices(vocabulary, weights, k=40)) for _ in range(per_document)]
            add(store, knowledge, f"{number}.txt", lines, generator)
    store.close()
    print(f"large index: {(folder / 'large.sqlite').stat().st_size / 1e6:.0f} MB for {size:,} passages")
    start = time.perf_counter()
    answerer = Answerer(Settings(knowledge, folder / "large.sqlite", folder))
    answerer.ask(QUESTION)
    print(f"large index: first question after {time.perf_counter() - start:.1f} s, {resident_megabytes():.0f} MB")
    report(f"warm, {size:,} passages", timed(lambda question: answerer.ask(question), QUESTIONS * 11)[len(QUESTIONS) :])


def add(store: Store, knowledge: Path, name: str, lines: list[str], generator: np.random.Generator) -> None:
    """Put a document of one passage a line into the store, as if it had been indexed."""
    path, text = knowledge / name, "\n".join(lines)
    path.write_text(text, encoding="utf-8")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])[:-1].tolist()
    spans = [(start, start + len(line)) for start, line in zip(starts, lines, strict=True)]
    blocks = tuple(Block(start, end, 0) for start, end in spans)
    document = Document(name, name, text, "0" * 64, (Section("0", (), 0, 0, len(text)),), blocks)
    passages = [
        Passage(name, place, "paragraph", "0", (), start, end, ((start, end),))
        for place, (start, end) in enumerate(spans)
    ]
    vectors = generator.standard_normal((len(lines), 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    status = path.stat()
    state = FileState(status.st_size, status.st_mtime_ns, "0" * 64)
    indexed = [("", " ".join(word.term for word in words(line)), line) for line in lines]
    store.add(document, state, passages, indexed, vectors, [vector[None] for vector in vectors])


def timed(ask: Callable[[str], object], questions: list[str]) -> list[float]:
    """Milliseconds for each question."""
    times = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - start) * 1000)
    return times


def seconds(command: list[str]) -> float:
    """How long a process takes."""
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def resident_megabytes() -> float:
    """The memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def report(name: str, times: list[float]) -> None:
    """Print median and 95th percentile."""
    print(f"{name}: median {statistics.median(times):.1f} ms, p95 {np.percentile(times, 95):.1f} ms, n = {len(times)}")


if __name__ == "__main__":
    main()
