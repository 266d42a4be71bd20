"""HTML: from a page's bytes to its own text, without the navigation around it.

Which part of the page that is, is in `page`; its paragraphs, lists and headings in `content`.
"""

from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from qabot.documents.composer import Composer
from qabot.documents.html.content import Reader
from qabot.documents.html.page import content
from qabot.documents.html.source import decoded, tree
from qabot.documents.parsed import Parsed
from qabot.documents.prose import collapsed
from qabot.errors import DocumentError

# The first of them that gives a date is taken.
_DATES = (
    "date",
    "dc.date",
    "dcterms.date",
    "dcterms.modified",
    "article:published_time",
    "article:modified_time",
    "last-modified",
)
_PUBLISHED = "time[datetime][pubdate], time[datetime][itemprop=datePublished]"
_ADDRESSES = (("link[rel~=canonical i][href]", "href"), ('meta[property="og:url"][content]', "content"))


def parse(data: bytes) -> Parsed:
    """The text of an HTML page with its sections and blocks. Raises DocumentError where it cannot be read."""
    text, encoding = decoded(data)
    page = tree(text)
    composer = Composer()
    title = _title(page)
    reader = Reader(composer, content(page), title)
    reader.read()
    # <title> often names the whole site as well; an only <h1> names the page.
    if len(reader.first_level) == 1:
        title = reader.first_level[0]
    parsed = composer.parsed(title, date=_date(page), url=_url(page), encoding=encoding)
    if not parsed.blocks:
        raise DocumentError("it holds no text besides headings and navigation")
    return parsed


def _title(page: LexborHTMLParser) -> str | None:
    element = page.css_first("head > title")
    return (collapsed(element.text()) or None) if element else None


def _date(page: LexborHTMLParser) -> str | None:
    found: dict[str, str] = {}
    for element in page.css("meta[content]"):
        attributes = element.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or ""
        found.setdefault(name.strip().lower(), attributes["content"] or "")
    given = [found.get(name, "") for name in _DATES]
    given += [time.attributes["datetime"] or "" for time in page.css(_PUBLISHED)]
    return next(filter(None, map(_iso, given)), None)


def _iso(given: str) -> str | None:
    """The day of "2024-05-01T10:00Z" or "Wed, 01 May 2024 10:00:00 GMT"."""
    given = given.strip()
    try:
        return date.fromisoformat(given[:10]).isoformat() if "-" in given[:5] else _mail_date(given)
    except (ValueError, OverflowError):
        return None


def _mail_date(given: str) -> str:
    return parsedate_to_datetime(given).date().isoformat()


def _url(page: LexborHTMLParser) -> str | None:
    return next(filter(_is_web_address, _addresses(page)), None)


def _addresses(page: LexborHTMLParser) -> Iterator[str]:
    for selector, attribute in _ADDRESSES:
        for element in page.css(selector):
            yield (element.attributes[attribute] or "").strip()


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and address.isprintable() and " " not in address
