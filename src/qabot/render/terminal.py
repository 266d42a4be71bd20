"""Result -> styled lines for a terminal, or plain ones for a pipe.

A line is a list of spans, each a text and a style by name; what a style looks like is the terminal's business.
Nothing is put into a quote and nothing taken out: the bar stands before it, and only lines are broken.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qabot.quote import described, headings, place, reference
from qabot.render.wording import dated, one_line, sureness, visible
from qabot.types import Answer, Context, Greeting, Quote, Result, Source, Summary, Verification

Style = Literal["plain", "mark", "dim", "good", "doubtful", "bar"]
HELP = "Ask me something about the documents; I answer with the sentence that says it. qabot sources lists them."
WELCOME = "You are welcome. Ask on whenever you like."
NOT_ANSWERED = "The documents do not answer this."
NEAREST = "The nearest passage, which is not an answer:"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line."""

    text: str
    style: Style = "plain"


Line = list[Span]
Files = Callable[[str], Path | None]  # where the file of a document lies, if that is known


def result_lines(result: Result, file: Files, width: int | None) -> list[Line]:
    """A result, line by line; `width` in columns to wrap at, None for a pipe: no bar and no wrapping."""
    if isinstance(result, Greeting):
        return [[Span(WELCOME if result.thanks else HELP)]]
    lines: list[Line] = []
    if result.meant != result.question:
        lines += [[Span(f"asked: {visible(result.meant)}", "dim")], []]
    time = f"{result.elapsed_ms:.0f} ms"
    if isinstance(result, Answer):
        sure = Span(f"    {sureness(result.confidence)} ({result.confidence:.2f})")
        for quote in result.quotes:
            last = quote is result.quotes[-1]
            lines += [*_quoted(quote, width, "plain"), *([] if width is None else [[]])]
            lines.append([Span(one_line(headings(quote)), "good")])
            lines.append([Span(_place(quote, file)), *([sure, Span(f"    {time}", "dim")] if last else [])])
            lines += [*_at_source(quote), *([] if last else [[]])]
        return lines
    lines.append([Span(NOT_ANSWERED, "doubtful"), Span(f"    ({result.confidence:.2f})    {time}", "dim")])
    if result.nearest:
        lines += [[], [Span(NEAREST, "dim")], *_quoted(result.nearest, width, "dim")]
        lines.append([Span(f"{one_line(headings(result.nearest))}    {_place(result.nearest, file)}", "dim")])
        lines.append([Span(dated(result.nearest), "dim")])
    return lines


def context_lines(context: Context, file: Files, width: int | None) -> list[Line]:
    """A passage in its place: its section with the passage marked."""
    pieces = [
        Span(context.text[: context.before], "dim"),
        Span(context.text[context.before : context.after], "mark"),
        Span(context.text[context.after :].rstrip(), "dim"),
    ]
    heading = [[Span(one_line(headings(context.quote)), "good")], [Span(_place(context.quote, file))], []]
    return [*heading, *_wrapped(pieces, width), [], *_at_source(context.quote)]


def _at_source(quote: Quote) -> list[Line]:
    """The reference for machines, when the document was written and read, and where it stands on the web."""
    lines = [f"{reference(quote)}    {dated(quote)}".rstrip(), *([one_line(quote.link)] if quote.link else [])]
    return [[Span(line, "dim")] for line in lines]


def _quoted(quote: Quote, width: int | None, style: Style) -> list[Line]:
    start, end = quote.highlight or (0, 0)
    pieces = [Span(quote.text[:start], style), Span(quote.text[start:end], "mark"), Span(quote.text[end:], style)]
    if width is None:
        return _wrapped(pieces, None)
    # Room for the bar, and for the space at which a full line is broken.
    return [[Span("│ ", "bar"), *line] for line in _wrapped(pieces, width - 3)]


def _place(quote: Quote, file: Files) -> str:
    name = str(file(quote.document) or quote.document)
    # file:line is what editors open; a page is said in words.
    return one_line(f"{name}:{quote.line}" if quote.line is not None else ", ".join(filter(None, [name, place(quote)])))


def _wrapped(pieces: list[Span], width: int | None) -> list[Line]:
    """Break at line feeds and, if there is a width, before the word that does not fit."""
    lines: list[Line] = [[]]
    used = 0
    for piece in pieces:
        for token in _tokens(visible(piece.text)):
            if token == "\n":
                lines.append([])
                used = 0
                continue
            size = columns(token)
            if width is not None and used and used + size > width and not token.isspace():
                lines.append([])
                used = 0
            lines[-1].append(Span(token, piece.style))
            used += size
    return lines


def _tokens(text: str) -> Iterator[str]:
    """Words, runs of white space and line feeds, which together are the text."""
    token = ""
    for character in text:
        if character == "\n" or (token and (token == "\n" or token[-1].isspace() != character.isspace())):
            if token:
                yield token
            token = ""
        token += character
    if token:
        yield token


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def verification_lines(verification: Verification) -> list[Line]:
    """Whether a quote stands, and where."""
    if verification.reference is None or verification.quote is None:
        return [[Span("altered", "doubtful"), Span(": the document no longer says this.")]]
    where = one_line(described(verification.quote))
    if verification.state == "intact":
        return [[Span("intact", "good"), Span(f": {where}")]]
    return [[Span("moved", "doubtful"), Span(f": {where}")], [Span(verification.reference)]]


def source_lines(sources: Sequence[Source]) -> list[Line]:
    """The documents, each with its sections."""
    lines: list[Line] = []
    for source in sources:
        lines.append([Span(one_line(source.path), "good"), Span(f"  {one_line(source.title)}")])
        date = f"of {source.date}, " if source.date else ""
        about = f"  {date}{_count(source.passages, 'passage')}, indexed {source.indexed}, sha256 {source.sha256[:12]}"
        lines.append([Span(about, "dim")])
        for section in source.sections:
            if section.path:
                depth = "  " * len(section.path)
                lines.append([Span(f"{depth}{section.number} {one_line(section.path[-1])}")])
        lines.append([])
    return lines


def summary_lines(summary: Summary, sources: Sequence[Source], index: Path) -> list[Line]:
    """What a run of indexing did."""
    lines: list[Line] = []
    for verb, paths in (("added", summary.added), ("changed", summary.changed), ("removed", summary.removed)):
        lines += [[Span(f"{verb} {one_line(path)}")] for path in paths]
    for skipped in summary.skipped:
        lines.append([Span("skipped ", "doubtful"), Span(f"{one_line(skipped.path)}: {skipped.reason}")])
    lines += [[Span(f"read {one_line(path)} as {encoding}")] for path, encoding in summary.encodings]
    passages = sum(source.passages for source in sources)
    total = f"{_count(len(sources), 'document')}, {_count(passages, 'passage')} in {index}"
    return [*lines, [Span(total), Span(f"  ({summary.unchanged} unchanged)", "dim")]]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
