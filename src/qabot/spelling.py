"""Mistyped words of a question -> the words of the documents that they are closest to."""

from collections.abc import Callable

from qabot.store import Collections, Store
from qabot.words import FUNCTION_WORDS, words

_SHORTEST = 4
# Ratcliff & Obershelp's similarity, as difflib computes it. At this value one letter in four may be wrong.
_SIMILARITY = 0.75


def corrected(question: str, store: Store, is_word: Callable[[str], bool], collections: Collections = None) -> str:
    """The question with each unknown word replaced by the most similar one that the documents use.

    A word is left alone where the documents use it in any form, where `is_word` knows it (it was meant, though
    the documents do not have it), where it is short, holds a digit or is all capitals (a name). The first letter
    is trusted. A question in which most unknown words are like none of the documents' is in another language, and
    comes back as it is. The documents are those of the collections.
    """
    found = [word for word in words(question) if _may_be_mistyped(question[word.start : word.end])]
    known = store.frequencies([word.term for word in found], collections)
    pieces, end, strange = [], 0, 0
    for word in found:
        if word.term in known or word.surface in FUNCTION_WORDS or is_word(word.surface):
            continue
        closest = _closest(word.surface, store, collections)
        if closest is None:
            strange += 1
        else:
            pieces += [question[end : word.start], closest]
            end = word.end
    return question if strange > len(pieces) / 2 else "".join([*pieces, question[end:]])


def _closest(spelling: str, store: Store, collections: Collections) -> str | None:
    # Of a short word, a letter more or less makes another word; so does any other change of a function word.
    difference = 1 if len(spelling) < 6 else 2
    swapped = [word for word in FUNCTION_WORDS if sorted(word) == sorted(spelling) and word[0] == spelling[0]]
    candidates = {word for word in store.spellings(spelling[0]) if abs(len(word) - len(spelling)) <= difference}
    # Imported here: few questions have a word to correct.
    import difflib

    similar = difflib.get_close_matches(spelling, sorted(candidates), len(candidates) or 1, _SIMILARITY)
    # Letters change places more often than they get lost: "mnay" is "many" rather than "may".
    anagrams = [word for word in similar if sorted(word) == sorted(spelling)]
    used = (word for word in [*anagrams, *similar] if collections is None or store.is_used(word, collections))
    return next(iter(swapped), None) or next(used, None)


def _may_be_mistyped(spelling: str) -> bool:
    return len(spelling) >= _SHORTEST and spelling.isalpha() and not spelling.isupper()
