"""Text -> index terms, the same way for documents and questions, so that both sides meet.

A term is a stem without case or accents. Numbers lose their thousands separators and stand apart from their
units, so that "500 Wh/kg" finds "500Wh/kg" and "2000 GWh" finds "2,000GWh"; number words up to ninety and the
signs for per cent and currencies become the words for them. What BM25 needs of a language is here and nowhere else.
"""

import re
import unicodedata
from dataclasses import dataclass

import Stemmer

_WORD = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<ideograph>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
    r"|(?P<letters>(?:[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][\u0300-\u036f]*)+)"
    r"(?:['’](?P<suffix>[^\W\d_]{1,2})\b)?"
    r"|(?P<sign>[%$€£¥])"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SIGNS = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound", "¥": "yuan"}
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_UNITS += "seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: str(value) for value, word in enumerate(_UNITS)}
_NUMBERS |= {word: str(10 * tens) for tens, word in enumerate(_TENS, start=2)}

# Words that carry a question's grammar, or say that it is about a text, and not its content. They are left out of
# what has to be covered by an answer, and of the search where the question has any other word.
FUNCTION_WORDS = frozenset(
    """
    a about according after all also am an and any anybody anyone are aren article as at be been before being
    but by called can could couldn described did didn discussed do document does doesn doing don done else for
    from get give got had has hasn have haven he her here hers hey him his how i if in into is isn it its just
    know let like list listed many may me mean mention mentioned mentions might mine more most much must my name
    named names of on or our ours out over please quoted said say says shall she should so some someone
    something tell text than thank thanks that the their theirs them then there these they thing this those
    through to too under up us was wasn we were weren what whats when where which while who whom whose why will
    with won would wouldn you your yours
    """.split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: `text[start:end]` is what stands there, `term` what it is indexed as.

    `surface` is the word without case and accents, before stemming. `content` is False for words that only carry
    grammar ("which", "are").
    """

    term: str
    surface: str
    start: int
    end: int
    content: bool


def words(text: str) -> list[Word]:
    """All words of `text` in order, with the terms they are indexed as."""
    # A Stemmer holds a buffer and must not be shared between threads; making one costs microseconds.
    stem = Stemmer.Stemmer("english").stemWord
    found = []
    for match in _WORD.finditer(text):
        surface = _folded(match["letters"] or match["number"] or match["ideograph"] or match["sign"])
        if match["number"]:
            term = _number(surface)
        elif match["sign"]:
            term = stem(_SIGNS[match["sign"]])
        else:
            term = _NUMBERS.get(surface) or stem(surface)
        if term:
            found.append(Word(term, surface, match.start(), match.end(), surface not in FUNCTION_WORDS))
    return found


def _folded(surface: str) -> str:
    """Case and accents taken off, compatibility forms (full width, ligatures) made plain."""
    if surface.isascii():
        return surface.lower()
    decomposed = unicodedata.normalize("NFKD", surface.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _number(digits: str) -> str:
    if _THOUSANDS.fullmatch(digits):
        return digits.replace(",", "")
    return digits.replace(",", ".")
