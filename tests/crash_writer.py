"""Brings an index up to date again and again, each time killed (SIGKILL) at a later moment. Prints what it did.

    python crash_writer.py KNOWLEDGE FOLDER MOMENTS [BEFORE]

A moment is a step of SQLite's own machine: making the file, in the middle of a statement, before and after a commit.
The index killed at moment n is FOLDER/n.sqlite; each begins as a copy of BEFORE, or as nothing. The steps are counted
on an undisturbed run, FOLDER/whole.sqlite.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qabot.encoder import load_encoder
from qabot.index import refresh
from qabot.store import Store


class Remembering:
    """An encoder that encodes the same texts only once: it saves time, and forked processes must not run a model."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, ...], Any] = {}

    @property
    def fingerprint(self) -> Any:
        return self._encoder.fingerprint

    def encode(self, texts: list[str], progress: Callable[[int], None] | None = None) -> Any:
        key = tuple(texts)
        if key not in self._known:
            self._known[key] = self._encoder.encode(texts, progress)
        return self._known[key]


def main(knowledge: Path, folder: Path, moments: int, before: Path | None) -> None:
    encoder = Remembering(load_encoder(None, folder / "cache"))
    steps, last = 0, sys.maxsize

    def step() -> int:
        nonlocal steps
        steps += 1
        if steps > last:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    connect = sqlite3.connect

    def stepping(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_progress_handler(step, 1)
        return connection

    def index(name: str) -> None:
        if before:
            shutil.copy(before, folder / name)
        store = Store(folder / name)
        refresh(store, knowledge, encoder)
        store.close()

    sqlite3.connect = stepping  # type: ignore[assignment]
    index("whole.sqlite")
    total, killed = steps, 0
    for moment in range(moments):
        child = os.fork()
        if child == 0:
            steps, last = 0, total * moment // moments
            index(f"{moment}.sqlite")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    print(json.dumps({"steps": total, "killed": killed}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else None)
