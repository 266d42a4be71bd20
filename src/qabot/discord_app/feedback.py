"""What people thought of answers, one JSON line each, in a file beside the index: for those who look after the bot."""

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger(__name__)


class Feedback:
    """The file of feedback at `path`, which is made with its first line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, question: str | None, passages: Sequence[str], helpful: bool, answer: int, person: int) -> bool:
        """Write one line; False where that cannot be done.

        Of the person nothing is kept but a digest that is another for each answer: enough to see who pressed twice.
        """
        voice = hashlib.sha256(f"{answer}:{person}".encode()).hexdigest()[:12]
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"at": at, "question": question, "helpful": helpful, "passages": list(passages), "voice": voice}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            log.warning("feedback cannot be kept: %s", error)
            return False
        return True
