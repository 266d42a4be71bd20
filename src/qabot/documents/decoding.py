"""Bytes -> text and the encoding that they are in. Nothing is patched: what cannot be told is refused."""

import re
import unicodedata

from qabot.errors import DocumentError

BOM = "\ufeff"
_SAMPLE = 4096  # bytes from the start of a file that tell UTF-16 from other binary data
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
# Of fewer bytes beyond ASCII than this it cannot be told which of many encodings they are in.
_FEWEST = 24
_EAST_AND_CYRILLIC = ["gb18030", "shift_jis", "euc_kr", "euc_jp", "big5", "koi8_r", "cp1251"]
_NAMES = {
    "utf_16": "UTF-16",
    "utf_32": "UTF-32",
    "cp1252": "Windows-1252",
    "latin_1": "Latin-1",
    "gb18030": "GB18030",
    "shift_jis": "Shift JIS",
    "euc_kr": "EUC-KR",
    "euc_jp": "EUC-JP",
    "big5": "Big5",
    "koi8_r": "KOI8-R",
    "cp1251": "Windows-1251",
}


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text, and the name of its encoding. A byte order mark stays in UTF-8, as character 0.

    `declared` is the encoding that the document itself names, which is believed where it fits and is not UTF-8.

    Raises DocumentError where the bytes are empty, no text, or in an encoding that cannot be told.
    """
    if not data:
        raise DocumentError("it is empty")
    if wide := _wide(data):
        text = _strictly(data, wide).removeprefix(BOM)
        if _CONTROL.search(text):
            raise DocumentError("it looks binary (control characters)")
        return _filled(text), _NAMES[wide[:6]]
    if b"\0" in data:
        raise DocumentError("it looks binary (NUL bytes)")
    try:
        return _filled(data.decode("utf-8")), "UTF-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        unknown = f"it is not UTF-8 (byte {error.start + 1}, in line {line}), and in what else cannot be told; "
        unknown += "save it as UTF-8"
    for encoding in (declared, _told(data)):
        try:
            text = data.decode(encoding) if encoding else ""
        except (UnicodeDecodeError, LookupError):
            continue
        # Any bytes are text in some encoding; these characters are in no text.
        if text and not _CONTROL.search(text):
            return _filled(text), _NAMES.get(str(encoding), str(encoding))
    raise DocumentError(unknown)


def _filled(text: str) -> str:
    if not text.removeprefix(BOM).strip():
        raise DocumentError("it is empty")
    if "\0" in text:
        raise DocumentError("it looks binary (NUL bytes)")
    return text


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise DocumentError(f"it looks like {_NAMES[encoding[:6]]}, but is not; save it as UTF-8") from None


def _wide(data: bytes) -> str | None:
    """The codec, if the bytes are UTF-32 or UTF-16, with a byte order mark or by what their NUL bytes tell."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf_32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf_16"
    sample = data[:_SAMPLE]
    even, odd = sample[0::2], sample[1::2]
    if not odd or b"\0" not in sample:
        return None
    first, second = even.count(0) / len(even), odd.count(0) / len(odd)
    if min(first, second) < 0.05 and max(first, second) > 0.4:
        return "utf_16_be" if first > second else "utf_16_le"
    # Beyond Latin letters there are few NUL bytes, and control codes among the others, unlike in text with a stray NUL.
    if not _CONTROL.search(data.replace(b"\0", b"").decode("latin-1")):
        return None
    # Read the wrong way round, the very line ends are no characters.
    fitting = [codec for codec in ("utf_16_le", "utf_16_be") if _is_text(data, codec)]
    return fitting[0] if len(fitting) == 1 else None


def _is_text(data: bytes, encoding: str) -> bool:
    """Whether the bytes are nothing but characters that stand in texts, with a space or a line end among them."""
    try:
        characters = set(data.decode(encoding))
    except UnicodeDecodeError:
        return False
    known = not any(_CONTROL.match(each) or unicodedata.category(each) in ("Cn", "Co") for each in characters)
    return known and not characters.isdisjoint(" \n")


def _told(data: bytes) -> str | None:
    """The codec of text that is neither UTF-8 nor wide, as far as its bytes tell."""
    runs = [match[0] for match in _HIGH.finditer(data)]
    alone = sum(len(run) == 1 for run in runs)
    # Among ASCII letters stands an accent or a typographic mark: one byte in Western Europe's encodings.
    if 2 * alone > len(runs):
        # The codes from 80 to 9F are letters and marks in the one and control characters in the other.
        return "cp1252" if re.search(rb"[\x80-\x9f]", data) else "latin_1"
    if sum(map(len, runs)) < _FEWEST:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_EAST_AND_CYRILLIC).best()
    return best.encoding if best else None
