"""How often the bot may log in. Discord takes 1,000 logins (IDENTIFY) a day; after that it makes the token invalid.

Logins are taken from a store of them that fills up again slowly. It is kept in a file, so that a supervisor which
starts a failing bot again and again does not use them up.
"""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

# At most 400 + 86,400 / 150 = 976 in any 24 hours.
MOST = 400
SECONDS_EACH = 150.0

log = logging.getLogger(__name__)


class Logins:
    """The logins that are left, kept in `file`. `clock` tells the seconds of the day and not those since the start."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self._unkept: float | None = None

    def take(self) -> float:
        """Take a login: 0.0 if there is one, else the seconds after which to ask again."""
        now = self._clock()
        left, then = self._read(now)
        left = min(MOST, left + max(0.0, now - then) / SECONDS_EACH)
        granted = left >= 1
        try:
            self._write(left - granted, now)
        except OSError as error:
            return self._without_file(now, error)
        return 0.0 if granted else (1 - left) * SECONDS_EACH

    def _read(self, now: float) -> tuple[float, float]:
        try:
            left, then = json.loads(self._file.read_text())
            if 0 <= left <= MOST and then >= 0:
                return float(left), float(then)
        except FileNotFoundError:
            return float(MOST), now
        except (OSError, ValueError, TypeError):
            pass
        # What was taken before cannot be known.
        return 0.0, now

    def _write(self, left: float, now: float) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_name(self._file.name + ".new")
        new.write_text(json.dumps([left, now]))
        new.replace(self._file)

    def _without_file(self, now: float, error: OSError) -> float:
        """Where nothing is remembered, every login of every start must be one that the day has room for."""
        if self._unkept is None:
            log.warning("logins cannot be counted (%s), so each waits; make %s writable", error, self._file)
            self._unkept = now
        waited = now - self._unkept
        if waited < SECONDS_EACH:
            return SECONDS_EACH - max(0.0, waited)
        self._unkept = now
        return 0.0
