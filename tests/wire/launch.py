"""Runs bot.py, or `qabot` with ARGUMENTS, as it is, against the server on loopback.

    python launch.py ADDRESS MODULES [ARGUMENTS]

What the process has imported when it ends is written to the file MODULES. A connection counts as dead after
WIRE_SILENCE_SECONDS, if that is set.
"""

import atexit
import os
import runpy
import sys
from pathlib import Path

import discord
import yarl

from qabot.discord_app import connection

address, modules, *arguments = sys.argv[1:]
sys.argv[1:] = arguments
discord.http.Route.BASE = f"http://{address}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{address}/gateway")
discord.asset.Asset.BASE = f"http://{address}/cdn"
if silence := os.environ.pop("WIRE_SILENCE_SECONDS", None):
    connection.SILENCE_SECONDS = float(silence)
atexit.register(lambda: Path(modules).write_text("\n".join(sorted(sys.modules))))
if arguments:
    runpy.run_module("qabot", run_name="__main__")
else:
    runpy.run_path(str(Path(__file__).parents[2] / "bot.py"), run_name="__main__")
