"""Getting a message to Discord although the network stumbles.

discord.py repeats a request on a 5xx and waits on a 429, but gives up at once on a connection that is reset; the
person would look at "thinking..." for ever. All attempts here together take a few minutes at most, well within the
15 minutes that an interaction can be answered.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from qabot.render.discord import notice
from qabot.render.discord.message import Shown

DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
NETWORK_ERRORS = (aiohttp.ClientError, OSError)
SENDING_ERRORS = (discord.HTTPException, *NETWORK_ERRORS)

# Discord waits three seconds. After a 5xx the library tries again one second later, and then only after another three:
# too late, so that it is stopped and begins anew.
ACKNOWLEDGE_SECONDS = 2.8
ATTEMPT_SECONDS = 1.4
ATTEMPT_DELAYS = (0.1, 0.2, 0.4, 0.8, 1.6)
ALREADY_ACKNOWLEDGED = 40060

log = logging.getLogger(__name__)

Send = Callable[[Shown], Awaitable[object]]


async def acknowledge(send: Callable[[], Awaitable[object]]) -> bool:
    """Send the first response to an interaction, again and again while Discord waits for it; whether it has it.

    Raises nothing. Without an answer from Discord, False may be wrong.
    """
    try:
        async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
            for delay in ATTEMPT_DELAYS:
                try:
                    async with asyncio.timeout(ATTEMPT_SECONDS):
                        await send()
                    return True
                except SENDING_ERRORS as error:
                    # An attempt before this one arrived; only the answer to it did not.
                    if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
                        return True
                    log.warning("an interaction was not acknowledged: %s", _named(error))
                    if not _passes(error):
                        break
                await asyncio.sleep(delay)
    except TimeoutError:
        pass
    return False


async def deliver(send: Send, shown: Shown, otherwise: Send | None = None) -> None:
    """Send a message, again and again if it must be; one that Discord does not take is replaced by a sentence.

    Where there is nothing that could be answered or edited, it is sent with `otherwise`, if that is given. Raises
    nothing: what cannot be delivered at all is logged.
    """
    for message in (shown, notice.failed()):
        try:
            await _repeated(send, message)
            return
        except (discord.Forbidden, discord.NotFound) as error:
            if otherwise and isinstance(error, discord.NotFound):
                await deliver(otherwise, message)
            elif message.attachments and isinstance(error, discord.Forbidden):
                await deliver(send, notice.no_files())
            else:
                log.warning("no message can be sent there: %s", _named(error))
            return
        except SENDING_ERRORS as error:
            log.error("a message could not be sent: %s", _named(error))


async def _repeated(send: Send, message: Shown) -> None:
    for delay in DELAYS:
        try:
            await send(message)
            return
        except SENDING_ERRORS as error:
            if not _passes(error):
                raise
            log.warning("sending again in %.1f s: %s", delay, _named(error))
            await asyncio.sleep(delay)
    await send(message)


def _passes(error: Exception) -> bool:
    """Whether it may work a moment later."""
    return not isinstance(error, discord.HTTPException) or error.status == 429 or error.status >= 500


def _named(error: Exception) -> str:
    """An error in the log: what it is and Discord's number for it, never what was sent."""
    if isinstance(error, discord.HTTPException):
        return f"{type(error).__name__} {error.status} ({error.code})"
    return type(error).__name__
