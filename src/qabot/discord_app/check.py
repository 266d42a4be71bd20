"""Whether all is there that the bot needs: token, application, permissions, documents and models.

Asks Discord, but does not connect to the gateway, changes nothing there and uses up no login.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from qabot.discord_app.delivery import NETWORK_ERRORS
from qabot.discord_app.start import NO_MESSAGE_CONTENT, read_token, told
from qabot.errors import DiscordError, QabotError
from qabot.settings import Settings

if TYPE_CHECKING:
    from qabot.answer import Answerer

NEEDED = ("view_channel", "send_messages", "send_messages_in_threads", "attach_files", "read_message_history")
USEFUL = ("create_public_threads",)
GUILDS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and whether it is in order."""

    good: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok' if self.good else 'NOT OK':<8}{self.text}"


def check(
    answerer: Callable[[], "Answerer"], settings: Settings, environment: Mapping[str, str] = os.environ
) -> Iterator[Finding]:
    """Look at everything, one finding after the other; `answerer` opens the documents as for answering."""
    # It announces that voice is missing.
    logging.getLogger("discord").setLevel(logging.ERROR)
    try:
        token = read_token(environment)
    except DiscordError as error:
        yield Finding(False, str(error))
    else:
        yield from asyncio.run(_on_discord(token, settings.message_content))
    yield from _here(answerer)


async def _on_discord(token: str, message_content: bool) -> list[Finding]:
    findings = []
    try:
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(token)
            findings.append(Finding(True, f"token: Discord knows it as {client.user}"))
            findings.append(_application(client, message_content))
            shards, _, logins = await client.http.get_bot_gateway()
            left = f"logins: {logins['remaining']} of {logins['total']} are left today; one start takes {shards}"
            findings.append(Finding(logins["remaining"] >= shards, left))
            findings += await _servers(client)
    except (discord.HTTPException, discord.LoginFailure, discord.GatewayNotFound, *NETWORK_ERRORS) as error:
        findings.append(Finding(False, f"Discord: {told(error)}"))
    return findings


def _application(client: discord.Client, message_content: bool) -> Finding:
    application = client.application
    assert application is not None  # since the login
    if application.interactions_endpoint_url:
        return Finding(
            False,
            "application: commands are sent to an Interactions Endpoint URL and not to the bot; take it out (Developer "
            "Portal, your application, General Information).",
        )
    flags = application.flags
    if message_content and not (flags.gateway_message_content or flags.gateway_message_content_limited):
        return Finding(False, f"application: {NO_MESSAGE_CONTENT}")
    intents = "Message Content Intent is on" if message_content else "no privileged intent is needed"
    return Finding(True, f"application: {application.name}, {intents}")


async def _servers(client: discord.Client) -> list[Finding]:
    """What the bot's role may do on each server; a channel may have other rules."""
    servers: list[Any] = []
    while True:
        some = await client.http.get_guilds(GUILDS_AT_ONCE, after=int(servers[-1]["id"]) if servers else None)
        servers += some
        if len(some) < GUILDS_AT_ONCE:
            break
    if servers:
        return [_server(server["name"], discord.Permissions(int(server["permissions"]))) for server in servers]
    wanted = discord.Permissions(**dict.fromkeys((*NEEDED, *USEFUL), True))
    scopes = ("bot", "applications.commands")
    invitation = discord.utils.oauth_url(client.application_id or 0, permissions=wanted, scopes=scopes)
    return [Finding(False, f"servers: none yet; invite the bot: {invitation}")]


def _server(name: str, may: discord.Permissions) -> Finding:
    missing, unneeded = (
        ", ".join(one.replace("_", " ") for one in wanted if not (may.administrator or getattr(may, one)))
        for wanted in (NEEDED, USEFUL)
    )
    if missing:
        return Finding(False, f"server {name}: the bot's role may not {missing}; allow it (Server Settings, Roles).")
    return Finding(True, f"server {name}: all that is needed is allowed{', but not to ' * bool(unneeded)}{unneeded}")


def _here(answerer: Callable[[], "Answerer"]) -> Iterator[Finding]:
    try:
        with closing(answerer()) as opened:
            sources = opened.sources()
            passages = sum(source.passages for source in sources)
            yield Finding(True, f"documents: {len(sources)} with {passages} passages, in {opened.store.path}")
            if not opened.store.writable:
                text = "it cannot be written: changes are not taken in, and each start waits before it logs in"
                yield Finding(False, f"index: {text}")
            for skipped in opened.summary.skipped:
                yield Finding(False, f"document {skipped.path}: skipped, {skipped.reason}")
            models = [opened.encoder.name, *([opened.reading_model.name] if opened.reading_model else [])]
            fitted = "" if opened.calibrated else "; how sure is not fitted for them, see qabot calibrate --help"
            yield Finding(True, f"models: {' and '.join(models)}{fitted}")
    except QabotError as error:
        yield Finding(False, str(error))
