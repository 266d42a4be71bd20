"""What Discord takes as a message or form, and how to look into one."""

from collections.abc import Iterator
from typing import Any

COMPONENTS_V2 = 1 << 15


def components(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All components of a message or form, from the outside in."""
    for one in message.get("components", []):
        yield one
        yield from components({"components": [*one.get("components", []), *filter(None, [one.get("accessory")])]})


def texts(message: dict[str, Any]) -> list[str]:
    return [one["content"] for one in components(message) if one["type"] == 10]


def button(message: dict[str, Any], label: str) -> str:
    """The `custom_id` of a button."""
    found = [one["custom_id"] for one in components(message) if one.get("label") == label]
    assert found, f"there is no button {label!r} beside {texts(message)}"
    return str(found[0])


def message_problem(body: dict[str, Any], files: set[str]) -> str | None:
    """What Discord, or a strict reader of its documentation, would not take in a message or form."""
    if not body.get("components"):
        return "content without components" if body.get("content") else None
    parts = list(components(body))
    named = [one["custom_id"] for one in parts if "custom_id" in one]
    numbers = [one["id"] for one in parts if one.get("id")]
    attached = [one["file"]["url"].removeprefix("attachment://") for one in parts if one["type"] == 13]
    form = "title" in body
    checks = {
        "more than 40 components": len(parts) > 40,
        "more than 4000 characters": sum(len(text.encode("utf-16-le")) // 2 for text in texts(body)) > 4000,
        "a text that is empty": not all(text.strip() for text in texts(body)),
        "a custom_id of no or more than 100 characters": not all(0 < len(one) <= 100 for one in named),
        "a custom_id twice": len(set(named)) < len(named),
        "a component's number twice": len(set(numbers)) < len(numbers),
        "files that are not those shown": set(attached) != files,
        "components without their flag": not form and not body.get("flags", 0) & COMPONENTS_V2,
        "content beside components": bool(body.get("content") or body.get("embeds")),
        "a message that may ping": not form and not _pings_nobody(body.get("allowed_mentions")),
    }
    return next((problem for problem, found in checks.items() if found), None)


def _pings_nobody(allowed: dict[str, Any] | None) -> bool:
    return (
        allowed is not None
        and allowed.get("parse") == []
        and not any(allowed.get(k) for k in ("users", "roles", "replied_user"))
    )
