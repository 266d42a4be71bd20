"""Labelled questions, read from a file with one JSON object a line.

Labels are texts, not passages, so that cutting documents into other passages never invalidates them. Whether
the labelled documents are indexed is not known here; the runner looks at that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qabot.errors import BadQuestionFile
from qabot.types import DEFAULT_COLLECTION, collection_of, document_name, file_of

Need = Literal["any", "all"]

SECTION_SEPARATOR = " > "


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with the texts that a right answer contains.

    `answers` is empty where the documents do not answer. `need` says whether one of them is enough or all must
    stand in the quotes together. `document` is a document's name; where it is given, a text counts only there.
    `section` is one heading, or several from the top down joined by " > ", and "" for what stands before the first
    heading. None means: not labelled.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    need: Need = "any"
    document: str | None = None
    section: str | None = None
    split: str | None = None
    kind: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.answers)


def read_questions(
    path: Path, split: str | None = None, collection: str = DEFAULT_COLLECTION
) -> list[LabelledQuestion]:
    """The questions of a file in its order, or only those of one split.

    Blank lines and keys that are not known here are passed over. `need` is "any" where it is left out, `section`
    may also be a list of headings. `document` is a path in the knowledge folder of the collection, or the name of a
    document in another one ("//canteen/lunch.txt").

    Raises BadQuestionFile, which names the file, the line and what is wrong.
    """
    questions: list[LabelledQuestion] = []
    lines: dict[str, int] = {}
    # Only "\n" ends a line: a JSON string may hold other line separators, as U+2028, as they are.
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        question = _question(_object(line, where), where, collection)
        if question.id in lines:
            raise BadQuestionFile(f"{where}: the id {question.id!r} stands on line {lines[question.id]} already")
        lines[question.id] = number
        questions.append(question)
    if not questions:
        raise BadQuestionFile(f"{path}, line 1: the file has no question")
    if split is None:
        return questions
    chosen = [question for question in questions if question.split == split]
    if not chosen:
        splits = ", ".join(sorted({question.split for question in questions if question.split is not None}))
        raise BadQuestionFile(f"{path}: no line is of the split {split!r}; the file has: {splits or 'no splits'}")
    return chosen


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadQuestionFile(f"{path} cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec drops a byte order mark before it counts, so count newlines in what it was really given.
        line = error.object[: error.start].count(b"\n") + 1
        raise BadQuestionFile(f"{path}, line {line}: not UTF-8; save the file in that encoding") from error


def _object(line: str, where: str) -> Mapping[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:  # ValueError alone is an integer of too many digits
        reason = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise BadQuestionFile(f"{where}: not JSON ({reason})") from error
    if not isinstance(value, dict):
        raise BadQuestionFile(f"{where}: not a JSON object but {_kind(value)}")
    return value


def _question(value: Mapping[str, object], where: str, collection: str) -> LabelledQuestion:
    need = value.get("need", "any")
    if need not in ("any", "all"):
        raise BadQuestionFile(f'{where}: "need" is {need!r}; it can be "any" or "all"')
    return LabelledQuestion(
        id=_required(value, "id", where),
        question=_required(value, "question", where),
        answers=_answers(value, where),
        need=need,
        document=_document(value, where, collection),
        section=_section(value, where),
        split=_optional(value, "split", where),
        kind=_optional(value, "kind", where),
    )


def _required(value: Mapping[str, object], key: str, where: str) -> str:
    if key not in value:
        raise BadQuestionFile(f'{where}: "{key}" is missing')
    return _filled(value[key], f'"{key}"', where)


def _optional(value: Mapping[str, object], key: str, where: str) -> str | None:
    found = value.get(key)
    return None if found is None else _string(found, f'"{key}"', where)


def _document(value: Mapping[str, object], where: str, collection: str) -> str | None:
    found = _optional(value, "document", where)
    if found is not None and found.startswith("//"):
        return document_name(collection_of(found), file_of(found))
    return found and document_name(collection, found)


def _answers(value: Mapping[str, object], where: str) -> tuple[str, ...]:
    if "answers" not in value:
        raise BadQuestionFile(f'{where}: "answers" is missing')
    answers = value["answers"]
    if not isinstance(answers, list):
        raise BadQuestionFile(f'{where}: "answers" must be a list of strings, not {_kind(answers)}')
    return tuple(_filled(answer, f'"answers"[{index}]', where) for index, answer in enumerate(answers))


def _section(value: Mapping[str, object], where: str) -> str | None:
    found = value.get("section")
    if isinstance(found, list):
        return SECTION_SEPARATOR.join(_filled(part, f'"section"[{index}]', where) for index, part in enumerate(found))
    return _optional(value, "section", where)


def _filled(value: object, name: str, where: str) -> str:
    text = _string(value, name, where)
    if not text.strip():
        raise BadQuestionFile(f"{where}: {name} is blank")
    return text


def _string(value: object, name: str, where: str) -> str:
    if not isinstance(value, str):
        raise BadQuestionFile(f"{where}: {name} must be a string, not {_kind(value)}")
    # JSON can spell half a surrogate pair ("\ud800"), which no report could be written with.
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise BadQuestionFile(f"{where}: {name} has half a surrogate pair, which is not text")
    return value


def _kind(value: object) -> str:
    names = {type(None): "null", bool: "a truth value", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
