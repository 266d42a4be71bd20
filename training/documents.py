"""Articles -> knowledge folders with labelled questions, to be indexed whole and asked as in real use."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qabot.answer import Answerer
from qabot.evaluate.questions import LabelledQuestion
from qabot.settings import Settings
from training.sources import Article


def labelled(article: Article, elsewhere: Sequence[str] = ()) -> list[LabelledQuestion]:
    """The questions of an article; those of `elsewhere` are added as questions that it does not answer."""
    own = [
        LabelledQuestion(
            id=question.id,
            question=question.text,
            answers=tuple(dict.fromkeys(article.paragraphs[question.paragraph][s:e] for s, e in question.answers)),
        )
        for question in article.questions
    ]
    return own + [LabelledQuestion(f"elsewhere {number}", text) for number, text in enumerate(elsewhere)]


def with_questions_from_elsewhere(articles: Sequence[Article]) -> Iterator[tuple[Article, list[LabelledQuestion]]]:
    """Each article with its own questions and some that were asked of others: as many as it has unanswerable ones or,
    where it has none, as it has questions. By chance an article may answer one of them.
    """
    asked = [(place, question.text) for place, article in enumerate(articles) for question in article.questions]
    for place, article in enumerate(articles):
        others = [text for where, text in asked if where != place]
        count = sum(not question.answers for question in article.questions) or len(article.questions)
        step = max(len(others) // count, 1)
        yield article, labelled(article, others[place % step :: step][:count])


def answerer(article: Article, folder: Path, reader: str | None) -> Answerer:
    """An answerer over the article alone; its knowledge folder and index are kept in `folder`. To be closed."""
    place = folder / f"{Path(article.source).stem}-{re.sub(r'[^a-z0-9]+', '-', article.title.lower())}"
    knowledge = place / "knowledge"
    knowledge.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join(article.paragraphs)
    # A whole paper or book has its own title in it.
    if len(article.paragraphs) > 1:
        text = f"{article.title}\n{'=' * len(article.title)}\n\n{text}"
    file = knowledge / "article.txt"
    if not file.exists() or file.read_bytes() != text.encode():
        file.write_bytes(text.encode())
    return Answerer(Settings(knowledge, place / "index.sqlite", folder / "cache", reader=reader))
