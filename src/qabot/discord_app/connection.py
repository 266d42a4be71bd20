"""The connection to Discord's gateway: what is asked of it, how it is made again, how it ends."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress

import discord
import yarl

from qabot.discord_app.logins import Logins
from qabot.errors import DiscordError

NO_PINGS = discord.AllowedMentions.none()
# Before each attempt to connect a shard for the first time; the library adds five seconds after one that failed.
CONNECT_DELAYS = (0.0, 0.0, 5.0, 10.0, 20.0, 40.0, 60.0, 60.0)
# A connection on which nothing at all has come for so long, heartbeats included, is taken to be dead.
SILENCE_SECONDS = 60.0

log = logging.getLogger(__name__)


class Connection(discord.AutoShardedClient):
    """A client that asks Discord for no more than it needs, and keeps nothing in caches.

    Discord says how many shards there are. `logins` says when it may log in; `message_content` is the one
    privileged intent that it may ask for.
    """

    def __init__(self, logins: Logins, message_content: bool = False) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.message_content = message_content
        super().__init__(
            intents=intents,
            allowed_mentions=NO_PINGS,
            # Nothing is looked up in the library's caches; without them memory stays where it is.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            heartbeat_timeout=SILENCE_SECONDS,
        )
        self._logins = logins
        self._delays: dict[int, Iterator[float]] = {}

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until another login is allowed.

        The library gives a reconnection up after a minute and tries again a little later; what is waited for goes on.
        """
        await super().before_identify_hook(shard_id, initial=initial)
        while seconds := self._logins.take():
            log.warning("too many logins today; waiting %.0f s before the next", seconds)
            await asyncio.sleep(seconds)

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard for the first time. The library calls this again when that failed, for ever every five
        seconds.

        Raises DiscordError where the gateway cannot be reached for some minutes.
        """
        delay = next(self._delays.setdefault(shard_id, iter(CONNECT_DELAYS)), None)
        if delay is None:
            raise DiscordError("Discord's gateway cannot be reached; check the network, then start again.")
        await asyncio.sleep(delay)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def on_ready(self) -> None:
        """Say in the log that people can ask now."""
        log.info("ready as %s, shards: %s", self.user, self.shard_count)

    async def go_offline(self) -> None:
        """Be seen to leave, by every shard."""
        for number, shard in self.shards.items():
            if not shard.is_closed():
                with suppress(ConnectionError, discord.DiscordException):
                    await self.change_presence(status=discord.Status.offline, shard_id=number)
