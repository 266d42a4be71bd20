"""Where a quote stands: in words on the screen, and in the few characters that a button can keep."""

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import quote as percent_encoded
from urllib.parse import unquote

from qabot.quote import described, headings
from qabot.render.discord.markup import clipped
from qabot.types import Quote, Source

DOCUMENT_KEY_LENGTH = 10
_REFERENCE_ROOM = 300
_LINK_ROOM = 500
# What could end an address within a link.
_ENDS_ADDRESS = re.compile(r"""[\s\x00-\x1f<>()\\"'`]""")


def where(quote: Quote, linked: bool = True) -> str:
    """The reference for people, as markup, `linked` to its place on the web where there is one; headings without end
    are cut, the line or page is not.
    """
    title = headings(quote)
    text = clipped(title, _REFERENCE_ROOM) + described(quote).removeprefix(title)
    link = _ENDS_ADDRESS.sub(lambda match: percent_encoded(match[0]), quote.link or "")
    if not linked or not link or len(link) > _LINK_ROOM:
        return text
    # Discord pairs brackets within a link whether or not they are escaped: a heading with one of its own could end the
    # link before its end and make another.
    return f"{text} ([link](<{link}>))" if "[" in text or "]" in text else f"[{text}](<{link}>)"


def document_key(path: str) -> str:
    """A document's path in the few characters that a button can keep: its digest."""
    return hashlib.sha256(path.encode()).hexdigest()[:DOCUMENT_KEY_LENGTH]


def document_path(key: str, sources: Iterable[Source]) -> str | None:
    """The path that `document_key` was given, if its document is still there."""
    return next((source.path for source in sources if document_key(source.path) == key), None)


def passage_key(reference: str) -> str:
    """A reference in the at most 100 characters that a button can keep: the path gives way to its key."""
    path, place = reference.split("#", 1)
    return f"{document_key(unquote(path))}:{place}"


def passage_reference(key: str, sources: Iterable[Source]) -> str | None:
    """The reference that `passage_key` was given, if its document is still there."""
    document, place = key.split(":", 1)
    path = document_path(document, sources)
    return None if path is None else f"{percent_encoded(path)}#{place}"
