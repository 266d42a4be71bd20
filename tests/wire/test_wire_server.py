"""The small Discord is as strict as the tests need it to be: it refuses what Discord refuses, and remembers it."""

from typing import Any

import aiohttp
import pytest
import rest
from limits import COMPONENTS_V2, choices_problem, commands_problem, message_problem
from model import APPLICATION, CHANNEL, TOKEN
from people import answered
from server import Discord

AS_BOT = {"Authorization": f"Bot {TOKEN}"}
TEXT = {"type": 10, "content": "text"}
GOOD: dict[str, Any] = {"flags": COMPONENTS_V2, "components": [TEXT], "allowed_mentions": {"parse": []}}
ROW = "a row of no or more than five buttons, or more than a list"


def row(*inside: dict[str, Any]) -> dict[str, Any]:
    return GOOD | {"components": [{"type": 1, "components": list(inside)}]}


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x"} | more


def options(count: int, **more: Any) -> dict[str, Any]:
    lines = [{"label": "x", "value": str(number)} | more for number in range(count)]
    return {"type": 3, "custom_id": "list", "options": lines}


BAD = [
    ("an empty message", GOOD | {"components": []}),
    ("content of more than 2000 characters", GOOD | {"components": [], "content": "x" * 2001}),
    ("more than 4000 characters", GOOD | {"components": [TEXT | {"content": "x" * 4001}]}),
    ("a text that is empty", GOOD | {"components": [TEXT | {"content": " "}]}),
    ("more than 40 components", GOOD | {"components": [TEXT] * 41}),
    ("a custom_id of no or more than 100 characters", row(button(custom_id="x" * 101))),
    ("a custom_id twice", row(button(), button())),
    ("a component's number twice", GOOD | {"components": [TEXT | {"id": 5}, TEXT | {"id": 5}]}),
    (ROW, row(*(button(custom_id=str(number)) for number in range(6)))),
    (ROW, row(options(2), button())),
    ("a label of no or more than 80 characters", row(button(label="x" * 81))),
    ("a list over its limits", row(options(26))),
    ("a list over its limits", row(options(2, description="x" * 101))),
    ("files that are not those shown", GOOD | {"components": [{"type": 13, "file": {"url": "attachment://a.txt"}}]}),
    ("components without their flag", GOOD | {"flags": 0}),
    ("content beside components", GOOD | {"content": "text"}),
    ("a message that may ping", {"flags": COMPONENTS_V2, "components": [TEXT]}),
]


async def post(discord: Discord, path: str, body: dict[str, Any]) -> int:
    url = f"http://{discord.address}/api/v10{path}"
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=AS_BOT) as response:
        return response.status


@pytest.mark.parametrize(("problem", "message"), BAD)
def test_messages_that_discord_does_not_take(problem, message):
    assert message_problem(GOOD, set()) is None
    assert message_problem(message, set()) == problem


def test_forms_choices_and_commands_that_discord_does_not_take():
    field = {"type": 18, "label": "x", "component": {"type": 4, "custom_id": "x"}}
    form: dict[str, Any] = {"title": "x", "custom_id": "form", "components": [field]}
    assert message_problem(form, set(), form=True) is None
    for wrong in ({"title": "x" * 46}, {"components": [field | {"label": "x" * 46}]}):
        assert message_problem(form | wrong, set(), form=True) == "a form over its limits"
    assert choices_problem([{"name": "x" * 100, "value": "x"}] * 25) is None
    assert choices_problem([{"name": "x", "value": "x"}] * 26) == "more than 25 choices"
    assert choices_problem([{"name": "x" * 101, "value": "x"}]) == "a choice of no or more than 100 characters"
    command: dict[str, Any] = {"name": "ask", "description": "x"}
    assert commands_problem([command, {"name": "A menu", "type": 3}]) is None
    assert commands_problem([command, command]) == "a command twice"
    assert commands_problem([command | {"name": "Ask me"}]) == "a command's or option's name"
    assert commands_problem([command | {"description": ""}]) == "a description of no or more than 100 characters"


async def test_routes_channels_and_commands_that_it_does_not_know():
    async with Discord() as discord:
        assert await post(discord, f"/channels/{CHANNEL}/messages", GOOD) == 200
        assert await post(discord, f"/channels/{CHANNEL}/messages", {}) == 400
        assert await post(discord, "/channels/1/messages", GOOD) == 404
        assert await post(discord, "/users/@me/channels", {}) == 404
        assert discord.violations == [
            "an empty message",
            "a message to a channel that is not there",
            "unknown route POST /api/v10/users/@me/channels",
        ]
        with pytest.raises(AssertionError, match="never told"):
            await discord.person().ask("?")


async def test_acknowledgements_that_come_twice_late_or_in_a_way_that_does_not_fit(bot, monkeypatch):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        asked = await discord.person().ask("What is a solid-state battery?")
        await answered(asked)
        assert await post(discord, f"/interactions/{asked.id}/{asked.token}/callback", {"type": 5}) == 400
        monkeypatch.setattr(rest, "ACKNOWLEDGE_SECONDS", -1.0)
        late = await discord.person().ask("What is a solid-state battery?", private=True)
        await discord.asked_for("PATCH original", 2)
        assert late.acknowledged is None
        monkeypatch.undo()
        unfit = f"/interactions/{late.id}/{late.token}/callback"
        assert await post(discord, unfit, {"type": 6}) == 400
        assert await post(discord, unfit, {"type": 8}) == 400
        assert await post(discord, f"/webhooks/{APPLICATION}/{late.token}", GOOD) == 404
        assert discord.violations == [
            "an interaction was acknowledged twice",
            "an interaction was acknowledged too late",
            "a message that is not there was edited",
            "a response of a type that does not fit",
            "a response of a type that does not fit",
            "a message followed nothing",
        ]
