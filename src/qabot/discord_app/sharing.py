"""What changes a channel for all: a private answer that is shared, a thread that is opened below an answer."""

import logging
from collections import deque
from contextlib import suppress
from typing import Any

import discord

from qabot.discord_app.components import copy, layout, question_in, unshared
from qabot.discord_app.connection import NO_PINGS
from qabot.discord_app.delivery import SENDING_ERRORS
from qabot.render.discord import notice
from qabot.render.discord.markup import one_line
from qabot.render.discord.message import Shown

_THREAD_NAME = 100
_REMEMBERED = 1_000

log = logging.getLogger(__name__)


def may_write(interaction: discord.Interaction[Any]) -> bool:
    """Whether the person may write where they ask; in a direct message they may."""
    if interaction.guild_id is None:
        return True
    permissions = interaction.permissions
    thread = isinstance(interaction.channel, discord.Thread)
    return permissions.send_messages_in_threads if thread else permissions.send_messages


class Sharing:
    """Shares each private answer once. That is seen in the message, in which the button is missing then; what is
    remembered is for those who press twice before it is.
    """

    def __init__(self) -> None:
        self._shared: deque[int] = deque(maxlen=_REMEMBERED)

    async def share(self, interaction: discord.Interaction[Any]) -> Shown | None:
        """Show a private answer to all; if that may not be, what to tell the person."""
        message = interaction.message
        assert message is not None
        if not may_write(interaction):
            return notice.not_here()
        if message.id in self._shared:
            return notice.shared_already()
        self._shared.append(message.id)
        try:
            await interaction.response.edit_message(view=unshared(message))
            view, attached = await copy(message, interaction.user.display_name)
            # We do not repeat it: nobody could tell whether the first attempt had arrived.
            await interaction.followup.send(view=view, files=attached, allowed_mentions=NO_PINGS)
        except SENDING_ERRORS as error:
            log.warning("an answer could not be shared: %s", type(error).__name__)
            self._shared.remove(message.id)
            with suppress(*SENDING_ERRORS):
                await interaction.edit_original_response(view=unshared(message, undo=True))
                await interaction.followup.send(view=layout(notice.not_shared()), ephemeral=True)
        return None


async def open_thread(interaction: discord.Interaction[Any]) -> Shown | None:
    """Open a thread below an answer, in which people ask on without mentioning the bot; if that may not be, what to
    tell the person.
    """
    message = interaction.message
    assert message is not None
    # What the bot may do is not lent to those who may not.
    if not interaction.permissions.create_public_threads:
        return notice.no_thread_for_you()
    try:
        await interaction.response.defer()
        await message.create_thread(name=one_line(question_in(message) or notice.THREAD)[:_THREAD_NAME])
    except SENDING_ERRORS as error:
        log.warning("no thread could be opened: %s", type(error).__name__)
        with suppress(*SENDING_ERRORS):
            await interaction.followup.send(view=layout(notice.no_thread()), ephemeral=True)
    return None
