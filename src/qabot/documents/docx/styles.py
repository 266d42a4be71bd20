"""What a paragraph of a Word document is, by its style, the styles that this one is based on, and its own settings."""

import re
from dataclasses import dataclass, replace

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from qabot.documents.docx.numbering import LEVELS, number, value

# Word writes its own styles' names in English whatever its language; other programs write them in theirs.
_HEADING = re.compile(
    "(?:heading|überschrift|berschrift|titre|título|titulo|titolo|kop|rubrik|nagłówek|nadpis|otsikko|overskrift"
    r"|заголовок|标题|標題|見出し)\s*([1-9])"
)
_TITLES = frozenset({"title", "titel", "titre", "título", "titolo", "tytuł", "název", "tittel", "标题", "標題"})
_CONTENTS = re.compile(r"toc (?:heading|\d)|contents (?:heading|\d)|index (?:heading|\d)|table of (?:figures|contents)")
_CODE = frozenset({"code", "code block", "source code", "html preformatted", "macro text", "preformatted text"})
_LIST = re.compile(r"list (?:bullet|number|continue)\b.*|list\d?|list \d")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Role:
    """`level` is a heading's, 0 the document's title. `numbering` is a list's name and the level in it, from 0.

    `contents` marks lines of a table of contents.
    """

    level: int | None = None
    item: bool = False
    code: bool = False
    contents: bool = False
    numbering: tuple[str, int] | None = None


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, part: BaseOxmlElement | None) -> None:
        self._styles: dict[str, BaseOxmlElement] = {}
        self._default = ""
        self._roles: dict[str, Role] = {}
        for style in part.iterchildren(qn("w:style")) if part is not None else ():
            if style.get(qn("w:type"), "paragraph") == "paragraph":
                name = style.get(qn("w:styleId"), "")
                self._styles[name] = style
                if style.get(qn("w:default")) in ("1", "true", "on"):
                    self._default = name

    def role(self, paragraph: BaseOxmlElement) -> Role:
        """What this paragraph is."""
        settings = paragraph.find(qn("w:pPr"))
        if settings is None:
            return self._of(self._default)
        role = self._of(value(settings, "w:pStyle") or self._default)
        outline, numbering = _outline(settings), settings.find(qn("w:numPr"))
        if outline is not None:
            role = replace(role, level=outline if outline <= LEVELS else None)
        if numbering is not None:
            role = replace(role, numbering=_numbering(numbering, role.numbering))
        return role

    def _of(self, name: str) -> Role:
        if name not in self._roles:
            self._roles[name] = self._resolved(name)
        return self._roles[name]

    def _resolved(self, name: str) -> Role:
        """The nearest style that settles a matter settles it."""
        names: list[str] = []
        level: int | None = None
        numbering: tuple[str, int] | None = None
        for _ in range(_DEEPEST):
            style = self._styles.get(name)
            called = [name.lower(), (value(style, "w:name") or "").lower() if style is not None else ""]
            # Subtitles and the like are based on the title and are none.
            if not names and not _TITLES.isdisjoint(called):
                level = 0
            names += called
            settings = style.find(qn("w:pPr")) if style is not None else None
            if level is None:
                level = _outline(settings) if settings is not None else None
                level = level if level is not None else _named_level(called)
            if settings is not None and numbering is None and (own := settings.find(qn("w:numPr"))) is not None:
                numbering = _numbering(own, None)
            name = (value(style, "w:basedOn") if style is not None else None) or ""
            if not name:
                break
        return Role(
            level=level if level is not None and level <= LEVELS else None,
            item=any(_LIST.fullmatch(name) for name in names),
            code=not _CODE.isdisjoint(names),
            contents=any(_CONTENTS.fullmatch(name) for name in names[:2]),
            numbering=numbering,
        )


def _outline(settings: BaseOxmlElement) -> int | None:
    """The level of a heading from 1; one more than the last where the settings say that it is none."""
    level = settings.find(qn("w:outlineLvl"))
    return None if level is None else number(level, "w:val", LEVELS) + 1


def _named_level(names: list[str]) -> int | None:
    matches = filter(None, map(_HEADING.fullmatch, names))
    return next((int(match[1]) for match in matches), None)


def _numbering(settings: BaseOxmlElement, inherited: tuple[str, int] | None) -> tuple[str, int] | None:
    name = value(settings, "w:numId") or (inherited[0] if inherited else "0")
    level = value(settings, "w:ilvl") or ""
    if name == "0":
        return None
    return name, min(int(level), LEVELS - 1) if level.isdecimal() and len(level) < 7 else 0
