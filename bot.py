"""Starts the Discord bot. Everything it needs is told by the environment: see README.md."""

import sys

from qabot.discord_app import main

if __name__ == "__main__":
    sys.exit(main())
