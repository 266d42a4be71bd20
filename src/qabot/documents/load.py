"""One file of the knowledge folder to a Document. Refuses what it cannot read as it stands; patches nothing."""

import hashlib
import stat
from pathlib import Path

from qabot.documents.lines import BOM
from qabot.errors import DocumentError
from qabot.types import Document

_SAMPLE = 4096  # bytes from the start of a file that tell UTF-16 from other binary data


def load(root: Path, path: Path) -> Document:
    """The document at `path`, a file below `root`.

    `text` is the file's bytes as UTF-8 and nothing else: line endings stay as they are, and so does a byte order mark,
    as character 0, so that every offset holds in the file as any other program decodes it.

    Raises DocumentError, whose text is a clause, where the file is empty, cannot be read or is not UTF-8.
    """
    try:
        relative = path.relative_to(root).as_posix()
        relative.encode()
    except UnicodeEncodeError:
        raise DocumentError("its name is not UTF-8; rename it") from None
    except ValueError:
        raise DocumentError("it is not in the knowledge folder") from None
    data = _read(path)
    text = _decode(data)
    # Imported here: its rules take longer to load than a question takes, and only changed documents need them.
    from qabot.documents.text import parse

    parsed = parse(text)
    if not parsed.blocks and len(parsed.sections) == 1 and not parsed.title:
        raise DocumentError("it holds no text")
    return Document(
        path=relative,
        title=parsed.title or title_of(path),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        sections=parsed.sections,
        blocks=parsed.blocks,
    )


def title_of(path: Path) -> str:
    """A file name in words: "china-battery-innovation.txt" gives "China battery innovation"."""
    words = " ".join(path.stem.replace("-", " ").replace("_", " ").split()) or path.stem
    return words[:1].upper() + words[1:]


def _read(path: Path) -> bytes:
    try:
        # A pipe or device would be waited for without end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DocumentError("it is not a regular file")
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError("it is not there") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(f"it cannot be read: {reason[:1].lower()}{reason[1:]}") from None


def _decode(data: bytes) -> str:
    if not data:
        raise DocumentError("it is empty")
    if encoding := _wide(data):
        raise DocumentError(f"it looks like {encoding}: save it as UTF-8")
    if b"\0" in data:
        raise DocumentError("it looks binary (NUL bytes)")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"it is not UTF-8 (byte {error.start + 1}, in line {line}); save it as UTF-8") from None
    if not text.removeprefix(BOM).strip():
        raise DocumentError("it is empty")
    return text


def _wide(data: bytes) -> str | None:
    """The encoding, if the bytes are UTF-32 or UTF-16, with a byte order mark or by where their NUL bytes stand."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    sample = data[:_SAMPLE]
    even, odd = sample[0::2], sample[1::2]
    if not odd or b"\0" not in sample:
        return None
    shares = sorted((even.count(0) / len(even), odd.count(0) / len(odd)))
    return "UTF-16" if shares[0] < 0.05 and shares[1] > 0.4 else None
