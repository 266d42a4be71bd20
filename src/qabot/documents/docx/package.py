"""The zip file that a Word document is: checked before anything in it is read, then opened.

A few bytes of zip can unpack to any size, and XML can define entities that grow; neither gets as far as the library.
"""

import zipfile
from io import BytesIO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part, XmlPart
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.package import Package
from docx.parts.document import DocumentPart

from qabot.errors import DocumentError

MOST_BYTES = 200_000_000
# Of XML elements, which is some thousands of pages.
MOST_TAGS = 3_000_000
MOST_PARTS = 10_000

_DAMAGED = "it is damaged ({}); open it in Word and save it again"
_NOT_WORD = "it is no Word document; save it as .docx"
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def open_package(data: bytes) -> DocumentPart:
    """The main part of a Word document. Raises DocumentError where it is none or cannot be opened safely."""
    _check(data)
    try:
        package = Package.open(BytesIO(data))
        kinds = {relationship.reltype for relationship in package.rels.values()}
        if RELATIONSHIP_TYPE.OFFICE_DOCUMENT not in kinds:
            raise DocumentError('it is no Word document, or a strict one; save it in Word as "Word document (.docx)"')
        part = package.main_document_part
    except DocumentError:
        raise
    # Of a damaged file the library raises whatever it stumbles over; that never ends the program.
    except Exception as error:
        raise DocumentError(_DAMAGED.format(_reason(error))) from None
    if not isinstance(part, DocumentPart):
        raise DocumentError(_NOT_WORD)
    return part


def related(part: Part, kind: str) -> BaseOxmlElement | None:
    """The root element of the first part that `part` has a relationship of this kind to."""
    for relationship in part.rels.values():
        if relationship.reltype == kind and not relationship.is_external:
            target = relationship.target_part
            try:
                return target.element if isinstance(target, XmlPart) else parse_xml(target.blob)
            except Exception as error:
                raise DocumentError(_DAMAGED.format(_reason(error))) from None
    return None


def _check(data: bytes) -> None:
    if not data:
        raise DocumentError("it is empty")
    if data.startswith(_OLD_OR_LOCKED):
        raise DocumentError(
            "it is protected with a password or an old .doc; open it in Word and save it as .docx without a password"
        )
    if not zipfile.is_zipfile(BytesIO(data)):
        cut = data.startswith(_ZIP)
        raise DocumentError("it is cut short or damaged; copy it again" if cut else _NOT_WORD)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_parts(archive)
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(_DAMAGED.format(_reason(error))) from None


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if "[Content_Types].xml" not in archive.namelist():
        raise DocumentError(f"it is a zip file, but {_NOT_WORD.removeprefix('it is ')}")
    if len(parts) > MOST_PARTS:
        raise DocumentError(f"it is a zip file of more than {MOST_PARTS:,} parts, which no Word document has")
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentError("it is protected with a password; save it without one")
    left, tags = MOST_BYTES, 0
    if sum(part.file_size for part in parts) > left:
        raise DocumentError(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB; split it")
    for part in parts:
        # The declared size may be wrong, so no more is read than is left.
        with archive.open(part) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise DocumentError(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB; split it")
        if part.filename.lower().endswith((".xml", ".rels")):
            tags += content.count(b"<")
            if tags > MOST_TAGS:
                raise DocumentError(f"it has more than {MOST_TAGS:,} XML tags; split it")
            _check_xml(part.filename, content)


def _check_xml(name: str, content: bytes) -> None:
    # Without its zero bytes, ASCII reads the same in UTF-16 as in UTF-8.
    if b"<!DOCTYPE" in (content.replace(b"\0", b"") if b"\0" in content[:4] else content):
        raise DocumentError(f"it defines XML entities (in {name}), which no Word document does; save it again in Word")


def _reason(error: Exception) -> str:
    if not isinstance(error, (KeyError, SyntaxError, zipfile.BadZipFile)):
        # Its text is about the library's own objects.
        return "its parts do not fit together"
    words = " ".join(str(error).strip("'\"").split())
    return words if len(words) <= 200 else f"{words[:200]}…"
