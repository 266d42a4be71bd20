"""The lines of a paragraph, a row or a block of code of a PDF -> its text."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from qabot.documents.pdf.layout import Layout
from qabot.documents.pdf.lines import Line, Word, join

_SOFT_HYPHEN = "\xad"
_EAST_ASIAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
# An address or path that goes on in the next line, where there is no doubt that it does.
_BROKEN_ADDRESS = re.compile(r"https?:(?: //|/ /|//\S*/ \S*/)|\S*[/@]\S*[/.@] [a-z0-9]\S*[/.]\S")
# After these, a hyphen stands for the rest of a word that comes later: "pre- and post-war".
_JOINING = frozenset({"and", "or", "to", "und", "oder", "bis", "et", "ou"})
_OUTER = re.compile(r"^\W+|\W+$")
# The width of a letter of a fixed-width font, in its size, where the words are too short to tell.
_USUAL_ADVANCE = 0.6
_WIDEST = 100  # spaces in a line of code


def vocabulary(lines: Iterable[Line]) -> frozenset[str]:
    """The words of a document that stand whole on a line, in lower case."""
    return frozenset(_bare(word) for line in lines for word in line.text.split() if not word.endswith("-"))


def flowing(lines: Sequence[Line], words: frozenset[str]) -> tuple[str, list[int]]:
    """A paragraph as one line of text, and the places in it at which new pages begin.

    A word that a hyphen parts at the end of a line is put together; a compound keeps its hyphen where `words`, those
    of the document, or its other hyphens tell that it is one.
    """
    parts: list[str] = []
    length = 0
    breaks: list[int] = []
    for place, line in enumerate(lines):
        text = line.text.replace(_SOFT_HYPHEN, "")
        if parts and text:
            last = parts[-1]
            parts[-1] = _before(last, text, words)
            length += len(parts[-1]) - len(last)
        if place:
            breaks += [length] * (line.page - lines[place - 1].page)
        if text:
            parts.append(text)
            length += len(text)
    return "".join(parts), breaks


def row(lines: Sequence[Line]) -> str:
    """The cells of a row of a table. A cell of several lines goes on right below where it begins."""
    starts = [cell[0].left for cell in lines[0].cells]
    cells: list[list[str]] = [[] for _ in starts]
    for line in lines:
        for cell in line.cells:
            nearest = min(range(len(starts)), key=lambda index: abs(starts[index] - cell[0].left))
            cells[nearest].append(join(cell))
    return "; ".join(" ".join(texts) for texts in cells)


def code(lines: Sequence[Line], layout: Layout) -> tuple[str, list[int]]:
    """A block of code with its line feeds and its spaces, and the places in it at which new pages begin."""
    margin = min(line.left for line in lines)
    texts = [_columns(line.words, margin) for line in lines]
    parts = [texts[0]]
    length = len(texts[0])
    breaks: list[int] = []
    for (above, line), text in zip(pairwise(lines), texts[1:], strict=True):
        blank = line.page == above.page and above.baseline - line.baseline > 1.7 * layout.distance(line)
        between = "\n\n" if blank else "\n"
        breaks += [length + len(between)] * (line.page - above.page)
        parts += [between, text]
        length += len(between) + len(text)
    return "".join(parts), breaks


def _before(text: str, after: str, words: frozenset[str]) -> str:
    """The text of a line as it stands before the next one, with what comes between the two."""
    if text.endswith("-") and not text.endswith((" -", "--")) and len(text) > 1:
        head, tail = text.split()[-1], after.split()[0]
        if tail in _JOINING and _bare(head[:-1] + tail) not in words:
            return f"{text} "
        return text[:-1] if tail[0].islower() and not _is_compound(head[:-1], tail, words) else text
    if _BROKEN_ADDRESS.match(" ".join([*text.split()[-1:], *after.split()[:1]])):
        return text
    if _EAST_ASIAN.match(text[-1:]) and _EAST_ASIAN.match(after):
        return text
    return f"{text} "


def _is_compound(head: str, tail: str, words: frozenset[str]) -> bool:
    if _bare(head + tail) in words:
        return False
    return _bare(f"{head}-{tail}") in words or "-" in head or not head[-1:].isalpha()


def _bare(word: str) -> str:
    return _OUTER.sub("", word).lower()


def _columns(words: Sequence[Word], margin: float) -> str:
    text = ""
    for word in words:
        width = (word.advance or _USUAL_ADVANCE) * word.style.size
        column = min(round((word.left - margin) / width), len(text) + _WIDEST)
        text += word.text if word.glued else " " * max(column - len(text), bool(text)) + word.text
    return text
