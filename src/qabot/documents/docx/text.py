"""The XML of a Word document, walked in reading order without recursion: its paragraphs, tables and words.

What is deleted in a tracked change is passed over, and so is the second form in which Word writes a drawing for older
programs. Content controls, insertions, text boxes and whatever else wraps text are looked into.
"""

from collections.abc import Collection, Iterator

from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement

from qabot.documents.docx.symbols import symbol

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}

_BOX = qn("w:txbxContent")
_RUN, _CONTROL, _PICTURE = qn("w:r"), qn("w:sdt"), qn("wp:docPr")
_GALLERY = "/".join(map(qn, ("w:sdtPr", "w:docPartObj", "w:docPartGallery")))
_HIDDEN = f"{qn('w:rPr')}/{qn('w:vanish')}"
_TEXT = frozenset({qn("w:t"), f"{{{nsmap['m']}}}t"})
_SYMBOL, _FONT, _CODE = qn("w:sym"), qn("w:font"), qn("w:char")
_SIGNS = {qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_PASSED_OVER = frozenset(
    [qn(f"w:{name}") for name in "del moveFrom pPr rPr sectPr sdtPr tblPr tblGrid trPr tcPr rt".split()]
    + ["{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"]
)


def flow(container: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """The paragraphs and tables in `container`, not looking into tables; text boxes come after their paragraph."""
    return within(container, {PARAGRAPH, TABLE})


def within(container: BaseOxmlElement, tags: Collection[str]) -> Iterator[BaseOxmlElement]:
    """The elements of these tags in `container`, not looking into them but for the text boxes of a paragraph."""
    waiting = [*reversed(container)]
    while waiting:
        element = waiting.pop()
        if element.tag in tags:
            yield element
            if element.tag == PARAGRAPH and element.find(f".//{_BOX}") is not None:
                waiting += [box for box in shown(element) if box.tag == _BOX][::-1]
        elif element.tag not in _PASSED_OVER and not _lists_contents(element):
            waiting += reversed(element)


def shown(paragraph: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """The elements of a paragraph that a reader sees, not looking into its text boxes."""
    waiting = [*reversed(paragraph)]
    while waiting:
        element = waiting.pop()
        if element.tag in _PASSED_OVER or (element.tag == _RUN and is_on(element.find(_HIDDEN))):
            continue
        yield element
        if element.tag != _BOX:
            waiting += reversed(element)


def words(element: BaseOxmlElement) -> str:
    """What one element of those `shown` says itself. A picture says its description."""
    if element.tag in _TEXT:
        return element.text or ""
    if element.tag == _PICTURE:
        description: str = element.get("descr") or ""
        return f" {description} " if any(map(str.isalpha, description)) else ""
    if element.tag == _SYMBOL:
        return symbol(element.get(_FONT, ""), element.get(_CODE, ""))
    return _SIGNS.get(element.tag, "")


def is_on(switch: BaseOxmlElement | None) -> bool:
    """Whether a setting such as bold is there and not switched off."""
    return switch is not None and switch.get(qn("w:val")) not in ("0", "false", "off")


def _lists_contents(element: BaseOxmlElement) -> bool:
    """Whether it is a table of contents that Word has put together."""
    if element.tag != _CONTROL:
        return False
    gallery = element.find(_GALLERY)
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"
