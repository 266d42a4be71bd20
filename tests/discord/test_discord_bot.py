"""Asking on Discord: what a person does, and what stands in the channel then."""

import threading
from typing import Any

import pytest
from reading import read_inline
from room import labels, said, texts

from qabot.render.discord.markup import one_line
from qabot.types import Answer

SOLID = "What energy density do the new solid-state cells reach?"
SOLID_QUOTE = (
    "Solid-state batteries: Several Chinese companies have announced pilot production lines for solid-state batteries "
    "with energy densities exceeding 500Wh/kg, positioning them for commercialization within two years."
)
SOLID_PLACE = "China battery innovation > 2 Breakthrough Technology Development > Solid-state batteries, line 9"
UNANSWERED = "What is CATL's market share?"


async def test_ask_quotes_the_sentence_and_where_it_stands(room):
    async with room() as here:
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert not result.ephemeral
        assert said(result.response).split("\n")[0] == SOLID
        assert f"> {SOLID_QUOTE}" in said(result.response)
        assert SOLID_PLACE in said(result.response)
        assert "ure (0." in said(result.response)
        assert "Follow up" in labels(result.response) and "In context" in labels(result.response)


async def test_answers_are_components_in_a_coloured_box_and_ping_nobody(room):
    async with room() as here:
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        (box,) = result.response.components
        assert box["type"] == 17 and box["accent_color"]
        assert result.response.flags.components_v2
        assert_no_pings(here)


async def test_a_private_answer_is_seen_by_one_person(room):
    async with room() as here:
        result = await here.alice.slash(here.channel, "ask", question=SOLID, private=True)
        assert result.ephemeral and SOLID_QUOTE in said(result.response)
        assert not here.channel.history(viewer=here.bob)


async def test_a_mention_is_answered_with_a_reply(room):
    async with room() as here:
        answer = await here.mention(here.alice, SOLID)
        assert answer.author == here.env.bot.user
        assert answer.reference is not None
        assert SOLID_QUOTE in said(answer)
        assert_no_pings(here)


async def test_a_direct_message_needs_no_mention(room):
    async with room() as here:
        await here.alice.send_dm(SOLID)
        assert SOLID_QUOTE in said(here.alice.user.dm_channel.last_message)


async def test_other_messages_and_other_bots_are_left_alone(room):
    async with room() as here:
        await here.alice.send(here.channel, SOLID)
        assert len(here.channel.history()) == 1
        robot = here.env.guild.add_member(here.env.create_user("robot", bot=True))
        await robot.send(here.channel, f"<@{here.env.bot.user.id}> {SOLID}")
        assert len(here.channel.history()) == 2


async def test_a_reply_that_mentions_the_bot_is_a_follow_up(room):
    async with room() as here:
        answer = await here.mention(here.alice, SOLID)
        answer = await here.mention(here.alice, "and sodium-ion?", reply_to=answer)
        assert "Sodium-ion batteries:" in said(answer)
        assert "Understood as: " in said(answer)


async def test_follow_up_opens_a_form_and_answers_in_the_light_of_the_question_before(room):
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID)
        form = await here.bob.click(answer.response, label="Follow up")
        assert form.modal["title"] == "Follow up"
        second = await here.bob.submit_modal(form, {"question": "and sodium-ion?"})
        assert "Sodium-ion batteries:" in said(second.response)
        assert not second.ephemeral
        form = await here.bob.click(second.response, label="Follow up")
        third = await here.bob.submit_modal(form, {"question": "and silicon-based anodes?"})
        assert "Understood as: " in said(third.response)


async def test_a_follow_up_to_a_private_answer_is_private(room):
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID, private=True)
        form = await here.alice.click(answer.response, label="Follow up")
        assert (await here.alice.submit_modal(form, {"question": "and sodium-ion?"})).ephemeral


async def test_in_context_shows_the_section_to_one_person(room):
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID)
        result = await here.bob.click(answer.response, label="In context")
        assert result.ephemeral
        assert f"**{SOLID_QUOTE}**" in "\n".join(texts(result.response))
        assert "Sodium-ion batteries:" in said(result.response)


async def test_buttons_and_forms_work_after_a_restart(room):
    async with room() as here:
        answer = await here.mention(here.alice, SOLID)
        form = await here.alice.click(answer, label="Follow up")
        await here.restart()
        assert SOLID_QUOTE in said((await here.bob.click(answer, label="In context")).response)
        second = await here.alice.submit_modal(form, {"question": "and sodium-ion?"})
        assert "Sodium-ion batteries:" in said(second.response)
        again = await here.bob.click(answer, label="Follow up")
        third = await here.bob.submit_modal(again, {"question": "and sodium-ion?"})
        assert texts(third.response) == texts(second.response)


async def test_commands_are_told_once_and_not_after_a_restart(room):
    async with room() as here:
        await here.restart()
        told = [request for request in here.env.http_requests if request.path.endswith("/commands")]
        assert len(told) == 1


async def test_not_in_the_documents(room):
    async with room() as here:
        result = await here.alice.slash(here.channel, "ask", question=UNANSWERED)
        assert "Not in the documents." in said(result.response)
        assert "which is *not* an answer:" in said(result.response)
        assert "ure (0." not in said(result.response)
        assert labels(result.response) == ["In context", "Follow up", "More", "Helpful", "Not helpful"]


@pytest.mark.parametrize("text", ["hi", "thanks", ""])
async def test_a_greeting_gets_one_line_of_help(room, text):
    async with room() as here:
        answer = await here.mention(here.alice, text)
        assert len(texts(answer)) == 1 and "/ask" in said(answer)
        assert not labels(answer)


HOSTILE = [
    "@everyone @here <@1> <@&2> <#3> solid-state?",
    "**bold** __under__ ||spoiler|| ~~gone~~ `code` solid-state",
    "```\nfence\n``` > quote\n# heading\n- list solid-state",
    "[free](https://example.com) https://example.com discord.gg/abc solid-state",
    "\u202esolid-state\u202c \u0301\u0301\u0301 👩‍🚀 \x1b[31m \\",
    '\'; DROP TABLE documents; -- NEAR("solid-state" *) OR',
    "?!?!",
]


@pytest.mark.parametrize("question", HOSTILE)
async def test_hostile_questions_ping_nobody_and_are_shown_as_typed(room, question):
    async with room() as here:
        result = await here.alice.slash(here.channel, "ask", question=question)
        answer = await here.mention(here.alice, question)
        for message in (result.response, answer):
            line = one_line(question)
            assert read_inline(texts(message)[0]) == (line, line)
        assert not answer.mentions and not answer.mention_everyone and not answer.role_mentions
        assert_no_pings(here)


async def test_a_question_that_is_too_long_gets_its_own_sentence(room):
    async with room() as here:
        result = await here.alice.slash(here.channel, "ask", question="solid-state " * 500)
        (sentence,) = texts(result.response)
        assert "2,000" in sentence


class Broken:
    """An answerer that fails; what it says must not reach anyone."""

    def ask(self, question: str, **_: Any) -> Answer:
        raise RuntimeError("se" + "cret " + question)


async def test_what_goes_wrong_is_one_sentence_and_the_question_is_not_logged(room, caplog):
    async with room(answerer=Broken()) as here:
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert texts(result.response) == ["Something went wrong on my side. Please ask again in a moment."]
    assert "RuntimeError" in caplog.text and "in ask" in caplog.text
    assert f"{len(SOLID)} characters" in caplog.text
    assert SOLID not in caplog.text and "secret" not in caplog.text


async def test_a_document_that_was_removed_has_its_own_sentence(room, answerer):
    class WithoutDocuments:
        ask = staticmethod(answerer.ask)
        sources = staticmethod(list)

    async with room(answerer=WithoutDocuments()) as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID)
        result = await here.alice.click(answer.response, label="In context")
        assert texts(result.response) == ["That document is no longer among mine."]


async def test_a_second_question_at_once_is_refused_to_the_person_alone(room):
    async with room(pause=3600.0) as here:
        await here.alice.slash(here.channel, "ask", question=SOLID)
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert result.ephemeral and "wait a few seconds" in said(result.response)
        other = await here.bob.slash(here.channel, "ask", question=SOLID)
        assert SOLID_QUOTE in said(other.response)
        await here.bob.click(other.response, label="In context")


async def test_too_many_questions_are_refused(room):
    async with room(places=0) as here:
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert result.ephemeral and "Too many questions" in said(result.response)
        assert "Too many questions" in said(await here.mention(here.bob, SOLID))


async def test_after_closing_people_are_told_to_come_back(room):
    async with room() as here:
        await here.env.bot.leave()
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert result.ephemeral and "being restarted" in said(result.response)


async def test_the_last_edit_is_repeated_until_discord_takes_it(room, monkeypatch):
    monkeypatch.setattr("qabot.discord_app.delivery.DELAYS", (0.0, 0.0))
    async with room() as here:
        here.env.inject_error("PATCH", "/webhooks/*", status=429, times=2)
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert SOLID_QUOTE in said(result.response)


async def test_an_answer_that_discord_does_not_take_becomes_a_sentence(room):
    async with room() as here:
        here.env.inject_error("PATCH", "/webhooks/*", status=400, code=50035, times=1)
        result = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert texts(result.response) == ["Something went wrong on my side. Please ask again in a moment."]


async def test_answering_happens_off_the_event_loop(room, answerer):
    threads = set()

    class Watched:
        def ask(self, question: str, **more: Any) -> Any:
            threads.add(threading.current_thread())
            return answerer.ask(question, **more)

    async with room(answerer=Watched()) as here:
        await here.alice.slash(here.channel, "ask", question=SOLID)
        await here.bob.slash(here.channel, "ask", question=SOLID)
    assert len(threads) == 1 and threading.main_thread() not in threads


def assert_no_pings(here):
    """Every message that was sent asked Discord to ping nobody."""
    bodies = [request.json for request in here.env.http_requests if isinstance(request.json, dict)]
    sent = [body for body in (body.get("data") or body for body in bodies) if body.get("components")]
    assert sent
    for body in sent:
        allowed = body["allowed_mentions"]
        assert allowed["parse"] == [] and not allowed.get("replied_user") and not allowed.get("users")
