"""Mistyped words of a question -> the words of the documents that they are closest to."""

import difflib
from collections.abc import Callable

from qabot.store import Store
from qabot.words import FUNCTION_WORDS, words

_SHORTEST = 4
# Ratcliff & Obershelp's similarity, as difflib computes it. At this value one letter in four may be wrong.
_SIMILARITY = 0.75


def corrected(question: str, store: Store, is_word: Callable[[str], bool]) -> str:
    """The question with each unknown word replaced by the most similar one that the documents use.

    A word is left alone where the documents use it in any form, where `is_word` knows it (it was meant, though
    the documents do not have it), where it is short, holds a digit or is all capitals (a name). The first letter
    is trusted.
    """
    found = [word for word in words(question) if _may_be_mistyped(question[word.start : word.end])]
    known = store.frequencies([word.term for word in found])
    pieces, end = [], 0
    for word in found:
        if word.term in known or word.surface in FUNCTION_WORDS or is_word(word.surface):
            continue
        # Of a short word, a letter more or less makes another word.
        difference = 1 if len(word.surface) < 6 else 2
        candidates = {
            spelling
            for spelling in FUNCTION_WORDS.union(store.spellings(word.surface[0]))
            if spelling[0] == word.surface[0] and abs(len(spelling) - len(word.surface)) <= difference
        }
        closest = difflib.get_close_matches(word.surface, sorted(candidates), cutoff=_SIMILARITY)
        if closest:
            # Letters change places more often than they get lost: "mnay" is "many" rather than "may".
            swapped = [spelling for spelling in closest if sorted(spelling) == sorted(word.surface)]
            pieces += [question[end : word.start], (swapped or closest)[0]]
            end = word.end
    return "".join([*pieces, question[end:]])


def _may_be_mistyped(spelling: str) -> bool:
    return len(spelling) >= _SHORTEST and spelling.isalpha() and not spelling.isupper()
