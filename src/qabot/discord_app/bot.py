"""The client: what comes from Discord -> a question for the answerer -> a message back.

Three ways lead here: `/ask`, the form behind "Follow up", and a message that mentions the bot (or a direct one).
None of them needs a privileged intent. Every one is acknowledged first and answered by the desk's thread.
"""

import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from qabot.discord_app.commands import ask, sync_if_changed
from qabot.discord_app.connection import NO_PINGS, Connection
from qabot.discord_app.delivery import NETWORK_ERRORS, deliver
from qabot.discord_app.desk import Desk, RefusedError
from qabot.discord_app.views import (
    FollowUp,
    InContext,
    files,
    follow_up_form,
    layout,
    passage_reference,
    question_before,
    question_sent,
)
from qabot.errors import BadQuestion, BadReference, QabotError
from qabot.render import discord as texts

if TYPE_CHECKING:
    from qabot.answer import Answerer

DRAIN_SECONDS = 10.0
CANNOT_SEND = (discord.HTTPException, *NETWORK_ERRORS)

log = logging.getLogger(__name__)

Interaction = discord.Interaction["QabotClient"]


class QabotClient(Connection):
    """The bot. `state` is the small file that remembers which commands Discord was told."""

    def __init__(self, answerer: "Answerer", state: Path, desk: Desk | None = None) -> None:
        super().__init__()
        self.desk = desk or Desk()
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(ask)
        self._answerer = answerer
        self._state = state

    async def setup_hook(self) -> None:
        """Runs after login, before the gateway: the buttons of old messages work, the commands are known."""
        self.add_dynamic_items(FollowUp, InContext)
        await sync_if_changed(self.tree, self._state)

    async def leave(self) -> None:
        """Take no more questions, answer those that are open, and be seen to go offline."""
        if not await self.desk.close(DRAIN_SECONDS):
            log.warning("some questions were not answered in time")
        await self.go_offline()

    async def ask(
        self, interaction: Interaction, question: str, *, private: bool = False, before: str | None = None
    ) -> None:
        """Answer a question that came as an interaction."""
        await self._respond(interaction, private, lambda: self._answered(question, before), len(question))

    async def show_passage(self, interaction: Interaction, key: str) -> None:
        """Show a passage in its place, to one person."""
        await self._respond(interaction, True, lambda: self._passage(key))

    async def open_form(self, interaction: Interaction) -> None:
        """Show the form to ask on; what is sent comes to `on_interaction`."""
        try:
            await interaction.response.send_modal(follow_up_form())
        except CANNOT_SEND as error:
            log.warning("the form could not be shown: %s", type(error).__name__)

    async def on_interaction(self, interaction: Interaction) -> None:
        """A form was sent: the question before stands in the message that its button belongs to."""
        question = question_sent(interaction)
        if question is not None:
            message = interaction.message
            private = message is not None and message.flags.ephemeral
            await self.ask(interaction, question, private=private, before=question_before(message))

    async def on_message(self, message: discord.Message) -> None:
        """A message that mentions the bot, a reply to one of its answers that does, or a direct message."""
        ours = message.type in (discord.MessageType.default, discord.MessageType.reply) and not message.author.bot
        if not ours or self.user is None or (message.guild is not None and self.user not in message.mentions):
            return
        question = message.content
        for mention in (f"<@{self.user.id}>", f"<@!{self.user.id}>"):
            question = question.replace(mention, " ")
        question = question.strip()

        async def send(shown: texts.Shown) -> None:
            # The nonce makes Discord take a repeated message once. A reply does not ping, and is an ordinary
            # message where the question was deleted meanwhile.
            await message.channel.send(
                view=layout(shown),
                files=files(shown),
                reference=message.to_reference(fail_if_not_exists=False),
                mention_author=False,
                allowed_mentions=NO_PINGS,
                nonce=message.id,
            )

        try:
            with self.desk.place(message.author.id):
                before = question_before(await self._replied_to(message))
                shown = await self._shown(lambda: self._answered(question, before), len(question))
                await deliver(send, shown)
        except RefusedError as refused:
            await deliver(send, refused.shown)

    async def _respond(
        self, interaction: Interaction, private: bool, work: Callable[[], texts.Shown], length: int | None = None
    ) -> None:
        """Acknowledge, do the work, and put what it shows in place of "thinking...". `length` is a question's."""

        async def edit(shown: texts.Shown) -> None:
            await interaction.edit_original_response(
                view=layout(shown), attachments=files(shown), allowed_mentions=NO_PINGS
            )

        try:
            with self.desk.place(interaction.user.id, paused=length is not None):
                await interaction.response.defer(ephemeral=private, thinking=True)
                await deliver(edit, await self._shown(work, length))
        except RefusedError as refused:
            with suppress(*CANNOT_SEND):
                await interaction.response.send_message(
                    view=layout(refused.shown), ephemeral=True, allowed_mentions=NO_PINGS
                )
        except CANNOT_SEND as error:
            log.warning("an interaction could not be acknowledged: %s", type(error).__name__)

    async def _shown(self, work: Callable[[], texts.Shown], length: int | None) -> texts.Shown:
        """Do the work off the event loop; whatever goes wrong, there is one sentence to show."""
        try:
            return await self.desk.work(work)
        except (BadQuestion, BadReference) as error:
            return texts.problem(str(error))
        except QabotError as error:
            log.error("%s", error)
        except Exception as error:
            # Not the error's own text, in which a part of the question may stand.
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s, question of %s characters\n%s", type(error).__name__, length, frames)
        return texts.failed()

    def _answered(self, question: str, before: str | None) -> texts.Shown:
        if not question:
            return texts.hello()
        return texts.shown(self._answerer.ask(question, before=before))

    def _passage(self, key: str) -> texts.Shown:
        reference = passage_reference(key, self._answerer.sources())
        return texts.in_context(self._answerer.show(reference)) if reference else texts.removed()

    async def _replied_to(self, message: discord.Message) -> discord.Message | None:
        """The message that this one replies to, if it is the bot's own."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        found: Any = reference.resolved
        if found is None:
            try:
                found = await message.channel.fetch_message(reference.message_id)
            except CANNOT_SEND:
                return None
        return found if isinstance(found, discord.Message) and found.author == self.user else None
