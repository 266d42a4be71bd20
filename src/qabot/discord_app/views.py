"""What was rendered -> discord.py's components, and the buttons, which work after a restart.

The library remembers nothing about a message that is sent: what a button needs stands in its `custom_id` or in
the message itself.
"""

import hashlib
import io
import re
from collections.abc import Iterable
from typing import Any, Self
from urllib.parse import quote as percent_encoded
from urllib.parse import unquote

import discord
from discord import ui

from qabot.render import discord as texts
from qabot.types import QUESTION_CHARACTERS, Source

FOLLOW_UP = "qabot:follow-up"
FOLLOW_UP_FIELD = "question"
DOCUMENT_KEY_LENGTH = 10


def layout(shown: texts.Shown) -> ui.LayoutView:
    """The components of a message. Build them anew for every attempt to send: files and views are used up."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=shown.colour)
    for part in shown.parts:
        text: ui.TextDisplay[ui.LayoutView] = ui.TextDisplay(part.text, id=part.number)
        box.add_item(ui.Section(text, accessory=InContext(passage_key(part.passage))) if part.passage else text)
    for attachment in shown.attachments:
        box.add_item(ui.File(f"attachment://{attachment.name}"))
    if shown.follow_up:
        box.add_item(ui.ActionRow(FollowUp()))
    return ui.LayoutView(timeout=None).add_item(box)


def files(shown: texts.Shown) -> list[discord.File]:
    """The files of a message, each with the exact text."""
    return [discord.File(io.BytesIO(one.text.encode()), one.name) for one in shown.attachments]


def passage_key(reference: str) -> str:
    """A reference in the at most 100 characters of a `custom_id`: the document's path gives way to its digest."""
    path, place = reference.split("#", 1)
    return f"{_document_key(unquote(path))}:{place}"


def passage_reference(key: str, sources: Iterable[Source]) -> str | None:
    """The reference that `passage_key` was given, if its document is still there."""
    document, place = key.split(":", 1)
    paths = (source.path for source in sources if _document_key(source.path) == document)
    return next((f"{percent_encoded(path)}#{place}" for path in paths), None)


def question_before(message: discord.Message | None) -> str | None:
    """The question that one of the bot's own messages answers, read from the message."""
    if message is None:
        return None
    view = ui.LayoutView.from_message(message, timeout=None)
    parts = {item.id: item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay) and item.id}
    return texts.question_before(parts)


def follow_up_form() -> ui.Modal:
    """The form in which a person asks on."""
    form = ui.Modal(title=texts.FOLLOW_UP_LABEL, custom_id=FOLLOW_UP)
    field: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=FOLLOW_UP_FIELD,
        style=discord.TextStyle.paragraph,
        placeholder=texts.FOLLOW_UP_HINT,
        max_length=QUESTION_CHARACTERS,
    )
    form.add_item(ui.Label(text=texts.FOLLOW_UP_FIELD, component=field))
    # The library would keep the form until it is sent, for ever if it is dismissed, and forget it in a restart.
    # What is sent is read from the interaction instead (`question_sent`).
    form.stop()
    return form


def question_sent(interaction: discord.Interaction[Any]) -> str | None:
    """The question in a form that was sent, or None where the interaction is something else."""
    data: Any = interaction.data
    if interaction.type is not discord.InteractionType.modal_submit or data.get("custom_id") != FOLLOW_UP:
        return None
    fields = [component.get("component", {}) for component in data["components"]]
    return next((str(field["value"]) for field in fields if field.get("custom_id") == FOLLOW_UP_FIELD), None)


class FollowUp(ui.DynamicItem[ui.Button[ui.LayoutView]], template=re.escape(FOLLOW_UP)):
    """The button that opens the form to ask on."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label=texts.FOLLOW_UP_LABEL, custom_id=FOLLOW_UP))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button again, from a message of whatever age."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        await interaction.client.open_form(interaction)


class InContext(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"qabot:context:(?P<key>[0-9a-f]+:[\w=,;]+)"):
    """The button beside a reference that shows the passage in its place."""

    def __init__(self, key: str) -> None:
        super().__init__(ui.Button(label=texts.IN_CONTEXT_LABEL, custom_id=f"qabot:context:{key}"))
        self.key = key

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button again, from a message of whatever age."""
        return cls(match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the passage, only to the person who asked for it."""
        await interaction.client.show_passage(interaction, self.key)


def _document_key(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:DOCUMENT_KEY_LENGTH]
