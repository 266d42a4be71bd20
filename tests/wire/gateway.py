"""The gateway: shards that identify or resume, what is sent to them, and how a connection goes wrong.

What is dispatched while a shard is away is kept for its session, and sent again when that is resumed.
"""

import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from model import APPLICATION, BOT, CHANNELS, TOKEN, Model

MESSAGE_CONTENT = 1 << 15
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
MESSAGE_CONTENT_FLAGS = 1 << 18 | 1 << 19


class Op(IntEnum):
    """What a payload is."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    ACKNOWLEDGED = 11


@dataclass
class Session:
    """What a shard can resume."""

    id: str
    shard: int
    socket: web.WebSocketResponse | None
    events: list[dict[str, Any]] = field(default_factory=list)


class Gateway:
    """All sessions; the newest of a shard is the one that people's doings are dispatched to."""

    def __init__(self, model: Model) -> None:
        self.identified: list[int] = []
        self.resumed: list[int] = []
        self.presences: list[str] = []
        self.close_codes: list[int] = []
        self.heartbeat_seconds = 41.25
        # Whether nothing comes any more, acknowledgements of heartbeats included, until a shard connects anew.
        self.silent = False
        self._model = model
        self._sessions: dict[str, Session] = {}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.silent = False
        await self._send(socket, Op.HELLO, {"heartbeat_interval": self.heartbeat_seconds * 1000})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            await self._received(socket, request.host, json.loads(message.data))
        for session in self._sessions.values():
            if session.socket is socket:
                session.socket = None
        self.close_codes.append(socket.close_code or 0)
        return socket

    def ready(self) -> bool:
        """Whether every shard is connected."""
        return all((session := self.session(shard)) and session.socket for shard in range(self._model.shards))

    def session(self, shard: int) -> Session | None:
        return next((one for one in reversed(self._sessions.values()) if one.shard == shard), None)

    async def dispatch(self, guild: int, event: str, data: dict[str, Any]) -> None:
        """Tell the shard of a server what happened there."""
        session = self.session((guild >> 22) % self._model.shards)
        assert session is not None, "the bot has never been connected"
        await self._tell(session, event, data)

    async def close(self, code: int, shard: int = 0) -> None:
        await self._connected(shard).close(code=code)

    async def ask_to_reconnect(self, shard: int = 0) -> None:
        await self._send(self._connected(shard), Op.RECONNECT, None)

    async def invalidate(self, resumable: bool, shard: int = 0) -> None:
        session = self.session(shard)
        assert session is not None
        if not resumable:
            del self._sessions[session.id]
        assert session.socket is not None
        await self._send(session.socket, Op.INVALID_SESSION, resumable)

    def _connected(self, shard: int) -> web.WebSocketResponse:
        session = self.session(shard)
        assert session is not None and session.socket is not None, "the shard is not connected"
        return session.socket

    async def _received(self, socket: web.WebSocketResponse, host: str, payload: dict[str, Any]) -> None:
        match payload["op"]:
            case Op.HEARTBEAT:
                await self._send(socket, Op.ACKNOWLEDGED, None)
            case Op.IDENTIFY:
                await self._identify(socket, host, payload["d"])
            case Op.PRESENCE:
                self.presences.append(payload["d"]["status"])
            case Op.RESUME:
                await self._resume(socket, payload["d"])
            case other:
                self._model.violations.append(f"gateway operation {other}")

    async def _identify(self, socket: web.WebSocketResponse, host: str, told: dict[str, Any]) -> None:
        shard, shards = told.get("shard", [0, 1])
        self.identified.append(shard)
        granted = MESSAGE_CONTENT if self._model.application_flags & MESSAGE_CONTENT_FLAGS else 0
        if told["token"] != TOKEN:
            await socket.close(code=4004)
        elif told["intents"] & PRIVILEGED_INTENTS & ~granted:
            await socket.close(code=4014)
        elif shards != self._model.shards or not 0 <= shard < shards:
            self._model.violations.append(f"shard {shard} of {shards}")
            await socket.close(code=4010)
        else:
            session = Session(f"session-{len(self.identified)}", shard, socket)
            self._sessions[session.id] = session
            here = [guild for guild in self._model.guilds if (guild >> 22) % shards == shard]
            about = {"v": 10, "user": BOT, "session_id": session.id, "resume_gateway_url": f"ws://{host}/gateway"}
            lists = {
                "guilds": [{"id": str(guild), "unavailable": True} for guild in here],
                "application": {"id": str(APPLICATION), "flags": self._model.application_flags},
                "shard": [shard, shards],
            }
            await self._tell(session, "READY", about | lists)
            for guild in here:
                await self._tell(session, "GUILD_CREATE", _guild(guild))

    async def _resume(self, socket: web.WebSocketResponse, told: dict[str, Any]) -> None:
        session = self._sessions.get(told["session_id"])
        if told["token"] != TOKEN or session is None or told["seq"] > len(session.events):
            await self._send(socket, Op.INVALID_SESSION, False)
            return
        session.socket = socket
        self.resumed.append(session.shard)
        for event in session.events[told["seq"] :]:
            await socket.send_json(event)
        await self._tell(session, "RESUMED", {})

    async def _tell(self, session: Session, event: str, data: dict[str, Any]) -> None:
        payload = {"op": Op.DISPATCH, "t": event, "s": len(session.events) + 1, "d": data}
        session.events.append(payload)
        if session.socket is not None and not session.socket.closed and not self.silent:
            await session.socket.send_json(payload)

    async def _send(self, socket: web.WebSocketResponse, operation: int, data: object) -> None:
        if not self.silent:
            await socket.send_json({"op": operation, "d": data, "s": None, "t": None})

    async def shut(self) -> None:
        """The server goes away."""
        for session in self._sessions.values():
            if session.socket is not None:
                await session.socket.close(code=WSCloseCode.GOING_AWAY)


def _guild(number: int) -> dict[str, Any]:
    channel = {"id": str(CHANNELS[number]), "type": 0, "name": "questions", "position": 0, "permission_overwrites": []}
    about = {"id": str(number), "name": f"server {number}", "channels": [channel], "owner_id": "600"}
    return about | {"roles": [], "members": [], "member_count": 2, "emojis": [], "features": []}
