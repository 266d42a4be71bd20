"""HTML: which part of a page is its own text, and which is navigation, controls or hidden."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SELECTORS_LEFT_OUT = (
    # What browsers do not show as text.
    ".sr-only, .visually-hidden, .visuallyhidden, .screen-reader-text",
    "script, style, template, noscript, iframe, object, audio, video, canvas, svg, dialog:not([open]), annotation",
    '[hidden]:not([hidden="until-found"]), [aria-hidden="true" i]',
    '[style*="display:none" i], [style*="display: none" i]',
    # Controls.
    "button, input, select, textarea, datalist, progress, meter, search, [role=search]",
    # Navigation, and the header and footer of the whole page. Pandoc writes a document's title as such a header.
    "nav, aside:has(nav), [role=navigation], [role=banner], [role=contentinfo]",
    "header:not(#title-block-header, main header, article header, section header)",
    "footer:not(main footer, article footer, section footer)",
    # Sphinx and docutils.
    "div.related, div.sphinxsidebar, .headerlink, .viewcode-link, .viewcode-back",
    "div.contents.topic, div.toctree-wrapper:not(:has(section, .section)), div.genindex-jumpbox, div.modindex-jumpbox",
    "table.genindextable, table.indextable:not(.modindextable)",
    # DocBook, Publican, AsciiDoc and others.
    "div.navheader, div.navfooter, ul.docnav, body > #banner, body > p#title, div.toc, ul.toc, ol.toc, #toc, #footer",
    "[class*=breadcrumb], .mw-editsection, .mw-jump-link, #mw-navigation, .navbox, .catlinks, .printfooter",
    # The numbers beside the lines of code, and lines that mdBook hides.
    ".boring, .linenos, .linenodiv, .lineno, td.lineNumbers, td.gutter",
)
_LEFT_OUT = ", ".join(_SELECTORS_LEFT_OUT)
_LINKS_WITHIN = 'a[href^="#"]'

_ADMONITIONS = ":is(.note, .tip, .hint, .warning, .caution, .important, .danger, .admonition)"
_LABELS = (
    ".admonition-title, .topic-title, .sidebar-title, .admonitionblock .icon .title, .sidebar > .titlepage .title, "
    f"{_ADMONITIONS} > :is(h1, h2, h3, h4, h5, h6).title, {_ADMONITIONS} > table th, "
    ":is(.footnote, .citation) > :is(.label, .fn-bracket)"
)
_LAYOUT = f"{_ADMONITIONS} > table, .admonitionblock > table, .highlighttable, [role=presentation], table[role=none]"

_MAIN = "main, [role=main]"


@dataclass(frozen=True, slots=True)
class Page:
    """The element that has the page's own text, and what in it is to be read in another way, as `mem_id`s.

    `left_out` are not read at all. `labels` go before the paragraph after them, as "Note" does. `layout` are tables
    that only place things.
    """

    root: LexborNode | None
    left_out: frozenset[int]
    labels: frozenset[int]
    layout: frozenset[int]


def content(page: LexborHTMLParser) -> Page:
    """The page's own text: its <main>, else its only <article>, if that has its <h1>, else its <body>."""
    left_out = _identities(page.css(_LEFT_OUT))
    # Links to a heading itself ("#") or back from a note ("↩").
    left_out |= _identities(
        [
            link
            for link in page.css(_LINKS_WITHIN)
            if not any(map(str.isalnum, link.text())) and not link.css_first("img")
        ]
    )
    return Page(_root(page, left_out), left_out, _identities(page.css(_LABELS)), _identities(page.css(_LAYOUT)))


def _root(page: LexborHTMLParser, left_out: frozenset[int]) -> LexborNode | None:
    mains = _outermost([element for element in page.css(_MAIN) if element.mem_id not in left_out])
    if len(mains) == 1:
        return mains[0]
    articles = [element for element in page.css("article") if element.mem_id not in left_out]
    # An article without the page's heading is but one part of it.
    if not mains and len(articles) == 1 and 0 < len(articles[0].css("h1")) == len(page.css("h1")):
        return articles[0]
    return page.body


def _outermost(elements: list[LexborNode]) -> list[LexborNode]:
    found: list[LexborNode] = []
    inner: set[int] = set()
    for element in elements:
        if element.mem_id not in inner:
            found.append(element)
            inner.update(_identities(element.css(_MAIN)))
    return found


def _identities(elements: list[LexborNode]) -> frozenset[int]:
    return frozenset(element.mem_id for element in elements)
