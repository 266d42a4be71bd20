"""What the front matter of a Markdown file, YAML between two lines of dashes, says about the document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import yaml

from qabot.errors import DocumentError

# The YAML parser is slow on what is meant to be slow.
_MOST_CHARACTERS = 20_000
_ADDRESSES = ("url", "canonical", "canonical_url", "permalink", "source")
# Of the day on which it was written or, where that is not said, last changed.
_DATES = ("date", "published", "lastmod", "last_modified_at", "updated")
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_WEB = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself. `date` is an ISO date, `url` an address on the web."""

    title: str | None = None
    date: str | None = None
    url: str | None = None


NOTHING = Metadata()


def read(source: str) -> Metadata | None:
    """What is between the lines of dashes, as metadata; None where it is no mapping but text between two rules.

    Only the plain values at the top of the mapping are looked at. Nothing is built from the rest, so that aliases that
    multiply each other do no harm.

    Raises DocumentError, whose text is a clause, where it is too long or not YAML.
    """
    if len(source) > _MOST_CHARACTERS:
        raise DocumentError(f"its front matter has more than {_MOST_CHARACTERS:,} characters; shorten it")
    nodes: list[str | None] = []
    depth = 0
    for event in _events(source):
        if depth == 0 and isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.MappingStartEvent):
            return None
        if depth == 1 and isinstance(event, yaml.NodeEvent):
            nodes.append(event.value if isinstance(event, yaml.ScalarEvent) else None)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
    values = {key.lower(): _text(value) for key, value in zip(nodes[::2], nodes[1::2], strict=True) if key and value}
    addresses = (values.get(key, "") for key in _ADDRESSES)
    return Metadata(
        title=values.get("title") or None,
        date=next(filter(None, (_iso(values.get(key, "")) for key in _DATES)), None),
        url=next(filter(_WEB.fullmatch, addresses), None),
    )


def _events(source: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(source, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        mark = getattr(error, "problem_mark", None)
        # The first line of the file is the dashes.
        where = f" (line {mark.line + 2})" if mark else ""
        raise DocumentError(f"its front matter is not valid YAML{where}; mend it or take it out") from None


def _text(value: str) -> str:
    """White space collapsed; what was escaped as two halves of a character is one again."""
    return " ".join(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())


def _iso(value: str) -> str | None:
    match = _DATE.match(value)
    try:
        return date(*map(int, match.groups())).isoformat() if match else None
    except ValueError:
        return None
