"""Where questions wait: one worker thread, so many places, and a pause for each person. Knows nothing of discord.py.

Work in Python would block the event loop, and with it the heartbeat and the three seconds in which Discord wants
to hear from the bot; so answering is done by a thread of its own, and only so many questions may wait for it.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from qabot.render.discord import notice
from qabot.render.discord.message import Shown

PLACES = 100
PAUSE_SECONDS = 2.0
PARTING_SECONDS = 2.0

Worked = TypeVar("Worked")


class RefusedError(Exception):
    """There is no place for a question now; `shown` is what to say."""

    def __init__(self, shown: Shown) -> None:
        super().__init__(shown.parts[0].text)
        self.shown = shown


class Desk:
    """Takes questions in, one place each, until it is closed."""

    def __init__(self, places: int = PLACES, pause: float = PAUSE_SECONDS) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="answering")
        self._places = places
        self._pause = pause
        self._taken = 0
        self._last: dict[int, float] = {}
        self._closing = False
        self._cut_off = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @contextmanager
    def place(self, person: int, paused: bool = True) -> Iterator[None]:
        """A place for one question, held until its answer is sent; `paused` makes the person wait before the next.

        Raises RefusedError where the desk is closing or full, or where the same person asked a moment ago.
        """
        now = time.monotonic()
        self._last = {one: at for one, at in self._last.items() if now - at < self._pause}
        if self._closing:
            raise RefusedError(notice.leaving())
        if paused and person in self._last:
            raise RefusedError(notice.too_soon())
        if self._taken >= self._places:
            raise RefusedError(notice.too_many())
        if paused and self._pause:
            self._last[person] = now
        self._taken += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._taken -= 1
            if not self._taken:
                self._empty.set()

    async def work(self, task: Callable[[], Worked]) -> Worked:
        """Do a task on the worker thread; one that is cancelled before its turn is not done at all.

        Raises RefusedError where the desk is closed before it is done.
        """
        working = asyncio.get_running_loop().run_in_executor(self._worker, task)
        closed = asyncio.create_task(self._cut_off.wait())
        either: set[asyncio.Future[Any]] = {working, closed}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            closed.cancel()
            working.cancel()
        if self._cut_off.is_set():
            raise RefusedError(notice.leaving())
        return working.result()

    async def close(self, seconds: float) -> bool:
        """Take no more questions in and wait at most so long for those that are open; whether all were answered.

        To the others it is said, for at most two seconds, that there will be no answer.
        """
        self._closing = True
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            self._cut_off.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), PARTING_SECONDS)
            return False
        finally:
            self._worker.shutdown(wait=False, cancel_futures=True)
        return True
