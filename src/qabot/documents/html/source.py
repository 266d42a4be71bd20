"""HTML: from bytes to a tree of elements, within limits on what a parser should be given."""

import re
from collections import Counter

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, SelectolaxError

from qabot.documents.decoding import BOM, decode
from qabot.errors import DocumentError

# Reading so many takes some 700 MB.
MOST_TAGS = 1_000_000
# The parser's time grows with the square of these two; browsers nest no deeper than some 500.
MOST_NESTED = 1_000
MOST_ATTRIBUTES = 1_000

_DECLARED = re.compile(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml\s[^>]*?encoding=["']([\w.-]+)""", re.I)
_DECLARED_WITHIN = 1024
# What browsers take these names for. No other codec of Python's is for the web: "idna", say, is none.
_TAKEN_FOR = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
_TAKEN_FOR |= {"windows-1252": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030"}
_TAKEN_FOR |= {"shift_jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949"}
_FOR_THE_WEB = re.compile(
    r"iso-8859-\d{1,2}|windows-12\d\d|windows-874|koi8-[ru]|macintosh|ibm866|big5|euc-jp|iso-2022-jp"
)

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes|noscript)(?=[\s/>]).*?(?:</(?P=raw)|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s/>]*)(?P<attributes>[^>]*)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Void, or closed by what comes next.
_NEVER_NEST = _VOID | frozenset(
    "html head body p li dt dd tr td th thead tbody tfoot colgroup caption option optgroup rb rt rtc rp a button nobr "
    "form".split()
)
_XHTML_WITHIN = 1024
_EMPTY = re.compile(r"<([a-zA-Z][^\s<>/]*)([^<>]*)/>")


def decoded(data: bytes) -> tuple[str, str]:
    """The text of the page and the name of its encoding."""
    match = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    text, encoding = decode(data, _codec((match[1] or match[2]).decode("ascii", "replace")) if match else None)
    return text.removeprefix(BOM), encoding


def tree(text: str) -> LexborHTMLParser:
    """The page as a tree. Raises DocumentError where it is beyond the limits."""
    if text.count("<") > MOST_TAGS:
        raise DocumentError(f"it has more than {MOST_TAGS:,} tags; split it")
    if "xhtml" in text[:_XHTML_WITHIN].lower():
        text = _EMPTY.sub(_closed, text)
    _check_nesting(text)
    try:
        # As in a browser that runs scripts: what is for others stays apart from the text.
        return LexborHTMLParser(text, options=LexborDocumentOptions.WO_EVENTS, scripting=True)
    except SelectolaxError:
        raise DocumentError("it cannot be read as HTML; save it anew from a browser") from None


def _codec(declared: str) -> str | None:
    name = declared.lower()
    return _TAKEN_FOR.get(name) or (name if _FOR_THE_WEB.fullmatch(name) else None)


def _closed(empty: re.Match[str]) -> str:
    """XHTML may close any element at once; to an HTML parser "<a id='x'/>" is the start of a link."""
    return empty[0] if empty[1].lower() in _VOID else f"<{empty[1]}{empty[2]}></{empty[1]}>"


def _check_nesting(text: str) -> None:
    """Only as far as the tags themselves tell. What gets past this, the limits on the reading process stop."""
    open_: Counter[str] = Counter()
    depth = 0
    for match in _TAG.finditer(text):
        name = match["name"]
        attributes = match["attributes"] or ""
        # In drawings and formulas, "<path/>" is closed; elsewhere the stroke says nothing.
        drawn = attributes.endswith("/") and (open_["svg"] or open_["math"])
        if name is None or drawn or (name := name.lower()) in _NEVER_NEST:
            pass
        elif not match["end"]:
            open_[name] += 1
            depth += 1
        elif open_[name]:
            open_[name] -= 1
            depth -= 1
        if depth > MOST_NESTED:
            raise DocumentError(f"its tags are nested more than {MOST_NESTED:,} deep; close them or save it as text")
        # One character at least and a space for each.
        if len(attributes) > 2 * MOST_ATTRIBUTES and len(_QUOTED.sub("", attributes).split()) > MOST_ATTRIBUTES:
            raise DocumentError(f"a tag in it has more than {MOST_ATTRIBUTES:,} attributes; save it as text")
