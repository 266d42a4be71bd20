"""The parts of the bot that need no Discord: the token, the desk, sending again, what is said at the end."""

import asyncio
import threading
from types import SimpleNamespace

import aiohttp
import discord
import pytest

from qabot.discord_app import read_token
from qabot.discord_app.delivery import acknowledge, deliver
from qabot.discord_app.desk import Desk, RefusedError
from qabot.discord_app.start import told
from qabot.errors import DiscordError
from qabot.render.discord.notice import failed, hello
from qabot.render.discord.place import passage_key, passage_reference
from qabot.types import Source

REFERENCE = "a%20folder/notes%23%281%29.txt#char=12,345;quote=0123456789ab"
PATH = "a folder/notes#(1).txt"


def refusal(status, code):
    """What discord.py raises where Discord answers with this status."""
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(SimpleNamespace(status=status, reason="no"), {"code": code, "message": "no"})


def test_the_token_comes_from_the_environment_or_a_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("abc.def\n")
    assert read_token({"DISCORD_TOKEN": " abc.def\n"}) == "abc.def"
    assert read_token({"DISCORD_TOKEN_FILE": str(file)}) == "abc.def"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"two words", "tøken".encode()])
def test_a_token_file_that_holds_none(tmp_path, content):
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(DiscordError, match="DISCORD_TOKEN"):
        read_token({"DISCORD_TOKEN_FILE": str(file)})


def test_a_reference_fits_into_a_button_and_comes_out_again():
    key = passage_key(REFERENCE)
    assert len(f"qabot:context:{key}") <= 100 and "notes" not in key
    sources = [Source(path, "", None, "", (), 1, "") for path in ("other.txt", PATH)]
    assert passage_reference(key, sources) == REFERENCE
    assert passage_reference(key, sources[:1]) is None


async def test_the_desk_is_closed_when_the_last_answer_is_out():
    desk = Desk(pause=0.0)
    with desk.place(1):
        closing = asyncio.create_task(desk.close(60.0))
        await asyncio.sleep(0)
        with pytest.raises(RefusedError, match="restarted"), desk.place(2):
            pass
        assert await desk.work(lambda: 41 + 1) == 42
        assert not closing.done()
    assert await closing


async def test_the_desk_does_not_wait_for_ever():
    desk = Desk(pause=0.0)
    with desk.place(1):
        assert not await desk.close(0.0)


async def test_what_the_desk_cannot_finish_is_told_to_those_who_wait():
    desk = Desk(pause=0.0)
    blocked = threading.Event()
    told = []

    async def asking(person):
        with desk.place(person):
            try:
                await desk.work(blocked.wait)
            except RefusedError as refused:
                told.append(str(refused))

    asked = [asyncio.create_task(asking(person)) for person in (1, 2)]
    await asyncio.sleep(0)
    assert not await desk.close(0.0)
    await asyncio.gather(*asked)
    blocked.set()
    assert len(told) == 2 and all("restarted" in one for one in told)


@pytest.mark.parametrize("error", [aiohttp.ClientOSError(104, "reset"), TimeoutError(), OSError("down")])
async def test_what_cannot_be_sent_at_all_is_given_up_in_the_end(monkeypatch, caplog, error):
    monkeypatch.setattr("qabot.discord_app.delivery.DELAYS", (0.0, 0.0))
    tried = []

    async def send(shown):
        tried.append(shown)
        raise error

    await deliver(send, hello())
    assert tried == [hello()] * 3 + [failed()] * 3
    assert type(error).__name__ in caplog.text


async def test_an_acknowledgement_of_which_only_the_answer_was_lost_counts():
    lost = [aiohttp.ClientOSError(104, "reset"), refusal(400, 40060)]

    async def send():
        raise lost.pop(0)

    assert await acknowledge(send) and lost == []


@pytest.mark.parametrize("error", [refusal(404, 10062), refusal(403, 50013)])
async def test_an_acknowledgement_that_discord_refuses_is_not_repeated(error):
    tried = []

    async def send():
        tried.append(error)
        raise error

    assert not await acknowledge(send)
    assert len(tried) == 1


async def test_what_is_not_there_to_be_edited_is_sent_otherwise():
    sent = []

    async def edit(shown):
        raise refusal(404, 10015)

    async def post(shown):
        sent.append(shown)

    await deliver(edit, hello())
    assert sent == []
    await deliver(edit, hello(), otherwise=post)
    assert sent == [hello()]


async def test_where_nothing_may_be_sent_nothing_is_tried_again():
    tried = []

    async def send(shown):
        tried.append(shown)
        raise discord.Forbidden(SimpleNamespace(status=403, reason="no"), "no")

    await deliver(send, hello())
    assert len(tried) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (discord.LoginFailure("no"), "does not accept the token"),
        (discord.HTTPException(SimpleNamespace(status=401, reason="no"), "no"), "does not accept the token"),
        (discord.ConnectionClosed(SimpleNamespace(close_code=4004), shard_id=None), "does not accept the token"),
        (discord.ConnectionClosed(SimpleNamespace(close_code=4013), shard_id=None), "4013"),
        (aiohttp.ClientOSError(111, "refused"), "cannot be reached"),
        (discord.GatewayNotFound(), "cannot be reached"),
        (discord.PrivilegedIntentsRequired(None), "Message Content Intent"),
        (None, "ended"),
    ],
)
def test_what_ends_the_connection_is_told_in_a_sentence(error, words):
    sentence = told(error)
    assert isinstance(sentence, DiscordError) and words in str(sentence) and str(sentence).endswith(".")


def test_an_unknown_error_stays_what_it_is():
    error = ZeroDivisionError()
    assert told(error) is error
