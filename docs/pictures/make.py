"""Makes the pictures of the README: `python docs/pictures/make.py`.

The real bot answers on a modelled Discord (SimCord), whose preview is photographed in Chromium. Needs
`pip install -e '.[test]' playwright` and a Chromium, whose program is named by CHROMIUM (default: chromium).
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import simcord
from playwright.async_api import Browser, async_playwright
from simcord.components import walk_components

from qabot.answer import Answerer
from qabot.discord_app import QabotClient
from qabot.discord_app.desk import Desk
from qabot.settings import Settings

HERE = Path(__file__).parent
WIDTH, PHONE_WIDTH, HEIGHT = 720, 420, 1400


async def main() -> None:
    """Ask, press, photograph."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        answerer = Answerer(Settings(HERE.parents[1] / "knowledge", place / "index.sqlite", place / "cache"))
        bot = QabotClient(answerer, place, Desk(20, 0.0))
        async with async_playwright() as playwright, simcord.run(bot, shard_count=1) as env:
            program = shutil.which(os.environ.get("CHROMIUM", "chromium"))
            browser = await playwright.chromium.launch(executable_path=program)
            guild = env.create_guild()
            alice = guild.add_member(env.create_user("alice"))

            solid = guild.create_text_channel("questions")
            answer = await alice.slash(solid, "ask", question="What energy density do the new solid-state cells reach?")
            await photograph(env, browser, solid, alice, "answer", PHONE_WIDTH)

            several = guild.create_text_channel("applications")
            answer = await alice.slash(several, "ask", question="Which emerging applications are there?", private=True)
            first = next(one for one in walk_components(answer.response.components) if one.get("label") == "In context")
            await alice.click(answer.response, custom_id=first["custom_id"])
            await photograph(env, browser, several, alice, "in-context", WIDTH)

            refused = guild.create_text_channel("refused")
            await alice.slash(refused, "ask", question="How old is Lisa Wang?")
            await photograph(env, browser, refused, alice, "not-in-the-documents", WIDTH)
            await browser.close()
        answerer.close()


async def photograph(env: simcord.Env, browser: Browser, channel: Any, viewer: Any, name: str, width: int) -> None:
    """A picture of the last message in a channel."""
    async with env.preview(channel, viewers=[viewer], layout="channel", width=width, height=HEIGHT) as preview:
        page = await browser.new_page(viewport={"width": width, "height": HEIGHT}, device_scale_factor=1.5)
        await page.goto(preview.url)
        await page.wait_for_timeout(3000)
        await page.locator("[data-message-id]").last.screenshot(path=HERE / f"{name}.png")
        await page.close()


if __name__ == "__main__":
    asyncio.run(main())
