"""Reads untrusted files in a process of its own, which may take so much time and memory and no more.

Formats with mark-up are read by large parsers. One that hangs is stopped, one that crashes takes nothing with it, and
the next file gets a fresh process. Plain text is read here and now.
"""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from qabot.documents.load import load
from qabot.errors import DocumentError
from qabot.types import Block, Document, Origin, Section

SECONDS = 60.0
MEMORY_BYTES = 2_000_000_000


class Loader:
    """Loads documents as `load` does; to be used with `with`. Each file gets at most `seconds`."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._threads = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._threads.shutdown()

    def load(self, root: Path, path: Path) -> Document:
        """The document at `path`, a file below `root`.

        Raises DocumentError, whose text is a clause, where it cannot be read within the limits.
        """
        if path.suffix.lower() == ".txt":
            return load(root, path)
        answer = self._ask(json.dumps([os.fspath(root), os.fspath(path)]))
        if "error" in answer:
            raise DocumentError(answer["error"])
        return _document(answer)

    def _ask(self, request: str) -> dict[str, Any]:
        if self._process is None:
            # -P: what lies in the working directory is not to be taken for a module.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "qabot.documents.worker", str(self._seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        assert self._process.stdin and self._process.stdout
        reading = self._threads.submit(self._process.stdout.readline)
        try:
            self._process.stdin.write(request.encode() + b"\n")
            self._process.stdin.flush()
            line = reading.result(self._seconds)
        except TookTooLong:
            self._stop()
            raise DocumentError(f"it takes more than {self._seconds:g} seconds to read; split it") from None
        except BrokenPipeError:
            line = b""
        except BaseException:
            self._stop()
            raise
        if not line.endswith(b"\n"):
            self._stop()
            raise DocumentError("its reader crashed on it; save it anew or in another format")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def main() -> None:
    """Answer one request a line until the input ends: a JSON list of folder and file in, a document or an error out."""
    _limit_memory()
    # Who asked would have stopped it before; unless that process was killed itself.
    patience = int(float(sys.argv[1])) + 2
    # What a parser prints is not to end up among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        root, path = json.loads(line)
        _limit_time(patience)
        answers.write(json.dumps(_answer(Path(root), Path(path))) + "\n")
        answers.flush()
        _limit_time(0)


def _answer(root: Path, path: Path) -> dict[str, Any]:
    try:
        document = load(root, path)
    except DocumentError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "it takes too much memory to read; split it"}
    except Exception as error:  # a parser's own mistake: one bad file is not to stop the others
        return {"error": f"its reader failed on it ({type(error).__name__}); save it anew or in another format"}
    fields = asdict(document)
    del fields["line_starts"]
    return fields


def _document(fields: dict[str, Any]) -> Document:
    origin = fields["origin"]
    return Document(
        path=fields["path"],
        title=fields["title"],
        text=fields["text"],
        sha256=fields["sha256"],
        sections=tuple(Section(**{**section, "path": tuple(section["path"])}) for section in fields["sections"]),
        blocks=tuple(Block(**block) for block in fields["blocks"]),
        date=fields["date"],
        origin=Origin(**{**origin, "lines": tuple(map(tuple, origin["lines"])), "pages": tuple(origin["pages"])}),
    )


def _limit_time(seconds: int) -> None:
    """End this process after so many seconds; 0 takes that back."""
    if hasattr(signal, "alarm"):  # not on every system
        signal.alarm(seconds)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    allowed = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, most))


if __name__ == "__main__":
    main()
