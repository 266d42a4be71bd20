"""A file of labelled questions, and all that can be wrong with one."""

import json

import pytest

from qabot.errors import BadQuestionFile
from qabot.evaluate import LabelledQuestion, read_questions

GOOD = {"id": "q1", "question": "How long is it?", "answers": ["40 metres"], "need": "any"}


def write(path, *objects):
    path.write_text("\n".join(o if isinstance(o, str) else json.dumps(o) for o in objects), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    return tmp_path / "questions.jsonl"


def test_a_full_line(file):
    rest = {"document": "b.txt", "section": "Bridges", "split": "dev", "kind": "fact", "note": {"any": "thing"}}
    assert read_questions(write(file, GOOD | rest)) == [
        LabelledQuestion("q1", "How long is it?", ("40 metres",), "any", "b.txt", "Bridges", "dev", "fact")
    ]


def test_what_may_be_left_out(file):
    [question] = read_questions(write(file, {"id": "q", "question": "Why?", "answers": []}))
    assert question == LabelledQuestion("q", "Why?")
    assert not question.answerable


def test_a_section_may_be_a_list_of_headings_and_the_opening_is_empty(file):
    written = [GOOD | {"id": str(n), "section": section} for n, section in enumerate((["A", "B"], [], "", None))]
    assert [question.section for question in read_questions(write(file, *written))] == ["A > B", "", "", None]


def test_one_split_of_the_file(file):
    write(file, GOOD | {"split": "dev"}, GOOD | {"id": "q2", "split": "test"}, GOOD | {"id": "q3"})
    assert [question.id for question in read_questions(file, "test")] == ["q2"]
    assert len(read_questions(file)) == 3


def test_blank_lines_crlf_and_a_byte_order_mark(file):
    file.write_bytes(b"\xef\xbb\xbf\r\n" + json.dumps(GOOD).encode() + b"\r\n\r\n")
    assert len(read_questions(file)) == 1


def test_only_a_newline_ends_a_line(file):
    write(file, json.dumps(GOOD | {"question": "one\u2028two\u0085three"}, ensure_ascii=False))
    assert read_questions(file)[0].question == "one\u2028two\u0085three"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"id": ' + "9" * 5000 + "}", "not JSON"),
        ("[1]", "not a JSON object but a list"),
        ("null", "not a JSON object but null"),
        ({"question": "?", "answers": []}, '"id" is missing'),
        ({"id": "x", "answers": []}, '"question" is missing'),
        ({"id": "x", "question": "?"}, '"answers" is missing'),
        (GOOD | {"id": 7}, '"id" must be a string, not a number'),
        (GOOD | {"id": " "}, '"id" is blank'),
        (GOOD | {"question": "\t"}, '"question" is blank'),
        (GOOD | {"answers": "40 metres"}, '"answers" must be a list of strings, not a string'),
        (GOOD | {"answers": ["a", 1]}, r'"answers"\[1\] must be a string, not a number'),
        (GOOD | {"answers": [""]}, r'"answers"\[0\] is blank'),
        (GOOD | {"need": "some"}, "\"need\" is 'some'"),
        (GOOD | {"need": []}, '"need" is'),
        (GOOD | {"section": 2}, '"section" must be a string, not a number'),
        (GOOD | {"section": ["A", None]}, r'"section"\[1\] must be a string, not null'),
        (GOOD | {"document": True}, '"document" must be a string, not a truth value'),
        (GOOD | {"split": {}}, '"split" must be a string, not an object'),
        (GOOD | {"question": "\ud800"}, '"question" has half a surrogate pair'),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(file, line, problem):
    write(file, GOOD | {"id": "first"}, line)
    with pytest.raises(BadQuestionFile, match=f"questions.jsonl, line 2: .*{problem}") as caught:
        read_questions(file)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_id_that_stands_twice(file):
    write(file, GOOD | {"split": "dev"}, "", GOOD | {"split": "test"})
    with pytest.raises(BadQuestionFile, match=r"line 3: the id 'q1' stands on line 1 already"):
        read_questions(file, "dev")


def test_a_split_that_is_not_there(file):
    write(file, GOOD | {"split": "test"}, GOOD | {"id": "q2", "split": "dev"})
    with pytest.raises(BadQuestionFile, match=r"no line is of the split 'tset'; the file has: dev, test"):
        read_questions(file, "tset")


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_not_utf_8(file, bom):
    file.write_bytes(bom + json.dumps(GOOD).encode() + b"\n\n" + '{"id": "\u00e9"}'.encode("latin-1"))
    with pytest.raises(BadQuestionFile, match="line 3: not UTF-8"):
        read_questions(file)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file(file, data):
    file.write_bytes(data)
    with pytest.raises(BadQuestionFile, match="line 1: the file has no question"):
        read_questions(file)


def test_a_file_that_is_not_there_and_a_folder(file, tmp_path):
    with pytest.raises(BadQuestionFile, match="No such file"):
        read_questions(file)
    with pytest.raises(BadQuestionFile, match="cannot be read"):
        read_questions(tmp_path)
