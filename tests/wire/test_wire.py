"""bot.py over HTTP and a websocket: from login to SIGTERM, and what goes wrong on the way."""

import signal

import pytest
from limits import texts
from server import EPHEMERAL, TOKEN, Discord

SOLID = "What energy density do the new solid-state cells reach?"
SOLID_WORDS = "energy densities exceeding 500Wh/kg"


async def test_from_login_to_sigterm(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        answer = await discord.answered(await discord.slash("ask", question=SOLID))
        assert texts(answer)[0] == f"**{SOLID}**"
        assert SOLID_WORDS in "".join(texts(answer)).replace("**", "")

        private = await discord.answered(await discord.slash("ask", question=SOLID, private=True))
        assert private["flags"] & EPHEMERAL

        pressed = await discord.press(answer, "Follow up")
        await discord.answered(pressed)
        second = await discord.answered(await discord.send_form(pressed, answer, "and sodium-ion?"))
        assert "Sodium-ion batteries:" in "".join(texts(second)).replace("**", "")

        passage = await discord.answered(await discord.press(answer, "In context"))
        assert passage["flags"] & EPHEMERAL and SOLID_WORDS in "".join(texts(passage))

        mentioned = await discord.mention(SOLID)
        assert SOLID_WORDS in "".join(texts(mentioned)).replace("**", "")
        third = await discord.mention("and sodium-ion?", reply_to=mentioned)
        assert texts(third)[-2:] == texts(second)[-2:]

        status, out, err = await running.stopped()
        assert (status, out) == (0, ""), err
        assert discord.presences[-1] == "invisible"
        assert discord.close_codes == [1000]
        assert discord.violations == []
        assert SOLID not in err and TOKEN not in err
        assert not {"torch", "sentence_transformers"} & set(running.modules)
        assert "onnxruntime" in running.modules


async def test_a_second_start_does_not_tell_the_commands_again_and_old_buttons_work(bot):
    async with Discord() as discord:
        async with bot(discord) as running:
            await running.ready()
            answer = await discord.answered(await discord.slash("ask", question=SOLID))
            await running.stopped()
        async with bot(discord) as running:
            await running.ready()
            pressed = await discord.press(answer, "Follow up")
            await discord.answered(pressed)
            second = await discord.answered(await discord.send_form(pressed, answer, "and sodium-ion?"))
            assert "Sodium-ion batteries:" in "".join(texts(second)).replace("**", "")
            await running.stopped()
        assert discord.requests["PUT commands"] == 1
        assert discord.violations == []


async def test_a_connection_that_is_reset_on_the_last_edit(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        discord.cut["PATCH @original"] = 2
        answer = await discord.answered(await discord.slash("ask", question=SOLID))
        assert SOLID_WORDS in "".join(texts(answer)).replace("**", "")
        assert discord.requests["PATCH @original"] == 3
        discord.cut["POST messages"] = 1
        assert SOLID_WORDS in "".join(texts(await discord.mention(SOLID))).replace("**", "")
        status, _, err = await running.stopped()
        assert status == 0 and "Traceback" not in err
        assert discord.violations == []


async def test_a_first_connection_that_is_refused(bot):
    async with Discord() as discord:
        # More often than the HTTP library tries by itself.
        discord.cut["GET gateway"] = 4
        async with bot(discord) as running:
            await running.ready()
            await discord.answered(await discord.slash("ask", question=SOLID))
            status, _, err = await running.stopped()
            assert status == 0 and "Traceback" not in err
        assert discord.requests["GET gateway"] == 5


async def test_a_login_that_is_cut_off_is_tried_again(bot):
    async with Discord() as discord:
        discord.cut["GET @me"] = 3
        async with bot(discord) as running:
            await running.ready()
            assert (await running.stopped())[0] == 0


async def test_sigterm_waits_for_the_answer_that_is_being_sent(bot):
    async with Discord() as discord, bot(discord) as running:
        await running.ready()
        discord.cut["PATCH @original"] = 2
        asked = await discord.slash("ask", question=SOLID)
        await discord.asked_for("PATCH @original")
        status, _, _ = await running.stopped()
        assert status == 0
        assert SOLID_WORDS in "".join(texts(await discord.answered(asked))).replace("**", "")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DISCORD_TOKEN": "not.the-right-one"}, "does not accept the token"),
        ({"DISCORD_TOKEN": "not a token"}, "does not accept the token"),
        ({"DISCORD_TOKEN": ""}, "There is no Discord token"),
        ({"DISCORD_TOKEN_FILE": "token"}, "both set"),
        ({"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": "not-there"}, "No such file"),
    ],
)
async def test_without_a_good_token_it_ends_with_one_sentence(bot, environment, words):
    async with Discord() as discord, bot(discord, **environment) as running:
        status, out, err = await running.ended()
        assert (status, out) == (2, "")
        assert words in err and err.count("\n") == 1
        assert "not.the-right-one" not in err


async def test_a_token_from_a_file_and_ctrl_c(bot, tmp_path):
    (tmp_path / "token").write_text(TOKEN + "\n")
    async with Discord() as discord, bot(discord, DISCORD_TOKEN="", DISCORD_TOKEN_FILE="token") as running:
        await running.ready()
        assert (await running.stopped(signal.SIGINT))[0] == 0
