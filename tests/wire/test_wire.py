"""bot.py over HTTP and a websocket: from login to SIGTERM."""

import signal

import pytest
from gateway import MESSAGE_CONTENT_FLAGS
from limits import said, texts
from model import EPHEMERAL, GUILD, OTHER_GUILD, PERMISSIONS, TOKEN
from people import SOLID, SOLID_WORDS, answered
from server import Discord


async def test_from_login_to_sigterm(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        alice, bob = discord.person("alice"), discord.person("bob")
        answer = await answered(await alice.ask(SOLID))
        assert texts(answer)[0] == f"**{SOLID}**"
        assert SOLID_WORDS in said(answer)

        private = await answered(await bob.ask(SOLID, private=True))
        assert private["flags"] & EPHEMERAL

        carol = discord.person("carol")
        pressed = await carol.press(answer, "Follow up")
        await answered(pressed)
        second = await answered(await carol.send_form(pressed, answer, "and sodium-ion?"))
        assert "Sodium-ion batteries:" in said(second)

        mentioned = await discord.person().mention(SOLID)
        assert SOLID_WORDS in said(mentioned)
        third = await discord.person().mention("and sodium-ion?", reply_to=mentioned)
        assert "Sodium-ion batteries:" in said(third)

        status, out, err = await running.stopped()
        assert (status, out) == (0, ""), err
        assert discord.gateway.presences == ["invisible"]
        assert discord.gateway.close_codes == [1000]
        assert discord.violations == []
        assert SOLID not in err and TOKEN not in err and "Traceback" not in err
        assert not {"torch", "sentence_transformers"} & set(running.modules)
        assert "onnxruntime" in running.modules


async def test_buttons_lists_menus_and_choices(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        alice = discord.person("alice")
        answer = await answered(await alice.ask(SOLID))

        passage = await answered(await alice.press(answer, "In context"))
        assert passage["flags"] & EPHEMERAL and SOLID_WORDS in said(passage)
        others = await answered(await alice.press(answer, "More"))
        assert others["flags"] & EPHEMERAL
        chosen = await answered(await alice.choose(others, 0))
        assert chosen["id"] != others["id"] and texts(chosen) != texts(others)
        assert "intact" in said(await answered(await alice.press(answer, "Verify"))).lower()

        written = await discord.person("bob").write("The new solid-state cells exceed 500Wh/kg, I hear.")
        found = await answered(await alice.menu("Find in the documents", written))
        assert found["flags"] & EPHEMERAL and SOLID_WORDS in said(found)

        choices = await alice.type("ask", "document", "breakthrough")
        assert "Breakthrough Technology Development" in choices[0]["name"]
        within = await answered(await discord.person().ask(SOLID, document=choices[0]["value"]))
        assert SOLID_WORDS in said(within)
        section = await answered(await alice.slash("section", name=choices[0]["value"]))
        assert SOLID_WORDS in said(section)
        assert said(await answered(await alice.slash("sources")))
        assert "/ask" in said(await answered(await alice.slash("help")))
        assert discord.violations == []


async def test_an_answer_is_turned_in_place_and_shared_once(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        alice = discord.person("alice")
        private = await answered(await alice.ask(SOLID, private=True))
        passage = await answered(await alice.press(private, "In context"))
        label = next(
            one["label"] for row in passage["components"][0]["components"] for one in row.get("components", [])
        )
        turned = await answered(await alice.press(passage, label))
        assert turned["id"] == passage["id"] and texts(turned) != texts(passage)

        shared = await alice.press(private, "Share")
        assert "Share" not in str(await answered(shared))
        await discord.asked_for("POST follow-up")
        assert SOLID_WORDS in said(shared.followed[0]) and not shared.followed[0]["flags"] & EPHEMERAL
        assert discord.violations == []


async def test_somebody_who_may_not_write_reads_the_answer_alone(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        reader = discord.person("reader", permissions=PERMISSIONS & ~(1 << 11))
        answer = await answered(await reader.ask(SOLID))
        assert answer["flags"] & EPHEMERAL and SOLID_WORDS in said(answer)


async def test_two_shards(bot):
    async with Discord() as discord:
        discord.shards = 2
        discord.guilds[OTHER_GUILD] = PERMISSIONS
        async with bot(discord) as running:
            await running.ready()
            for guild in (GUILD, OTHER_GUILD):
                alice = discord.person("alice", guild)
                assert SOLID_WORDS in said(await answered(await alice.ask(SOLID)))
                assert SOLID_WORDS in said(await discord.person("bob", guild).mention(SOLID))
            assert (await running.stopped())[0] == 0
        assert discord.gateway.identified == [0, 1]
        assert discord.gateway.presences == ["invisible", "invisible"]
        assert discord.gateway.close_codes == [1000, 1000]
        assert discord.violations == []


async def test_a_second_start_does_not_tell_the_commands_again_and_old_buttons_work(bot):
    async with Discord() as discord:
        async with bot(discord) as running:
            await running.ready()
            answer = await answered(await discord.person().ask(SOLID))
            await running.stopped()
        async with bot(discord) as running:
            await running.ready()
            alice = discord.person("alice")
            pressed = await alice.press(answer, "Follow up")
            await answered(pressed)
            second = await answered(await alice.send_form(pressed, answer, "and sodium-ion?"))
            assert "Sodium-ion batteries:" in said(second)
            await running.stopped()
        assert discord.requests["PUT commands"] == 1
        assert discord.violations == []


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DISCORD_TOKEN": "not.the-right-one"}, "does not accept the token"),
        ({"DISCORD_TOKEN": "not a token"}, "does not accept the token"),
        ({"DISCORD_TOKEN": ""}, "There is no Discord token"),
        ({"DISCORD_TOKEN_FILE": "token"}, "both set"),
        ({"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": "not-there"}, "No such file"),
        ({"QABOT_MESSAGE_CONTENT": "on"}, "Message Content Intent"),
    ],
)
async def test_what_the_owner_must_mend_ends_it_with_one_sentence(bot, environment, words):
    async with Discord() as discord, bot(discord, **environment) as running:
        status, out, err = await running.ended()
        assert (status, out) == (2, "")
        *logged, last = err.splitlines()
        assert words in last and "Traceback" not in err
        assert all(" INFO " in line for line in logged)
        assert "not.the-right-one" not in err


async def test_a_token_from_a_file_messages_that_are_read_and_ctrl_c(bot, tmp_path):
    (tmp_path / "token").write_text(TOKEN + "\n")
    environment = {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": "token", "QABOT_MESSAGE_CONTENT": "on"}
    async with Discord() as discord:
        discord.application_flags = MESSAGE_CONTENT_FLAGS
        async with bot(discord, **environment) as running:
            await running.ready()
            assert (await running.stopped(signal.SIGINT))[0] == 0
