"""The REST routes that the bot uses, as strict as Discord, and the faults that a network has.

Every request is counted under its route's name. Everything refused is kept in `Model.violations`.
"""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from limits import choices_problem, commands_problem, message_problem
from model import (
    APPLICATION,
    AUTOCOMPLETE,
    BOT,
    CHANNELS,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFERRED_MESSAGE,
    DEFERRED_UPDATE,
    EPHEMERAL,
    FORM,
    FORM_SENT,
    LOADING,
    MESSAGE,
    TOKEN,
    UPDATE,
    Interaction,
    Model,
)

ACKNOWLEDGE_SECONDS = 3.0
RETRY_AFTER_SECONDS = 0.3
# Hanging up before a request is looked at, or after what it wants is done.
RESET, RESET_AFTER = "reset", "reset after"

ALLOWED = {
    COMMAND: {MESSAGE, DEFERRED_MESSAGE, FORM},
    COMPONENT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, FORM},
    AUTOCOMPLETE: {CHOICES},
    FORM_SENT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE},
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Rest:
    """The routes. `faults` are what the next requests of a route meet; an interaction may have its own."""

    def __init__(self, model: Model) -> None:
        self.faults: list[tuple[str, int | str]] = []
        self._model = model

    def add_to(self, app: web.Application) -> None:
        webhook = f"/webhooks/{APPLICATION}/{{token}}"
        routes: list[tuple[str, str, str, Handler]] = [
            ("GET me", "GET", "/users/@me", self._me),
            ("GET guilds", "GET", "/users/@me/guilds", self._guilds),
            ("GET application", "GET", "/oauth2/applications/@me", self._application),
            ("GET gateway/bot", "GET", "/gateway/bot", self._gateway),
            ("PUT commands", "PUT", f"/applications/{APPLICATION}/commands", self._commands),
            ("POST callback", "POST", "/interactions/{id}/{token}/callback", self._callback),
            ("PATCH original", "PATCH", f"{webhook}/messages/@original", self._edit),
            ("POST follow-up", "POST", webhook, self._follow),
            ("POST message", "POST", "/channels/{channel}/messages", self._post),
        ]
        for name, method, path, handler in routes:
            app.router.add_route(method, "/api/v10" + path, self.guarded(name, handler))

    def guarded(self, name: str, handler: Handler) -> Handler:
        """The handler with the faults, and for the bot alone."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self._model.requests[name] += 1
            match fault := self._fault(name, self._model.interactions.get(request.match_info.get("token", ""))):
                case 429:
                    limited = {"message": "You are being rate limited.", "retry_after": RETRY_AFTER_SECONDS}
                    return _json(limited | {"global": False}, 429, {"Via": "1.1 google"})
                case int():
                    return _json({"message": "", "code": 0}, fault)
                case "reset":
                    return _hang_up(request)
            open_to_all = "token" in request.match_info or name == "GET gateway"
            if not open_to_all and request.headers.get("Authorization") != f"Bot {TOKEN}":
                return _json({"message": "401: Unauthorized", "code": 0}, 401)
            response = await handler(request)
            return _hang_up(request) if fault == RESET_AFTER else response

        return guarded

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        return self._refuse(f"unknown route {request.method} {request.path}", 404)

    def _fault(self, name: str, interaction: Interaction | None) -> int | str | None:
        for faults in (interaction.faults if interaction else [], self.faults):
            found = next((index for index, (route, _) in enumerate(faults) if route == name), None)
            if found is not None:
                return faults.pop(found)[1]
        return None

    def _refuse(self, problem: str, status: int, code: int = 0) -> web.Response:
        self._model.violations.append(problem)
        return _json({"message": problem, "code": code}, status)

    async def _me(self, request: web.Request) -> web.Response:
        return _json(BOT)

    async def _guilds(self, request: web.Request) -> web.Response:
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 200))
        there = [(number, may) for number, may in sorted(self._model.guilds.items()) if number > after]
        about = {"icon": None, "owner": False, "features": []}
        named = [{"id": str(n), "name": f"server {n}", "permissions": str(may)} | about for n, may in there]
        return _json(named[:limit])

    async def _application(self, request: web.Request) -> web.Response:
        owner = {"id": "600", "username": "owner", "discriminator": "0", "avatar": None}
        about = {"id": str(APPLICATION), "name": "qabot", "description": "", "icon": None, "bot_public": True}
        flags = {"flags": self._model.application_flags, "bot_require_code_grant": False}
        return _json(about | flags | {"owner": owner, "verify_key": ""})

    async def _gateway(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        url = f"ws://{request.host}/gateway"
        return _json({"url": url, "shards": self._model.shards, "session_start_limit": limit})

    async def _commands(self, request: web.Request) -> web.Response:
        commands = await request.json()
        if (problem := commands_problem(commands)) is not None:
            return self._refuse(problem, 400, 50035)
        self._model.commands = commands
        # Menus have no description of their own, and get an empty one.
        more = {"application_id": str(APPLICATION), "version": "1", "default_member_permissions": None}
        return _json([{"description": ""} | command | more | {"id": str(n)} for n, command in enumerate(commands, 1)])

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._model.interactions.get(request.match_info["token"])
        if interaction is None or str(interaction.id) != request.match_info["id"]:
            return self._refuse("an unknown interaction was acknowledged", 404, 10062)
        if interaction.acknowledged is not None:
            return self._refuse("an interaction was acknowledged twice", 400, 40060)
        if time.monotonic() - interaction.sent > ACKNOWLEDGE_SECONDS:
            return self._refuse("an interaction was acknowledged too late", 404, 10062)
        body, files = await _body(request)
        kind, data = body["type"], body.get("data") or {}
        problem = None
        if kind not in ALLOWED[interaction.kind] or (kind in (DEFERRED_UPDATE, UPDATE) and not interaction.source):
            problem = "a response of a type that does not fit"
        elif kind == CHOICES:
            problem = choices_problem(data["choices"])
        elif kind in (MESSAGE, UPDATE, FORM):
            problem = message_problem(data, files, form=kind == FORM)
        if problem:
            return self._refuse(problem, 400, 50035)
        interaction.acknowledged = body
        interaction.acknowledged_after = time.monotonic() - interaction.sent
        if kind == DEFERRED_MESSAGE:
            interaction.message = self._model.message({"flags": data.get("flags", 0) | LOADING}, interaction.channel)
        elif kind == MESSAGE:
            interaction.message = self._model.message(data, interaction.channel)
        elif kind in (DEFERRED_UPDATE, UPDATE):
            assert interaction.source is not None
            interaction.message = interaction.source | {
                key: data[key] for key in ("components", "flags") if key in data
            }
        if kind in (MESSAGE, UPDATE, CHOICES, FORM):
            interaction.answered()
        about = {"id": str(interaction.id), "type": interaction.kind}
        if interaction.message:
            about |= {"response_message_id": interaction.message["id"]}
        return _json({"interaction": about})

    async def _edit(self, request: web.Request) -> web.Response:
        interaction = self._model.interactions.get(request.match_info["token"])
        if interaction is None or interaction.message is None:
            return self._refuse("a message that is not there was edited", 404, 10015)
        body, files = await _body(request)
        if (problem := message_problem(body, files)) is not None:
            return self._refuse(problem, 400, 50035)
        flags = body.get("flags", 0) | interaction.message["flags"] & EPHEMERAL
        interaction.message |= {"components": body["components"], "flags": flags}
        interaction.answered()
        return _json(interaction.message)

    async def _follow(self, request: web.Request) -> web.Response:
        interaction = self._model.interactions.get(request.match_info["token"])
        if interaction is None or interaction.acknowledged is None:
            return self._refuse("a message followed nothing", 404, 10015)
        body, files = await _body(request)
        if (problem := message_problem(body, files)) is not None:
            return self._refuse(problem, 400, 50035)
        waiting = interaction.message and interaction.message["flags"] & LOADING
        if interaction.message and waiting:
            interaction.message |= {"components": body["components"], "flags": interaction.message["flags"] & EPHEMERAL}
            interaction.answered()
            return _json(interaction.message)
        interaction.followed.append(self._model.message(body, interaction.channel))
        return _json(interaction.followed[-1])

    async def _post(self, request: web.Request) -> web.Response:
        channel = int(request.match_info["channel"])
        if channel not in CHANNELS.values():
            return self._refuse("a message to a channel that is not there", 404, 10003)
        body, files = await _body(request)
        if (problem := message_problem(body, files)) is not None:
            return self._refuse(problem, 400, 50035)
        nonce = str(body.get("nonce"))
        if body.get("enforce_nonce") and nonce in self._model.by_nonce:
            return _json(self._model.by_nonce[nonce])
        message = self._model.message(body, channel)
        self._model.messages.append(message)
        self._model.by_nonce[nonce] = message
        return _json(message)


def _hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads a body only where the content type has no charset.
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")


async def _body(request: web.Request) -> tuple[dict[str, Any], set[str]]:
    """The JSON of a request, and the names of the files sent with it."""
    if request.content_type != "multipart/form-data":
        return await request.json(), set()
    form = await request.post()
    return json.loads(str(form["payload_json"])), {
        one.filename for one in form.values() if isinstance(one, web.FileField)
    }
