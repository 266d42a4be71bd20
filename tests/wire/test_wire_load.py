"""Many people at once. What is asserted is that nobody is left without an answer; the times are printed (`-s`)."""

import asyncio
import json
import statistics
from pathlib import Path

from limits import said
from model import LOADING, until
from people import SOLID, answered
from server import Discord

MEMBERS, EACH, SECONDS = 50, 4, 10.0
MORE_MEGABYTES = 100.0
TO_WAIT = ("Too many questions at once", "Please wait a few seconds")

ARTICLE_QUESTIONS = Path(__file__).parents[1] / "data" / "article_questions.jsonl"


def row(name, seconds):
    cuts = statistics.quantiles(seconds, n=20)
    return f"{name:<14} n = {len(seconds):>3}  median {cuts[9]:.3f} s  p95 {cuts[18]:.3f} s  max {max(seconds):.3f} s"


async def test_load_of_200_questions_from_50_members_within_10_seconds(bot):
    questions = [json.loads(line)["question"] for line in ARTICLE_QUESTIONS.read_text().splitlines()]
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        for _ in range(10):
            await answered(await discord.person().ask(SOLID))
        before = running.memory

        async def member(number):
            """Asks four times, evenly over the ten seconds, and not at the same moment as the others."""
            person, asked = discord.person(f"member {number}"), []
            await asyncio.sleep(SECONDS / EACH * number / MEMBERS)
            for turn in range(EACH):
                asked.append(await person.ask(questions[(number * EACH + turn) % len(questions)]))
                await asyncio.sleep(SECONDS / EACH if turn < EACH - 1 else 0)
            return asked

        asked = [one for some in await asyncio.gather(*map(member, range(MEMBERS))) for one in some]
        read = lambda one: one.done.is_set() or str(one.id) in discord.by_nonce  # noqa: E731
        await until(lambda: all(map(read, asked)))
        after = running.memory
        messages = [one.message or discord.by_nonce[str(one.id)] for one in asked]
        waiting = [any(words in said(message) for words in TO_WAIT) for message in messages]
        replied = [one for one, wait in zip(asked, waiting, strict=True) if not wait and one.answered_after]
        print()
        print(row("acknowledged", [one.acknowledged_after for one in asked if one.acknowledged_after]))
        print(row("answered", [one.answered_after for one in replied if one.answered_after]))
        print(f"told to wait: {sum(waiting)}; refused by Discord: {len(discord.violations)}")
        print(f"memory: {before:.0f} MB before, {after:.0f} MB after")

        assert len(asked) == MEMBERS * EACH
        assert all(said(message).strip() and not message["flags"] & LOADING for message in messages)
        assert after < before + MORE_MEGABYTES
        assert (await running.stopped())[0] == 0
