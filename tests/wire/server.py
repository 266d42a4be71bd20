"""A small Discord on loopback: the REST routes and the gateway that the bot uses, and nothing else.

It is strict. What Discord refuses it refuses, and everything refused is kept in `Discord.violations`: unknown routes,
a command that was never told, acknowledgements that come twice or after three seconds, messages over the limits, and
messages that could ping someone. `Discord.cut` makes it hang up on a request instead of answering.
"""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web
from limits import button, message_problem

TOKEN = "bot-token.for-the-tests"
APPLICATION, GUILD, CHANNEL = 700, 800, 900
BOT = {"id": str(APPLICATION), "username": "qabot", "discriminator": "0", "avatar": None, "bot": True}
MEMBER = {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15
EPHEMERAL = 1 << 6
PERMISSIONS = 1 << 10 | 1 << 11 | 1 << 38  # view channels, send messages, and in threads
ACKNOWLEDGE_SECONDS, PATIENCE_SECONDS = 3.0, 60.0
MODAL = 9


@dataclass
class Interaction:
    """One thing that a person did, and what came of it."""

    id: int
    token: str
    kind: int
    sent: float
    acknowledged: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Discord:
    """`async with Discord() as discord:` serves on `discord.address` of the loopback interface."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.requests: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self.commands: list[dict[str, Any]] = []
        self.presences: list[str] = []
        self.close_codes: list[int] = []
        self.posted: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._ready = asyncio.Event()
        self._interactions: dict[str, Interaction] = {}
        self._sequence = 0
        self._last = 0
        self._socket: web.WebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        routes = {
            ("GET", "/users/@me"): self._me,
            ("GET", "/oauth2/applications/@me"): self._application,
            ("PUT", f"/applications/{APPLICATION}/commands"): self._commands,
            ("POST", "/interactions/{id}/{token}/callback"): self._callback,
            ("PATCH", f"/webhooks/{APPLICATION}/{{token}}/messages/@original"): self._edit,
            ("POST", f"/channels/{CHANNEL}/messages"): self._post,
        }
        for (method, path), handler in routes.items():
            app.router.add_route(
                method, "/api/v10" + path, self._guarded(f"{method} {path.rsplit('/', 1)[1]}", handler)
            )
        app.router.add_get("/gateway", self._guarded("GET gateway", self._gateway))
        app.router.add_route("*", "/{rest:.*}", self._unknown)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()

    # What a person does.

    async def slash(self, name: str, **options: Any) -> Interaction:
        if name not in [command["name"] for command in self.commands]:
            raise AssertionError(f"/{name} was never told to Discord")
        given = [
            {"name": key, "type": 5 if isinstance(value, bool) else 3, "value": value} for key, value in options.items()
        ]
        return await self._interaction(2, {"id": "1", "name": name, "type": 1, "options": given})

    async def press(self, message: dict[str, Any], label: str) -> Interaction:
        return await self._interaction(3, {"custom_id": button(message, label), "component_type": 2}, message)

    async def send_form(self, pressed: Interaction, message: dict[str, Any], value: str) -> Interaction:
        assert pressed.acknowledged is not None and pressed.acknowledged["type"] == MODAL
        form = pressed.acknowledged["data"]
        field_id = form["components"][0]["component"]["custom_id"]
        entered = [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": field_id, "value": value}}]
        return await self._interaction(5, {"custom_id": form["custom_id"], "components": entered}, message)

    async def mention(self, text: str, reply_to: dict[str, Any] | None = None) -> dict[str, Any]:
        """A message that mentions the bot; what the bot writes next."""
        message = self._message({"content": f"<@{APPLICATION}> {text}"}, author=self._person())
        message |= {"guild_id": str(GUILD), "member": MEMBER, "mentions": [BOT | {"member": MEMBER}]}
        if reply_to:
            message |= {"type": 19, "message_reference": {"message_id": reply_to["id"], "channel_id": str(CHANNEL)}}
            message["referenced_message"] = reply_to
        await self._dispatch("MESSAGE_CREATE", message)
        return await asyncio.wait_for(self.posted.get(), PATIENCE_SECONDS)

    async def answered(self, interaction: Interaction) -> dict[str, Any]:
        """What stands in the channel at last, after "thinking...", or the form that is shown."""
        await asyncio.wait_for(interaction.done.wait(), PATIENCE_SECONDS)
        return interaction.message or {}

    async def ready(self) -> None:
        """Wait until the bot is connected to the gateway."""
        await asyncio.wait_for(self._ready.wait(), PATIENCE_SECONDS)

    async def asked_for(self, name: str, times: int = 1) -> None:
        """Wait until the bot has made so many requests of this kind."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.requests[name] < times:
                await asyncio.sleep(0.01)

    # REST.

    def _guarded(self, name: str, handler: Any) -> Any:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.requests[name] += 1
            if self.cut[name]:
                self.cut[name] -= 1
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            public = "token" in request.match_info or name == "GET gateway"
            if not public and request.headers.get("Authorization") != f"Bot {TOKEN}":
                return _json({"message": "401: Unauthorized", "code": 0}, 401)
            response: web.StreamResponse = await handler(request)
            return response

        return guarded

    async def _unknown(self, request: web.Request) -> web.Response:
        return self._refuse(f"unknown route {request.method} {request.path}", 404)

    async def _me(self, request: web.Request) -> web.Response:
        return _json(BOT)

    async def _application(self, request: web.Request) -> web.Response:
        about = {"id": str(APPLICATION), "name": "qabot", "description": "", "icon": None, "bot_public": True}
        return _json(about | {"bot_require_code_grant": False, "owner": self._person(), "verify_key": "", "flags": 0})

    async def _commands(self, request: web.Request) -> web.Response:
        self.commands = await request.json()
        # Menus have no description of their own, and get an empty one.
        more = {"application_id": str(APPLICATION), "version": "1", "default_member_permissions": None}
        told = [{"description": ""} | command | more | {"id": str(n)} for n, command in enumerate(self.commands, 1)]
        return _json(told)

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._interactions.get(request.match_info["token"])
        if interaction is None or str(interaction.id) != request.match_info["id"]:
            return self._refuse("an unknown interaction was acknowledged", 404, 10062)
        if interaction.acknowledged is not None:
            return self._refuse("an interaction was acknowledged twice", 400, 40060)
        if time.monotonic() - interaction.sent > ACKNOWLEDGE_SECONDS:
            return self._refuse("an interaction was acknowledged too late", 404, 10062)
        body, files = await _body(request)
        data = body.get("data") or {}
        if (problem := message_problem(data, files)) is not None:
            return self._refuse(problem, 400, 50035)
        interaction.acknowledged = body
        if body["type"] == 5:
            interaction.message = self._message({"flags": data.get("flags", 0) | 1 << 7}) | {"components": []}
        elif body["type"] == 4:
            interaction.message = self._message(data)
        if body["type"] in (4, MODAL):
            interaction.done.set()
        about = {"id": str(interaction.id), "type": interaction.kind}
        if interaction.message:
            about |= {"response_message_id": interaction.message["id"]}
        return _json({"interaction": about})

    async def _edit(self, request: web.Request) -> web.Response:
        interaction = self._interactions.get(request.match_info["token"])
        if interaction is None or interaction.message is None:
            return self._refuse("a message that is not there was edited", 404, 10008)
        body, files = await _body(request)
        if (problem := message_problem(body, files)) is not None:
            return self._refuse(problem, 400, 50035)
        flags = body.get("flags", 0) | interaction.message["flags"] & EPHEMERAL
        interaction.message |= self._message(body) | {"id": interaction.message["id"], "flags": flags}
        interaction.done.set()
        return _json(interaction.message)

    async def _post(self, request: web.Request) -> web.Response:
        body, files = await _body(request)
        if (problem := message_problem(body, files)) is not None:
            return self._refuse(problem, 400, 50035)
        message = self._message(body)
        await self.posted.put(message)
        return _json(message)

    def _refuse(self, problem: str, status: int, code: int = 0) -> web.Response:
        self.violations.append(problem)
        return _json({"message": problem, "code": code}, status)

    # The gateway.

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            await self._received(socket, json.loads(message.data))
        self._ready.clear()
        self.close_codes.append(socket.close_code or 0)
        return socket

    async def _received(self, socket: web.WebSocketResponse, payload: dict[str, Any]) -> None:
        if payload["op"] == 1:
            await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
        elif payload["op"] == 2:
            if payload["d"]["token"] != TOKEN or payload["d"]["intents"] & PRIVILEGED_INTENTS:
                self.violations.append("a wrong token or a privileged intent")
                await socket.close(code=4004)
                return
            self._socket = socket
            about = {"v": 10, "user": BOT, "session_id": "s", "resume_gateway_url": f"ws://{self.address}/gateway"}
            lists = {
                "guilds": [{"id": str(GUILD), "unavailable": True}],
                "application": {"id": str(APPLICATION), "flags": 0},
            }
            await self._dispatch("READY", about | lists)
            channel = {"id": str(CHANNEL), "type": 0, "name": "questions", "position": 0, "permission_overwrites": []}
            guild = {
                "id": str(GUILD),
                "name": "A server",
                "channels": [channel],
                "roles": [],
                "members": [],
                "member_count": 2,
            }
            await self._dispatch("GUILD_CREATE", guild | {"emojis": [], "features": [], "owner_id": "600"})
            self._ready.set()
        elif payload["op"] == 3:
            self.presences.append(payload["d"]["status"])
        else:
            self.violations.append(f"gateway operation {payload['op']}")

    async def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        assert self._socket is not None
        self._sequence += 1
        await self._socket.send_json({"op": 0, "t": event, "s": self._sequence, "d": data})

    async def _interaction(self, kind: int, data: dict[str, Any], message: dict[str, Any] | None = None) -> Interaction:
        number = self._snowflake()
        interaction = Interaction(number, f"token-{number}", kind, time.monotonic())
        self._interactions[interaction.token] = interaction
        about = {"id": str(number), "token": interaction.token, "type": kind, "version": 1, "data": data}
        place = {"application_id": str(APPLICATION), "guild_id": str(GUILD), "channel": {"id": str(CHANNEL), "type": 0}}
        limits = {
            "attachment_size_limit": 10_000_000,
            "member": MEMBER | {"user": self._person(), "permissions": str(PERMISSIONS)},
        }
        await self._dispatch("INTERACTION_CREATE", about | place | limits | ({"message": message} if message else {}))
        return interaction

    def _message(self, body: dict[str, Any], author: dict[str, Any] = BOT) -> dict[str, Any]:
        about = {"id": str(self._snowflake()), "channel_id": str(CHANNEL), "author": author, "type": 0, "pinned": False}
        times = {"timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "flags": 0}
        lists: dict[str, Any] = {"mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "content": ""}
        shown = {key: value for key, value in body.items() if key in ("content", "components", "flags")}
        return about | times | lists | {"mention_everyone": False} | shown

    def _person(self) -> dict[str, Any]:
        """Somebody who has not asked before, so that nobody has to wait between two questions."""
        return {"id": str(self._snowflake()), "username": "alice", "discriminator": "0", "avatar": None}

    def _snowflake(self) -> int:
        """A number with the time in it: discord.py reads from it whether an interaction is too old."""
        self._last = max(self._last + 1, int(time.time() * 1000 - 1420070400000) << 22)
        return self._last


def _json(body: object, status: int = 200) -> web.Response:
    # discord.py reads a body only where the content type has no charset.
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


async def _body(request: web.Request) -> tuple[dict[str, Any], set[str]]:
    """The JSON of a request, and the names of the files sent with it."""
    if request.content_type != "multipart/form-data":
        return await request.json(), set()
    form = await request.post()
    return json.loads(str(form["payload_json"])), {
        one.filename for one in form.values() if isinstance(one, web.FileField)
    }
