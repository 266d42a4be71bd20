"""One file of the knowledge folder to a Document. Refuses what it cannot read as it stands; patches nothing."""

import hashlib
import re
import stat
from dataclasses import replace
from pathlib import Path

from qabot.documents.decoding import decode
from qabot.documents.parsed import Parsed
from qabot.errors import DocumentError
from qabot.types import Document, Origin

MOST_BYTES = 50_000_000
# An address that a document names for itself ends up in links: nothing in it may end the link.
_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f-\x9f]{1,1000}", re.IGNORECASE)


def load(root: Path, path: Path) -> Document:
    """The document at `path`, a file below `root`.

    Of plain text, `text` is the file's own and nothing else: line endings stay as they are, and so does a byte order
    mark, as character 0, so that every offset holds in the file as any other program decodes it. Of other formats it
    is what the format's module reads out.

    Raises DocumentError, whose text is a clause, where the file is empty, too large or cannot be read.
    """
    try:
        relative = path.relative_to(root).as_posix()
        relative.encode()
    except UnicodeEncodeError:
        raise DocumentError("its name is not UTF-8; rename it") from None
    except ValueError:
        raise DocumentError("it is not in the knowledge folder") from None
    data = _read(path)
    parsed = _parse(path.suffix.lower(), data)
    url = parsed.origin.url
    if url is not None and not _WEB.fullmatch(url):
        parsed = replace(parsed, origin=replace(parsed.origin, url=None))
    if not parsed.blocks and len(parsed.sections) == 1 and not parsed.title:
        raise DocumentError("it holds no text")
    return Document(
        path=relative,
        title=parsed.title or title_of(path),
        text=parsed.text,
        sha256=hashlib.sha256(data).hexdigest(),
        sections=parsed.sections,
        blocks=parsed.blocks,
        date=parsed.date,
        origin=parsed.origin,
    )


def title_of(path: Path) -> str:
    """A file name in words: "china-battery-innovation.txt" gives "China battery innovation"."""
    words = " ".join(path.stem.replace("-", " ").replace("_", " ").split()) or path.stem
    return words[:1].upper() + words[1:]


def _parse(suffix: str, data: bytes) -> Parsed:
    """Read out a file's bytes. Imported here: only changed documents are read, and only of the formats there are."""
    match suffix:
        case ".md" | ".markdown":
            from qabot.documents import markdown

            return markdown.parse(data)
        case ".html" | ".htm" | ".xhtml":
            from qabot.documents import html

            return html.parse(data)
        case ".pdf":
            from qabot.documents import pdf

            return pdf.parse(data)
        case ".docx":
            from qabot.documents import docx

            return docx.parse(data)
        case ".rst":
            from qabot.documents import restructured

            return restructured.parse(data)
    from qabot.documents import text

    decoded, encoding = decode(data)
    return replace(text.parse(decoded), origin=Origin(encoding=encoding))


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        # A pipe or device would be waited for without end.
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("it is not a regular file")
        if status.st_size > MOST_BYTES:
            raise DocumentError(f"it has more than {MOST_BYTES // 1_000_000} MB; split it")
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError("it is not there") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(f"it cannot be read: {reason[:1].lower()}{reason[1:]}") from None
