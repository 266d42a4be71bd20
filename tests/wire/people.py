"""What people do: ask, press, choose, type, send forms, mention the bot; and what they get to read."""

import asyncio
from dataclasses import dataclass
from typing import Any

from gateway import Gateway
from limits import button, select
from model import (
    APPLICATION,
    AUTOCOMPLETE,
    BOT,
    CHANNELS,
    COMMAND,
    COMPONENT,
    FORM,
    FORM_SENT,
    GUILD,
    PATIENCE_SECONDS,
    PERMISSIONS,
    Interaction,
    Message,
    Model,
    until,
)

MEMBER = {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
CHAT_INPUT, MESSAGE_MENU = 1, 3
TEXT_OPTION, YES_NO_OPTION = 3, 5

# A question, and words of its answer in the article.
SOLID = "What energy density do the new solid-state cells reach?"
SOLID_WORDS = "energy densities exceeding 500Wh/kg"

Faults = list[tuple[str, int | str]]


@dataclass
class Person:
    """Somebody on a server. `faults` are what the requests about the next thing that they do meet."""

    model: Model
    gateway: Gateway
    user: dict[str, Any]
    guild: int = GUILD
    permissions: int = PERMISSIONS
    faults: Faults | None = None

    async def ask(self, question: str, **options: Any) -> Interaction:
        """`/ask`"""
        return await self.slash("ask", question=question, **options)

    async def slash(self, name: str, /, **options: Any) -> Interaction:
        command = self._told(name, CHAT_INPUT)
        missing = {one["name"] for one in command.get("options", []) if one.get("required")} - set(options)
        assert not missing, f"/{name} wants {missing}"
        given = [
            {"name": key, "type": YES_NO_OPTION if isinstance(value, bool) else TEXT_OPTION, "value": value}
            for key, value in options.items()
        ]
        return await self._interact(COMMAND, {"id": "1", "name": name, "type": CHAT_INPUT, "options": given})

    async def type(self, name: str, option: str, typed: str) -> list[dict[str, str]]:
        """The choices that are offered for what is typed into an option of a command."""
        options = {one["name"]: one for one in self._told(name, CHAT_INPUT)["options"]}
        assert options[option].get("autocomplete"), f"/{name} has no choices for {option}"
        given = [{"name": option, "type": TEXT_OPTION, "value": typed, "focused": True}]
        data = {"id": "1", "name": name, "type": CHAT_INPUT, "options": given}
        interaction = await self._interact(AUTOCOMPLETE, data)
        await answered(interaction)
        assert interaction.acknowledged is not None
        return list(interaction.acknowledged["data"]["choices"])

    async def menu(self, name: str, message: Message) -> Interaction:
        """Choose a command in the menu of a message."""
        self._told(name, MESSAGE_MENU)
        resolved = {"messages": {message["id"]: message}}
        data = {"id": "1", "name": name, "type": MESSAGE_MENU, "target_id": message["id"], "resolved": resolved}
        return await self._interact(COMMAND, data)

    async def press(self, message: Message, label: str) -> Interaction:
        return await self._interact(COMPONENT, {"custom_id": button(message, label), "component_type": 2}, message)

    async def choose(self, message: Message, number: int) -> Interaction:
        """Choose a line of the list in a message."""
        custom_id, values = select(message)
        data = {"custom_id": custom_id, "component_type": 3, "values": [values[number]]}
        return await self._interact(COMPONENT, data, message)

    async def send_form(self, pressed: Interaction, message: Message, value: str) -> Interaction:
        assert pressed.acknowledged is not None and pressed.acknowledged["type"] == FORM
        form = pressed.acknowledged["data"]
        field_id = form["components"][0]["component"]["custom_id"]
        entered = [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": field_id, "value": value}}]
        return await self._interact(FORM_SENT, {"custom_id": form["custom_id"], "components": entered}, message)

    async def write(self, text: str) -> Message:
        """A message that has nothing to do with the bot."""
        return self.model.message({"content": text}, CHANNELS[self.guild], self.user)

    async def mention(self, text: str, reply_to: Message | None = None) -> Message:
        """A message that mentions the bot; what the bot writes then."""
        message = self.model.message({"content": f"<@{APPLICATION}> {text}"}, CHANNELS[self.guild], self.user)
        message |= {"guild_id": str(self.guild), "member": MEMBER, "mentions": [BOT | {"member": MEMBER}]}
        if reply_to:
            message |= {"type": 19, "message_reference": {"message_id": reply_to["id"]}}
            message["message_reference"]["channel_id"] = reply_to["channel_id"]
            message["referenced_message"] = reply_to
        await self.gateway.dispatch(self.guild, "MESSAGE_CREATE", message)
        await until(lambda: message["id"] in self.model.by_nonce)
        return self.model.by_nonce[message["id"]]

    def _told(self, name: str, kind: int) -> dict[str, Any]:
        for command in self.model.commands:
            if command["name"] == name and command.get("type", CHAT_INPUT) == kind:
                return command
        raise AssertionError(f"{name} was never told to Discord")

    async def _interact(self, kind: int, data: dict[str, Any], message: Message | None = None) -> Interaction:
        number, channel = self.model.snowflake(), CHANNELS[self.guild]
        interaction = Interaction(number, f"token-{number}", kind, channel, self.faults or [], message)
        self.faults = None
        self.model.interactions[interaction.token] = interaction
        about = {"id": str(number), "token": interaction.token, "type": kind, "version": 1, "data": data}
        place = {"application_id": str(APPLICATION), "guild_id": str(self.guild), "channel_id": str(channel)}
        where = {"channel": {"id": str(channel), "type": 0}, "attachment_size_limit": 10_000_000}
        who = {"member": MEMBER | {"user": self.user, "permissions": str(self.permissions)}}
        source = {"message": message} if message else {}
        await self.gateway.dispatch(self.guild, "INTERACTION_CREATE", about | place | where | who | source)
        return interaction


async def answered(interaction: Interaction) -> Message:
    """What stands there at last in place of "thinking..."; nothing where a form is shown."""
    await asyncio.wait_for(interaction.done.wait(), PATIENCE_SECONDS)
    return interaction.message or {}
