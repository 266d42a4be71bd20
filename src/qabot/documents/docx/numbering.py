"""The numbers that Word counts and does not write: "1.", "2.1", "(a)" before items and headings."""

import re

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

LEVELS = 9

_VALUE = qn("w:val")
_PLACE = re.compile(r"%([1-9])")


class Numbering:
    """Counts as it is asked, so ask once for each numbered paragraph, in order."""

    def __init__(self, part: BaseOxmlElement | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._lists: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, list[int]] = {}
        if part is None:
            return
        for kind in part.iterchildren(qn("w:abstractNum")):
            levels = {number(level, "w:ilvl"): _level(level) for level in kind.iterchildren(qn("w:lvl"))}
            self._levels[kind.get(qn("w:abstractNumId"), "")] = levels
        for entry in part.iterchildren(qn("w:num")):
            name = entry.get(qn("w:numId"), "")
            self._lists[name] = value(entry, "w:abstractNumId") or ""
            self._restarts[name] = {
                number(change, "w:ilvl"): int(start)
                for change in entry.iterchildren(qn("w:lvlOverride"))
                if (start := value(change, "w:startOverride")) and start.isdecimal()
            }

    def label(self, name: str, level: int) -> str | None:
        """What stands before the next paragraph of the list `name` at `level` (from 0).

        None for bullets, and where a number is of a kind that is not counted here, such as Roman ones.
        """
        kind = self._lists.get(name, "")
        levels = self._levels.get(kind, {})
        if level not in levels:
            return None
        counts = self._counts.setdefault(kind, [levels[step][2] - 1 if step in levels else 0 for step in range(LEVELS)])
        for step, start in self._restarts.pop(name, {}).items():
            if step < LEVELS:
                counts[step] = start - 1
        counts[level] += 1
        for deeper in range(level + 1, LEVELS):
            counts[deeper] = levels[deeper][2] - 1 if deeper in levels else 0
        form, pattern, _ = levels[level]
        if form == "bullet":
            return None
        # A list that opens at a deeper level shows the levels above it as begun.
        written = {
            place: _written(max(counts[place], 1 if place < level else 0), levels.get(place, ("", "", 1))[0])
            for place in (int(match) - 1 for match in _PLACE.findall(pattern))
        }
        if not written or None in written.values():
            return None
        text = _PLACE.sub(lambda match: written[int(match[1]) - 1] or "", pattern).strip()
        return f"{text}." if text.isdecimal() else text


def value(element: BaseOxmlElement, child: str) -> str | None:
    """The `w:val` of the child of this name."""
    found = element.find(qn(child))
    return None if found is None else found.get(_VALUE)


def number(element: BaseOxmlElement, attribute: str, default: int = 0) -> int:
    """An attribute that is a small natural number, or `default`."""
    text = element.get(qn(attribute)) or ""
    return int(text) if text.isdecimal() and len(text) < 7 else default


def _level(level: BaseOxmlElement) -> tuple[str, str, int]:
    start = value(level, "w:start") or ""
    first = int(start) if start.isdecimal() and len(start) < 7 else 1
    return value(level, "w:numFmt") or "decimal", value(level, "w:lvlText") or "", first


def _written(count: int, form: str) -> str | None:
    if form == "decimal":
        return str(count)
    if form in ("lowerLetter", "upperLetter") and 1 <= count <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + count - 1)
    return None
