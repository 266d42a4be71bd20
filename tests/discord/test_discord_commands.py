"""The commands beside `/ask`, the menu of a message, and looking in one document or section only."""

import asyncio
import threading

import discord
import pytest
from room import labels, raw, said, texts

from qabot.answer import Answerer
from qabot.discord_app.replies import Replies
from qabot.settings import Settings

HANDBOOK = """\
# Handbook

## Canteen

Lunch is served at noon.

## Leave

Everybody has thirty days of leave a year.

### Parents

Parents have two more days of leave.
"""


@pytest.fixture
def documents(tmp_path):
    """Two documents, and an answerer for them."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "handbook.md").write_text(HANDBOOK)
    (folder / "visitors.md").write_text("# Visitors\n\n## Meals\n\nFor visitors, lunch is served at one.\n")
    answerer = Answerer(Settings(folder, tmp_path / "index.sqlite", tmp_path / "cache"))
    yield answerer
    answerer.close()


async def choice(here, command, option, typed):
    """What a person gets who types this and takes the first of the list."""
    listed = await here.alice.autocomplete(here.channel, command, option, typed)
    return listed[0]["value"]


async def test_documents_and_sections_are_offered_as_one_types(room, documents):
    async with room(documents) as here:
        listed = await here.alice.autocomplete(here.channel, "ask", "document", "")
        assert [one["name"] for one in listed] == [
            "Handbook",
            "Visitors",
            "1 Canteen, Handbook",
            "2 Leave, Handbook",
            "Leave > 2.1 Parents, Handbook",
            "1 Meals, Visitors",
        ]
        listed = await here.alice.autocomplete(here.channel, "section", "name", "handb PAR")
        assert [one["name"] for one in listed] == ["Leave > 2.1 Parents, Handbook"]
        assert await here.alice.autocomplete(here.channel, "section", "name", "nothing like it") == []


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [("handbook", "Lunch is served at noon."), ("visitors", "For visitors, lunch is served at one.")],
)
async def test_a_question_to_one_document(room, documents, typed, quoted):
    async with room(documents) as here:
        document = await choice(here, "ask", "document", typed)
        answer = await here.alice.slash(here.channel, "ask", question="When is lunch served?", document=document)
        assert f"> {quoted}" in said(answer.response)
        assert said(answer.response).count("> ") == 2


async def test_a_question_to_one_section_and_what_is_below_it(room, documents):
    async with room(documents) as here:
        leave = await choice(here, "ask", "document", "leave")
        answer = await here.alice.slash(here.channel, "ask", question="How many days do parents have?", document=leave)
        assert "> Parents have two more days of leave." in said(answer.response)
        canteen = await choice(here, "ask", "document", "canteen")
        answer = await here.alice.slash(
            here.channel, "ask", question="How many days do parents have?", document=canteen
        )
        assert "Not in the documents." in said(answer.response)


async def test_what_is_typed_and_not_chosen_is_looked_up(room, documents):
    async with room(documents) as here:
        answer = await here.alice.slash(here.channel, "ask", question="When is lunch served?", document="visit")
        assert "served at one" in said(answer.response)
        answer = await here.alice.slash(here.channel, "ask", question="When is lunch served?", document="**moon**")
        assert "I have no document or section called “**moon**”." in said(answer.response)


async def test_choices_that_nobody_waits_for_any_more_are_not_looked_up(room, documents, monkeypatch):
    monkeypatch.setattr("qabot.discord_app.bot.CHOICES_SECONDS", 0.01)
    looked_up = []
    busy = threading.Event()

    class Watched:
        def sources(self):
            looked_up.append(True)
            return documents.sources()

    async with room(Watched()) as here:
        blocking = asyncio.create_task(here.env.bot.desk.work(busy.wait))
        await asyncio.sleep(0)
        for typed in ("l", "le", "lea"):
            assert await here.env.bot.choices(typed) == []
            await asyncio.sleep(0)
        busy.set()
        await blocking
        await here.env.bot.desk.work(lambda: None)
    assert not looked_up


async def test_what_the_list_shows_can_be_typed(room, documents):
    async with room(documents) as here:
        for typed in ("2.1 par", "Leave > 2.1 Parents, Handbook"):
            listed = await here.alice.autocomplete(here.channel, "section", "name", typed)
            assert [one["name"] for one in listed] == ["Leave > 2.1 Parents, Handbook"]
            page = await here.alice.slash(here.channel, "section", name=typed)
            assert "Parents have two more days" in said(page.response)


async def test_a_choice_whose_document_was_removed_since(room, documents):
    async with room(documents) as here:
        visitors = await choice(here, "ask", "document", "visitors")
        meals = await choice(here, "section", "name", "meals")
        (documents.knowledge / "visitors.md").unlink()
        documents.refresh()
        answer = await here.alice.slash(here.channel, "ask", question="When is lunch served?", document=visitors)
        assert texts(answer.response) == ["That document is no longer among mine."]
        page = await here.alice.slash(here.channel, "section", name=meals)
        assert texts(page.response) == ["That document is no longer among mine."]


async def test_a_document_of_headings_only_has_its_own_sentence(room, documents):
    (documents.knowledge / "plan.md").write_text("# Plan\n\n## To be written\n")
    documents.refresh()
    async with room(documents) as here:
        page = await here.alice.slash(here.channel, "section", name="plan")
        assert texts(page.response) == ["“Plan” has headings, but no text under them."]


async def test_a_section_is_read_page_by_page(room, documents):
    async with room(documents) as here:
        leave = await choice(here, "section", "name", "leave")
        page = await here.alice.slash(here.channel, "section", name=leave)
        assert page.ephemeral
        assert said(page.response).split("\n") == ["Handbook > 2 Leave", "> Everybody has thirty days of leave a year."]
        assert labels(page.response) == ["← Back", "Next →", "Share"]
        await here.restart()
        await here.alice.click(page.response, label="Next →")
        assert said(page.response).split("\n")[0] == "Handbook > Leave > 2.1 Parents"
        assert labels(page.response) == ["← Back", "Share"]
        for _ in range(2):
            await here.alice.click(page.response, label="← Back")
        assert "Lunch is served at noon." in said(page.response)


async def test_the_sources_with_a_button_to_read_each(room, documents):
    async with room(documents) as here:
        listed = await here.alice.slash(here.channel, "sources")
        assert listed.ephemeral
        first, handbook, visitors = said(listed.response).split("\n")[0], *texts(listed.response)[1:]
        assert first == "2 documents"
        assert "**Handbook**" in handbook and "3 sections" in handbook and "read on 20" in handbook
        assert "visitors.md" in visitors
        (read, _) = [one["custom_id"] for one in raw(listed.response) if one.get("label") == "Read"]
        page = await here.alice.click(listed.response, custom_id=read)
        assert said(page.response).startswith("Handbook > 1 Canteen")


async def test_many_sources_are_paged(room, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(20):
        (folder / f"note-{number:02}.txt").write_text(f"Note {number} says something.")
    answerer = Answerer(Settings(folder, tmp_path / "many.sqlite", tmp_path / "cache"))
    async with room(answerer) as here:
        listed = await here.alice.slash(here.channel, "sources")
        assert said(listed.response).startswith("20 documents, page 1 of 3")
        for _ in range(2):
            await here.alice.click(listed.response, label="Next →")
        assert said(listed.response).startswith("20 documents, page 3 of 3")
        assert "note-19.txt" in said(listed.response)
        assert "Next →" not in labels(listed.response)
    answerer.close()


async def test_help(room):
    async with room() as here:
        told = await here.alice.slash(here.channel, "help")
        assert told.ephemeral
        for words in ("/ask", "/section", "/sources", "Follow up", "Find in the documents"):
            assert words in said(told.response)


async def test_find_in_the_documents_looks_for_support_for_any_message(room, documents):
    async with room(documents) as here:
        message = await here.bob.send(here.channel, "I think parents get two more days of leave")
        found = await here.alice.context_menu(here.channel, "Find in the documents", message)
        assert found.ephemeral and "> Parents have two more days of leave." in said(found.response)
        assert "Share" in labels(found.response)
        message = await here.bob.send(here.channel, "The moon landing was in 1969")
        found = await here.alice.context_menu(here.channel, "Find in the documents", message)
        assert "I found nothing about this in the documents." in said(found.response)
        shown = here.channel.history()[-1]
        answer = await here.mention(here.bob, "When is lunch served for visitors?")
        found = await here.alice.context_menu(here.channel, "Find in the documents", answer)
        assert texts(found.response) == ["There is no text in that message that I could look for."]
        assert shown is not answer


def test_find_in_the_documents_takes_messages_longer_than_a_question(documents):
    found = Replies(documents).find("I think parents get two more days of leave" + " and so on" * 300)
    question = found.parts[0].text
    assert question.startswith("**I think parents get") and question.endswith("[...]**")


async def test_with_message_content_replies_need_no_mention(room, documents):
    async with room(documents, message_content=True) as here:
        answer = await here.mention(here.alice, "How many days of leave does everybody have?")
        assert "thirty days" in said(answer)
        await here.bob.send(here.channel, "and parents?", reply_to=answer)
        assert "two more days" in said(here.channel.last_message)
        count = len(here.channel.history())
        await here.bob.send(here.channel, "Nice weather today.")
        assert len(here.channel.history()) == count + 1


async def test_with_message_content_a_thread_of_its_own_is_a_conversation(room, documents):
    async with room(documents, message_content=True) as here:
        answer = await here.mention(here.alice, "How many days of leave does everybody have?")
        assert "Thread" in labels(answer)
        await here.alice.click(answer, label="Thread")
        (thread,) = here.channel.threads
        assert thread.name == "How many days of leave does everybody have?"
        await here.alice.send(thread, "When is lunch served in the canteen?")
        assert "at noon" in said(thread.last_message)
        await here.alice.send(thread, "and for visitors?")
        assert "at one" in said(thread.last_message)


async def test_no_thread_is_opened_for_somebody_who_may_not_open_one(room, documents):
    async with room(documents, message_content=True) as here:
        fixed = {here.env.guild.default_role: discord.PermissionOverwrite(create_public_threads=False)}
        channel = here.env.guild.create_text_channel("fixed", overwrites=fixed)
        answer = await here.bob.slash(channel, "ask", question="When is lunch served?")
        told = await here.alice.click(answer.response, label="Thread")
        assert told.ephemeral
        assert texts(told.response) == ["You may not open threads in this channel, so I do not open one for you."]
        assert not channel.threads
