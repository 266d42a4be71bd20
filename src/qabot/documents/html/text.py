"""HTML: the words of an element, without what is left out of the page."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from selectolax.lexbor import LexborNode

from qabot.documents.prose import alternative, collapsed, raised

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
CODE = frozenset({"pre", "listing", "xmp", "plaintext"})
# These stand on lines of their own; all other elements are part of a line.
BLOCKS = (
    HEADINGS
    | CODE
    | frozenset(
        "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset "
        "figcaption figure footer form frameset header hgroup hr legend li main menu nav ol optgroup option p search "
        "section summary table tbody td tfoot th thead tr ul".split()
    )
)


def words(element: LexborNode, left_out: AbstractSet[int]) -> str:
    """The text of an element on one line."""
    return collapsed("".join(" " if piece is None else piece for piece in _pieces(element, left_out, " ")))


def code(element: LexborNode, left_out: AbstractSet[int]) -> str:
    """The lines of an element whose white space counts."""
    said: list[str] = []
    for piece in _pieces(element, left_out, "\n"):
        if piece is not None:
            said.append(piece)
        elif said and not said[-1].endswith("\n"):
            said.append("\n")
    return "\n".join(line.rstrip() for line in "".join(said).split("\n"))


def said(text: LexborNode) -> str:
    """The characters of a text, as they are shown."""
    characters, around = text.text_content or "", text.parent
    # The mark of a footnote is a link that is raised.
    high = around and (around.tag == "sup" or (around.parent and around.parent.tag == "sup"))
    return raised(characters) if high else characters


def described(image: LexborNode) -> str:
    """What an image shows, set off from the words beside it."""
    shown = alternative(image.attributes.get("alt") or "")
    return f" {shown} " if shown else ""


def children(element: LexborNode, left_out: AbstractSet[int]) -> Iterator[LexborNode]:
    """The texts and elements within an element, but for those left out."""
    for node in element.iter(include_text=True):
        if node.is_text_node or (node.is_element_node and node.mem_id not in left_out):
            yield node


def _pieces(element: LexborNode, left_out: AbstractSet[int], line_break: str) -> Iterator[str | None]:
    """The texts within; None where an element begins or ends that stands on lines of its own."""
    open_ = [(False, children(element, left_out))]
    while open_:
        on_its_own, rest = open_[-1]
        node = next(rest, None)
        if node is None:
            open_.pop()
            if on_its_own:
                yield None
        elif node.is_text_node:
            yield said(node)
        elif node.tag == "br":
            yield line_break
        elif node.tag == "img":
            yield described(node)
        else:
            block = node.tag in BLOCKS
            if block:
                yield None
            open_.append((block, children(node, left_out)))
