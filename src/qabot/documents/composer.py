"""Headings and blocks of a format with mark-up -> one readable text with its sections.

What the formats share is here: how pieces are joined, how headings nest and are numbered, which list is announced by
the paragraph above it. Which pieces there are is each format's own business.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qabot.documents.numbering import count, read_number
from qabot.documents.parsed import Parsed
from qabot.documents.prose import ends_with_colon, run_in
from qabot.errors import DocumentError
from qabot.types import Block, BlockKind, Origin, Section

MOST_CHARACTERS = 20_000_000
# So much of a paragraph is looked at for the heading that it may open with.
_OPENING_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    start: int
    end: int
    anchor: str | None


class Composer:
    """Takes the pieces of a document in the order in which they are read."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._headings: list[_Heading] = []
        self._blocks: list[tuple[int, int, BlockKind, str | None]] = []
        self._lines: list[tuple[int, int]] = []
        self._pages: list[int] = []
        self._turned = 0  # pages since the last piece

    def heading(self, level: int, text: str, *, line: int | None = None, anchor: str | None = None) -> None:
        """A heading; a smaller `level` is a higher one. `line` is where it stands in the file, `anchor` its id there.

        A heading without a letter or digit is passed over.
        """
        text = " ".join(text.split())
        if any(character.isalnum() for character in text):
            start = self._append(text, "\n\n", line)
            self._headings.append(_Heading(level, start, self._length, anchor))

    def block(
        self,
        text: str,
        kind: BlockKind = "paragraph",
        *,
        line: int | None = None,
        named: str | None = None,
        page_breaks: Sequence[int] = (),
    ) -> None:
        """A paragraph, an item of a list, a row of a table or a block of code; what is empty is passed over.

        `named` is the run-in heading where the mark-up gives it. At each of `page_breaks`, offsets within `text`, a new
        page begins.
        """
        stripped = text.strip("\n").rstrip() if kind == "code" else text.strip()
        if not stripped:
            return
        row = kind == "row" and self._blocks and self._blocks[-1][2] == "row" and self._blocks[-1][1] == self._length
        start = self._append(stripped, "\n" if row else "\n\n", line)
        shift = start - text.index(stripped)
        self._pages += [min(max(place + shift, start), self._length) for place in page_breaks]
        if named is None and kind not in ("row", "code"):
            named = run_in(stripped[:_OPENING_CHARACTERS])
        self._blocks.append((start, self._length, kind, named))

    def page(self) -> None:
        """What comes next begins a new page."""
        self._turned += 1

    def parsed(
        self,
        title: str | None = None,
        *,
        date: str | None = None,
        url: str | None = None,
        encoding: str = "UTF-8",
    ) -> Parsed:
        """The document. Its first heading is its title and no section if it stands above all others, unless the format
        names another `title`.
        """
        text = "".join(self._pieces)
        headings = list(self._headings)
        own = headings.pop(0) if headings and self._is_title(text, title) else None
        sections = self._sections(text, headings, own)
        called = title or (text[own.start : own.end] if own else None)
        pages = [*self._pages, *[len(text)] * self._turned]
        origin = Origin(True, encoding, url, tuple(self._lines), tuple(pages))
        return Parsed(text, called, sections, self._placed(text, sections), date, origin)

    def _is_title(self, text: str, title: str | None) -> bool:
        """Whether the first heading is the document's own: it opens the text, and all others stand below it."""
        first, *others = self._headings
        return (
            all(heading.level > first.level for heading in others)
            and (not self._blocks or self._blocks[0][0] > first.start)
            and (not title or text[first.start : first.end].lower() in title.lower())
        )

    def _append(self, text: str, between: str, line: int | None) -> int:
        if self._pieces:
            self._pieces.append(between)
            self._length += len(between)
        start = self._length
        self._pages += [start] * self._turned
        self._turned = 0
        self._pieces.append(text)
        self._length += len(text)
        if self._length > MOST_CHARACTERS:
            raise DocumentError(f"it has more than {MOST_CHARACTERS:,} characters of text; split it")
        if line is not None:
            self._lines.append((start, line))
        return start

    def _sections(self, text: str, headings: Sequence[_Heading], own: _Heading | None) -> tuple[Section, ...]:
        depths: list[tuple[int, str | None]] = []
        paths: list[tuple[str, ...]] = []
        above: list[tuple[int, str]] = []
        for heading in headings:
            name = text[heading.start : heading.end]
            numbered = read_number(name)
            # A year or an amount that opens a heading is none of its number.
            own_number = numbered if numbered and (not numbered.bare or len(numbered.parts) > 1) else None
            while above and above[-1][0] >= heading.level:
                above.pop()
            above.append((heading.level, own_number.title if own_number else name))
            depths.append((len(above) - 1, own_number.number if own_number else None))
            paths.append(tuple(step for _, step in above))
        ends = [*(heading.start for heading in headings), len(text)]
        sections = [Section("0", (), 0, own.end if own else 0, ends[0], own.anchor if own else None)]
        for heading, number, path, end in zip(headings, count(depths), paths, ends[1:], strict=True):
            sections.append(Section(number, path, heading.start, heading.end, end, heading.anchor))
        return tuple(sections)

    def _placed(self, text: str, sections: Sequence[Section]) -> tuple[Block, ...]:
        """The blocks in their sections; a list is announced where the paragraph before it ends with a colon."""
        blocks: list[Block] = []
        section = 0
        for start, end, kind, named in self._blocks:
            while start >= sections[section].end:
                section += 1
            if kind == "item":
                lead = blocks[-1] if blocks and blocks[-1].section == section else None
                if lead and lead.kind == "paragraph" and ends_with_colon(text[lead.start : lead.end]):
                    blocks[-1] = Block(lead.start, lead.end, section, "lead_in", lead.run_in)
                elif lead is None or lead.kind not in ("lead_in", "item"):
                    kind = "paragraph"
            blocks.append(Block(start, end, section, kind, named))
        return tuple(blocks)
