"""HTML: the numbers that a browser writes before the items of a list."""

import re

from selectolax.lexbor import LexborNode

# As style sheets call it, and as Docutils, Sphinx and AsciiDoc name their classes.
_STYLE = re.compile(r"\b(lower|upper)-?(alpha|latin|roman)\b")
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


class ListNumbers:
    """Counts the items of one list as it is asked, so ask once for each, in order."""

    def __init__(self, element: LexborNode) -> None:
        self._ordered = element.tag == "ol"
        self._next = _given(element, "start", 1)
        self._form = _form(element)

    def label(self, item: LexborNode) -> str:
        """What stands before the text of the item: "1. ", "b. ", "iv. ", or nothing where the list has bullets."""
        if not self._ordered:
            return ""
        number = _given(item, "value", self._next)
        self._next = number + 1
        return f"{_written(number, self._form)}. "


def _given(element: LexborNode, attribute: str, default: int) -> int:
    given = (element.attributes.get(attribute) or "").strip()
    return int(given) if given.isdecimal() and len(given) <= 6 else default


def _form(element: LexborNode) -> str:
    """How the list counts, in the words of its attribute `type`."""
    attributes = element.attributes
    style = _STYLE.search(f"{attributes.get('class')} {attributes.get('style')}")
    form = ("i" if style[2] == "roman" else "a") if style else attributes.get("type") or "1"
    return form.upper() if style and style[1] == "upper" else form


def _written(number: int, form: str) -> str:
    """Letters and Roman numbers as far as lists go; beyond, plain ones."""
    match form:
        case "a" | "A" if 1 <= number <= 26:
            written = chr(ord("a") + number - 1)
        case "i" | "I" if 1 <= number < 40:
            written = "x" * (number // 10) + _ROMAN_UNITS[number % 10]
        case _:
            return str(number)
    return written.upper() if form.isupper() else written
