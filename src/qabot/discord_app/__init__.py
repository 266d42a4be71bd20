"""The Discord edge: the only place that knows discord.py."""

from qabot.discord_app.bot import QabotClient
from qabot.discord_app.start import main, read_token, run

__all__ = ["QabotClient", "main", "read_token", "run"]
