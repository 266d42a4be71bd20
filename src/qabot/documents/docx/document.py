"""Word documents (.docx): headings, paragraphs, lists, tables and notes, in the order in which they are read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.coreprops import CoreProperties
from docx.oxml.coreprops import CT_CoreProperties
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.parts.document import DocumentPart

from qabot.documents.composer import Composer
from qabot.documents.docx.numbering import Numbering
from qabot.documents.docx.package import open_package, related
from qabot.documents.docx.styles import Role, Styles
from qabot.documents.docx.table import Row, grid
from qabot.documents.docx.text import NOTES, PARAGRAPH, flow, shown, words
from qabot.documents.parsed import Parsed


def parse(data: bytes) -> Parsed:
    """The text of a Word document with its sections and blocks. Raises DocumentError where it cannot be read."""
    part = open_package(data)
    reader = _Reader(part)
    reader.read(part.element)
    title, date = _properties(part)
    return reader.composer.parsed(title, date=date)


class _Reader:
    def __init__(self, part: DocumentPart) -> None:
        self.composer = Composer()
        self._styles = Styles(related(part, RELATIONSHIP_TYPE.STYLES))
        self._numbering = Numbering(related(part, RELATIONSHIP_TYPE.NUMBERING))
        self._notes: dict[tuple[str, str], BaseOxmlElement] = {}
        for kind, relationship in (("footnote", RELATIONSHIP_TYPE.FOOTNOTES), ("endnote", RELATIONSHIP_TYPE.ENDNOTES)):
            notes = related(part, relationship)
            for note in notes if notes is not None else ():
                self._notes[kind, note.get(qn("w:id"), "")] = note
        self._referenced: list[BaseOxmlElement] = []
        self._code: list[str] = []

    def read(self, document: BaseOxmlElement) -> None:
        # Each is what is left of a table or of the document around it.
        open_ = [flow(document)]
        while open_:
            piece = next(open_[-1], None)
            if piece is None:
                open_.pop()
            elif piece.tag == PARAGRAPH:
                self._paragraph(piece)
            else:
                self._end_code()
                open_.append(self._table(piece))
        self._end_code()
        self._end_section()

    def _paragraph(self, paragraph: BaseOxmlElement) -> None:
        role = self._styles.role(paragraph)
        if role.code:
            self._code.append(self._words(paragraph))
            return
        self._end_code()
        if role.contents:
            return
        if role.level is not None:
            self._end_section()
            self.composer.heading(role.level, self._text(paragraph, role))
        else:
            self.composer.block(self._text(paragraph, role), "item" if role.item or role.numbering else "paragraph")

    def _table(self, table: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        """Takes the rows; gives what stands in their cells and is no text of a row, such as tables within."""
        cells = grid(table)
        header = cells.header()
        body = [row for index, row in enumerate(cells.rows) if index not in header]
        own = [[cell.content for cell in row.cells if not cell.merged] for row in cells.rows]
        if cells.width < 2 or self._lays_out(body):
            yield from (piece for row in own for content in row for piece in flow(content))
            return
        # Read once, since a merged cell is said in each of its rows.
        texts = {content: self._cell(content) for row in own for content in row}
        names = cells.names(header, texts.__getitem__)
        for index, row in enumerate(cells.rows):
            if index not in header:
                self.composer.block(cells.row_text(row, names, texts.__getitem__), "row")
            yield from (piece for content in own[index] for piece in flow(content) if piece.tag != PARAGRAPH)

    def _lays_out(self, rows: Sequence[Row]) -> bool:
        """Whether a table only places text side by side: its cells have headings of their own."""
        return any(
            piece.tag == PARAGRAPH and self._styles.role(piece).level is not None
            for row in rows
            for cell in row.cells
            if not cell.merged
            for piece in flow(cell.content)
        )

    def _cell(self, content: BaseOxmlElement) -> str:
        paragraphs = (piece for piece in flow(content) if piece.tag == PARAGRAPH)
        return " ".join(filter(None, (self._text(piece, self._styles.role(piece)) for piece in paragraphs)))

    def _text(self, paragraph: BaseOxmlElement, role: Role) -> str:
        text = " ".join(self._words(paragraph).split())
        label = self._numbering.label(*role.numbering) if text and role.numbering else None
        return f"{label} {text}" if label else text

    def _words(self, paragraph: BaseOxmlElement) -> str:
        said: list[str] = []
        for element in shown(paragraph):
            if element.tag in NOTES:
                # A note that is referred to again is not read again.
                note = self._notes.pop((NOTES[element.tag], element.get(qn("w:id"), "")), None)
                self._referenced += [note] if note is not None else []
            else:
                said.append(words(element))
        return "".join(said)

    def _end_code(self) -> None:
        self.composer.block("\n".join(self._code), "code")
        self._code.clear()

    def _end_section(self) -> None:
        # A note may refer to another one, which then joins the end of the line.
        for note in self._referenced:
            for paragraph in note.iter(PARAGRAPH):
                self.composer.block(" ".join(self._words(paragraph).split()))
        self._referenced.clear()


def _properties(part: DocumentPart) -> tuple[str | None, str | None]:
    """The title and the date that the document's own properties give."""
    root = related(part.package, RELATIONSHIP_TYPE.CORE_PROPERTIES) if part.package is not None else None
    if not isinstance(root, CT_CoreProperties):
        return None, None
    properties = CoreProperties(root)
    date = next(filter(None, (_date(properties, name) for name in ("modified", "created"))), None)
    return " ".join(properties.title.split()) or None, date


def _date(properties: CoreProperties, name: str) -> str | None:
    try:
        date: datetime | None = getattr(properties, name)
    except (TypeError, ValueError, OverflowError):
        return None
    return date.date().isoformat() if date else None
