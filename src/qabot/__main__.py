"""`python -m qabot` is the command line."""

from qabot.cli import main

main()
