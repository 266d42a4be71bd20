"""The buttons below an answer: what a person presses, and what they see then. All of them work after a restart."""

import json

import discord
import pytest
from room import labels, options, said, texts

from qabot.answer import Answerer
from qabot.discord_app.bot import FEEDBACK_FILE
from qabot.settings import Settings
from qabot.types import Answer

SOLID = "What energy density do the new solid-state cells reach?"
SOLID_QUOTE = (
    "Solid-state batteries: Several Chinese companies have announced pilot production lines for solid-state batteries "
    "with energy densities exceeding 500Wh/kg, positioning them for commercialization within two years."
)
PUBLIC = ["In context", "Follow up", "More", "Verify", "Helpful", "Not helpful"]


@pytest.fixture
def handbook(tmp_path):
    """A folder with a small handbook, and an answerer for it."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "handbook.md").write_text(
        "# Handbook\n\n## Offices\n\nThe Berlin office opens at nine. It has two floors. The lift is out of order.\n\n"
        "## Leave\n\nEverybody has thirty days of leave a year. Unused leave expires in March.\n\n"
        "## Travel\n\nTrains are booked by the front desk.\n"
    )
    answerer = Answerer(Settings(folder, tmp_path / "index.sqlite", tmp_path / "cache"))
    yield answerer
    answerer.close()


async def test_the_buttons_of_an_answer(room):
    async with room() as here:
        public = await here.alice.slash(here.channel, "ask", question=SOLID)
        assert labels(public.response) == PUBLIC
        private = await here.alice.slash(here.channel, "ask", question=SOLID, private=True)
        assert labels(private.response) == [*PUBLIC[:4], "Share", *PUBLIC[4:]]


async def test_reading_on_from_a_quote_by_sentence_and_by_section(room, handbook):
    async with room(handbook) as here:
        answer = await here.alice.slash(here.channel, "ask", question="How many days of leave do I have?")
        await here.restart()
        passage = await here.bob.click(answer.response, label="In context")
        assert passage.ephemeral
        assert "**Everybody has thirty days of leave a year.** Unused" in texts(passage.response)[1]
        after = await here.bob.click(passage.response, label="Sentence →")
        assert "year. **Unused leave expires in March.**" in texts(passage.response)[1]
        assert after.response is None or after.response.id == passage.response.id
        await here.bob.click(passage.response, label="← Section")
        assert "**The Berlin office opens at nine.** It has" in texts(passage.response)[1]
        assert labels(passage.response) == ["Sentence →", "Section →", "Share"]
        for _ in range(2):
            await here.bob.click(passage.response, label="Section →")
        assert "**Trains are booked by the front desk.**" in texts(passage.response)[1]
        assert labels(passage.response) == ["← Sentence", "← Section", "Share"]


async def test_more_lists_other_passages_and_shows_the_chosen_one(room):
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID)
        await here.restart()
        more = await here.bob.click(answer.response, label="More")
        assert more.ephemeral and said(more.response).startswith(SOLID)
        listed = options(more.response)
        assert 3 <= len(listed) <= 10
        assert all("500Wh/kg" not in option["description"] for option in listed)
        chosen = await here.bob.select(more.response, [listed[0]["value"]])
        assert chosen.ephemeral
        assert listed[0]["description"].rstrip("…") in said(chosen.response).replace("\n", " ")


async def test_verify_says_intact_moved_altered_or_gone(room, handbook):
    async with room(handbook) as here:
        answer = await here.alice.slash(here.channel, "ask", question="How many days of leave do I have?")

        async def verified():
            return said((await here.bob.click(answer.response, label="Verify")).response)

        assert (await verified()).startswith("1. Intact\nHandbook > 2 Leave, line 9")
        file = handbook.knowledge / "handbook.md"
        before = file.read_text()
        file.write_text(before.replace("It has two floors. ", ""))
        handbook.refresh()
        assert (await verified()).startswith("1. Moved\nHandbook > 2 Leave")
        file.write_text(before.replace("thirty", "twenty"))
        handbook.refresh()
        assert await verified() == "1. Altered: the document no longer says this"
        context = await here.bob.click(answer.response, label="In context")
        assert texts(context.response) == ["The document has changed since, and no longer says this."]
        (handbook.knowledge / "other.md").write_text("Another document.")
        file.unlink()
        handbook.refresh()
        assert await verified() == "1. Gone: its document is no longer among mine"
        context = await here.bob.click(answer.response, label="In context")
        assert texts(context.response) == ["That document is no longer among mine."]


async def test_a_document_that_is_removed_while_it_is_looked_at(room, handbook):
    class Late:
        ask = staticmethod(handbook.ask)
        verify = staticmethod(handbook.verify)

        def sources(self):
            listed = handbook.sources()
            (handbook.knowledge / "other.md").write_text("Another document.")
            (handbook.knowledge / "handbook.md").unlink()
            handbook.refresh()
            return listed

    async with room(Late()) as here:
        answer = await here.alice.slash(here.channel, "ask", question="How many days of leave do I have?")
        context = await here.bob.click(answer.response, label="In context")
        assert texts(context.response) == ["The document has changed since, and no longer says this."]


async def test_a_private_answer_is_shared_once(room):
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID, private=True)
        await here.restart()
        assert not here.channel.history(viewer=here.bob)
        await here.alice.click(answer.response, label="Share")
        (shared,) = here.channel.history(viewer=here.bob)
        assert texts(shared)[:-1] == texts(answer.response)
        assert texts(shared)[-1] == "-# Shared by alice"
        assert labels(shared) == PUBLIC
        assert labels(answer.response) == PUBLIC
        assert (await here.bob.click(shared, label="In context")).ephemeral


async def test_a_passage_can_be_shared_with_its_file(room, tmp_path):
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "long.md").write_text("# Long\n\n## Rules\n\n" + "This rule is about the canteen and its tables. " * 200)
    answerer = Answerer(Settings(folder, tmp_path / "index.sqlite", tmp_path / "cache"))
    async with room(answerer) as here:
        answer = await here.alice.slash(here.channel, "ask", question="What is this rule about?")
        passage = await here.alice.click(answer.response, label="In context")
        before = len(here.channel.history(viewer=here.bob))
        await here.alice.click(passage.response, label="Share")
        shared = here.channel.history(viewer=here.bob)[-1]
        assert len(here.channel.history(viewer=here.bob)) == before + 1
        assert [file.filename for file in shared.attachments] == ["section.txt"]
    answerer.close()


async def test_an_answer_with_a_file_where_the_bot_may_not_attach_files(room, handbook):
    class Talkative:
        def ask(self, question, **more):
            return Answer(question, question, handbook.candidates(question)[:1] * 6, 0.9)

    async with room(Talkative()) as here:
        here.env.inject_error("POST", "/channels/*", status=403, code=50013, times=1)
        told = await here.mention(here.alice, "How many days of leave do I have?")
        assert "I may not attach files in this channel" in said(told)


async def test_helpful_and_not_helpful_are_kept_without_a_name(room, tmp_path):
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID)
        await here.restart()
        thanks = await here.bob.click(answer.response, label="Helpful")
        assert thanks.ephemeral and texts(thanks.response) == ["Thank you, that helps."]
        await here.bob.click(answer.response, label="Not helpful")
        await here.alice.click(answer.response, label="Helpful")
    lines = [json.loads(line) for line in (tmp_path / FEEDBACK_FILE).read_text().splitlines()]
    assert [line["helpful"] for line in lines] == [True, False, True]
    assert {line["question"] for line in lines} == {SOLID} and len(lines[0]["passages"]) == 1
    assert lines[0]["voice"] == lines[1]["voice"] != lines[2]["voice"]
    assert "bob" not in str(lines) and str(here.bob.id) not in str(lines)


async def test_feedback_that_cannot_be_kept_is_said(room, tmp_path):
    (tmp_path / FEEDBACK_FILE).mkdir()
    async with room() as here:
        answer = await here.alice.slash(here.channel, "ask", question=SOLID)
        told = await here.bob.click(answer.response, label="Helpful")
        assert texts(told.response) == ["Thank you, but I could not write that down."]


async def test_who_may_not_write_in_a_channel_gets_a_private_answer(room):
    async with room() as here:
        silence = {here.env.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
        news = here.env.guild.create_text_channel("news", overwrites=silence)
        answer = await here.alice.slash(news, "ask", question=SOLID)
        assert answer.ephemeral and SOLID_QUOTE in said(answer.response)
        assert texts(answer.response)[-1] == "-# Only you see this, as you may not write in this channel."
        refused = await here.alice.click(answer.response, label="Share")
        assert refused.ephemeral
        assert texts(refused.response) == ["You may not write in this channel, so I do not share it here."]
