"""The client: what comes from Discord -> what the replies make of it -> a message back.

Commands, buttons, forms and messages lead here. None of them needs a privileged intent, but for messages that do not
mention the bot. Every one is acknowledged first and answered on the desk's thread.
"""

import asyncio
import logging
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from qabot.discord_app.commands import COMMANDS, sync_if_changed
from qabot.discord_app.components import (
    Chosen,
    Pressed,
    files,
    follow_up_form,
    layout,
    passages_in,
    question_in,
    question_sent,
)
from qabot.discord_app.connection import NO_PINGS, Connection
from qabot.discord_app.delivery import acknowledge, deliver
from qabot.discord_app.desk import Desk, RefusedError
from qabot.discord_app.feedback import Feedback
from qabot.discord_app.logins import Logins
from qabot.discord_app.messages import asked
from qabot.discord_app.replies import Replies
from qabot.discord_app.sharing import Sharing, may_write, open_thread
from qabot.errors import BadQuestion, BadReference, QabotError
from qabot.render.discord import notice
from qabot.render.discord.message import Shown

if TYPE_CHECKING:
    from qabot.answer import Answerer

DRAIN_SECONDS = 8.0
# Discord waits three seconds for choices.
CHOICES_SECONDS = 2.5
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
        self._sharing = Sharing()

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
        silent = not private and not may_write(interaction)

        def work() -> Shown:
            threads = self._threads(interaction.channel)
            shown = self._replies.ask(question, before, within, private=private or silent, threads=threads)
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
            # What nobody waits for any more is not done, or the desk would be full of what people typed on the way.
            async with asyncio.timeout(CHOICES_SECONDS):
                return await self.desk.work(lambda: self._replies.choices(typed))
        # A desk that is closed takes no work.
        except (QabotError, RuntimeError, RefusedError, TimeoutError) as error:
            log.warning("no choices: %s", str(error) or type(error).__name__)
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
                if (refusal := await self._sharing.share(interaction)) is not None:
                    await self.tell(interaction, refusal)
            case "thread":
                if (refusal := await open_thread(interaction)) is not None:
                    await self.tell(interaction, refusal)
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
        """Answer a message that is meant for the bot."""
        found = await asked(message, self.user, self._message_content) if self.user else None
        if found is None:
            return
        question, before = found.question, found.before
        threads = self._threads(message.channel)

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
                work = partial(self._replies.ask, question, before, threads=threads)
                await deliver(send, await self._shown(work, len(question)))
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
        except BadQuestion as error:
            return notice.problem(str(error))
        except BadReference:
            # The document was changed or removed while it was being looked at.
            return notice.altered()
        except QabotError as error:
            log.error("%s", error)
        except Exception as error:
            # Not the error's own text, in which a part of the question may stand.
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s, question of %s characters\n%s", type(error).__name__, length, frames)
        return notice.failed()

    def _threads(self, channel: object) -> bool:
        """Whether people could ask on in a thread there; there is none in a thread or a direct message."""
        return self._message_content and isinstance(channel, discord.TextChannel)

    async def _open_form(self, interaction: Interaction) -> None:
        """Show the form to ask on; what is sent comes to `on_interaction`."""
        await acknowledge(lambda: interaction.response.send_modal(follow_up_form()))

    async def _note(self, interaction: Interaction, helpful: bool) -> None:
        """Keep what a person thought of an answer."""
        message = interaction.message
        assert message is not None
        question, passages, person = question_in(message), passages_in(message), interaction.user.id

        def work() -> Shown:
            kept = self._feedback.note(question, passages, helpful, message.id, person)
            return notice.noted() if kept else notice.not_noted()

        await self._respond(interaction, work, private=True)
