"""A model folder: `model.onnx`, `tokenizer.json` and `model.json`, checked and loaded for onnxruntime.

`encoder` and `spans` say what goes into a model and what comes out. How a folder is made is left to `export` and,
for readers, to the training.
"""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qabot.errors import ModelError

FORMAT = 1
_FILES = {"model.onnx", "tokenizer.json"}
SHIPPED = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class Record:
    """What `model.json` says of the files next to it.

    `files` maps a file's name to its SHA-256, `weights` is the SHA-256 of the source weights. `window` counts
    tokens, the special ones included, `pad` is the token that fills up a batch. Of an encoder, `dimensions` is the
    length of a vector, and `lowest_cosine` and `median_cosine` compare with sentence-transformers over
    the export's `sentences` check sentences.
    """

    format: int
    name: str
    weights: str
    window: int
    pad: int
    files: dict[str, str]
    precision: str
    kind: Literal["encoder", "reader"] = "encoder"
    dimensions: int = 0
    sentences: int = 0
    lowest_cosine: float = 0.0
    median_cosine: float = 0.0

    def write(self, folder: Path) -> None:
        """Write `model.json` in `folder`."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")


class Model:
    """The model in `folder`, ready to run: `session` (onnxruntime's) and `tokenizer`, without padding or truncation.

    `fingerprint` (64 hexadecimal digits) is the same only for the same model and number format.
    """

    def __init__(self, folder: Path, kind: Literal["encoder", "reader"], inputs: tuple[str, ...]) -> None:
        """Load it; ModelError where a file is missing, altered, cannot be run or is a model of another kind."""
        record = read_record(folder)
        if record.kind != kind:
            raise ModelError(f"The model in {folder} is no {kind} but one of kind {record.kind!r}: choose another one.")
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
                self.session: Any = onnxruntime.InferenceSession(
                    folder / "model.onnx", options, providers=["CPUExecutionProvider"]
                )
                self.tokenizer: Any = tokenizer.result()
            except Exception as error:  # both libraries raise plain Exception
                intact.result()
                raise ModelError(
                    f"The model in {folder} cannot be run: {summary(error)}; update onnxruntime."
                ) from error
            intact.result()
        taken = {value.name for value in self.session.get_inputs()}
        if taken != set(inputs):
            raise ModelError(
                f"The model in {folder} takes {', '.join(sorted(taken))}, not {', '.join(inputs)}: {remedy(folder)}."
            )
        # Other people's tokenizer files pad every text to a fixed length, or cut it short of the window.
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.folder = folder
        self.record = record
        identity = json.dumps([FORMAT, record.window, record.pad, record.files], sort_keys=True)
        self.fingerprint = hashlib.sha256(identity.encode()).hexdigest()


def read_record(folder: Path) -> Record:
    """The record of the model in `folder`; ModelError where it is missing or cannot be read."""
    try:
        record = Record(**json.loads((folder / "model.json").read_text(encoding="utf-8")))
        if record.format != FORMAT:
            raise ModelError(f"The model in {folder} has format {record.format}, not {FORMAT}: {remedy(folder)}.")
        if record.window < 1 or (record.kind == "encoder" and record.dimensions < 1) or _FILES - set(record.files):
            raise ValueError("incomplete")
    except OSError as error:
        raise _unreadable(folder, error) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder / 'model.json'} was altered or is incomplete: {remedy(folder)}.") from error
    return record


def check_files(folder: Path, record: Record) -> None:
    """ModelError where a file of the model in `folder` is missing or not as recorded."""
    try:
        for file, expected in record.files.items():
            with (folder / file).open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() != expected:
                    raise ModelError(f"{folder / file} was altered or is incomplete: {remedy(folder)}.")
    except OSError as error:
        raise _unreadable(folder, error) from error
    except (TypeError, AttributeError) as error:
        raise ModelError(f"{folder / 'model.json'} was altered or is incomplete: {remedy(folder)}.") from error


def remedy(folder: Path) -> str:
    """What to do about a damaged model, as a clause."""
    return "install qabot again" if folder.parent == SHIPPED else "make it again (in the cache: delete its folder)"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def without_surrogates(text: str) -> str:
    """`text` with lone surrogates, which no tokenizer takes, as U+FFFD; as long as it was."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def summary(error: Exception) -> str:
    """What an error of a library says, in one line that fits into a sentence."""
    return " ".join(str(error).split())[:200].rstrip(" .")


def _unreadable(folder: Path, error: OSError) -> ModelError:
    return ModelError(f"The model file {error.filename} cannot be read ({error.strerror}): {remedy(folder)}.")
