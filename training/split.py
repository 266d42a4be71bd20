"""Which articles are trained on, which choose (development) and which report (test): by article, never by question.

The articles of `squad2_part.json` are ordered by the SHA-256 of their titles: the first are for the test, the next
for development, the rest for training. COVID-QA and the excerpts are held out whole: they report on other kinds of
documents. A paragraph that shares a run of words with a held-out article is dropped from training, whatever file
it comes from.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from training import sources
from training.sources import Article

TEST_ARTICLES = 8
DEVELOPMENT_ARTICLES = 6
RUN = 12  # so many words in a row are no coincidence
_WORD = re.compile(r"\w+")
OTHER_KINDS = ("covidqa.json", "excerpts_questions.jsonl")


def held_out(folder: Path) -> tuple[list[Article], list[Article], list[Article]]:
    """The test articles, the development articles, and the rest of `squad2_part.json`."""
    articles = sources.read(folder, "squad2_part.json")
    articles.sort(key=lambda article: hashlib.sha256(article.title.encode()).hexdigest())
    middle = TEST_ARTICLES + DEVELOPMENT_ARTICLES
    return articles[:TEST_ARTICLES], articles[TEST_ARTICLES:middle], articles[middle:]


def other_kinds(folder: Path) -> list[Article]:
    """The sets that are held out whole."""
    return [article for file in OTHER_KINDS if (folder / file).exists() for article in sources.read(folder, file)]


def for_training(folder: Path, files: Iterable[str]) -> tuple[list[Article], int]:
    """The articles of `files` without what is held out, and how many paragraphs were dropped as overlapping."""
    test, development, rest = held_out(folder)
    kept_back = [*test, *development, *other_kinds(folder)]
    runs = {run for article in kept_back for paragraph in article.paragraphs for run in _runs(paragraph)}
    whole = " ".join(_plain(paragraph) for article in kept_back for paragraph in article.paragraphs)
    titles = {article.title for article in [*test, *development]}
    kept, dropped = [], 0
    for file in files:
        for article in rest if file == "squad2_part.json" else sources.read(folder, file):
            bad = {
                number
                for number, paragraph in enumerate(article.paragraphs)
                if article.title in titles
                or not runs.isdisjoint(_runs(paragraph))
                or (len(_WORD.findall(paragraph)) < RUN and _plain(paragraph) in whole)
            }
            dropped += len(bad)
            questions = tuple(question for question in article.questions if question.paragraph not in bad)
            paragraphs = tuple("" if number in bad else text for number, text in enumerate(article.paragraphs))
            if questions:
                kept.append(replace(article, paragraphs=paragraphs, questions=questions))
    return kept, dropped


def _plain(paragraph: str) -> str:
    return f" {' '.join(_WORD.findall(paragraph.lower()))} "


def _runs(paragraph: str) -> Iterator[int]:
    words = _WORD.findall(paragraph.lower())
    return (hash(tuple(words[start : start + RUN])) for start in range(len(words) - RUN + 1))
