"""What Discord takes as a message, form, list of choices or commands, and how to look into a message."""

import re
from collections.abc import Iterator
from typing import Any

COMPONENTS_V2 = 1 << 15
ROW, BUTTON, SELECT, TEXT, FILE = 1, 2, 3, 10, 13


def components(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All components of a message or form, from the outside in."""
    for one in message.get("components", []):
        yield one
        inner = [one.get("accessory"), one.get("component")]
        yield from components({"components": [*one.get("components", []), *filter(None, inner)]})


def texts(message: dict[str, Any]) -> list[str]:
    return [one["content"] for one in components(message) if one["type"] == TEXT]


def said(message: dict[str, Any]) -> str:
    """What a message says, without escapes and bold."""
    return "\n".join(texts(message)).replace("**", "").replace("\\", "")


def button(message: dict[str, Any], label: str) -> str:
    """The `custom_id` of a button."""
    found = [one["custom_id"] for one in components(message) if one.get("label") == label]
    assert found, f"there is no button {label!r} beside {texts(message)}"
    return str(found[0])


def select(message: dict[str, Any]) -> tuple[str, list[str]]:
    """The `custom_id` and the values of the list in a message."""
    found = [one for one in components(message) if one["type"] == SELECT]
    assert found, f"there is no list below {texts(message)}"
    return found[0]["custom_id"], [option["value"] for option in found[0]["options"]]


def message_problem(body: dict[str, Any], files: set[str], form: bool = False) -> str | None:
    """What Discord, or a strict reader of its documentation, would not take in a message or form."""
    parts = list(components(body))
    named = [one["custom_id"] for one in parts if "custom_id" in one]
    numbers = [one["id"] for one in parts if one.get("id")]
    attached = [one["file"]["url"].removeprefix("attachment://") for one in parts if one["type"] == FILE]
    rows = [one["components"] for one in parts if one["type"] == ROW]
    new = parts and not form
    checks = {
        "an empty message": not parts and not body.get("content"),
        "content of more than 2000 characters": _units(body.get("content") or "") > 2000,
        "more than 40 components": len(parts) > 40,
        "more than 4000 characters": sum(map(_units, texts(body))) > 4000,
        "a text that is empty": not all(text.strip() for text in texts(body)),
        "a custom_id of no or more than 100 characters": not all(0 < len(one) <= 100 for one in named),
        "a custom_id twice": len(set(named)) < len(named),
        "a component's number twice": len(set(numbers)) < len(numbers),
        "a row of no or more than five buttons, or more than a list": not all(map(_row, rows)),
        "a label of no or more than 80 characters": not all(_button(one) for one in parts if one["type"] == BUTTON),
        "a list over its limits": not all(_select(one) for one in parts if one["type"] == SELECT),
        "a form over its limits": form and not _form(body),
        "files that are not those shown": new and set(attached) != files,
        "components without their flag": new and not body.get("flags", 0) & COMPONENTS_V2,
        "content beside components": bool(parts and (body.get("content") or body.get("embeds"))),
        "a message that may ping": not form and not _pings_nobody(body.get("allowed_mentions")),
    }
    return next((problem for problem, found in checks.items() if found), None)


def choices_problem(choices: list[dict[str, str]]) -> str | None:
    """What Discord would not take as choices for what a person types."""
    if len(choices) > 25:
        return "more than 25 choices"
    short = all(0 < _units(one[key]) <= 100 for one in choices for key in ("name", "value"))
    return None if short else "a choice of no or more than 100 characters"


def commands_problem(commands: list[dict[str, Any]]) -> str | None:
    """What Discord would not take as the commands of a bot."""
    names = [(one.get("type", 1), one["name"]) for one in commands]
    if len(set(names)) < len(names):
        return "a command twice"
    for command in commands:
        menu = command.get("type", 1) != 1
        described = [] if menu else [command, *command.get("options", [])]
        if not 0 < len(command["name"]) <= 32 or not all(
            re.fullmatch(r"[-_\da-z]{1,32}", o["name"]) for o in described
        ):
            return "a command's or option's name"
        if not all(0 < len(one["description"]) <= 100 for one in described):
            return "a description of no or more than 100 characters"
        if len(command.get("options", [])) > 25:
            return "more than 25 options"
    return None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _row(inside: list[dict[str, Any]]) -> bool:
    kinds = [one["type"] for one in inside]
    return kinds == [SELECT] or (0 < len(kinds) <= 5 and set(kinds) == {BUTTON})


def _button(one: dict[str, Any]) -> bool:
    return 0 < _units(one.get("label", "")) <= 80


def _select(one: dict[str, Any]) -> bool:
    options = one["options"]
    values = [option["value"] for option in options]
    given = [option[key] for option in options for key in ("label", "value", "description") if option.get(key)]
    short = all(0 < _units(text) <= 100 for text in given)
    return 0 < len(options) <= 25 and len(set(values)) == len(values) and short


def _form(body: dict[str, Any]) -> bool:
    labelled = body["components"]
    fields = [one.get("component", {}) for one in labelled]
    return (
        0 < _units(body["title"]) <= 45
        and 0 < len(body["custom_id"]) <= 100
        and 1 <= len(labelled) <= 5
        and all(0 < _units(one.get("label", "")) <= 45 for one in labelled)
        and all(field.get("max_length", 4000) <= 4000 for field in fields)
        and all(_units(field.get("placeholder", "")) <= 100 for field in fields)
    )


def _pings_nobody(allowed: dict[str, Any] | None) -> bool:
    return (
        allowed is not None
        and allowed.get("parse") == []
        and not any(allowed.get(k) for k in ("users", "roles", "replied_user"))
    )
