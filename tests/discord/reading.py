"""What Discord shows of markup, for the little that the bot writes; anything else that Discord would see is an error.

The rules are those of Discord's client, which reads from left to right and takes the first that fits. A text that
is to be shown as it is must never reach one of them.
"""

import re

ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
LINE_START = re.compile(r"(?:^|(?<=[\n\u2028\u2029]))(?: *#{1,3}\s| *-#\s|[^\S\n]*(?:[-*+]|\d+[.)])\s| *>)")
ANYWHERE = re.compile(
    r"""  ```|`|\|\||~~|__|[*_]           # code, spoilers, strike-through, underline, emphasis
        | <                              # mentions, channels, roles, timestamps, commands, guides, emoji, links
        | @(?:everyone|here)
        | (?:https?|steam|discord)://[^\s<]
        | \[[^\]]*\]\(                   # masked links
        | :[^\s:]+:                      # emoji by name
    """,
    re.VERBOSE,
)

# Links, in which backslashes do not count for brackets, and the address ends at the first ")" that fits.
LINK = re.compile(
    r"""\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]
        \(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['"]([\s\S]*?)['"])?\s*\)""",
    re.VERBOSE,
)


def read_links(markup: str) -> list[str]:
    """The addresses that a person can press on."""
    return [ESCAPE.sub(r"\1", found[2]) for found in LINK.finditer(markup)]


def read_block_quote(markup: str) -> tuple[str, str]:
    """The text that a block quote shows, and the bold characters of it."""
    lines = markup.split("\n")
    assert all(line.startswith("> ") for line in lines), "a line is outside of the quote"
    return read_inline("\n".join(line[2:] for line in lines))


def read_inline(markup: str) -> tuple[str, str]:
    """The text that is shown, and the bold characters of it."""
    shown: list[str] = []
    strong: list[str] = []
    bold = False
    place = 0
    while place < len(markup):
        if found := ESCAPE.match(markup, place):
            shown.append(found[1])
            strong.append(found[1] if bold else "")
            place = found.end()
        elif markup.startswith("**", place):
            bold = not bold
            place += 2
        else:
            assert not LINE_START.match(markup, place), f"a list, heading or quote begins at {markup[place:][:40]!r}"
            assert not ANYWHERE.match(markup, place), f"markup begins at {markup[place:][:40]!r}"
            assert markup[place] != "\n" or not bold, "bold runs over the end of a line"
            shown.append(markup[place])
            strong.append(markup[place] if bold else "")
            place += 1
    assert not bold, "bold is left open"
    return "".join(shown), "".join(strong)


def read_code_quote(markup: str) -> str:
    """The text that a quoted block of code shows."""
    first, *lines, last = markup.split("\n")
    assert (first, last) == ("> ```text", "> ```")
    assert all(line.startswith("> ") and "`" not in line for line in lines)
    return "\n".join(line[2:] for line in lines)
