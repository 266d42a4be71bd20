"""The commands, and telling Discord about them only when they changed.

Discord takes 200 new commands a day from a bot; one that tells it at every start runs into that while it restarts.
"""

import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from qabot.render.discord import notice

if TYPE_CHECKING:
    from qabot.discord_app.bot import QabotClient

log = logging.getLogger(__name__)

Choices = list[app_commands.Choice[str]]


@app_commands.command(name="ask", description=notice.ASK)
@app_commands.describe(question=notice.ASK_QUESTION, private=notice.ASK_PRIVATE, document=notice.ASK_DOCUMENT)
async def ask(
    interaction: discord.Interaction["QabotClient"], question: str, private: bool = False, document: str | None = None
) -> None:
    """`/ask`: the answer comes to the channel, or to the person alone."""
    await interaction.client.ask(interaction, question, private=private, within=document)


@app_commands.command(name="section", description=notice.SECTION)
@app_commands.describe(name=notice.SECTION_NAME)
async def section(interaction: discord.Interaction["QabotClient"], name: str) -> None:
    """`/section`: read a section, only for the person who asked."""
    await interaction.client.show(interaction, lambda replies: replies.section(name))


@app_commands.command(name="sources", description=notice.SOURCES)
async def sources(interaction: discord.Interaction["QabotClient"]) -> None:
    """`/sources`: the documents, only for the person who asked."""
    await interaction.client.show(interaction, lambda replies: replies.sources())


@app_commands.command(name="help", description=notice.HELP)
async def helping(interaction: discord.Interaction["QabotClient"]) -> None:
    """`/help`: what the bot can do."""
    await interaction.client.tell(interaction, notice.helping())


@app_commands.context_menu(name=notice.FIND)
async def find(interaction: discord.Interaction["QabotClient"], message: discord.Message) -> None:
    """In the menu of a message: what the documents say about it, only for the person who asked."""
    await interaction.client.show(interaction, lambda replies: replies.find(message.content))


@ask.autocomplete("document")
@section.autocomplete("name")
async def choices(interaction: discord.Interaction["QabotClient"], typed: str) -> Choices:
    """Documents and sections that a person may mean who has typed so much."""
    found = await interaction.client.choices(typed)
    return [app_commands.Choice(name=label, value=value) for label, value in found]


COMMANDS: tuple[Any, ...] = (ask, section, sources, helping, find)


async def sync_if_changed(tree: app_commands.CommandTree[Any], state: Path) -> None:
    """Tell Discord the commands unless `state` says that it knows just these for this application."""
    commands = sorted((command.to_dict(tree) for command in tree.get_commands()), key=lambda one: str(one["name"]))
    known = json.dumps([tree.client.application_id, commands], sort_keys=True, default=str)
    current = hashlib.sha256(known.encode()).hexdigest()
    try:
        if state.read_text().strip() == current:
            return
    except OSError:
        pass
    try:
        await tree.sync()
    except discord.HTTPException as error:
        # An older version of the commands may be there; the next start tries again.
        log.error("Discord did not take the commands: %s (%s)", error.status, error.code)
        return
    log.info("told Discord the commands")
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(current + "\n")
    except OSError as error:
        log.warning("the next start will tell Discord the commands again: %s", error)
