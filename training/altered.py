"""Answerable questions, changed in one place so that their passage does not answer them any more.

People who were asked for unanswerable questions mostly swapped a name or a number, put in an opposite or a negation
(Rajpurkar, Jia & Liang 2018, table 2). The same by rule: each makes a pair of questions that differ in a word or
two, of which the passage answers one.
"""

import random
import re
from collections.abc import Sequence

from tokenizers import Tokenizer

from training.examples import Asked, Example, Prepared, keywords, levelled, question_ids
from training.sources import Article, Question

_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_YEAR = re.compile(r"\b1\d\d\d\b|\b20\d\d\b")
_SMALL_NUMBER = re.compile(r"\b\d{1,3}\b")
_AUXILIARY = re.compile(r"\b(did|does|do|is|was|were|are|can|could|has|have|will|would|should)\b")
_PAIRS = """
first last|largest smallest|biggest smallest|highest lowest|oldest youngest|oldest newest|most least|more fewer|
more less|best worst|before after|increase decrease|increased decreased|north south|northern southern|east west|
eastern western|early late|earliest latest|earlier later|minimum maximum|longest shortest|greater lesser|
greatest least|strong weak|strongest weakest|high low|higher lower|large small|larger smaller|major minor|win lose|
won lost|winner loser|begin end|began ended|start end|started ended|open close|opened closed|allow forbid|
allowed forbidden|support oppose|supported opposed|accept reject|accepted rejected|positive negative|male female|
men women|father mother|brother sister|son daughter|husband wife|import export|imports exports|inside outside|
above below|top bottom|public private|rich poor|common rare|easy difficult|good bad|love hate|buy sell|bought sold|
left joined|rise fall|rose fell|urban rural|same different|always never|internal external|success failure|
agree disagree|agreed disagreed|hot cold|primary secondary|domestic foreign|gain lose|gained lost|faster slower|
fast slow|light dark|young old|new old
"""
_OPPOSITE: dict[str, list[str]] = {}
for _pair in _PAIRS.replace("\n", "").split("|"):
    _left, _right = _pair.split()
    _OPPOSITE.setdefault(_left, []).append(_right)
    _OPPOSITE.setdefault(_right, []).append(_left)
_WORD = re.compile(r"[A-Za-z]+")
_YEARS_OFF = (-31, -12, -7, -3, 2, 5, 9, 24)
_TRIES = 8
_NEGATED = 0.07  # so often a negation is put in instead


def altered(articles: Sequence[Article], generator: random.Random) -> dict[tuple[str, str], str]:
    """By data set and question: the answerable questions that can be changed, each changed once."""
    changed = {}
    everywhere = [name for article in articles for name in _NAME.findall(" ".join(article.paragraphs[:3]))]
    for article in articles:
        names = sorted({name for paragraph in article.paragraphs for name in _NAME.findall(paragraph)})
        for question in article.questions:
            if question.answers:
                paragraph = article.paragraphs[question.paragraph].lower()
                text = _changed(question, paragraph, names if len(names) > 20 else everywhere, generator)
                if text:
                    changed[article.source, question.id] = text
    return changed


def add(prepared: Prepared, changed: dict[tuple[str, str], str], tokenizer: Tokenizer) -> list[Example]:
    """Add changed questions to what is prepared: an example for each, with the passage that answered it before."""
    examples = []
    for asked in list(prepared.asked):
        text = changed.get((asked.source, asked.id))
        if text and asked.golds:
            examples.append(Example(len(prepared.asked), asked.golds[0].passage))
            forms = (question_ids(tokenizer, form) for form in (levelled(text), keywords(text)))
            prepared.asked.append(Asked(asked.source, f"{asked.id} altered", *forms, (), (), (), (), (), (), ()))
    return examples


def _changed(question: Question, paragraph: str, names: Sequence[str], generator: random.Random) -> str | None:
    text = question.text
    places = [
        *((match.span(), generator.choices(names, k=_TRIES) if names else []) for match in _NAME.finditer(text)),
        *((match.span(), [str(int(match[0]) + generator.choice(_YEARS_OFF))]) for match in _YEAR.finditer(text)),
        *((match.span(), [str(generator.randint(2, 99))]) for match in _SMALL_NUMBER.finditer(text)),
        *((match.span(), _OPPOSITE.get(match[0].lower(), [])) for match in _WORD.finditer(text)),
    ]
    choices = [
        (start, end, other)
        for (start, end), others in places
        for other in others
        # What stands in the passage might be what it is about.
        if other.lower() not in paragraph and not set(other.lower().split()) & set(text.lower().split())
    ]
    auxiliary = _AUXILIARY.search(text)
    if auxiliary and " not " not in text and generator.random() < _NEGATED:
        return f"{text[: auxiliary.end()]} not{text[auxiliary.end() :]}"
    if not choices:
        return None
    start, end, other = generator.choice(choices)
    return text[:start] + other + text[end:]
