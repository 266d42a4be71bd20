"""Runs bot.py, as it is, against the server on loopback: `launch.py ADDRESS MODULES`.

What the process has imported when it ends is written to the file MODULES.
"""

import atexit
import runpy
import sys
from pathlib import Path

import discord
import yarl

address, modules = sys.argv[1:3]
sys.argv[1:] = []
discord.http.Route.BASE = f"http://{address}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{address}/gateway")
discord.asset.Asset.BASE = f"http://{address}/cdn"
atexit.register(lambda: Path(modules).write_text("\n".join(sorted(sys.modules))))
runpy.run_path(str(Path(__file__).parents[2] / "bot.py"), run_name="__main__")
