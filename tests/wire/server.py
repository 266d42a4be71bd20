"""A small Discord on loopback: the REST routes and the gateway that the bot uses, and nothing else.

It is strict. What Discord refuses it refuses, and everything refused is kept in `Discord.violations`: unknown routes,
commands that were never told, acknowledgements that come twice or after three seconds, messages over the limits, and
messages that could ping someone. `Discord.faults` makes requests fail, `Discord.gateway` connections.
"""

from typing import Any, Self

from aiohttp import web
from gateway import Gateway
from model import GUILD, Model, until
from people import Person
from rest import Rest


class Discord(Model):
    """`async with Discord() as discord:` serves on `discord.address` of the loopback interface."""

    def __init__(self) -> None:
        super().__init__()
        self.rest = Rest(self)
        self.gateway = Gateway(self)
        self.faults = self.rest.faults

    async def __aenter__(self) -> Self:
        app = web.Application()
        self.rest.add_to(app)
        app.router.add_get("/gateway", self.rest.guarded("GET gateway", self.gateway.serve))
        app.router.add_route("*", "/{rest:.*}", self.rest.unknown)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.gateway.shut()
        await self._runner.cleanup()

    def person(self, name: str = "alice", guild: int = GUILD, **more: Any) -> Person:
        """Somebody who has not asked before."""
        user = {"id": str(self.snowflake()), "username": name, "discriminator": "0", "avatar": None}
        return Person(self, self.gateway, user, guild, **more)

    async def ready(self) -> None:
        """Wait until the bot is connected to the gateway with all its shards."""
        await until(self.gateway.ready)

    async def asked_for(self, name: str, times: int = 1) -> None:
        """Wait until the bot has made so many requests of this kind."""
        await until(lambda: self.requests[name] >= times)
