"""The numbers that headings carry: reading them off, telling headings from lists, counting the unnumbered ones."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A dash after the number belongs to neither: "1.2.0 - 2026-01-31", as in lists of changes.
_DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,6})(\.?\)|[.:]|)\s+(?:[-–—]\s+)?(?=\S)")
_APPENDIX = re.compile(r"([A-Z](?:\.\d{1,3}){1,5})[.):]?\s+(?=\S)")
_LETTER = re.compile(r"([IVXL]{1,6}|[A-Z])[.)]\s+(?=\S)")
_KEYWORD = re.compile(
    r"(book|part|teil|chapter|kapitel|chapitre|appendix|annex|anhang|schedule|section|abschnitt|article|artikel|§)"
    r"\s*(\d{1,3}(?:\.\d{1,3}){0,5}|[IVXL]{1,6}|[A-Z])(?=[.:)\s–—-]|$)",
    re.IGNORECASE,
)
_UPPER_KEYWORDS = frozenset({"book", "part", "teil"})
_MIDDLE_KEYWORDS = frozenset({"chapter", "kapitel", "chapitre", "appendix", "annex", "anhang", "schedule"})

_LARGEST_STEP = 10


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line that opens with a number: the number as it stands, what follows it, and its place in a hierarchy.

    `parts` are the number's components where it is decimal, else empty. `rank` orders kinds of numbers from the top
    of a hierarchy down; `bare` says that nothing but space sets the number off ("3 Results").
    """

    number: str
    title: str
    parts: tuple[int, ...]
    rank: tuple[int, int]
    bare: bool = False


def read_number(text: str) -> Numbered | None:
    """The number that `text` opens with, or None. `text` is one short line."""
    if match := _KEYWORD.match(text):
        word = match.group(1).lower()
        rank = (5, 0) if word in _UPPER_KEYWORDS else (6, 0) if word in _MIDDLE_KEYWORDS else (20, 0)
        # The word belongs to the heading's name ("Chapter 3: Pay"); only its number is taken off for reference.
        return Numbered(match.group(2), text, _parts(match.group(2)), rank)
    if match := _DECIMAL.match(text):
        parts = _parts(match.group(1))
        return Numbered(match.group(1), text[match.end() :], parts, (35, len(parts)), bare=not match.group(2))
    if match := _APPENDIX.match(text):
        return Numbered(match.group(1), text[match.end() :], (), (35, match.group(1).count(".") + 1))
    if match := _LETTER.match(text):
        return Numbered(match.group(1), text[match.end() :], (), (33, 0) if match.group(1) in "IVXL" else (35, 1))
    return None


def follows(parts: tuple[int, ...], before: tuple[int, ...] | None) -> bool:
    """Whether a heading numbered `parts` can stand next after one numbered `before` (None: it is the first).

    It must be greater, and not by much: some numbers may be missing in between, so that a heading overlooked does not
    cost all that come after it.
    """
    if before is None:
        return parts[0] <= 1 or len(parts) > 1
    same = 0
    while same < min(len(parts), len(before)) and parts[same] == before[same]:
        same += 1
    rest = parts[same:]
    if same < len(before):
        return bool(rest) and 0 < rest[0] - before[same] <= _LARGEST_STEP and all(part <= 2 for part in rest[1:])
    return bool(rest) and all(part <= 2 for part in rest)


def count(levels: Iterable[tuple[int, str | None]]) -> list[str]:
    """Numbers for headings, given as (depth from 0, own number or None), in order.

    Own numbers are kept. The others are counted within the heading above them ("2", "2.1"), never giving a number that
    the document itself uses: there, they are counted under the heading before them.
    """
    levels = list(levels)
    taken = {own for _, own in levels if own is not None}
    numbers: list[str] = []
    trail: list[str] = []
    for depth, own in levels:
        before = trail[depth] if depth < len(trail) else None
        number = own if own is not None else _next(before, trail[depth - 1] if depth else "", taken)
        taken.add(number)
        numbers.append(number)
        del trail[depth:]
        trail.append(number)
    return numbers


def _next(before: str | None, parent: str, taken: set[str]) -> str:
    prefix = f"{parent}." if parent else ""
    if before is None:
        number = f"{prefix}1"
    else:
        stem, dot, last = before.rpartition(".")
        number = f"{stem}{dot}{int(last) + 1}" if last.isdecimal() else f"{before}.1"
    if number not in taken:
        return number
    below = before if before is not None else parent or "0"
    index = 1
    while f"{below}.{index}" in taken:
        index += 1
    return f"{below}.{index}"


def _parts(number: str) -> tuple[int, ...]:
    pieces = number.split(".")
    return tuple(map(int, pieces)) if all(piece.isdecimal() for piece in pieces) else ()
