"""The characters of a PDF page -> its words, each with where it stands and its font.

A PDF knows neither words nor lines: pdfium tells where characters stand and where it takes a space or a new line to be.
Text that is turned by 90 degrees is read in its own direction; tilted text (a watermark) is left out.
"""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

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
_REPLACEMENT = 0xFFFD

# A letter with its index on the page and where it begins; "" where it is not known which letter a character shows.
_Letter = tuple[int, str, float, float]


def words(textpage: PdfTextPage) -> tuple[list[Word | None], int]:
    """The words of a page in the order in which they are written, None where pdfium ends a line.

    The number is of the characters for which no letter is known.
    """
    found: list[Word | None] = []
    unknown = 0
    typeset = _Typeset(textpage)
    for run in _runs(textpage):
        known = [letter for letter in run if letter[1]]
        unknown += len(run) - len(known)
        if run:
            found += _parts(known, typeset)
        else:
            found.append(None)
    return found, unknown


def _runs(textpage: PdfTextPage) -> Iterator[list[_Letter]]:
    """The letters between two spaces; an empty run where pdfium ends a line."""
    # Asked for every letter, which takes most of the time: nothing here is looked up or made more than once.
    page, code_of, place_of = textpage.raw, pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetCharOrigin
    x, y = ctypes.c_double(), ctypes.c_double()
    letters: list[_Letter] = []
    for index in range(textpage.count_chars()):
        code = code_of(page, index)
        letter = _letter(code)
        if letter.isspace():
            if letters:
                yield letters
                letters = []
            if letter in "\r\n":
                yield []
            continue
        place_of(page, index, x, y)
        if code == _HYPHEN and pdfium.FPDFText_IsHyphen(page, index) == 1:
            # After it pdfium takes the next line for the rest of the word.
            yield [*letters, (index, "-", x.value, y.value)]
            yield []
            letters = []
        else:
            letters.append((index, letter, x.value, y.value))
    if letters:
        yield letters


@cache
def _letter(code: int) -> str:
    """What a character shows: a letter, white space, or "" where that is not known."""
    letter = chr(code)
    unknown = code == _REPLACEMENT or (unicodedata.category(letter) in ("Cc", "Cn") and not letter.isspace())
    return "" if unknown else letter


def _parts(letters: Sequence[_Letter], typeset: "_Typeset") -> list[Word]:
    """The words that a run of letters is: one, or several where letters stand on different heights or far apart."""
    found: list[Word] = []
    begin = 0
    spaced = True
    while begin < len(letters):
        style, turn = typeset.style(letters[begin][0])
        end, gap = _end(letters, begin, style.size, turn or 0, typeset)
        text = _readable("".join([letter for _, letter, _, _ in letters[begin:end]]))
        if turn is not None and text:
            left, height = _place(letters[begin], turn)
            advance = (_place(letters[end - 1], turn)[0] - left) / max(end - begin - 1, 1) / style.size
            glued = not spaced and bool(found) and not _note_mark(found[-1], text, height, style.size)
            right = typeset.right(letters[end - 1][0], turn)
            found.append(Word(text, left, right, height, style, turn, glued, round(advance, 3)))
        begin, spaced = end, gap
    return found


def _end(letters: Sequence[_Letter], begin: int, size: float, turn: int, typeset: "_Typeset") -> tuple[int, bool]:
    """Where the word ends that begins at `begin`, and whether a space follows."""
    raised, step, space = _RAISED * size, _STEP * size, _SPACE * size
    before, height = _place(letters[begin], turn)
    for end in range(begin + 1, len(letters)):
        _, _, left, up = letters[end]
        if turn:
            left, up = _turned(left, up, turn)
        if abs(up - height) > raised:
            return end, False
        if left - before > step and left - typeset.right(letters[end - 1][0], turn) > space:
            return end, True
        before = left
    return len(letters), False


def _note_mark(before: Word, text: str, height: float, size: float) -> bool:
    """Whether a raised figure and what stands next to it are two words: "volume" and "16" are not "volume16"."""
    if text.isdecimal() and height > before.baseline and size < before.style.size:
        return True
    return before.text.isdecimal() and before.baseline > height and before.style.size < size and text[0].isalnum()


class _Typeset:
    """How the letters of a page are set. pdfium knows it by pieces of text, often whole lines: each is asked once."""

    def __init__(self, textpage: PdfTextPage) -> None:
        self._page = textpage.raw
        self._box = pdfium.FS_RECTF()
        self._pieces: dict[int, tuple[Style, int | None]] = {}

    def style(self, index: int) -> tuple[Style, int | None]:
        """The style of a letter and the quarters of a circle by which it is turned, None where it is tilted."""
        piece = ctypes.addressof(pdfium.FPDFText_GetTextObject(self._page, index).contents)
        if piece not in self._pieces:
            self._pieces[piece] = self._asked(index)
        return self._pieces[piece]

    def right(self, index: int, turn: int) -> float:
        """Where a letter ends, along its line."""
        box = self._box
        pdfium.FPDFText_GetLooseCharBox(self._page, index, box)
        if not turn:
            return _near(box.right)
        return _near(max(_turned(box.left, box.bottom, turn)[0], _turned(box.right, box.top, turn)[0]))

    def _asked(self, index: int) -> tuple[Style, int | None]:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._page, index, matrix)
        size = abs(pdfium.FPDFText_GetFontSize(self._page, index)) * math.hypot(matrix.c, matrix.d)
        if not size >= _SMALLEST:
            # A font drawn by the document itself may have any size by name.
            pdfium.FPDFText_GetLooseCharBox(self._page, index, self._box)
            size = max(abs(self._box.top - self._box.bottom), _SMALLEST)
        turns = math.atan2(_near(matrix.b), _near(matrix.a)) / (math.pi / 2)
        turn = round(turns) % 4 if abs(turns - round(turns)) < _TILTED else None
        name = ctypes.create_string_buffer(_LONGEST_NAME)
        pdfium.FPDFText_GetFontInfo(self._page, index, name, _LONGEST_NAME, ctypes.c_int())
        font = _SUBSET.sub("", name.value.decode(errors="replace"))
        bold = bool(_BOLD.search(font)) or pdfium.FPDFText_GetFontWeight(self._page, index) >= _BOLD_WEIGHT
        return Style(font, round(_near(size), 1), bold), turn


def _place(letter: _Letter, turn: int) -> tuple[float, float]:
    """Where a letter begins, along its line and above the foot of the page as one turns it to read the letter."""
    _, _, x, y = letter
    return _turned(_near(x), _near(y), turn)


def _near(place: float) -> float:
    """A place on paper: a hostile document may give any number, or none."""
    return place if -_FARTHEST < place < _FARTHEST else max(-_FARTHEST, min(_FARTHEST, place))


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn]


def _readable(text: str) -> str:
    """Ligatures as letters, pairs of surrogates as the character that they stand for."""
    if text.isascii():
        return text
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
