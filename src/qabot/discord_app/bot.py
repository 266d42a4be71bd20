"""The client: what comes from Discord -> what the replies make of it -> a message back.

Commands, buttons, forms and messages lead here. None of them needs a privileged intent, but for messages that do not
mention the bot. Every one is acknowledged first and answered on the desk's thread.
"""

import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from qabot.discord_app.commands import COMMANDS, sync_if_changed
from qabot.discord_app.components import (
    Chosen,
    Pressed,
    copy,
    files,
    follow_up_form,
    layout,
    passages_in,
    question_in,
    question_sent,
    unshared,
)
from qabot.discord_app.connection import NO_PINGS, Connection
from qabot.discord_app.delivery import SENDING_ERRORS as CANNOT_SEND
from qabot.discord_app.delivery import acknowledge, deliver
from qabot.discord_app.desk import Desk, RefusedError
from qabot.discord_app.feedback import Feedback
from qabot.discord_app.logins import Logins
from qabot.discord_app.replies import Replies
from qabot.errors import BadQuestion, BadReference, QabotError
from qabot.render.discord import notice
from qabot.render.discord.markup import one_line
from qabot.render.discord.message import Shown

if TYPE_CHECKING:
    from qabot.answer import Answerer

DRAIN_SECONDS = 8.0
COMMANDS_FILE = "discord-commands"
LOGINS_FILE = "discord-logins"
FEEDBACK_FILE = "discord-feedback.jsonl"

log = logging.getLogger(__name__)

Interaction = discord.Interaction["QabotClient"]


class QabotClient(Connection):
    """The bot. `folder` is where it keeps its small files: which commands Discord was told, what people thought.

    With `message_content`, which is a privileged intent, it also answers replies without a mention, and messages in
    threads that it opened.
    """

    def __init__(
        self, answerer: "Answerer", folder: Path, desk: Desk | None = None, *, message_content: bool = False
    ) -> None:
        super().__init__(Logins(folder / LOGINS_FILE), message_content)
        self.desk = desk or Desk()
        self.tree = app_commands.CommandTree(self)
        for command in COMMANDS:
            self.tree.add_command(command)
        self._replies = Replies(answerer)
        self._feedback = Feedback(folder / FEEDBACK_FILE)
        self._folder = folder
        self._message_content = message_content
        self._sharing: set[int] = set()

    async def setup_hook(self) -> None:
        """Runs after login, before the gateway: the buttons of old messages work, the commands are known."""
        self.add_dynamic_items(Pressed, Chosen)
        await sync_if_changed(self.tree, self._folder / COMMANDS_FILE)

    async def leave(self) -> None:
        """Take no more questions, answer those that are open, and be seen to go offline."""
        if not await self.desk.close(DRAIN_SECONDS):
            log.warning("some questions were not answered in time")
        await self.go_offline()

    # What people ask for

    async def ask(
        self,
        interaction: Interaction,
        question: str,
        *,
        private: bool = False,
        before: str | None = None,
        within: str | None = None,
    ) -> None:
        """Answer a question that came as an interaction: to all, unless the person may not write there."""
        silent = not private and not _may_write(interaction)

        def work() -> Shown:
            shown = self._replies.ask(
                question, before, within, private=private or silent, threads=self._message_content
            )
            return notice.only_you(shown) if silent else shown

        await self._respond(interaction, work, private=private or silent, length=len(question))

    async def show(self, interaction: Interaction, reply: Callable[[Replies], Shown], *, turn: bool = False) -> None:
        """Show something to the one person who wants to see it; `turn` puts it in place of what they see already."""
        await self._respond(interaction, lambda: reply(self._replies), private=True, turn=turn)

    async def tell(self, interaction: Interaction, shown: Shown) -> None:
        """Say something that needs no work, to one person."""
        await acknowledge(
            lambda: interaction.response.send_message(view=layout(shown), ephemeral=True, allowed_mentions=NO_PINGS)
        )

    async def choices(self, typed: str) -> list[tuple[str, str]]:
        """Documents and sections to choose from; none where they cannot be listed in time."""
        try:
            return await self.desk.work(lambda: self._replies.choices(typed))
        except (QabotError, RuntimeError) as error:  # a desk that is closed takes no work
            log.warning("no choices: %s", error)
            return []

    async def pressed(self, interaction: Interaction, action: str, key: str) -> None:
        """A button was pressed, or a line of a list chosen."""
        message = interaction.message
        own = message is not None and message.flags.ephemeral
        match action:
            case "follow-up":
                await self._open_form(interaction)
            case "context":
                await self.show(interaction, lambda replies: replies.passage(key))
            case "sentence-before" | "sentence-after" | "section-before" | "section-after":
                await self.show(interaction, lambda replies: replies.passage(key), turn=own)
            case "read":
                await self.show(interaction, lambda replies: replies.page(key))
            case "read-back" | "read-on":
                await self.show(interaction, lambda replies: replies.page(key), turn=own)
            case "sources-back" | "sources-on":
                await self.show(interaction, lambda replies: replies.sources(int(key)), turn=own)
            case "more":
                question, shown = question_in(message), passages_in(message)
                await self.show(interaction, lambda replies: replies.others(question, shown))
            case "verify":
                keys = passages_in(message)
                await self.show(interaction, lambda replies: replies.verify(keys))
            case "share":
                await self._share(interaction)
            case "thread":
                await self._open_thread(interaction)
            case "helpful" | "unhelpful":
                await self._note(interaction, action == "helpful")
            case _:
                log.warning("a button for %r, which this version does not know", action)
                await self.tell(interaction, notice.failed())

    async def on_interaction(self, interaction: Interaction) -> None:
        """A form was sent: the question before stands in the message that its button belongs to."""
        question = question_sent(interaction)
        if question is not None:
            message = interaction.message
            private = message is not None and message.flags.ephemeral
            await self.ask(interaction, question, private=private, before=question_in(message))

    async def on_message(self, message: discord.Message) -> None:
        """A message that is meant for the bot: one that mentions it or is sent to it alone.

        With the message-content intent also a reply to it, and what is written in a thread that it opened.
        """
        ours = message.type in (discord.MessageType.default, discord.MessageType.reply) and not message.author.bot
        if not ours or self.user is None:
            return
        mentioned = message.guild is None or self.user in message.mentions
        if not mentioned and not self._message_content:
            return
        question = message.content
        for mention in (f"<@{self.user.id}>", f"<@!{self.user.id}>"):
            question = question.replace(mention, " ")
        question = question.strip()
        answered = await self._replied_to(message)
        in_thread = self._message_content and _owner(message.channel) == self.user.id
        if not mentioned and (not question or not (in_thread or answered)):
            return

        async def send(shown: Shown) -> None:
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
                if answered is None and in_thread:
                    answered = await self._last_answer(message)
                before = question_in(answered)
                threads = self._message_content and message.guild is not None and _owner(message.channel) is None
                shown = await self._shown(lambda: self._replies.ask(question, before, threads=threads), len(question))
                await deliver(send, shown)
        except RefusedError as refused:
            await deliver(send, refused.shown)

    # How it is done

    async def _respond(
        self,
        interaction: Interaction,
        work: Callable[[], Shown],
        *,
        private: bool,
        turn: bool = False,
        length: int | None = None,
    ) -> None:
        """Acknowledge, do the work, and put what it shows in place of "thinking...", or of what is there (`turn`).

        `length` is a question's.
        """

        async def edit(shown: Shown) -> None:
            await interaction.edit_original_response(
                view=layout(shown), attachments=files(shown), allowed_mentions=NO_PINGS
            )

        async def post(shown: Shown) -> None:
            await self.get_partial_messageable(interaction.channel_id or 0).send(
                view=layout(shown), files=files(shown), allowed_mentions=NO_PINGS, nonce=interaction.id
            )

        try:
            with self.desk.place(interaction.user.id, paused=length is not None):
                acknowledged = await acknowledge(
                    lambda: interaction.response.defer(ephemeral=private, thinking=not turn)
                )
                shown = await self._shown(work, length)
                # What nobody else may see is never posted.
                await deliver(edit, shown, otherwise=None if acknowledged or private else post)
        except RefusedError as refused:
            await self.tell(interaction, refused.shown)

    async def _shown(self, work: Callable[[], Shown], length: int | None) -> Shown:
        """Do the work off the event loop; whatever goes wrong, there is one sentence to show."""
        try:
            return await self.desk.work(work)
        except RefusedError as refused:
            return refused.shown
        except (BadQuestion, BadReference) as error:
            return notice.problem(str(error))
        except QabotError as error:
            log.error("%s", error)
        except Exception as error:
            # Not the error's own text, in which a part of the question may stand.
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s, question of %s characters\n%s", type(error).__name__, length, frames)
        return notice.failed()

    async def _open_form(self, interaction: Interaction) -> None:
        """Show the form to ask on; what is sent comes to `on_interaction`."""
        await acknowledge(lambda: interaction.response.send_modal(follow_up_form()))

    async def _share(self, interaction: Interaction) -> None:
        """Show a private answer to all, once: its button goes first."""
        message = interaction.message
        assert message is not None
        if not _may_write(interaction):
            return await self.tell(interaction, notice.not_here())
        if message.id in self._sharing:
            return await self.tell(interaction, notice.shared_already())
        self._sharing.add(message.id)
        try:
            await interaction.response.edit_message(view=unshared(message))
            view, attached = await copy(message, interaction.user.display_name)
            await interaction.followup.send(view=view, files=attached, allowed_mentions=NO_PINGS)
        except CANNOT_SEND as error:
            log.warning("an answer could not be shared: %s", type(error).__name__)
            self._sharing.discard(message.id)
            with suppress(*CANNOT_SEND):
                view = discord.ui.LayoutView.from_message(message, timeout=None)
                view.stop()
                await interaction.edit_original_response(view=view)
                await interaction.followup.send(view=layout(notice.not_shared()), ephemeral=True)

    async def _open_thread(self, interaction: Interaction) -> None:
        """Open a thread below an answer, in which people ask on without mentioning the bot."""
        message = interaction.message
        assert message is not None
        try:
            await interaction.response.defer()
            name = one_line(question_in(message) or notice.THREAD)[:100]
            await message.create_thread(name=name)
        except CANNOT_SEND as error:
            log.warning("no thread could be opened: %s", type(error).__name__)
            with suppress(*CANNOT_SEND):
                await interaction.followup.send(view=layout(notice.no_thread()), ephemeral=True)

    async def _note(self, interaction: Interaction, helpful: bool) -> None:
        """Keep what a person thought of an answer."""
        message = interaction.message
        assert message is not None
        question, passages, person = question_in(message), passages_in(message), interaction.user.id

        def work() -> Shown:
            kept = self._feedback.note(question, passages, helpful, message.id, person)
            return notice.noted() if kept else notice.not_noted()

        await self._respond(interaction, work, private=True)

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

    async def _last_answer(self, message: discord.Message) -> discord.Message | None:
        """The last answer before this message in its channel."""
        try:
            async for earlier in message.channel.history(limit=20, before=message):
                if earlier.author == self.user and question_in(earlier):
                    return earlier
        except CANNOT_SEND as error:
            log.warning("the thread's messages cannot be read: %s", type(error).__name__)
        return None


def _may_write(interaction: Interaction) -> bool:
    """Whether the person may write where they ask; in a direct message they may."""
    if interaction.guild_id is None:
        return True
    thread = isinstance(interaction.channel, discord.Thread)
    permissions = interaction.permissions
    return permissions.send_messages_in_threads if thread else permissions.send_messages


def _owner(channel: object) -> int | None:
    """Who opened a thread; None where it is none."""
    return channel.owner_id if isinstance(channel, discord.Thread) else None
