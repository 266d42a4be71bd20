"""The characters of a PDF page -> its words, each with where it stands and its font.

A PDF knows neither words nor lines: pdfium tells where characters stand and where it takes a space or a new line to be.
Text that is turned by 90 degrees is read in its own direction; tilted text (a watermark) is left out.
"""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence

from pypdfium2 import PdfTextPage
from pypdfium2 import raw as pdfium

from qabot.documents.pdf.lines import Style, Word

# Above or below the line by more of a letter's size than this is an index or exponent.
_RAISED = 0.15
# In letter sizes: a wider gap is a space, which may be missing among the letters; only so long a step can hold one.
_SPACE = 0.2
_STEP = 0.5
_SMALLEST = 2.0
_FARTHEST = 20_000.0
# Quarters of a circle, from the nearest whole number of them.
_TILTED = 0.06

_BOLD = re.compile(r"bold|black|heavy|demi|^(?:CM|SF|EC)[A-Z]*B", re.IGNORECASE)
_BOLD_WEIGHT = 700
_LONGEST_NAME = 128
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_LIGATURES = re.compile("[\ufb00-\ufb06]")
# What pdfium gives for the hyphen at which it joins two lines.
_HYPHEN = 2

# A letter with its place among the characters of the page; "" where it is not known which letter a character shows.
_Letter = tuple[int, str]


def words(textpage: PdfTextPage) -> tuple[list[Word | None], int]:
    """The words of a page in the order in which they are written, None where pdfium ends a line.

    The number is of the characters for which no letter is known.
    """
    found: list[Word | None] = []
    unknown = 0
    styles: dict[tuple[bytes, float], Style] = {}
    for run in _runs(textpage):
        known = [letter for letter in run if letter[1]]
        unknown += len(run) - len(known)
        if run:
            found += _parts(textpage, known, styles)
        else:
            found.append(None)
    return found, unknown


def _runs(textpage: PdfTextPage) -> Iterator[list[_Letter]]:
    """The letters between two spaces; an empty run where pdfium ends a line."""
    letters: list[_Letter] = []
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage.raw, index)
        letter = chr(code)
        if code == _HYPHEN and pdfium.FPDFText_IsHyphen(textpage.raw, index) == 1:
            # After it pdfium takes the next line for the rest of the word.
            yield [*letters, (index, "-")]
            yield []
            letters = []
        elif letter.isspace():
            if letters:
                yield letters
                letters = []
            if letter in "\r\n":
                yield []
        else:
            letters.append((index, "" if unicodedata.category(letter) in ("Cc", "Cn") or code == 0xFFFD else letter))
    if letters:
        yield letters


def _parts(textpage: PdfTextPage, letters: Sequence[_Letter], styles: dict[tuple[bytes, float], Style]) -> list[Word]:
    """The words that a run of letters is: one, or several where letters stand on different heights or far apart."""
    found: list[Word] = []
    begin = 0
    spaced = True
    while begin < len(letters):
        first = letters[begin][0]
        size, turn = _size(textpage, first)
        end, gap = _end(textpage, letters, begin, size, turn or 0)
        text = _readable("".join(letter for _, letter in letters[begin:end]))
        if turn is not None and text:
            last = letters[end - 1][0]
            left, height = _place(textpage, first, turn)
            advance = (_place(textpage, last, turn)[0] - left) / max(end - begin - 1, 1) / size
            glued = not spaced and bool(found) and not _note_mark(found[-1], text, height, size)
            style = _style(textpage, first, size, styles)
            right = _right(textpage, last, turn)
            found.append(Word(text, left, right, height, style, turn, glued, round(advance, 3)))
        begin, spaced = end, gap
    return found


def _end(textpage: PdfTextPage, letters: Sequence[_Letter], begin: int, size: float, turn: int) -> tuple[int, bool]:
    """Where the word ends that begins at `begin`, and whether a space follows."""
    before, height = _place(textpage, letters[begin][0], turn)
    for end in range(begin + 1, len(letters)):
        left, up = _place(textpage, letters[end][0], turn)
        if abs(up - height) > _RAISED * size:
            return end, False
        if left - before > _STEP * size and left - _right(textpage, letters[end - 1][0], turn) > _SPACE * size:
            return end, True
        before = left
    return len(letters), False


def _note_mark(before: Word, text: str, height: float, size: float) -> bool:
    """Whether a raised figure and what stands next to it are two words: "volume" and "16" are not "volume16"."""
    if text.isdecimal() and height > before.baseline and size < before.style.size:
        return True
    return before.text.isdecimal() and before.baseline > height and before.style.size < size and text[0].isalnum()


def _size(textpage: PdfTextPage, index: int) -> tuple[float, int | None]:
    """The size of a letter and the quarters of a circle by which it is turned, None where it is tilted."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage.raw, index, matrix)
    size = abs(pdfium.FPDFText_GetFontSize(textpage.raw, index)) * math.hypot(matrix.c, matrix.d)
    if not size >= _SMALLEST:
        # A font drawn by the document itself may have any size by name.
        box = _box(textpage, index)
        size = max(abs(box.top - box.bottom), _SMALLEST)
    turns = math.atan2(_near(matrix.b), _near(matrix.a)) / (math.pi / 2)
    return round(_near(size), 1), round(turns) % 4 if abs(turns - round(turns)) < _TILTED else None


def _place(textpage: PdfTextPage, index: int, turn: int) -> tuple[float, float]:
    """Where a letter begins, along its line and above the foot of the page as one turns it to read the letter."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(textpage.raw, index, x, y)
    return _turned(x.value, y.value, turn)


def _right(textpage: PdfTextPage, index: int, turn: int) -> float:
    """Where a letter ends, along its line."""
    box = _box(textpage, index)
    return max(_turned(box.left, box.bottom, turn)[0], _turned(box.right, box.top, turn)[0])


def _box(textpage: PdfTextPage, index: int) -> pdfium.FS_RECTF:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, box)
    return box


def _near(place: float) -> float:
    """A place on paper: a hostile document may give any number, or none."""
    return max(-_FARTHEST, min(_FARTHEST, place))


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    if not (abs(x) < _FARTHEST and abs(y) < _FARTHEST):
        x, y = _near(x), _near(y)
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn] if turn else (x, y)


def _style(textpage: PdfTextPage, index: int, size: float, styles: dict[tuple[bytes, float], Style]) -> Style:
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    pdfium.FPDFText_GetFontInfo(textpage.raw, index, name, _LONGEST_NAME, ctypes.c_int())
    style = styles.get((name.value, size))
    if style is None:
        font = _SUBSET.sub("", name.value.decode(errors="replace"))
        bold = bool(_BOLD.search(font)) or pdfium.FPDFText_GetFontWeight(textpage.raw, index) >= _BOLD_WEIGHT
        style = styles[name.value, size] = Style(font, size, bold)
    return style


def _readable(text: str) -> str:
    """Ligatures as letters, pairs of surrogates as the character that they stand for."""
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
