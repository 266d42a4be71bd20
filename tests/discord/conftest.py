"""The bot against SimCord, discord.py's real client on an in-process model of Discord; the real article."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import simcord
from room import Room

from qabot.discord_app import QabotClient
from qabot.discord_app.desk import Desk


@pytest.fixture
def room(answerer: Any, tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Room]]:
    @asynccontextmanager
    async def opened(
        answerer: Any = answerer, pause: float = 0.0, places: int = 20, message_content: bool = False
    ) -> AsyncIterator[Room]:
        def make_bot() -> QabotClient:
            return QabotClient(answerer, tmp_path, Desk(places, pause), message_content=message_content)

        async with simcord.run(make_bot(), shard_count=1) as env:
            guild = env.create_guild()
            channel = guild.create_text_channel("questions")
            alice, bob = (guild.add_member(env.create_user(name)) for name in ("alice", "bob"))
            yield Room(env, channel, alice, bob, make_bot)

    return opened
