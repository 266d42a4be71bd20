"""What happens to a question when a request fails: the answer arrives, or one sentence; nobody is left waiting."""

import asyncio

from limits import said, texts
from model import EPHEMERAL, LOADING, until
from people import SOLID, SOLID_WORDS, answered
from rest import RESET, RESET_AFTER
from server import Discord

FAULTS = (429, 500, 502, 503, RESET, RESET_AFTER)
SORRY = "Something went wrong on my side"


def violations(discord):
    """What was refused, but for the second response after one that arrived although its answer did not."""
    return [one for one in discord.violations if one != "an interaction was acknowledged twice"]


async def test_an_acknowledgement_fails_once_or_twice(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()

        async def asking(fault, times):
            alice = discord.person(faults=[("POST callback", fault)] * times)
            asked = await alice.ask(SOLID)
            message = await answered(asked)
            assert SOLID_WORDS in said(message), (fault, times)
            assert asked.acknowledged is not None, (fault, times)

        await asyncio.gather(*(asking(fault, times) for fault in FAULTS for times in (1, 2)))
        # Those that were acknowledged stand where the person asked.
        assert discord.messages == [] and violations(discord) == []


async def test_an_acknowledgement_that_fails_for_good(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        lasting = [fault for fault in FAULTS if fault != RESET_AFTER]

        async def asking(fault):
            asked = await discord.person(faults=[("POST callback", fault)] * 99).ask(SOLID)
            await until(lambda: str(asked.id) in discord.by_nonce)
            assert SOLID_WORDS in said(discord.by_nonce[str(asked.id)]), fault

        async def asking_alone(fault):
            asked = await discord.person(faults=[("POST callback", fault)] * 99).ask(SOLID, private=True)
            await until(lambda: not any(route == "PATCH original" for route, _ in asked.faults))
            return asked

        await asyncio.gather(*map(asking, lasting))
        assert len(discord.messages) == len(lasting)
        unheard = discord.requests["PATCH original"]
        private = await asyncio.gather(*map(asking_alone, lasting))
        await discord.asked_for("PATCH original", unheard + len(private))
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        # What was to be private is not shown to anybody.
        assert len(discord.messages) == len(lasting)
        assert all(asked.message is None for asked in private)
        assert set(violations(discord)) == {"a message that is not there was edited"}


async def test_an_acknowledgement_that_arrived_but_was_never_confirmed(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        faults = [("POST callback", RESET_AFTER), *[("POST callback", 503)] * 99]
        asked = await discord.person(faults=faults).ask(SOLID)
        message = await answered(asked)
        assert SOLID_WORDS in said(message) and not message["flags"] & LOADING
        assert discord.messages == [] and violations(discord) == []


async def test_the_last_edit_fails(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()

        async def asking(fault, times):
            asked = await discord.person(faults=[("PATCH original", fault)] * times).ask(SOLID)
            message = await answered(asked)
            assert SOLID_WORDS in said(message) and not message["flags"] & LOADING, (fault, times)

        await asyncio.gather(*(asking(fault, times) for fault in FAULTS for times in (1, 2)))
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        assert discord.messages == [] and discord.violations == []


async def test_an_answer_that_discord_does_not_take_gives_way_to_a_sentence(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        asked = await discord.person(faults=[("PATCH original", 400)]).ask(SOLID, private=True)
        message = await answered(asked)
        assert SORRY in said(message) and len(texts(message)) == 1 and message["flags"] & EPHEMERAL
        discord.faults.append(("POST message", 400))
        assert SORRY in said(await discord.person().mention(SOLID))


async def test_other_responses_that_fail(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        answer = await answered(await discord.person().ask(SOLID))

        async def pressing(fault):
            alice = discord.person(faults=[("POST callback", fault)])
            assert await answered(await alice.press(answer, "Follow up")) == {}
            alice.faults = [("POST callback", fault)]
            assert "/ask" in said(await answered(await alice.slash("help")))

        await asyncio.gather(*map(pressing, FAULTS))
        assert violations(discord) == []


async def test_choices_that_come_too_late_are_one_line_in_the_log(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        typing = asyncio.create_task(discord.person(faults=[("POST callback", 404)]).type("ask", "document", "x"))
        await discord.asked_for("POST callback")
        assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
        typing.cancel()
        status, _, err = await running.stopped()
        assert status == 0 and "autocomplete" in err and "Traceback" not in err


async def test_a_message_that_fails_is_written_once(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        for fault in FAULTS:
            discord.faults.append(("POST message", fault))
            assert SOLID_WORDS in said(await discord.person().mention(SOLID)), fault
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        assert len(discord.messages) == len(FAULTS) and discord.violations == []


async def test_every_route_of_the_start_fails(bot):
    async with Discord() as discord:
        for route in ("GET me", "GET application", "PUT commands", "GET gateway/bot"):
            discord.faults += [(route, 429), (route, RESET)]
        discord.faults += [("GET me", 503), ("GET gateway/bot", 503)]
        async with bot(discord) as running:
            await running.ready()
            assert SOLID_WORDS in said(await answered(await discord.person().ask(SOLID)))
            status, _, err = await running.stopped()
            assert status == 0 and "Traceback" not in err
        assert discord.faults == [] and discord.violations == []
        assert len(discord.gateway.identified) == 1
