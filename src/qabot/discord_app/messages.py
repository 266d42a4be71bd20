"""Which messages are meant for the bot, what they ask, and which answer they follow up."""

import logging
from dataclasses import dataclass
from typing import Any

import discord

from qabot.discord_app.components import question_in
from qabot.discord_app.delivery import SENDING_ERRORS

_LOOKED_THROUGH = 20  # messages of a thread, for the last answer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a message, and the question that was asked before it, if any."""

    question: str
    before: str | None


async def asked(message: discord.Message, bot: discord.abc.User, everything: bool) -> Asked | None:
    """What a message asks the bot: one that mentions it or is sent to it alone.

    With `everything`, for which the bot must be allowed to read all messages, also a reply to it, and what is written
    in a thread that it opened.
    """
    if message.type not in (discord.MessageType.default, discord.MessageType.reply) or message.author.bot:
        return None
    mentioned = message.guild is None or bot in message.mentions
    if not mentioned and not everything:
        return None
    question = message.content.replace(f"<@{bot.id}>", " ").replace(f"<@!{bot.id}>", " ").strip()
    in_thread = everything and isinstance(message.channel, discord.Thread) and message.channel.owner_id == bot.id
    answer = await _replied_to(message, bot)
    if not mentioned and (not question or not (in_thread or answer)):
        return None
    if answer is None and in_thread:
        answer = await _last_answer(message, bot)
    return Asked(question, question_in(answer))


async def _replied_to(message: discord.Message, bot: discord.abc.User) -> discord.Message | None:
    """The message that this one replies to, if it is the bot's own."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    found: Any = reference.resolved
    if found is None:
        try:
            found = await message.channel.fetch_message(reference.message_id)
        except SENDING_ERRORS:
            return None
    return found if isinstance(found, discord.Message) and found.author == bot else None


async def _last_answer(message: discord.Message, bot: discord.abc.User) -> discord.Message | None:
    """The bot's last answer before this message in its channel."""
    try:
        async for earlier in message.channel.history(limit=_LOOKED_THROUGH, before=message):
            if earlier.author == bot and question_in(earlier):
                return earlier
    except SENDING_ERRORS as error:
        log.warning("the thread's messages cannot be read: %s", type(error).__name__)
    return None
