"""What every format's module gives: the text of a document with its sections and blocks."""

from dataclasses import dataclass, field

from qabot.types import Block, Origin, Section


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text, its own title (None: it has none), sections and blocks as `Document` wants them.

    `sections[0]` is always the opening, number "0", from 0 to the first heading; it may be empty. Where the text has a
    title line, the opening's body begins after it. Every character that is not white space stands in a block, in a
    heading (`text[section.start:section.body]`), or in a rule ("-----"). `date` is an ISO date.
    """

    text: str
    title: str | None
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    date: str | None = None
    origin: Origin = field(default_factory=Origin)
