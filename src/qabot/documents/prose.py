"""What words tell by themselves, in any format: where a sentence ends, a heading that opens it, what an image shows."""

import re

BULLET = re.compile(r"(?:[-*+•‣◦▪●○·–—]|o|\d{1,3}[.)]|\(?(?:[a-z]|\d{1,3}|[ivx]{1,4})\)|[a-z]\.)\s+(?=\S)")
_CLOSING = "\"'”’»)]*_`"
_TERMINAL = frozenset(".!?…。！？؟।")

# Marks where a word may be divided, and joiners of no width.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
# Chinese and Japanese have no spaces, so that a new line in the file is none either.
_WIDE = "[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]"
_WITHIN_WIDE = re.compile(rf"(?<={_WIDE})[^\S\n]*\n\s*(?={_WIDE})")
_RAISED = str.maketrans("0123456789+-−=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿ")

_RUN_IN = re.compile(r"([^\W\d_a-z][^:：.!?;\n\r]{0,58}?)[:：]\s+(?=[^\Wa-z]|[\"'“‘«(])")
# With one of these in it, what stands before the colon is the start of a sentence, or says nothing about the subject.
_NOT_A_NAME = re.compile(
    "is|are|was|were|has|have|had|will|would|can|could|should|must|said|says|that|this|these|those|which|you|we|they"
    "|notes?|nb|warning|caution|important|tip|hint|example|remember|todo|q|a|answer|question"
)
_RUN_IN_WORDS = 7


def collapsed(text: str) -> str:
    """`text` on one line with single spaces and without characters that show nothing."""
    return " ".join(_WITHIN_WIDE.sub("", text.translate(_INVISIBLE)).split())


def raised(text: str) -> str:
    """`text` above the line, where there are characters for it: "10" with a raised "6" is not 106."""
    return text.translate(_RAISED) if all(ord(character) in _RAISED for character in text.strip()) else text


def ends_sentence(text: str) -> bool:
    """Whether `text` closes with a full stop, question or exclamation mark, inside or outside of quotes."""
    tail = text[-6:].rstrip(_CLOSING)
    return bool(tail) and tail[-1] in _TERMINAL


def ends_with_colon(text: str) -> bool:
    """Whether `text` closes with a colon, perhaps in emphasis."""
    return text[-6:].rstrip("*_").endswith((":", "："))


def run_in(text: str) -> str | None:
    """The run-in heading that a paragraph opens with, after its bullet: "Marine" of "Marine: Battery systems ..."."""
    bullet = BULLET.match(text)
    match = _RUN_IN.match(text, bullet.end() if bullet else 0)
    if match is None or len(text[match.end() :].split(maxsplit=3)) < 3:
        return None
    words = match.group(1).lower().split()
    return (
        match.group(1).strip() if len(words) <= _RUN_IN_WORDS and not any(map(_NOT_A_NAME.fullmatch, words)) else None
    )


def alternative(said: str) -> str:
    """What stands for an image, where it says something: "logo" and "figure1.png" do not."""
    return said if sum(any(map(str.isalpha, word)) for word in said.split()) > 1 else ""
