"""The bot as a process of its own, against a small Discord on loopback."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from model import PATIENCE_SECONDS, TOKEN
from server import Discord

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Bot:
    """The running bot."""

    discord: Discord
    process: asyncio.subprocess.Process
    folder: Path

    async def ready(self) -> None:
        """Wait until it is connected to the gateway; what it said if it ended instead."""
        connected, ended = asyncio.create_task(self.discord.ready()), asyncio.create_task(self.process.wait())
        await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            connected.cancel()
            raise AssertionError((await self.ended())[2])
        ended.cancel()
        await connected

    async def ended(self) -> tuple[int, str, str]:
        """Its exit status, standard output and standard error."""
        out, err = await asyncio.wait_for(self.process.communicate(), PATIENCE_SECONDS)
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), err.decode()

    async def stopped(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """As `ended`, after a signal."""
        self.process.send_signal(number)
        return await self.ended()

    @property
    def memory(self) -> float:
        """Its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    @property
    def modules(self) -> list[str]:
        """What it had imported when it ended."""
        return (self.folder / "modules").read_text().split()


StartBot = Callable[..., AbstractAsyncContextManager[Bot]]


@pytest.fixture
def bot(tmp_path: Path) -> StartBot:
    """`async with bot(discord) as running:` starts bot.py; with arguments it starts `qabot` with these."""

    @asynccontextmanager
    async def started(discord: Discord, *arguments: str, **environment: str) -> AsyncIterator[Bot]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QABOT_", "DISCORD_"))}
        settings = {"QABOT_KNOWLEDGE": str(REPOSITORY / "knowledge"), "QABOT_INDEX": str(tmp_path / "index.db")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(REPOSITORY / "tests" / "wire" / "launch.py"),
            discord.address,
            str(tmp_path / "modules"),
            *arguments,
            env=kept | settings | ({"DISCORD_TOKEN": TOKEN} | environment),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield Bot(discord, process, tmp_path)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    return started
