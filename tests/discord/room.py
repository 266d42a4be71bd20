"""A room on a modelled Discord: who is in it, and how to look at what the bot wrote."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import simcord
from simcord.components import walk_components

from qabot.discord_app import QabotClient
from qabot.render.discord.markup import unescaped

TEXT_DISPLAY, BUTTON, SELECT = 10, 2, 3


@dataclass
class Room:
    """A server with one channel, the bot and two people."""

    env: simcord.Env
    channel: Any
    alice: Any
    bob: Any
    make_bot: Callable[[], QabotClient]

    async def restart(self) -> None:
        """Another process takes over: nothing that the bot had in memory is left."""
        await self.env.restart_bot(self.make_bot())

    async def mention(self, person: Any, text: str, **more: Any) -> Any:
        """A person mentions the bot; returns what the bot wrote then."""
        await person.send(self.channel, f"<@{self.env.bot.user.id}> {text}", **more)
        return self.channel.last_message


def raw(message: Any) -> list[dict[str, Any]]:
    """All components of a message or response, from the outside in."""
    components = getattr(message, "components", [])
    if components and not isinstance(components[0], dict):
        components = [component.to_dict() for component in components]
    return list(walk_components(components))


def texts(message: Any) -> list[str]:
    """What a message says, text by text, as markup."""
    return [component["content"] for component in raw(message) if component["type"] == TEXT_DISPLAY]


def said(message: Any) -> str:
    """What a message says, without escapes and bold."""
    return unescaped("\n".join(texts(message)).replace("**", ""))


def labels(message: Any) -> list[str]:
    return [component["label"] for component in raw(message) if component["type"] == BUTTON]


def options(message: Any) -> list[dict[str, Any]]:
    """The lines of the list to choose from."""
    return next(component["options"] for component in raw(message) if component["type"] == SELECT)
