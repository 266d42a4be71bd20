"""From questions to a report, on six questions whose figures are worked out by hand (see conftest)."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qabot.errors import BadQuestion, BadQuestionFile, QabotError
from qabot.evaluate import compare, evaluate

# id       covered at  confidence  first quote  section  answered (threshold 0.5)
# right    1           0.9         right        right    yes, right
# wrong    2           0.8         wrong        wrong    yes, wrong
# several  1           0.7         right        right    yes, right
# missed   1           0.3         right        right    no
# fooled   -           0.6         -            -        yes, wrong
# refused  -           0.1         -            -        no, nothing to quote
EXPECTED = {
    "asked": (6, 6),
    "answerable": (4, 4),
    "unanswerable": (2, 2),
    "passages": (2, 2),
    "passage_length": (44.5, 2),  # 48 and 41
    "recall_at_1": (3 / 4, 4),
    "recall_at_3": (4 / 4, 4),
    "recall_at_5": (4 / 4, 4),
    "mrr": (3.5 / 4, 4),  # 1 + 1/2 + 1 + 1
    "first_quote_right": (3 / 4, 4),
    "answered_and_right": (2 / 4, 4),
    "section_right": (3 / 4, 4),
    "section_right_given_quote": (3 / 3, 3),
    "verbatim": (6 / 6, 6),
    "quote_length": (21, 4),  # 29; 19; 19 and 21; 48
    "sentences_needed": (4 / 6, 6),  # 1 of 1, 0 of 1, 2 of 2, 1 of 2
    "coverage_all": (4 / 6, 6),
    "risk_all": (2 / 4, 4),
    "coverage_answerable": (3 / 4, 4),
    "risk_answerable": (1 / 3, 3),
    "coverage_unanswerable": (1 / 2, 2),
    "risk_unanswerable": (1 / 1, 1),
    "auroc": (7 / 8, 6),  # of the pairs only 0.3 < 0.6 is the wrong way round
    "coverage_at_risk_1": (1 / 6, 6),  # risks from the surest down: 0, 1/2, 1/3, 2/4, 2/5
    "coverage_at_risk_20": (1 / 6, 6),
}


@pytest.mark.parametrize("key", EXPECTED)
def test_figures(report, key):
    value, n = EXPECTED[key]
    assert report[key].value == pytest.approx(value)
    assert report[key].n == n


def test_verdicts(report):
    found = {outcome.question.id: outcome.verdict for outcome in report.outcomes}
    assert found == {
        "right": "right",
        "wrong": "wrong",
        "several": "right",
        "missed": "missed",
        "fooled": "wrong",
        "refused": "refused",
    }


def test_intervals_hold_their_value(report):
    for figure in report.figures:
        if figure.low is not None and figure.high is not None:
            assert figure.low <= figure.value <= figure.high, figure.key
    assert report["recall_at_1"].low == pytest.approx(0.3006, abs=1e-4)  # Wilson for 3 of 4


def test_kinds(report):
    kinds = {kind: {figure.key: figure.value for figure in row} for kind, row in report.kinds}
    assert list(kinds) == ["fact", "several", "paraphrase", "near"]
    assert kinds["fact"] == {
        "asked": 2,
        "recall_at_5": 1.0,
        "first_quote_right": 0.5,
        "section_right": 0.5,
        "coverage": 1.0,
        "risk": 0.5,
    }
    assert kinds["near"]["recall_at_5"] is None
    assert kinds["paraphrase"]["risk"] is None


def test_no_kinds_no_table(answerer, questions):
    assert evaluate(answerer, [replace(question, kind=None) for question in questions]).kinds == ()


def test_one_question_is_asked_before_and_not_counted(answerer, questions):
    steps = []
    evaluate(answerer, questions, progress=lambda done, of: steps.append((done, of)))
    assert answerer.asked[1:] == [question.question for question in questions]
    assert answerer.asked[0] not in answerer.asked[1:]
    assert steps == [(n, 6) for n in range(1, 7)]


def test_the_threshold_itself_answers_and_a_confidence_without_a_quote_does_not(answerer, questions):
    answerer.threshold = 0.6
    assert evaluate(answerer, questions)["coverage_unanswerable"].value == 0.5
    answerer.threshold = 0.0
    assert evaluate(answerer, questions)["coverage_unanswerable"].value == 0.5


def test_all_refused(answerer, questions):
    answerer.threshold = 0.95
    report = evaluate(answerer, questions)
    assert report["coverage_all"].value == 0
    assert report["risk_all"].value is None
    assert report["first_quote_right"].value == 0.75
    assert any(line.split()[:3] == ["risk,", "all", "-"] for line in report.lines())
    assert "0.950" in report.to_html()


def test_no_answerable_question(answerer, questions):
    report = evaluate(answerer, [question for question in questions if not question.answerable])
    assert [report[key].value for key in ("recall_at_5", "mrr", "auroc", "section_right", "quote_length")] == [None] * 5
    assert report["coverage_unanswerable"].value == 0.5
    assert "nan" not in "\n".join(report.lines())


def test_a_single_question_and_none(answerer, questions):
    assert evaluate(answerer, questions[:1])["mrr"].low is None
    empty = evaluate(answerer, [])
    assert empty["asked"].value == 0
    assert {figure.value for figure in empty.figures if figure.key not in ("passages", "passage_length")} == {0, None}
    assert "nothing to draw" in empty.to_html()
    json.loads(empty.to_json())


def test_a_text_in_another_document_than_the_labelled_one_holds_nothing(answerer, questions):
    found = answerer.found[questions[0].question]
    elsewhere = replace(found[0][0], passage=replace(found[0][0].passage, document="other.txt"))
    answerer.found[questions[0].question] = ((elsewhere,), found[1], 0.9)
    [outcome] = evaluate(answerer, questions[:1]).outcomes
    assert outcome.covered_at is None
    assert outcome.first_right


def test_several_sections_of_one_answer(answerer, questions):
    """Of a question that needs all texts, every quote that holds one is looked at, and no other."""
    one_text = replace(questions[2], answers=("5 euros",))
    assert [outcome.section_right for outcome in evaluate(answerer, [one_text]).outcomes] == [True]
    hits, quotes, confidence = answerer.found[one_text.question]
    bridge = answerer.found[questions[0].question][1][0]
    answerer.found[one_text.question] = (hits, (bridge, *quotes), confidence)
    assert [outcome.section_right for outcome in evaluate(answerer, [one_text]).outcomes] == [True]
    both = replace(one_text, answers=("40 metres", "5 euros"))
    assert [outcome.section_right for outcome in evaluate(answerer, [both]).outcomes] == [False]


@pytest.mark.parametrize("change", [lambda b: b.replace(b"40", b"41"), lambda b: b"\xff" + b, lambda b: b[:9]])
def test_a_quote_that_is_not_in_the_bytes_of_the_file_is_an_error(answerer, questions, change):
    file = answerer.knowledge / "bridge.txt"
    file.write_bytes(change(file.read_bytes()))
    report = evaluate(answerer, questions)
    assert report["verbatim"].value < 1
    assert report.errors[0].startswith("Not verbatim: a quote for right")
    assert "ERROR: Not verbatim" in "\n".join(report.lines())
    assert report.outcomes[0].verdict == "altered"


def test_line_endings_are_not_translated(answerer, questions):
    file = answerer.knowledge / "bridge.txt"
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))
    assert evaluate(answerer, questions)["verbatim"].value == 0


def test_a_file_that_went_away(answerer, questions):
    (answerer.knowledge / "bridge.txt").unlink()
    assert evaluate(answerer, questions)["verbatim"].value == 0


def test_a_document_that_is_not_indexed(answerer, questions):
    with pytest.raises(BadQuestionFile, match=r"question 'right' is labelled 'tunnel.txt', which is not indexed"):
        evaluate(answerer, [replace(questions[0], document="tunnel.txt")])


def test_a_label_that_no_passage_holds_is_noted(answerer, questions):
    report = evaluate(answerer, [replace(questions[0], answers=("40 meters",)), questions[1]])
    assert report.notes == ("A label text stands in no passage as a whole, so it cannot be found: right.",)
    assert f"note: {report.notes[0]}" in report.lines()


def test_a_question_that_cannot_be_asked(answerer, questions, monkeypatch):
    def find(question, *, also=()):
        if question == questions[1].question:
            raise BadQuestion("The question is too long.")
        return type(answerer).find(answerer, question, also=also)

    monkeypatch.setattr(answerer, "find", find)
    with pytest.raises(BadQuestionFile, match=r"question 'wrong' cannot be asked: The question is too long\."):
        evaluate(answerer, questions)


def test_lines_are_plain_aligned_text(report):
    lines = report.lines()
    assert lines[0] == "questions bridge.jsonl  split test  threshold 0.500"
    [recall] = [line for line in lines if "recall@1" in line]
    assert recall.split() == ["recall@1", "75.0%", "30.1%", "to", "95.4%", "4"]
    [mrr] = [line for line in lines if "MRR" in line]
    assert len(mrr) == len(recall)
    assert "failures (3)" in lines
    assert lines[-3].split()[:3] == ["wrong", "0.80", "wrong"]
    assert lines[-1].split()[0] == "missed"


def test_json_has_everything(report):
    data = json.loads(report.to_json())
    assert data["figures"]["recall_at_1"]["n"] == 4
    assert data["threshold"] == 0.5
    assert data["kinds"]["fact"]["risk"]["value"] == 0.5
    assert len(data["curve"]) == 5
    assert data["questions"][1]["verdict"] == "wrong"
    assert data["questions"][0]["quotes"][0]["text"] == "The bridge is 40 metres long."


def test_nothing_fell_against_its_own_baseline(report):
    assert compare(report, report.to_baseline()) == []
    assert compare(report, report.to_json()) == []


def test_what_fell_is_said(answerer, questions, report):
    answerer.found[questions[0].question] = ((), (), 0.0)
    fallen = compare(evaluate(answerer, questions), report.to_baseline())
    assert "first quote right: 50.0%, was 75.0%" in fallen
    assert "risk, answerable: 50.0%, was 33.3%" in fallen
    assert "coverage, answerable: 50.0%, was 75.0%" in fallen
    assert not any(line.startswith(("time", "quote, median", "verbatim", "coverage, not")) for line in fallen)


def test_what_rose_did_not_fall(answerer, questions, report):
    good = answerer.found[questions[3].question]
    answerer.found[questions[1].question] = (good[0], good[1], 0.8)
    assert compare(evaluate(answerer, questions), report.to_baseline()) == []


def test_other_questions_cannot_be_compared(answerer, questions, report):
    fallen = compare(evaluate(answerer, questions[1:]), report.to_baseline())
    assert fallen[0] == "asked: 5 questions, not the 6 of the baseline"


def test_a_figure_that_is_gone_or_not_defined_any_more_fell(answerer, questions, report):
    answerer.threshold = 2.0
    fallen = compare(evaluate(answerer, questions), report.to_baseline())
    assert "risk, answerable: not defined any more, 33.3% in the baseline" in fallen
    assert compare(report, '{"figures": {"recall_at_99": {"value": 1}, "mrr": {"value": null}}}') == [
        "recall_at_99: in the baseline, but not measured"
    ]


def test_a_hair_is_not_a_fall_but_a_question_is(report):
    assert compare(report, '{"figures": {"auroc": {"value": 0.87500000000001}}}') == []
    assert compare(report, '{"figures": {"auroc": {"value": 0.8751}}}') == ["AUROC: 0.875, was 0.875"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", '{"figures": 1}', '{"figures": {"mrr": 1}}', '{"figures": {"mrr": {"value": "1"}}}', "[" * 9999],
)
def test_a_baseline_that_is_none(report, text):
    with pytest.raises(QabotError, match="write it anew"):
        compare(report, text)


class Reader(HTMLParser):
    """Notes the tags, what they point at, and whether they are closed in order."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.attributes, self.words = set(), [], {}, []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= dict(attrs)
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_whole_and_needs_nothing_else(report):
    page = report.to_html()
    reader = Reader(page)
    assert reader.open == []
    assert not {"script", "link", "img", "iframe"} & reader.tags
    assert not {"src", "href"} & reader.attributes.keys()
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page
    assert "prefers-color-scheme: dark" in page
    assert {"svg", "polyline", "circle"} <= reader.tags


def test_html_has_every_question_failures_first(report):
    words = "".join(Reader(report.to_html()).words)
    table = words[words.index("Questions") :]
    places = [table.index(outcome.question.question) for outcome in report.outcomes]
    right, wrong, several, missed, fooled, refused = places
    assert wrong < fooled < missed < right < several < refused
    assert "A lorry pays 5 euros." in table


def test_hostile_text_stays_text(answerer, hostile):
    question, found = hostile
    answerer.found[question.question] = found
    report = evaluate(answerer, [question])
    page = report.to_html()
    reader = Reader(page)
    assert reader.open == []
    assert not {"script", "img", "b", "i"} & reader.tags
    assert "<script>alert(1)</script> & \"'␛[2J" in "".join(reader.words)
    assert not {"\x1b", "\x00"} & set(page)
    for text in report.lines():
        assert text.isprintable(), text
    assert json.loads(report.to_json())["questions"][0]["question"]["question"] == question.question
