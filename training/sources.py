"""Public question-answering data sets -> articles with questions, whatever the file format.

An article is a title and paragraphs; an answer is where it stands in its paragraph. The files are found by their
names in one folder; `SETS` says what each is and where it comes from.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Question:
    """A question asked of paragraph number `paragraph`. `answers` are `[start, end)` within it; none: unanswerable.

    Several answers are several people's opinions, not parts of one.
    """

    id: str
    text: str
    paragraph: int
    answers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Article:
    """Paragraphs that belong together, from the data set `source`, with the questions asked of them."""

    source: str
    title: str
    paragraphs: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A file, what it is, and how its lines become articles: `grouped` where lines with one title are one article."""

    file: str
    name: str
    licence: str
    grouped: bool = True


SETS = {
    data.file: data
    for data in (
        DataSet("squad2_part.json", "SQuAD 2.0 dev, 25 articles (Rajpurkar et al. 2018)", "CC BY-SA 4.0"),
        DataSet("squad1_part.json", "SQuAD 1.1 dev, 13 further articles (Rajpurkar et al. 2016)", "CC BY-SA 4.0"),
        DataSet("spans_squad_train_part.jsonl", "SQuAD train, 44 articles (Rajpurkar et al. 2016)", "CC BY-SA 4.0"),
        DataSet("spans_squad2_unanswerable.jsonl", "SQuAD 2.0 train, 21 articles, in part", "CC BY-SA 4.0"),
        DataSet("spans_squadshifts_new_wiki.jsonl", "SQuADShifts, Wikipedia (Miller et al. 2020)", "CC BY 4.0"),
        DataSet("spans_squadshifts_reddit.jsonl", "SQuADShifts, Reddit (Miller et al. 2020)", "CC BY 4.0", False),
        DataSet("spans_squadshifts_amazon_reviews.jsonl", "SQuADShifts, Amazon reviews", "CC BY 4.0", False),
        DataSet("spans_nq_open_oracle.jsonl", "NQ-open with oracle paragraphs", "MIT, text CC BY-SA 3.0"),
        DataSet("spans_fairytaleqa.jsonl", "FairytaleQA (Xu et al. 2022)", "Apache-2.0"),
        DataSet("spans_tatqa_text.jsonl", "TAT-QA, answers in the text (Zhu et al. 2021)", "CC BY 4.0", False),
        DataSet("spans_qadiscourse.jsonl", "QADiscourse (Pyatkin et al. 2020)", "CC BY 4.0", False),
        DataSet("spans_qamr_trimmed.jsonl", "QAMR, trimmed (Michael et al. 2018)", "MIT", False),
        DataSet("policyqa_dev.json", "PolicyQA dev (Ahmad et al. 2020)", "MIT"),
        DataSet("policyqa_test.json", "PolicyQA test (Ahmad et al. 2020)", "MIT"),
        DataSet("covidqa.json", "COVID-QA, 98 papers (Möller et al. 2020)", "Apache-2.0"),
        DataSet("excerpts_questions.jsonl", "Chroma's chunking evaluation, 5 documents", "MIT"),
    )
}


def read(folder: Path, file: str) -> list[Article]:
    """The articles of one of `SETS`; ValueError where an answer is not at the offset that the file gives."""
    if file == "excerpts_questions.jsonl":
        return _excerpts(folder)
    articles = _squad(folder / file) if file.endswith(".json") else _lines(folder / file, SETS[file])
    return [_checked(article) for article in articles]


def digest(folder: Path, file: str) -> str:
    """SHA-256 of a data file, to be printed beside what was made from it."""
    with (folder / file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _squad(path: Path) -> Iterator[Article]:
    for number, article in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        paragraphs = article["paragraphs"]
        questions = [
            Question(str(asked["id"]), asked["question"].strip(), place, _distinct(asked, "answer_start"))
            for place, paragraph in enumerate(paragraphs)
            for asked in paragraph["qas"]
        ]
        title = _readable(article.get("title")) or f"{path.stem} {number}"
        yield Article(path.name, title, tuple(part["context"] for part in paragraphs), tuple(questions))


def _lines(path: Path, data: DataSet) -> Iterator[Article]:
    groups: dict[str, list[dict]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        groups.setdefault(row["title"] if data.grouped else row["context"], []).append(row)
    for rows in groups.values():
        paragraphs = list(dict.fromkeys(row["context"] for row in rows))
        place = {text: number for number, text in enumerate(paragraphs)}
        questions = [
            Question(str(row["id"]), row["question"].strip(), place[row["context"]], _distinct(row, "start"))
            for row in rows
        ]
        # Where lines are not grouped the titles say nothing of the text ("Amazon_Reviews_2030").
        title = _readable(rows[0]["title"]) if data.grouped else ""
        yield Article(path.name, title, tuple(paragraphs), tuple(questions))


def _excerpts(folder: Path) -> list[Article]:
    documents = [json.loads(line) for line in (folder / "excerpts_docs.jsonl").read_text("utf-8").splitlines()]
    asked: dict[str, list[Question]] = {}
    for line in (folder / "excerpts_questions.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        # Several excerpts are parts of an answer, not opinions on it: only questions with one are asked.
        if len(row["references"]) == 1 and row["references"][0]["ok"]:
            span = (row["references"][0]["start_index"], row["references"][0]["end_index"])
            asked.setdefault(row["doc_id"], []).append(Question(row["id"], row["question"], 0, (span,)))
    return [
        Article("excerpts_questions.jsonl", _readable(row["title"]), (row["text"],), tuple(asked[row["doc_id"]]))
        for row in documents
    ]


def _distinct(row: dict, start: str) -> tuple[tuple[int, int], ...]:
    spans = ((answer[start], answer[start] + len(answer["text"]), answer["text"]) for answer in row["answers"])
    return tuple(sorted({(first, last) for first, last, text in spans if text.strip()}))


def _readable(title: str | None) -> str:
    return " ".join((title or "").replace("_", " ").replace("-", " ").split())


def _checked(article: Article) -> Article:
    for question in article.questions:
        for start, end in question.answers:
            if not article.paragraphs[question.paragraph][start:end].strip():
                raise ValueError(f"{article.source}: the answer of {question.id} is not in its paragraph")
    return article
