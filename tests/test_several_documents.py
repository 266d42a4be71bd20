"""Answers from several documents and collections: which is quoted, with what date, and what other screens show."""

import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qabot.answer import Answerer
from qabot.cli import run
from qabot.errors import BadSettings
from qabot.quote import reference
from qabot.settings import Settings
from qabot.types import Answer, NoAnswer
from tests.conftest import terms

OLD = """---
title: Staff handbook 2023
date: 2023-02-01
url: https://example.org/handbook-2023
---
# Holidays

Everybody has 20 days of paid leave each year.

| Office | Opens at |
|---|---|
| Berlin | 9:30 |
| Lyon | 8:00 |
"""
NEW = OLD.replace("2023", "2026").replace("20 days", "25 days")
LEAVE = "How many days of paid leave does everybody have each year?"


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "a-old.md").write_text(OLD, encoding="utf-8")
    (folder / "b-new.md").write_text(NEW, encoding="utf-8")
    return folder


@pytest.fixture
def answerer(tmp_path: Path, knowledge: Path) -> Iterator[Answerer]:
    with closing(Answerer(Settings(knowledge, tmp_path / "index.sqlite", tmp_path / "cache"))) as answerer:
        yield answerer


def test_where_two_documents_answer_both_are_quoted_the_newest_first(answerer: Answerer) -> None:
    answer = answerer.ask(LEAVE)
    assert isinstance(answer, Answer)
    assert [(quote.date, quote.text) for quote in answer.quotes] == [
        ("2026-02-01", "Everybody has 25 days of paid leave each year."),
        ("2023-02-01", "Everybody has 20 days of paid leave each year."),
    ]
    assert len(answerer.ask(LEAVE, limit=1).quotes) == 1


def test_quotes_that_answer_together_are_the_newest_documents_first_too(tmp_path: Path) -> None:
    knowledge = tmp_path / "knowledge"
    knowledge.mkdir()
    for name, day, office in (("a.md", "2020-05-01", "Berlin"), ("b.md", "2025-05-01", "Lyon")):
        text = f"---\ndate: {day}\n---\n# Offices\n\nThe office in {office} has a roof garden and 40 desks.\n"
        (knowledge / name).write_text(text, encoding="utf-8")
    with closing(Answerer(Settings(knowledge, tmp_path / "index.sqlite", tmp_path / "cache"))) as answerer:
        quotes = answerer.ask("How many desks have the offices in Berlin and Lyon?").quotes
        assert [quote.document for quote in quotes] == ["b.md", "a.md"]


def test_a_quote_says_where_it_stands_and_when_it_was_read(answerer: Answerer) -> None:
    quote = answerer.ask(LEAVE).quotes[0]
    assert (quote.title, quote.section, quote.line) == ("Staff handbook 2026", ("Holidays",), 8)
    assert reference(quote).startswith("b-new.md#text=")
    place = "https://example.org/handbook-2026#holidays"
    assert quote.link == f"{place}:~:text=Everybody%20has%2025%20days%20of%20paid%20leave%20each%20year."
    assert quote.indexed == answerer.sources()[1].indexed
    assert answerer.verify(reference(quote)).state == "intact"


def test_a_row_of_a_table_is_quoted_whole_with_its_columns(answerer: Answerer) -> None:
    found = answerer.find("When does the office in Berlin open?").quotes[0]
    assert found.text == "Office: Berlin; Opens at: 9:30"


def test_every_screen_has_the_dates_and_the_link(
    knowledge: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["ask", "--json", LEAVE]) == 0
    quote = json.loads(capsys.readouterr().out)["quotes"][0]
    assert (quote["date"], quote["indexed"][:2], quote["line"], quote["page"]) == ("2026-02-01", "20", 8, None)
    assert quote["link"].startswith("https://example.org/handbook-2026#holidays:~:text=")
    assert run(["ask", LEAVE]) == 0
    out = capsys.readouterr().out
    assert "    of 2026-02-01, read on 20" in out
    assert "\nhttps://example.org/handbook-2026#holidays:~:text=" in out


# Collections


def test_a_question_is_asked_of_one_collection_or_of_several(answerer: Answerer, tmp_path: Path) -> None:
    other = tmp_path / "canteen"
    other.mkdir()
    (other / "lunch.txt").write_text("Lunch in the canteen is served at noon.\n", encoding="utf-8")
    settings = Settings(other, answerer.settings.index, answerer.settings.cache, collection="canteen")
    with closing(Answerer(settings)) as canteen:
        lunch = canteen.ask("When is lunch served in the canteen?")
        assert isinstance(lunch, Answer)
        assert lunch.quotes[0].document == "//canteen/lunch.txt"
        assert canteen.verify(reference(lunch.quotes[0])).state == "intact"
        assert [source.path for source in canteen.sources()] == ["//canteen/lunch.txt"]
        assert isinstance(canteen.ask(LEAVE), NoAnswer)
        assert isinstance(canteen.ask(LEAVE, also=["default"]), Answer)
    assert isinstance(answerer.ask("When is lunch served in the canteen?"), NoAnswer)
    with pytest.raises(BadSettings, match=r"^The index has no collection 'kitchen'; it has canteen, default\.$"):
        answerer.ask(LEAVE, also=["kitchen"])


def test_chat_asks_further_collections_too(
    answerer: Answerer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "canteen"
    other.mkdir()
    (other / "lunch.txt").write_text("Lunch in the canteen is served at noon.\n", encoding="utf-8")
    places = ["--knowledge", str(other), "--collection", "canteen", "--index", str(answerer.settings.index)]
    monkeypatch.setattr("sys.stdin", io.StringIO(LEAVE))
    assert run(["chat", "--also", "default", *places]) == 0
    assert "Everybody has 25 days of paid leave each year." in capsys.readouterr().out


@pytest.fixture
def canteen(answerer: Answerer, tmp_path: Path) -> list[str]:
    """The options of a further collection of the same index."""
    folder = tmp_path / "canteen"
    folder.mkdir()
    (folder / "lunch.txt").write_bytes("Lunch in the cantine fran\u00e7aise is served at noon.\n".encode("latin-1"))
    return ["--knowledge", str(folder), "--collection", "canteen", "--index", str(answerer.settings.index)]


def test_a_place_is_shown_by_its_file_where_that_is_known(
    canteen: list[str], answerer: Answerer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", "--also", "default", "When is lunch served in the cantine?", *canteen]) == 0
    assert f"\n{canteen[1]}/lunch.txt:1  " in capsys.readouterr().out
    default = ["--knowledge", str(answerer.knowledge), "--index", canteen[-1]]
    assert run(["ask", "--also", "canteen", "When is lunch served in the cantine?", *default]) == 0
    assert "\n//canteen/lunch.txt:1  " in capsys.readouterr().out


def test_figures_are_measured_over_the_collections_that_are_asked(
    canteen: list[str], answerer: Answerer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [
        {"id": "lunch", "question": "When is lunch served?", "answers": ["at noon"], "document": "lunch.txt"},
        {"id": "leave", "question": LEAVE, "answers": ["25 days"], "document": "b-new.md"},
    ]
    file = tmp_path / "questions.jsonl"

    def right(*options: str) -> dict[str, bool]:
        assert run(["eval", "--json", str(file), *options]) == 0
        return {one["question"]["id"]: one["right"] for one in json.loads(capsys.readouterr().out)["questions"]}

    file.write_text(json.dumps(questions[0]), encoding="utf-8")
    assert right(*canteen) == {"lunch": True}
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    assert run(["eval", str(file), "--also", "default", *canteen]) == 2
    assert "labelled '//canteen/b-new.md', which is not indexed" in capsys.readouterr().err
    questions[1]["document"] = "//default/b-new.md"
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    assert right("--also", "default", *canteen) == {"lunch": True, "leave": True}
    questions[0]["document"] = "//canteen/lunch.txt"
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    default = ["--knowledge", str(answerer.knowledge), "--index", canteen[-1]]
    assert right("--also", "canteen", *default) == {"lunch": True, "leave": True}
    assert run(["eval", str(file), *default]) == 2
    assert "labelled '//canteen/lunch.txt', which is not indexed" in capsys.readouterr().err


def test_words_are_counted_and_corrected_by_the_collections_that_are_asked(answerer: Answerer, tmp_path: Path) -> None:
    other = tmp_path / "canteen"
    other.mkdir()
    (other / "soup.txt").write_text("Minestrone is served on holidays.\n", encoding="utf-8")
    settings = Settings(other, answerer.settings.index, answerer.settings.cache, collection="canteen")
    with closing(Answerer(settings)) as canteen:
        store = canteen.store
        assert store.frequencies(terms("holidays minestrone"), ("canteen",)) == dict.fromkeys(
            terms("holidays minestrone"), 1
        )
        assert store.frequencies(terms("holidays minestrone"), ("default",)) == {terms("holidays")[0]: 6}
        assert store.frequencies(terms("holidays"), ("default", "canteen")) == store.frequencies(terms("holidays"))
        assert canteen.ask("When is minestrnoe served?").meant == "When is minestrone served?"
        assert answerer.ask("When is minestrnoe served?").meant == "When is minestrnoe served?"


def test_similar_words_of_other_collections_do_not_crowd_out_a_collections_own(
    canteen: list[str], answerer: Answerer
) -> None:
    lunch = Path(canteen[1]) / "lunch.txt"
    lunch.write_text("The tiramisu is made on Fridays.\n", encoding="utf-8")
    others = " ".join(f"tiramiz{letter}" for letter in "abcdefghijklmnop")
    (answerer.knowledge / "others.txt").write_text(f"{others}.\n", encoding="utf-8")
    answerer.refresh()
    settings = Settings(lunch.parent, answerer.settings.index, answerer.settings.cache, collection="canteen")
    with closing(Answerer(settings)) as asked:
        assert asked.find("When is the tiramiz made?").meant == "When is the tiramisu made?"
        assert asked.find("When is the tiramiz made?", also=["default"]).meant == "When is the tiramizp made?"


def test_a_name_that_cannot_name_a_collection(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"^'a/b' cannot name a collection"):
        Settings.load({"collection": "a/b"}, {}, tmp_path)


# Watching the folder


def test_index_watch_takes_in_what_changes(knowledge: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qabot", "index", "--watch", "--index", str(tmp_path / "index.sqlite")]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stdout and watching.stderr
        while not watching.stderr.readline().startswith("qabot: watching"):
            pass
        time.sleep(0.5)  # until the system watches, too
        shutil.copy(knowledge / "b-new.md", knowledge / "c-newer.md")
        while "added c-newer.md" not in (line := watching.stdout.readline()):
            assert line, watching.stderr.read()
        watching.terminate()
    with closing(Answerer(Settings(knowledge, tmp_path / "index.sqlite", tmp_path / "cache"))) as answerer:
        assert answerer.summary.unchanged == 3


def test_index_watch_also_looks_where_the_system_does_not_tell(knowledge: Path, tmp_path: Path) -> None:
    """A folder in the place of the one that was watched, as when a disk is mounted."""
    often = "from qabot import cli; cli._WATCH_MILLISECONDS = 200; cli.main()"
    command = [sys.executable, "-c", often, "index", "--watch", "--index", str(tmp_path / "index.sqlite")]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stdout and watching.stderr
        while not watching.stderr.readline().startswith("qabot: watching"):
            pass
        knowledge.rename(tmp_path / "before")
        said = watching.stderr.readline()
        assert said.startswith("qabot: There is no knowledge folder")
        time.sleep(1)  # it is not said again and again
        shutil.copytree(tmp_path / "before", knowledge)
        (knowledge / "c-newer.md").write_text(NEW, encoding="utf-8")
        while "added c-newer.md" not in (line := watching.stdout.readline()):
            assert line, watching.stderr.read()
        watching.terminate()
        assert watching.stderr.read() == ""
