"""The bot is stopped or killed, or its documents are being indexed, while people ask."""

import asyncio
import shutil
import signal
from pathlib import Path

from limits import said
from model import LOADING, until
from people import SOLID, SOLID_WORDS, answered
from rest import RESET
from server import Discord

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
NOTE = "The harbour of Veldt has {} cranes. The cranes were painted in the year {}.\n"


async def test_sigterm_waits_for_the_answers_that_are_being_made(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        asked = [await discord.person().ask(SOLID) for _ in range(5)]
        await discord.asked_for("POST callback")
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        for one in asked:
            if one.acknowledged:  # the others had not reached it
                message = await answered(one)
                assert SOLID_WORDS in said(message) or "being restarted" in said(message)
        assert discord.gateway.close_codes == [1000] and discord.violations == []


async def test_sigterm_waits_for_the_answer_that_is_being_sent_and_refuses_new_questions(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        asked = await discord.person(faults=[("PATCH original", RESET)] * 3).ask(SOLID)
        await discord.asked_for("PATCH original")
        stopping = asyncio.create_task(running.stopped())
        # Until the signal has arrived, questions are answered.
        for _ in range(20):
            late = await answered(await discord.person().ask(SOLID))
            if "being restarted" in said(late):
                break
            assert SOLID_WORDS in said(late)
        assert "being restarted" in said(late)
        assert (await stopping)[0] == 0
        message = await answered(asked)
        assert SOLID_WORDS in said(message) and not message["flags"] & LOADING
        assert discord.violations == []


async def test_an_old_button_after_kill_and_restart(bot):
    async with Discord() as discord:
        async with bot(discord) as running:
            await running.ready()
            answer = await answered(await discord.person().ask(SOLID))
            asked = await discord.person().ask(SOLID)
            await until(lambda: asked.acknowledged)
            assert (await running.stopped(signal.SIGKILL))[0] == -signal.SIGKILL
        async with bot(discord) as running:
            await running.ready()
            passage = await answered(await discord.person().press(answer, "In context"))
            assert SOLID_WORDS in said(passage)
            assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
            assert (await running.stopped())[0] == 0
        assert discord.violations == []


async def test_questions_while_documents_are_added_and_indexed(bot, tmp_path):
    knowledge = tmp_path / "documents"
    shutil.copytree(KNOWLEDGE, knowledge)
    places = {"QABOT_KNOWLEDGE": str(knowledge)}
    async with Discord() as discord, bot(discord, **places) as running:
        await running.ready()
        for number in range(100):
            (knowledge / f"note-{number}.txt").write_text(NOTE.format(number + 100, 1800 + number))
        async with bot(discord, "index", **places) as indexing:
            answers = 0
            while indexing.process.returncode is None:
                assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
                answers += 1
                (knowledge / f"late-{answers}.txt").write_text(NOTE.format(answers, 1700 + answers))
            assert answers > 1
            assert (await indexing.ended())[0] == 0
        found = said(await answered(await discord.person().ask("How many cranes has the harbour of Veldt?")))
        assert "harbour of Veldt has" in found
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err and " ERROR " not in err
        assert discord.violations == []
