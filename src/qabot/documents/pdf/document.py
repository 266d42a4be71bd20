"""PDF: from the letters on its pages to headings and paragraphs. The rules in words are in docs/formats.md."""

import re
from collections.abc import Sequence
from contextlib import closing
from datetime import date

import pypdfium2 as pdfium
from pypdfium2 import raw

from qabot.documents.composer import MOST_CHARACTERS, Composer
from qabot.documents.parsed import Parsed
from qabot.documents.pdf.breaks import has_bullet
from qabot.documents.pdf.furniture import without_furniture
from qabot.documents.pdf.headings import Bookmark, bookmarked, bookmarks, letters, mark_headings
from qabot.documents.pdf.layout import Layout, measure
from qabot.documents.pdf.lines import Line, lines
from qabot.documents.pdf.paragraphs import Piece, pieces
from qabot.documents.pdf.text import code, flowing, row, vocabulary
from qabot.documents.pdf.words import words
from qabot.errors import DocumentError

MOST_PAGES = 5_000
# Viewers look for the end of the file here: some programs append a little.
_TAIL_BYTES = 4_096
# Of so many characters without a letter to them, the rest makes no sense either.
_MOST_UNKNOWN = 0.3
_LONGEST_TITLE = 300

_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_NO_TITLE = re.compile(
    r"\W*|untitled.*|(?:document|title|presentation|slide)\W*\d*|(?:microsoft|powerpoint|openoffice|libreoffice)\b.*"
    r"|.*\.(?:docx?|dvi|eps|fm|html?|indd|odt|p65|pdf|pptx?|ps|qxd|rtf|tex|txt|wpd|xlsx?|xml)",
    re.IGNORECASE | re.DOTALL,
)


def parse(data: bytes) -> Parsed:
    """The text of a PDF with its headings, paragraphs and pages. Nothing that it links to or embeds is opened.

    Raises DocumentError where it is locked, damaged, scanned or too long.
    """
    if b"%%EOF" not in data.rstrip(b"\0 \r\n")[-_TAIL_BYTES:]:
        raise DocumentError("it is cut short, or no PDF; download or save it again")
    try:
        with pdfium.PdfDocument(data) as document:
            return _parsed(document)
    except pdfium.PdfiumError as error:
        raise DocumentError(_reason(error.err_code)) from None


def _reason(code: int | None) -> str:
    match code:
        case raw.FPDF_ERR_PASSWORD:
            return "it is locked with a password; save it without one"
        case raw.FPDF_ERR_SECURITY:
            return "it is encrypted in a way that cannot be read; save it without protection"
    return "it is damaged, or no PDF; download or save it again"


def _parsed(document: pdfium.PdfDocument) -> Parsed:
    if len(document) > MOST_PAGES:
        raise DocumentError(f"it has more than {MOST_PAGES:,} pages; split it")
    pages = _pages(document)
    layout = measure(pages)
    return _composed(
        without_furniture(pages, layout), bookmarks(document), layout, _title(document), _changed(document)
    )


def _pages(document: pdfium.PdfDocument) -> list[list[Line]]:
    """The lines of each page."""
    pages = []
    characters = unknown = pictures = 0
    for number in range(len(document)):
        with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
            characters += textpage.count_chars()
            if characters > MOST_CHARACTERS:
                raise DocumentError(f"it has more than {MOST_CHARACTERS:,} characters of text; split it")
            written, without_letter = words(textpage)
            pages.append(lines(written, number))
            unknown += without_letter
            pictures += not written and any(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    if pictures > len(pages) / 2:
        raise DocumentError("its pages are pictures without text (a scan?); have their text recognised (OCR) first")
    if unknown > _MOST_UNKNOWN * characters:
        raise DocumentError("its fonts do not say which letters they show; have its text recognised (OCR) first")
    if not any(pages):
        raise DocumentError("it holds no text")
    return pages


def _composed(
    pages: Sequence[Sequence[Line]],
    marks: Sequence[Bookmark],
    layout: Layout,
    title: str | None,
    changed: str | None,
) -> Parsed:
    found = pieces(pages, bookmarked(pages, marks), layout)
    mark_headings(found, layout, title)
    known = vocabulary(line for page in pages for line in page)
    composer = Composer()
    page = -1
    for piece in found:
        text, breaks = _text(piece, layout, known)
        begun = piece.lines[0].page - page
        page = piece.lines[0].page
        if piece.kind == "heading":
            # What follows a heading that runs over a page begins the new one.
            for _ in range(begun):
                composer.page()
            composer.heading(piece.level, text)
        else:
            kind = "paragraph" if piece.kind == "note" else piece.kind
            composer.block(text, kind, page_breaks=[0] * begun + breaks)
            page += len(breaks)
    for _ in range(len(pages) - 1 - page):
        composer.page()
    own = (
        found[0].kind == "heading"
        and title is not None
        and letters(_text(found[0], layout, known)[0]) == letters(title)
    )
    return composer.parsed(None if own else title, date=changed)


def _text(piece: Piece, layout: Layout, known: frozenset[str]) -> tuple[str, list[int]]:
    """The text of a piece, and the places in it at which new pages begin."""
    match piece.kind:
        case "code":
            return code(piece.lines, layout)
        case "row":
            return row(piece.lines), []
        case "item" if has_bullet(piece.lines[0]):
            first = piece.lines[0]
            return flowing([Line(first.page, first.words[1:]), *piece.lines[1:]], known)
    return flowing(piece.lines, known)


def _title(document: pdfium.PdfDocument) -> str | None:
    """The title that the document names, where it is one and no name of a file or program."""
    title = " ".join(_named(document, "Title").split())
    return None if _NO_TITLE.fullmatch(title) or len(title) > _LONGEST_TITLE else title


def _changed(document: pdfium.PdfDocument) -> str | None:
    """The day on which the document was last changed, or else made."""
    for key in ("ModDate", "CreationDate"):
        if match := _DATE.match(_named(document, key)):
            try:
                return date(*map(int, match.groups())).isoformat()
            except ValueError:
                continue
    return None


def _named(document: pdfium.PdfDocument, key: str) -> str:
    try:
        value: str = document.get_metadata_value(key)
    except UnicodeDecodeError:
        return ""
    return "".join(character for character in value if character.isprintable() or character.isspace())
