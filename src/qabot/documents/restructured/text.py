"""The words in docutils' nodes: inline mark-up dropped, substitutions made, pictures described. Nothing recurses."""

from collections.abc import Iterator

from docutils import nodes

# A substitution of more is no abbreviation, and could make a document grow without end.
_LONGEST_SUBSTITUTION = 1_000

SKIPPED = (
    nodes.comment,
    nodes.decoration,
    nodes.label,
    nodes.meta,
    nodes.pending,
    nodes.raw,
    nodes.substitution_definition,
)


class Substitutions:
    """What a document's substitutions stand for; one without a definition stands for its name."""

    def __init__(self, document: nodes.document) -> None:
        self._words: dict[str, str] = {}
        self._names = document.substitution_names
        # A definition that refers to another one says that one's name.
        self._words = {
            name: "".join(map(self.words, node.children)) for name, node in document.substitution_defs.items()
        }

    def words(self, node: nodes.Node) -> str:
        """The words in a node, white space as it stands."""
        said: list[str] = []
        waiting: list[nodes.Node] = [node]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, nodes.Text):
                said.append(str(piece))
            elif isinstance(piece, nodes.citation_reference):
                said.append(f"[{piece.astext()}]")
            elif isinstance(piece, nodes.substitution_reference):
                said.append(self._stands_for(piece.astext()))
            elif isinstance(piece, nodes.image):
                said.append(described(piece))
            elif isinstance(piece, nodes.Element) and not isinstance(piece, (*SKIPPED, nodes.footnote_reference)):
                waiting += reversed(piece.children)
        return "".join(said)

    def _stands_for(self, name: str) -> str:
        key = nodes.whitespace_normalize_name(name)
        found = self._words.get(key) or self._words.get(self._names.get(key.lower(), ""))
        return found if found and len(found) <= _LONGEST_SUBSTITUTION else name


def described(image: nodes.Element) -> str:
    """The description of a picture, if it has words."""
    description: str = image.get("alt") or ""
    return description if any(map(str.isalpha, description)) else ""


def leaves(node: nodes.Element) -> Iterator[nodes.Element]:
    """The nodes that hold text and not other such nodes: paragraphs, code, pictures."""
    waiting: list[nodes.Node] = [node]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, (nodes.TextElement, nodes.image)) and not isinstance(piece, SKIPPED):
            yield piece
        elif isinstance(piece, nodes.Element) and not isinstance(piece, (*SKIPPED, nodes.system_message)):
            waiting += reversed(piece.children)


def item_numbers(items: nodes.Element) -> list[str]:
    """What stands before each item of a list: "1. ", "(a) "; nothing for bullets and Roman numbers."""
    first = items.get("start", 1)
    counts = range(first, first + len(items.children))
    match items.get("enumtype"):
        case "arabic":
            written = list(map(str, counts))
        case "loweralpha" | "upperalpha" as form:
            written = [chr(ord("a" if form == "loweralpha" else "A") + count - 1) for count in counts]
        case _:
            return [""] * len(items.children)
    return [f"{items['prefix']}{number}{items['suffix']} " for number in written]
