"""Texts to vectors: runs a sentence encoder with onnxruntime, without torch.

A model is a folder of three files: `model.onnx` (the whole pipeline, pooling and normalisation included),
`tokenizer.json` and `model.json` (a `Record`). The default one is shipped in `models/encoder/`. How such a folder
is made from a sentence-transformers model is left to `export`, which is imported, with torch, the first time
that another model is asked for and not again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qabot.errors import ModelError

FORMAT = 1
DEFAULT = Path(__file__).parent / "models" / "encoder"

# A batch is at most so many tokens, padding included. Small batches pad little and stay in the processor's
# cache: on 2 cores 512 was 10 to 20 % faster than 4,096.
BATCH_TOKENS = 512
# So many texts are tokenised and sorted by length at a time, which keeps memory flat over any number of texts.
CHUNK_TEXTS = 2048


@dataclass(frozen=True, slots=True)
class Record:
    """What `model.json` says of the files next to it.

    `files` maps a file's name to its SHA-256, `weights` is the SHA-256 of the source weights. `window` counts
    tokens, the special ones included. `lowest_cosine` and `median_cosine` compare with sentence-transformers
    over the export's `sentences` check sentences.
    """

    format: int
    name: str
    weights: str
    dimensions: int
    window: int
    pad: int
    files: dict[str, str]
    precision: str
    sentences: int = 0
    lowest_cosine: float = 0.0
    median_cosine: float = 0.0

    def write(self, folder: Path) -> None:
        """Write `model.json` in `folder`."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")


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
        record = read_record(folder)
        # Imported here: the record is enough to say what is wrong with a folder.
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # One thread a run, and as many runs at once as there are cores: threads that share one run wait for each
        # other by spinning, which is 10 % slower on idle cores and half as fast where something else runs.
        options.intra_op_num_threads = 1
        # int8 weights are turned to float now, once. Else they are multiplied as int8, which is no faster here,
        # loses accuracy (lowest cosine 0.998) and lets a vector change with its batch (by 0.005).
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        with ThreadPoolExecutor(1) as threads:
            # Neither these 40 ms nor onnxruntime's loading need Python's lock: they go on at the same time.
            intact = threads.submit(check_files, folder, record)
            tokenizer = threads.submit(Tokenizer.from_file, str(folder / "tokenizer.json"))
            try:
                self._session = onnxruntime.InferenceSession(
                    folder / "model.onnx", options, providers=["CPUExecutionProvider"]
                )
                self._tokenizer = tokenizer.result()
            except Exception as error:  # both libraries raise plain Exception
                intact.result()
                raise ModelError(f"The model in {folder} cannot be run: {_line(error)}; update onnxruntime.") from error
            intact.result()
        # Other people's tokenizer files pad every text to a fixed length, or cut it short of the window.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(record.window)
        self._pad = record.pad
        self.folder = folder
        self.name = record.name
        self.dimensions = record.dimensions
        self.window = record.window
        identity = json.dumps([FORMAT, record.window, record.pad, record.files], sort_keys=True)
        self.fingerprint = hashlib.sha256(identity.encode()).hexdigest()

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """The vectors of `texts`: shape `(len(texts), dimensions)`, one row of length 1 for each, in order.

        Any text has a vector, the empty one too, and it does not depend on the texts beside it. What stands
        after the first `window` tokens is not read, as in sentence-transformers: cut long texts before. A lone
        surrogate, which no tokenizer takes, is read as U+FFFD. `progress` is called after each batch with the
        number of texts done so far.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        done = 0
        threads = ThreadPoolExecutor(_cores())
        try:
            for start in range(0, len(texts), CHUNK_TEXTS):
                chunk = [_without_surrogates(text) for text in texts[start : start + CHUNK_TEXTS]]
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


def read_record(folder: Path) -> Record:
    """The record of the model in `folder`; ModelError where it is missing or cannot be read."""
    try:
        record = Record(**json.loads((folder / "model.json").read_text(encoding="utf-8")))
        if record.format != FORMAT:
            raise ModelError(f"The model in {folder} has format {record.format}, not {FORMAT}: {_remedy(folder)}.")
    except OSError as error:
        raise _unreadable(folder, error) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder / 'model.json'} was altered or is incomplete: {_remedy(folder)}.") from error
    return record


def check_files(folder: Path, record: Record) -> None:
    """ModelError where a file of the model in `folder` is missing or not as recorded."""
    try:
        for file, expected in record.files.items():
            with (folder / file).open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() != expected:
                    raise ModelError(f"{folder / file} was altered or is incomplete: {_remedy(folder)}.")
    except OSError as error:
        raise _unreadable(folder, error) from error
    except (TypeError, AttributeError) as error:
        raise ModelError(f"{folder / 'model.json'} was altered or is incomplete: {_remedy(folder)}.") from error


def _unreadable(folder: Path, error: OSError) -> ModelError:
    return ModelError(f"The model file {error.filename} cannot be read ({error.strerror}): {_remedy(folder)}.")


def _remedy(folder: Path) -> str:
    return "install qabot again" if folder == DEFAULT else "export it again (in the cache: delete its folder)"


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


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(" .")
