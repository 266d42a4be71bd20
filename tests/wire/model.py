"""What there is on the small Discord: the bot, two servers, what people did and what was written; and every wrong."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOKEN = "bot-token.for-the-tests"
APPLICATION = 700
BOT = {"id": str(APPLICATION), "username": "qabot", "discriminator": "0", "avatar": None, "bot": True}
# A server's number says which shard it belongs to: of two, the first has GUILD and the second OTHER_GUILD.
GUILD, OTHER_GUILD = 800, 801 | 1 << 22
CHANNELS = {GUILD: 900, OTHER_GUILD: 901}
CHANNEL = CHANNELS[GUILD]
# View channels, send messages, attach files, read message history, create public threads, send messages in threads.
PERMISSIONS = 1 << 10 | 1 << 11 | 1 << 15 | 1 << 16 | 1 << 35 | 1 << 38
EPHEMERAL, LOADING = 1 << 6, 1 << 7
PATIENCE_SECONDS = 60.0

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
COMMAND, COMPONENT, AUTOCOMPLETE, FORM_SENT = 2, 3, 4, 5

Message = dict[str, Any]


@dataclass
class Interaction:
    """One thing that a person did, and what came of it."""

    id: int
    token: str
    kind: int
    channel: int
    faults: list[tuple[str, int | str]]
    # The message that its button belongs to.
    source: Message | None = None
    sent: float = field(default_factory=time.monotonic)
    acknowledged: dict[str, Any] | None = None
    acknowledged_after: float | None = None
    answered_after: float | None = None
    # What "@original" is.
    message: Message | None = None
    followed: list[Message] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self) -> None:
        """Note when there was something to read for the first time."""
        if self.answered_after is None:
            self.answered_after = time.monotonic() - self.sent
        self.done.set()


class Model:
    """The state that REST, the gateway and the people share."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.requests: Counter[str] = Counter()
        self.commands: list[dict[str, Any]] = []
        self.interactions: dict[str, Interaction] = {}
        self.messages: list[Message] = []
        self.by_nonce: dict[str, Message] = {}
        self.guilds: dict[int, int] = {GUILD: PERMISSIONS}
        self.application_flags = 0
        self.shards = 1
        self._last = 0

    def snowflake(self) -> int:
        """A number with the time in it: discord.py reads from it whether an interaction is too old."""
        self._last = max(self._last + 1, int(time.time() * 1000 - 1420070400000) << 22)
        return self._last

    def message(self, body: dict[str, Any], channel: int = CHANNEL, author: dict[str, Any] = BOT) -> Message:
        about = {"id": str(self.snowflake()), "channel_id": str(channel), "author": author, "type": 0, "pinned": False}
        times = {"timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "flags": 0}
        lists: dict[str, Any] = {"mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "content": ""}
        shown = {key: body[key] for key in ("content", "components", "flags") if body.get(key) is not None}
        return about | times | lists | {"mention_everyone": False} | shown


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)
