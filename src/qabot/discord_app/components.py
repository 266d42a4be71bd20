"""What was rendered -> discord.py's components, and back: what a message that the bot once sent says.

The library remembers nothing about a message that is sent: what a button needs stands in its `custom_id` or in
the message itself, so that it works after a restart.
"""

import io
import re
from typing import Any, Self

import discord
from discord import ui

from qabot.render.discord import answer, notice
from qabot.render.discord.message import Button, Shown
from qabot.types import QUESTION_CHARACTERS

_PREFIX = "qabot:"
_LIST = "qabot-list:passages"
_FORM = _PREFIX + answer.FOLLOW_UP.action
_FORM_FIELD = "question"


def layout(shown: Shown) -> ui.LayoutView:
    """The components of a message. Build them anew for every attempt to send: files and views are used up."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=shown.colour)
    for part in shown.parts:
        text: ui.TextDisplay[ui.LayoutView] = ui.TextDisplay(part.text, id=part.number)
        box.add_item(ui.Section(text, accessory=_button(part.button)) if part.button else text)
    for attachment in shown.attachments:
        box.add_item(ui.File(f"attachment://{attachment.name}"))
    if shown.options:
        options = [discord.SelectOption(label=o.label, description=o.description, value=o.key) for o in shown.options]
        box.add_item(ui.ActionRow(Chosen(ui.Select(custom_id=_LIST, options=options))))
    for row in shown.rows:
        box.add_item(ui.ActionRow(*map(_button, row)))
    return ui.LayoutView(timeout=None).add_item(box)


def files(shown: Shown) -> list[discord.File]:
    """The files of a message, each with the exact text."""
    return [discord.File(io.BytesIO(one.text.encode()), one.name) for one in shown.attachments]


def question_in(message: discord.Message | None) -> str | None:
    """The question that one of the bot's own messages answers, read from the message."""
    if message is None:
        return None
    parts = {item.id: item.content for item in _items(message) if isinstance(item, ui.TextDisplay) and item.id}
    return answer.question_before(parts)


def passages_in(message: discord.Message | None) -> list[str]:
    """The keys of the passages that one of the bot's own messages shows, in order."""
    if message is None:
        return []
    found = [_BUTTON.fullmatch(item.custom_id or "") for item in _items(message) if isinstance(item, ui.Button)]
    return [match["key"] for match in found if match and match["action"] == "context"]


def unshared(message: discord.Message, *, undo: bool = False) -> ui.LayoutView:
    """One of the bot's own messages without its button to share it; `undo`: with it, as it was."""
    view = ui.LayoutView.from_message(message, timeout=None)
    for row in [item for item in view.walk_children() if isinstance(item, ui.ActionRow) and not undo]:
        for item in list(row.children):
            if isinstance(item, ui.Button) and item.custom_id == _PREFIX + answer.SHARE.action:
                row.remove_item(item)
        if not row.children and isinstance(row.parent, ui.Container):
            row.parent.remove_item(row)
    # Else the library would keep it for as long as it runs.
    view.stop()
    return view


async def copy(message: discord.Message, name: str) -> tuple[ui.LayoutView, list[discord.File]]:
    """The components and files of a private message as a new one, shared by the person with this name."""
    view = unshared(message)
    for item in view.walk_children():
        if isinstance(item, ui.File):
            item.media = discord.UnfurledMediaItem(f"attachment://{item.media.url.split('?')[0].rsplit('/', 1)[-1]}")
    view.add_item(ui.TextDisplay(notice.shared_by(name)))
    return view, [await attachment.to_file() for attachment in message.attachments]


def follow_up_form() -> ui.Modal:
    """The form in which a person asks on."""
    form = ui.Modal(title=answer.FOLLOW_UP.label, custom_id=_FORM)
    field: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=_FORM_FIELD,
        style=discord.TextStyle.paragraph,
        placeholder=notice.FORM_HINT,
        max_length=QUESTION_CHARACTERS,
    )
    form.add_item(ui.Label(text=notice.FORM_FIELD, component=field))
    # The library would keep the form until it is sent, for ever if it is dismissed, and forget it in a restart.
    # What is sent is read from the interaction instead (`question_sent`).
    form.stop()
    return form


def question_sent(interaction: discord.Interaction[Any]) -> str | None:
    """The question in a form that was sent, or None where the interaction is something else."""
    data: Any = interaction.data
    if interaction.type is not discord.InteractionType.modal_submit or data.get("custom_id") != _FORM:
        return None
    fields = [component.get("component", {}) for component in data["components"]]
    return next((str(field["value"]) for field in fields if field.get("custom_id") == _FORM_FIELD), None)


_BUTTON = re.compile(rf"{_PREFIX}(?P<action>[a-z-]+)(?::(?P<key>[\w=,;:]+))?")


class Pressed(ui.DynamicItem[ui.Button[ui.LayoutView]], template=_BUTTON):
    """A button in a message of whatever age."""

    def __init__(self, button: ui.Button[Any], action: str, key: str) -> None:
        super().__init__(button)
        self.action = action
        self.key = key

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button again."""
        assert isinstance(item, ui.Button)
        return cls(item, match["action"], match["key"] or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        await interaction.client.pressed(interaction, self.action, self.key)


class Chosen(ui.DynamicItem[ui.Select[ui.LayoutView]], template=re.escape(_LIST)):
    """A list of passages in a message of whatever age."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The list again."""
        assert isinstance(item, ui.Select)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the passage that was chosen."""
        await interaction.client.pressed(interaction, "context", self.item.values[0])


def _button(button: Button) -> Pressed:
    key = f":{button.key}" if button.key else ""
    return Pressed(ui.Button(label=button.label, custom_id=f"{_PREFIX}{button.action}{key}"), button.action, button.key)


def _items(message: discord.Message) -> list[ui.Item[Any]]:
    return list(ui.LayoutView.from_message(message, timeout=None).walk_children())
