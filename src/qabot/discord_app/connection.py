"""The connection to Discord's gateway: what is asked of it, how it is made again, how it ends."""

import asyncio
import logging
from contextlib import suppress

import discord

from qabot.errors import DiscordError

NO_PINGS = discord.AllowedMentions.none()
CONNECT_DELAYS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0)

log = logging.getLogger(__name__)


class Connection(discord.Client):
    """A client that asks Discord for no more than it needs, and keeps nothing in caches.

    `message_content` is the one privileged intent that it may ask for.
    """

    def __init__(self, message_content: bool = False) -> None:
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
        )

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected. The library retries by itself once the first connection has stood, but not before.

        Raises DiscordError where the gateway cannot be reached for some minutes.
        """
        for delay in CONNECT_DELAYS:
            try:
                return await super().connect(reconnect=reconnect)
            except AttributeError:
                # It reads where to go on from a connection that there never was (Rapptz/discord.py, 10520).
                if self.ws is not None:
                    raise
            log.warning("the gateway cannot be reached; trying again in %.0f s", delay)
            await asyncio.sleep(delay)
        raise DiscordError("Discord's gateway cannot be reached; check the network, then start again.")

    async def on_ready(self) -> None:
        """Say in the log that people can ask now."""
        log.info("ready as %s", self.user)

    async def go_offline(self) -> None:
        """Be seen to leave."""
        if self.ws is not None and self.ws.open:
            with suppress(ConnectionError, discord.DiscordException):
                await self.change_presence(status=discord.Status.offline)
