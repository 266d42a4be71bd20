"""`qabot bot --check` says what is missing, and neither connects nor changes anything; `qabot bot` is bot.py."""

import pytest
from gateway import MESSAGE_CONTENT_FLAGS
from limits import said
from model import GUILD, OTHER_GUILD, PERMISSIONS, TOKEN
from people import SOLID, SOLID_WORDS, answered
from rest import RESET
from server import Discord

ATTACH_FILES, THREADS, ADMINISTRATOR = 1 << 15, 1 << 35, 1 << 3


async def checked(bot, discord, **environment):
    """The exit status, the lines that are in order, and those that are not."""
    async with bot(discord, "bot", "--check", **environment) as checking:
        status, out, err = await checking.ended()
    assert "Traceback" not in err and "voice" not in err and TOKEN not in out + err
    lines = out.splitlines()
    good = [line for line in lines if line.startswith("ok ")]
    bad = [line for line in lines if line.startswith("NOT OK ")]
    assert len(good) + len(bad) == len(lines)
    assert discord.gateway.identified == [] and discord.commands == [] and discord.violations == []
    return status, "\n".join(good), "\n".join(bad)


async def test_all_is_in_order(bot):
    async with Discord() as discord:
        status, good, bad = await checked(bot, discord)
        assert (status, bad) == (0, "")
        for words in (
            "token: ",
            "no privileged intent",
            "logins: 1000 of 1000",
            f"server {GUILD}",
            "18 passages",
            "models",
        ):
            assert words in good


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DISCORD_TOKEN": ""}, "There is no Discord token"),
        ({"DISCORD_TOKEN": "not.the-right-one"}, "does not accept the token"),
        ({"QABOT_MESSAGE_CONTENT": "on"}, "Message Content Intent"),
        ({"QABOT_KNOWLEDGE": "not-there"}, "not-there"),
    ],
)
async def test_one_thing_is_missing(bot, environment, words):
    async with Discord() as discord:
        status, good, bad = await checked(bot, discord, **environment)
        assert status == 2 and words in bad and bad.count("\n") == 0
        assert "not.the-right-one" not in bad
        # What can be looked at is looked at all the same.
        assert ("models" in good) == (words != "not-there")


async def test_permissions_on_each_server(bot):
    async with Discord() as discord:
        discord.application_flags = MESSAGE_CONTENT_FLAGS
        discord.guilds = {GUILD: PERMISSIONS & ~ATTACH_FILES, OTHER_GUILD: PERMISSIONS & ~THREADS, 5: ADMINISTRATOR}
        status, good, bad = await checked(bot, discord, QABOT_MESSAGE_CONTENT="on")
        assert status == 2 and f"server {GUILD}: the bot's role may not attach files" in bad and bad.count("\n") == 0
        assert "Message Content Intent is on" in good and "but not to create public threads" in good
        assert "server 5: all that is needed is allowed\n" in good


async def test_more_servers_than_discord_lists_at_once_and_none(bot):
    async with Discord() as discord:
        discord.guilds = dict.fromkeys(range(1000, 1450), PERMISSIONS)
        status, good, _ = await checked(bot, discord)
        assert status == 0 and good.count("\nok      server ") == 450
        discord.guilds = {}
        status, _, bad = await checked(bot, discord)
        assert status == 2 and "client_id=700" in bad


async def test_discord_cannot_be_reached(bot):
    async with Discord() as discord:
        discord.faults += [("GET guilds", RESET)] * 9
        status, good, bad = await checked(bot, discord)
        assert status == 2 and "Discord cannot be reached" in bad and "token: " in good and "models" in good


async def test_qabot_bot_is_the_bot(bot):
    async with Discord() as discord, bot(discord, "bot") as running:
        await running.ready()
        assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
        assert (await running.stopped())[0] == 0
