"""Texts to vectors: runs a sentence encoder with onnxruntime, without torch.

`model.onnx` is the whole pipeline, pooling and normalisation included. The default model is shipped in
`models/encoder/`. How a folder is made from a sentence-transformers model is left to `export`, which is imported,
with torch, the first time that another model is asked for and not again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qabot.errors import ModelError
from qabot.model import SHIPPED, Model, cores, without_surrogates

DEFAULT = SHIPPED / "encoder"

# A batch is at most so many tokens, padding included. Small batches pad little and stay in the processor's
# cache: on 2 cores 512 was 10 to 20 % faster than 4,096.
BATCH_TOKENS = 512
# So many texts are tokenised and sorted by length at a time, which keeps memory flat over any number of texts.
CHUNK_TEXTS = 2048


class TextEncoder(Protocol):
    """What indexing and asking need of an encoder."""

    @property
    def fingerprint(self) -> str:
        """Tells this model and its number format from all others."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Unit vectors, (texts, dimensions); `progress` is called with the number of texts done so far."""


class Encoder:
    """A sentence encoder. `fingerprint` (64 hexadecimal digits) is the same only for the same model and format.

    `dimensions` is the length of a vector, `window` how many tokens of a text are read, `folder` where its files are.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`; ModelError where a file is missing, altered or cannot be run."""
        model = Model(folder, "encoder", ("input_ids", "attention_mask"))
        self._session, self._tokenizer = model.session, model.tokenizer
        self._tokenizer.enable_truncation(model.record.window)
        self._pad = model.record.pad
        self.folder = folder
        self.name = model.record.name
        self.dimensions = model.record.dimensions
        self.window = model.record.window
        self.fingerprint = model.fingerprint

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """The vectors of `texts`: shape `(len(texts), dimensions)`, one row of length 1 for each, in order.

        Any text has a vector, the empty one too, and it does not depend on the texts beside it. What stands
        after the first `window` tokens is not read, as in sentence-transformers: cut long texts before. A lone
        surrogate, which no tokenizer takes, is read as U+FFFD. `progress` is called after each batch with the
        number of texts done so far.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        done = 0
        threads = ThreadPoolExecutor(cores())
        try:
            for start in range(0, len(texts), CHUNK_TEXTS):
                chunk = [without_surrogates(text) for text in texts[start : start + CHUNK_TEXTS]]
                tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(chunk)]
                batches = list(_batches([len(ids) for ids in tokens]))
                runs = threads.map(self._run, ([tokens[index] for index in batch] for batch in batches))
                for batch, rows in zip(batches, runs, strict=True):
                    vectors[[start + index for index in batch]] = rows
                    done += len(batch)
                    if progress:
                        progress(done)
        finally:
            threads.shutdown(cancel_futures=True)  # on Ctrl-C, what waits is not begun
        return vectors

    def _run(self, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The vectors of one batch, from token ids without padding."""
        ids = np.full((len(tokens), max(map(len, tokens))), self._pad, np.int64)
        mask = np.zeros_like(ids)
        for row, text in enumerate(tokens):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors

    def is_word(self, spelling: str) -> bool:
        """Whether the model knows these letters as one word: a word that it has to take apart may be mistyped."""
        return any(self._tokenizer.token_to_id(mark + spelling) is not None for mark in ("", "▁", "Ġ"))


def load_encoder(name: str | None, cache: Path) -> Encoder:
    """The encoder called `name`: None or "default" for the shipped one, a folder, or a sentence-transformers name.

    A sentence-transformers model is exported on first use to `cache/<SHA-256 of its weights>/` and loaded from
    there ever after; a folder's files are looked at again (size and time), a name from the hub is not.

    Raises ModelError, one sentence, where the model is missing, altered, no model, or cannot be fetched.
    """
    if name is None or name == "default":
        return Encoder(DEFAULT)
    folder = Path(name).expanduser()
    if (folder / "model.json").is_file():
        return Encoder(folder)
    if folder.is_dir():
        if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelError(f"{name} is no sentence-transformers model: it has neither modules.json nor config.json.")
        return Encoder(_exported(str(folder.resolve()), _stamp(folder), cache))
    if folder.exists() or name.startswith((".", "~", os.sep)) or name.count("/") > 1:
        raise ModelError(f"There is no folder {name}: give a model's folder or its sentence-transformers name.")
    return Encoder(_exported(name, [], cache))


def _exported(source: str, stamp: list[list[str | int]], cache: Path) -> Path:
    """The folder in `cache` that holds the exported `source`, made now if it is not there yet."""
    note = cache / f"{hashlib.sha256(source.encode(errors='replace')).hexdigest()[:16]}.json"
    try:
        known = json.loads(note.read_text(encoding="utf-8"))
        if known["stamp"] == stamp and (cache / known["weights"] / "model.json").is_file():
            return cache / str(known["weights"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no note, or half a one: the export below writes it anew
    try:
        from qabot import export
    except ImportError as error:
        raise ModelError(
            f"{source} has to be converted once, and {error.name} is not installed for that: "
            "pip install sentence-transformers onnx onnxscript."
        ) from error
    try:
        weights = export.export_to_cache(source, cache)
        temporary = note.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps({"source": source, "stamp": stamp, "weights": weights}), encoding="utf-8")
        temporary.replace(note)
    except OSError as error:
        raise ModelError(f"{cache} cannot be written ({error.strerror}): set QABOT_CACHE to another folder.") from error
    return cache / weights


def _stamp(folder: Path) -> list[list[str | int]]:
    """Name, size and time of the files in `folder`: enough to see that a model was trained further."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [[path.relative_to(folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns] for path in files]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of `lengths`, longest first, in batches of at most BATCH_TOKENS tokens with padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
