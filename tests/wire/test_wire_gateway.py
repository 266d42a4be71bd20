"""The gateway stumbles: the bot is back, has heard what it missed, and does not log in more often than it may."""

import json

import pytest
from limits import said
from model import TOKEN, until
from people import SOLID, SOLID_WORDS, answered
from rest import RESET
from server import Discord

from qabot.discord_app import connection
from qabot.discord_app.logins import Logins
from qabot.errors import DiscordError


async def test_a_session_is_resumed_and_what_was_missed_is_answered(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        gateway = discord.gateway

        async def close():
            await gateway.close(4000)

        async def invalidate():
            await gateway.invalidate(resumable=True)

        for number, stumble in enumerate([close, gateway.ask_to_reconnect, invalidate], start=1):
            await stumble()
            missed = await discord.person().ask(SOLID)
            assert SOLID_WORDS in said(await answered(missed)), number
            await until(lambda number=number: len(gateway.resumed) == number)
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        assert gateway.identified == [0]
        assert gateway.close_codes[-1] == 1000
        assert [one for one in discord.violations if one != "an interaction was acknowledged too late"] == []


async def test_a_session_that_cannot_be_resumed(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        await discord.gateway.invalidate(resumable=False)
        await until(lambda: len(discord.gateway.identified) == 2)
        await discord.ready()
        assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        assert discord.gateway.resumed == [] and discord.violations == []


async def test_a_connection_that_falls_silent(bot):
    async with Discord() as discord:
        discord.gateway.heartbeat_seconds = 0.5
        async with bot(discord, WIRE_SILENCE_SECONDS="2") as running:
            await running.ready()
            discord.gateway.silent = True
            await until(lambda: discord.gateway.resumed)
            assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
            assert (await running.stopped())[0] == 0
        assert discord.gateway.identified == [0] and discord.violations == []


async def test_a_first_connection_that_is_refused(bot):
    async with Discord() as discord:
        # More often than the HTTP library tries by itself.
        discord.faults += [("GET gateway", RESET), ("GET gateway", 503)]
        async with bot(discord) as running:
            await running.ready()
            assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
            status, _, err = await running.stopped()
            assert status == 0 and "Traceback" not in err
        assert discord.faults == [] and discord.gateway.identified == [0]


async def test_a_gateway_that_is_never_reached(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_DELAYS", (0.0, 0.0))
    async with Discord() as discord:
        monkeypatch.setattr("discord.http.Route.BASE", f"http://{discord.address}/api/v10")
        discord.faults += [("GET gateway", 503)] * 99
        async with connection.Connection(Logins(tmp_path / "logins")) as client:
            with pytest.raises(DiscordError, match="gateway cannot be reached"):
                await client.start(TOKEN)
        assert discord.requests["GET gateway"] == 2


async def test_a_gateway_that_is_gone_for_a_while(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        discord.faults += [("GET gateway", RESET)] * 2
        await discord.gateway.close(4000)
        await until(lambda: not discord.faults)
        await discord.ready()
        assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err


async def test_sigterm_while_it_connects_again(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        before = discord.requests["GET gateway"]
        discord.faults += [("GET gateway", RESET)] * 99
        await discord.gateway.close(4000)
        await discord.asked_for("GET gateway", before + 1)
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err


async def test_sigterm_before_it_logs_in_again(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        before = discord.requests["GET gateway"]
        await discord.gateway.invalidate(resumable=False)
        await discord.asked_for("GET gateway", before + 1)
        # It is connected, and by Discord's rules waits some seconds before it says who it is.
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        assert discord.gateway.identified == [0]


@pytest.mark.parametrize(("code", "words"), [(4004, "does not accept the token"), (4013, "4013"), (4014, "Intent")])
async def test_a_connection_that_discord_ends_for_good(bot, code, words):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        await discord.gateway.close(code)
        status, _, err = await running.ended()
        assert status == 2 and words in err.splitlines()[-1] and "Traceback" not in err


async def test_logins_are_counted_over_restarts_and_run_out(bot, tmp_path):
    kept = tmp_path / "discord-logins"
    async with Discord() as discord:
        for number in (1, 2):
            async with bot(discord) as running:
                await running.ready()
                running.process.kill()
                await running.ended()
            left, then = json.loads(kept.read_text())
            assert 400 - number <= left < 401 - number
        kept.write_text(json.dumps([0, then]))
        async with bot(discord) as running:
            assert running.process.stderr is not None
            while b"too many logins today" not in await running.process.stderr.readline():
                assert running.process.returncode is None
            assert (await running.stopped())[0] == 0
        assert discord.gateway.identified == [0, 0]
