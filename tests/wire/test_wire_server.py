"""The small Discord is as strict as the tests need it to be: it refuses what Discord refuses, and remembers it."""

from typing import Any

import aiohttp
import pytest
import server
from limits import COMPONENTS_V2
from server import APPLICATION, CHANNEL, TOKEN, Discord

AS_BOT = {"Authorization": f"Bot {TOKEN}"}
TEXT = {"type": 10, "content": "text"}
GOOD = {"flags": COMPONENTS_V2, "components": [TEXT], "allowed_mentions": {"parse": []}}
LONG_ID = {"type": 2, "style": 1, "label": "x", "custom_id": "x" * 101}

BAD = {
    "content without components": {"content": "text"},
    "more than 4000 characters": GOOD | {"components": [TEXT | {"content": "x" * 4001}]},
    "a text that is empty": GOOD | {"components": [TEXT | {"content": " "}]},
    "more than 40 components": GOOD | {"components": [TEXT] * 41},
    "a custom_id of no or more than 100 characters": GOOD | {"components": [{"type": 1, "components": [LONG_ID]}]},
    "a component's number twice": GOOD | {"components": [TEXT | {"id": 5}, TEXT | {"id": 5}]},
    "files that are not those shown": GOOD | {"components": [{"type": 13, "file": {"url": "attachment://a.txt"}}]},
    "components without their flag": GOOD | {"flags": 0},
    "content beside components": GOOD | {"content": "text"},
    "a message that may ping": {"flags": COMPONENTS_V2, "components": [TEXT]},
}


async def post(discord: Discord, path: str, body: dict[str, Any]) -> int:
    url = f"http://{discord.address}/api/v10{path}"
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=AS_BOT) as response:
        return response.status


@pytest.mark.parametrize("problem", BAD)
async def test_messages_that_discord_does_not_take(problem):
    async with Discord() as discord:
        assert await post(discord, f"/channels/{CHANNEL}/messages", GOOD) == 200
        assert await post(discord, f"/channels/{CHANNEL}/messages", BAD[problem]) == 400
        assert discord.violations == [problem]


async def test_routes_and_commands_that_it_does_not_know():
    async with Discord() as discord:
        assert await post(discord, "/users/@me/channels", {}) == 404
        assert discord.violations == ["unknown route POST /api/v10/users/@me/channels"]
        with pytest.raises(AssertionError, match="never told"):
            await discord.slash("ask", question="?")


async def test_acknowledgements_that_come_twice_or_late(bot, monkeypatch):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        asked = await discord.slash("ask", question="What is a solid-state battery?")
        await discord.answered(asked)
        callback = f"/interactions/{asked.id}/{asked.token}/callback"
        assert await post(discord, callback, {"type": 5}) == 400
        monkeypatch.setattr(server, "ACKNOWLEDGE_SECONDS", -1.0)
        late = await discord.slash("ask", question="What is a solid-state battery?")
        await discord.asked_for("POST callback", 3)
        assert late.acknowledged is None
        assert discord.violations == [
            "an interaction was acknowledged twice",
            "an interaction was acknowledged too late",
        ]
        assert await post(discord, f"/webhooks/{APPLICATION}/nothing", {}) == 404
