"""What a Discord message is made of: plain data, no discord.py, and the limits that it must keep."""

from dataclasses import dataclass

from qabot.render.discord.markup import length

MESSAGE_CHARACTERS = 4000
OPTION_CHARACTERS = 100
MOST_OPTIONS = 25

FOUND = 0x2E8B57
NOT_FOUND = 0xC77C11
NOTICE = 0x5865F2


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `action` says what it does, `key` to what; both are kept in the message, so it works for ever."""

    label: str
    action: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a list to choose from; `key` as that of a button."""

    label: str
    description: str
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message's text, with a button beside it if it has one; `number` marks a part to be read back."""

    text: str
    number: int | None = None
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file sent with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A message to be sent: parts, then a list to choose from, then rows of buttons."""

    parts: tuple[Part, ...]
    colour: int = NOTICE
    options: tuple[Option, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def length(self) -> int:
        """How much of Discord's 4,000 characters the message takes."""
        return sum(length(part.text) for part in self.parts)
