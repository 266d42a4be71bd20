"""The slash command, and telling Discord about it only when it changed.

Discord takes 200 new commands a day from a bot; one that tells it at every start runs into that while it restarts.
"""

import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from qabot.render import discord as texts

if TYPE_CHECKING:
    from qabot.discord_app.bot import QabotClient

log = logging.getLogger(__name__)


@app_commands.command(name="ask", description=texts.ASK_DESCRIPTION)
@app_commands.describe(question=texts.QUESTION_DESCRIPTION, private=texts.PRIVATE_DESCRIPTION)
async def ask(interaction: discord.Interaction["QabotClient"], question: str, private: bool = False) -> None:
    """`/ask`: the answer comes to the channel, or to the person alone."""
    await interaction.client.ask(interaction, question, private=private)


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
