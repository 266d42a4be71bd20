"""The command line as people use it."""

import io
import json
import re
import shutil

import pytest

from qabot.answer import own_calibration
from qabot.cli import run
from qabot.render.terminal import columns, result_lines
from qabot.settings import Settings
from tests.conftest import ARTICLE, REPOSITORY
from tests.test_bad_input import on_a_terminal

QUESTIONS = REPOSITORY / "tests" / "data" / "article_questions.jsonl"
SOLID = "What energy density do the new solid-state cells reach?"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A working directory with the article in `knowledge/`, as in the README."""
    (tmp_path / "knowledge").mkdir()
    shutil.copy(ARTICLE, tmp_path / "knowledge")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_ask_prints_the_quote_where_it_stands_and_how_sure(capsys):
    assert run(["ask", SOLID]) == 0
    quote, headings, place, reference = capsys.readouterr().out.splitlines()
    assert quote.startswith("Solid-state batteries: Several Chinese companies")
    assert quote.endswith("within two years.")
    assert headings == "China battery innovation > 2 Breakthrough Technology Development > Solid-state batteries"
    assert place.startswith("knowledge/china-battery-innovation.txt:9    fairly sure (0.")
    assert reference.startswith("china-battery-innovation.txt#char=1293,1504;quote=")


def test_what_is_not_answered_says_so_and_ends_with_1(capsys):
    assert run(["ask", "What is CATL's market share?"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("The documents do not answer this.")
    assert "The nearest passage, which is not an answer:" in out


def test_a_greeting_gets_help_and_ends_with_1(capsys):
    assert run(["ask", "hello"]) == 1
    assert capsys.readouterr().out.startswith("Ask me something")


def test_json_has_every_field(capsys):
    assert run(["ask", "--json", "Which emerging applications are there?"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["answered"], answer["nearest"]) == ("answer", True, None)
    assert [quote["line"] for quote in answer["quotes"]] == [20, 21, 22]
    text = ARTICLE.read_bytes().decode()
    for quote in answer["quotes"]:
        assert text[quote["start"] : quote["end"]] == quote["text"]
        assert quote["section"] == ["Emerging Application Frontiers", quote["section"][1]]
        assert set(quote) == {
            *("text", "highlight", "document", "title", "date", "indexed", "link", "section", "number"),
            *("reference", "start", "end", "line", "page", "sha256", "score"),
        }
    assert run(["ask", "--json", "What is CATL's market share?"]) == 1
    refusal = json.loads(capsys.readouterr().out)
    assert (refusal["kind"], refusal["answered"], refusal["quotes"]) == ("no_answer", False, [])
    assert refusal["nearest"]["document"] == ARTICLE.name
    assert 0 < refusal["confidence"] < 0.5
    assert run(["ask", "--json", "hi"]) == 1
    assert json.loads(capsys.readouterr().out)["kind"] == "greeting"


def test_questions_from_a_pipe_give_a_line_each(capsys, monkeypatch):
    lines = f"{SOLID}\n\nthanks\n{'x' * 3_000}\nWhat is CATL's market share?\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert run(["ask", "-"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("kind", "error") for answer in answers] == ["answer", "error", "greeting", "error", "no_answer"]
    assert "empty" in answers[1]["error"]
    assert answers[3]["question"] == "x" * 3_000


def test_at_most_so_many_quotes(capsys):
    run(["ask", "--json", "-k", "2", "Which emerging applications are there?"])
    assert len(json.loads(capsys.readouterr().out)["quotes"]) == 2


def test_chat_understands_follow_ups_and_shows_what_was_asked(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SOLID}\n\nand sodium-ion?\n{'x' * 2_001}\nquit\nnever asked\n"))
    assert run(["chat"]) == 0
    out = capsys.readouterr().out
    assert "500Wh/kg" in out
    assert "asked: What energy density sodium-ion?" in out
    assert "30% lower cost" in out
    assert "2,001 characters" in out
    assert "never asked" not in out


def test_index_says_what_changed(place, capsys):
    assert run(["index"]) == 0
    assert capsys.readouterr().out.startswith("added china-battery-innovation.txt\n1 document, 18 passages in ")
    (place / "knowledge" / "empty.txt").touch()
    (place / "knowledge" / "note.txt").write_text("Lunch is served at noon.")
    assert run(["index"]) == 0
    out = capsys.readouterr().out
    assert "added note.txt" in out
    assert "skipped empty.txt: it is empty" in out
    assert "(1 unchanged)" in out
    assert run(["ask", "When is lunch served?"]) == 0
    assert "Lunch is served at noon." in capsys.readouterr().out


def test_progress_is_shown_with_rate_and_time_left(place):
    text = ARTICLE.read_text(encoding="utf-8")
    for number in range(12):
        (place / "knowledge" / f"{number}.txt").write_text(text.replace("the", f"the {number}th"), encoding="utf-8")
    shown = on_a_terminal("index", terminal_type="xterm").decode()
    assert re.search(r"\d/13\S* \d+\.\d a second \S*0:00:\d\d", shown), shown


def test_sources_lists_documents_and_sections(capsys):
    assert run(["sources"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("china-battery-innovation.txt  China battery innovation\n")
    assert "  2 Breakthrough Technology Development\n" in out
    assert run(["sources", "--json"]) == 0
    source = json.loads(capsys.readouterr().out)
    assert [section["number"] for section in source["sections"]] == list("0123456")


def test_show_gives_the_passage_in_its_section(capsys):
    assert run(["show", "china-battery-innovation.txt#char=3403,3544"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("China battery innovation > 5 Emerging Application Frontiers > Marine\n")
    assert out.index("Aviation:") < out.index("Marine: Battery systems") < out.index("Stationary storage:")


def test_verify_tells_intact_moved_and_altered(place, capsys):
    run(["ask", "--json", SOLID])
    reference = json.loads(capsys.readouterr().out)["quotes"][0]["reference"]
    assert run(["verify", reference]) == 0
    assert capsys.readouterr().out.startswith("intact")
    file = place / "knowledge" / ARTICLE.name
    text = file.read_bytes()
    file.write_bytes(b"One line more.\n" + text)
    assert run(["verify", reference]) == 1
    out = capsys.readouterr().out
    assert out.startswith("moved")
    assert "#char=1308,1519;" in out
    file.write_bytes(text.replace(b"500Wh/kg", b"501Wh/kg"))
    assert run(["verify", reference]) == 1
    assert capsys.readouterr().out.startswith("altered")


def test_eval_prints_figures_and_writes_a_report(place, capsys):
    arguments = ["eval", str(QUESTIONS), "--split", "dev"]
    assert run([*arguments, "--report", "report.html", "--write-baseline", "baseline.json"]) == 0
    out = capsys.readouterr().out
    for figure in ("recall@5", "MRR", "first quote right", "AUROC", "coverage", "risk", "verbatim", "time, p95"):
        assert figure in out
    assert "<html" in (place / "report.html").read_text()
    assert run([*arguments, "--baseline", "baseline.json"]) == 0
    baseline = json.loads((place / "baseline.json").read_text())
    baseline["figures"]["first_quote_right"]["value"] = 1.0
    (place / "baseline.json").write_text(json.dumps(baseline))
    assert run([*arguments, "--baseline", "baseline.json"]) == 1
    assert "first quote right" in capsys.readouterr().err


def test_calibrate_fits_to_the_owners_questions_and_can_be_undone(place, capsys):
    assert run(["calibrate", str(QUESTIONS), "--split", "dev", "--risk", "20%"]) == 0
    out = capsys.readouterr().out
    for risk in ("1%", "5%", "10%", "20%"):
        assert f"at {risk} risk" in out
    own = own_calibration(Settings.load())
    shipped = json.loads((REPOSITORY / "src/qabot/models/reader/calibration.json").read_text())
    fitted = json.loads(own.read_text())
    assert [fitted[model] for model in ("encoder", "reading_model")] == [
        shipped[model] for model in ("encoder", "reading_model")
    ]
    assert fitted["reader"] != shipped["reader"]
    assert fitted["fitted_on"] == "article_questions.jsonl, split dev, n = 106"
    assert run(["calibrate", "--reset"]) == 0
    assert not own.exists()
    assert run(["calibrate"]) == 2
    assert "FILE" in capsys.readouterr().err


def test_calibrate_takes_the_risk_in_the_users_terms(place, capsys):
    arguments = ["calibrate", str(QUESTIONS), "--split", "dev", "--risk"]
    thresholds = []
    for risk in ("40%", "25 %"):
        assert run([*arguments, risk]) == 0
        thresholds.append(json.loads(own_calibration(Settings.load()).read_text())["threshold"])
        assert f"at {risk.replace(' ', '')} risk" in capsys.readouterr().out
    assert thresholds[0] < thresholds[1]
    assert run([*arguments, "0.01%"]) == 2
    err = capsys.readouterr().err
    assert "A risk of 0.01% cannot be had on these questions; the lowest is" in err
    assert json.loads(own_calibration(Settings.load()).read_text())["threshold"] == thresholds[1]
    for risk in ("0%", "100%", "few"):
        assert run([*arguments, risk]) == 2
        assert "write a percentage such as 10%" in capsys.readouterr().err


def test_calibrate_needs_enough_questions_of_both_kinds(place, capsys):
    (place / "few.jsonl").write_text('{"id": "1", "question": "Who leads?", "answers": ["Wei Zhang"]}\n')
    assert run(["calibrate", "few.jsonl"]) == 2
    assert "at least 10 answerable and 10 unanswerable" in capsys.readouterr().err


def test_help_has_examples(capsys):
    assert run(["ask", "--help"]) == 0
    assert 'qabot ask --json "Which emerging applications are there?"' in capsys.readouterr().out


def test_what_calibrate_prints_is_measured_with_the_new_numbers(capsys):
    arguments = [str(QUESTIONS), "--split", "test"]
    assert run(["calibrate", *arguments, "--risk", "30%"]) == 0
    printed = capsys.readouterr().out
    assert run(["eval", *arguments]) == 0
    measured = capsys.readouterr().out
    figures = [line for line in measured.splitlines() if "%" in line and "ms" not in line]
    assert all(line in printed for line in figures)


def test_headings_cannot_drive_the_terminal(place, capsys):
    text = "Opening \x1b]0;pwned\x07Hours\n=====================\n\nThe office opens at eight in the morning.\n"
    (place / "knowledge" / "office.txt").write_text(text)
    assert run(["ask", "When does the office open in the morning?"]) == 0
    assert run(["sources"]) == 0
    out = capsys.readouterr().out
    assert "The office opens at eight" in out
    assert not {"\x1b", "\x07"} & set(out)


def test_a_reference_without_a_digest_cannot_be_verified(capsys):
    assert run(["verify", "china-battery-innovation.txt#char=1293,1504"]) == 2
    assert "nothing to compare" in capsys.readouterr().err
    assert run(["verify", "china-battery-innovation.txt#char=0,4000;quote=0123456789ab"]) == 2
    assert "No quote has 4,000 characters" in capsys.readouterr().err


def test_calibrate_says_so_where_the_questions_are_on_other_documents(place, capsys):
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    moved = [
        json.dumps(json.loads(line) | {"answers": ["nowhere to be found"], "document": None}) for line in lines[:20]
    ]
    (place / "other.jsonl").write_text("\n".join([*moved, *lines[-20:]]))
    assert run(["calibrate", "other.jsonl"]) == 2
    assert "Only 0 of the answers were found" in capsys.readouterr().err


def test_on_a_terminal_the_quote_is_wrapped_and_nothing_else(answerer):
    result = answerer.ask(SOLID)
    lines = ["".join(span.text for span in line) for line in result_lines(result, answerer.file, 60)]
    quoted = [line.removeprefix("│ ") for line in lines if line.startswith("│ ")]
    assert all(columns(line.rstrip()) <= 57 for line in quoted)
    assert "".join(quoted) == result.quotes[0].text
