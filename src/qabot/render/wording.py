"""Words that all screens share."""

from qabot.types import Quote


def sureness(confidence: float) -> str:
    """How sure an answer is, in words."""
    if confidence >= 0.8:
        return "sure"
    return "fairly sure" if confidence >= 0.6 else "not quite sure"


def dated(quote: Quote) -> str:
    """The date of the quote's document, where it has one, and when it was last read."""
    read = f"read on {(quote.indexed or '')[:10]}" if quote.indexed else ""
    return ", ".join(filter(None, [quote.date and f"of {quote.date}", read]))


def visible(text: str) -> str:
    """Text with control characters shown as their pictures, so that no document can drive a terminal.

    Line feeds and tabs stay, a carriage return before a line feed is part of it. What has no picture is U+FFFD.
    """
    return "".join(map(_visible, text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """As `visible`, with line feeds and tabs shown too: the name of a file may hold any character."""
    return visible(text).replace("\n", "\u240a").replace("\t", "\u2409")


def _visible(character: str) -> str:
    code = ord(character)
    if character in "\n\t" or 32 <= code < 127:
        return character
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "\u2421"
    # C1 controls, and the marks that turn the direction of all text after them.
    if code < 160 or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return "\ufffd"
    return character
