"""From the environment to a running bot, and from SIGTERM to a clean end."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import discord
from discord.gateway import ReconnectWebSocket

from qabot.discord_app.bot import QabotClient
from qabot.discord_app.delivery import NETWORK_ERRORS
from qabot.errors import DiscordError, QabotError

if TYPE_CHECKING:
    from qabot.answer import Answerer

LOGIN_DELAYS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)

_BAD_TOKEN = (
    "Discord does not accept the token; make a new one (Developer Portal, your application, Bot, Reset Token) "
    "and set DISCORD_TOKEN to it."
)

NO_MESSAGE_CONTENT = (
    "The setting message_content is on, but Discord does not let the bot read messages; switch the Message Content "
    "Intent on (Developer Portal, your application, Bot), or set message_content to off."
)

log = logging.getLogger(__name__)


def read_token(environment: Mapping[str, str]) -> str:
    """The bot's token, from DISCORD_TOKEN or the file that DISCORD_TOKEN_FILE names.

    Raises DiscordError where there is none, or both, or what is there cannot be a token.
    """
    token, file = environment.get("DISCORD_TOKEN"), environment.get("DISCORD_TOKEN_FILE")
    if token and file:
        raise DiscordError("DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set; set one of them.")
    if file:
        try:
            token = Path(file).read_text()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise DiscordError(f"The file {file} that DISCORD_TOKEN_FILE names cannot be read: {reason}.") from error
    token = (token or "").strip()
    if not token:
        missing = f"The file {file} is empty" if file else "There is no Discord token"
        raise DiscordError(f"{missing}; set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that holds the token.")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise DiscordError(_BAD_TOKEN)
    return token


def run(answerer: "Answerer", folder: Path, token: str) -> None:
    """Answer on Discord until SIGTERM or SIGINT. `folder` is where the bot keeps its small files.

    Raises DiscordError where Discord refuses the token or cannot be reached for some minutes.
    """
    asyncio.run(_serve(answerer, folder, token))


def main() -> int:
    """Start from the environment's settings; the exit status: 0 after SIGTERM, 2 after an error, said in a sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Its debug lines hold interaction tokens, and it announces every start that voice is missing.
    logging.getLogger("discord").setLevel(logging.WARNING)
    for name in ("discord.client", "discord.shard", "discord.gateway", "discord.app_commands.tree"):
        logging.getLogger(name).addFilter(_in_brief)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    # Until the bot has a loop to stop, being told to end is the end; what is being indexed is rolled back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        token = read_token(os.environ)
        # Only now: a missing token is told at once, before anything is loaded.
        from qabot.answer import Answerer
        from qabot.settings import Settings

        settings = Settings.load()
        answerer = Answerer(settings)
        for skipped in answerer.summary.skipped:
            log.warning("skipped %s: %s", skipped.path, skipped.reason)
        with contextlib.closing(answerer):
            run(answerer, settings.index.parent, token)
    except QabotError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception:
        log.exception("the bot ended")
        print("Something unexpected ended the bot; the lines above say what.", file=sys.stderr)
        return 2
    return 0


async def _serve(answerer: "Answerer", folder: Path, token: str) -> None:
    message_content = answerer.settings.message_content
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    stopping = asyncio.create_task(stopped.wait())
    for delay in LOGIN_DELAYS:
        async with QabotClient(answerer, folder, message_content=message_content) as client:
            connection = asyncio.create_task(client.start(token))
            await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.is_set():
                log.info("stopping")
                await client.leave()
                # A shard that is just being connected takes the cancelling for itself, and the closing ends the rest.
                connection.cancel()
                await client.close()
                await asyncio.gather(connection, return_exceptions=True)
                return
            error = connection.exception()
        # Each attempt has a client of its own: one that could not log in cannot be used again.
        if not isinstance(error, (*NETWORK_ERRORS, discord.DiscordServerError, discord.GatewayNotFound)):
            break
        log.warning("Discord cannot be reached (%s); trying again in %.0f s", type(error).__name__, delay)
        await asyncio.wait({stopping}, timeout=delay)
        if stopped.is_set():
            return
    stopping.cancel()
    raise told(error) from error


def told(error: BaseException | None) -> BaseException:
    """What ended the connection, as an error with a sentence where it is a known one."""
    if isinstance(error, discord.LoginFailure) or getattr(error, "status", None) == 401:
        return DiscordError(_BAD_TOKEN)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return DiscordError(NO_MESSAGE_CONTENT)
    if isinstance(error, discord.ConnectionClosed):
        refused = error.code == 4004
        return DiscordError(_BAD_TOKEN if refused else f"Discord ended the connection for good (code {error.code}).")
    if isinstance(error, (discord.HTTPException, discord.GatewayNotFound, *NETWORK_ERRORS)):
        return DiscordError(f"Discord cannot be reached ({type(error).__name__}); check the network, then start again.")
    return error or DiscordError("The connection to Discord ended.")


def _in_brief(record: logging.LogRecord) -> bool:
    """Network errors, which happen every day, in one line instead of a traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (*NETWORK_ERRORS, discord.DiscordException, ReconnectWebSocket)):
        record.msg, record.args = "%s (%s: %s)", (record.getMessage(), type(error).__name__, error)
        record.exc_info = None
    return True
