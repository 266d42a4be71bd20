"""The index as a file: whole whatever happens to the process, the disk or the file, and never two recipes in one."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qabot.answer import Answerer
from qabot.documents import load
from qabot.errors import StoreError
from qabot.index import recipe, refresh
from qabot.passages import passages
from qabot.settings import Settings
from qabot.store import SCHEMA_VERSION, FileState, Store
from qabot.types import Document
from tests.conftest import ARTICLE, terms
from tests.crash_writer import Remembering

CRASH_WRITER = Path(__file__).with_name("crash_writer.py")
NAME = ARTICLE.name
MOMENTS = 30


class Negated:
    """Another encoder: its vectors are the real ones turned round, so that each tells which of the two made it."""

    def __init__(self, encoder: Any) -> None:
        self.encoder = encoder
        self.fingerprint = "another"

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
        return -self.encoder.encode(texts, progress)


@pytest.fixture(scope="session")
def encoder(answerer: Answerer) -> Any:
    return Remembering(answerer.encoder)


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """The article, and two small documents made of its first and last lines."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    shutil.copy(ARTICLE, folder)
    lines = ARTICLE.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "beginning.txt").write_text("".join(lines[:8]), encoding="utf-8")
    (folder / "end.txt").write_text("".join(lines[17:]), encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


def made(path: Path, knowledge: Path, encoder: Any) -> Path:
    """An index of the folder, closed again."""
    with closing(Store(path)) as store:
        refresh(store, knowledge, encoder)
    return path


class Close:
    """Vectors of an index, equal to others within what the batch that they were encoded in makes of them."""

    def __init__(self, stored: bytes) -> None:
        self.values = np.frombuffer(stored, np.float32)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Close) and np.allclose(self.values, other.values, rtol=0, atol=1e-3)

    def __repr__(self) -> str:
        return f"{len(self.values)} numbers"


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that an index holds, but for its numbering and the times of indexing, read with SQL of our own."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        connection.rollback()
        queries = {
            "meta": "SELECT * FROM meta",
            "documents": "SELECT path, title, date, text, sha256, sections, blocks, size FROM documents",
            "passages": """SELECT documents.path, block, kind, number, passages.path, "start", "end", sentences,
                sentence_vectors, vector, heading, body, spelling FROM passages
                JOIN documents ON documents.id = document JOIN words ON words.rowid = passages.id""",
        }
        found = {name: connection.execute(query).fetchall() for name, query in queries.items()}
        found["passages"] = [(*row[:8], *map(Close, row[8:10]), *row[10:]) for row in found["passages"]]
        found = {name: sorted(rows, key=repr) for name, rows in found.items()}
        for table in ("passages", "words"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (len(found["passages"]),)
    return found


def assert_whole(store: Store) -> None:
    """Each document that is in the index is in it with all its passages, and a vector for each of their sentences."""
    for path in store.files():
        document = store.document(path)
        assert document is not None
        assert list(store.blocks(path, 0, len(document.blocks)).values()) == passages(document)
    identifiers, vectors = store.vectors()
    assert len(identifiers) == len(vectors) == len(store.all_passages())
    for identifier, passage in store.passages(identifiers.tolist()).items():
        assert len(store.sentence_vectors(identifier)) == len(passage.sentences)


# A document is replaced in one transaction


def test_a_document_comes_back_as_it_was_loaded(knowledge: Path, index: Path, encoder: Any) -> None:
    with closing(Store(made(index, knowledge, encoder))) as store:
        document = load(knowledge, knowledge / NAME)
        assert store.document(NAME) == document
        assert list(store.blocks(NAME, 0, len(document.blocks)).values()) == passages(document)
        assert store.document("no-such-file.txt") is None
        assert store.document("not-utf-8-\udcff.txt") is None
        assert [source.path for source in store.sources()] == ["beginning.txt", NAME, "end.txt"]


def test_the_vectors_are_those_of_the_encoder(knowledge: Path, index: Path, encoder: Any) -> None:
    with closing(Store(made(index, knowledge, encoder))) as store:
        identifiers, vectors = store.vectors()
        place, passage = next(
            (place, passage)
            for place, passage in store.passages(identifiers.tolist()).items()
            if passage.path[-1:] == ("Marine",) and passage.document == NAME
        )
        heading = "China battery innovation > Emerging Application Frontiers > Marine"
        text = store.document(NAME).text[passage.start : passage.end]  # type: ignore[union-attr]
        [expected] = encoder.encode([f"{heading}\n{text}"])
        np.testing.assert_allclose(vectors[identifiers.tolist().index(place)], expected, atol=1e-5)
        np.testing.assert_allclose(store.sentence_vectors(place), [expected], atol=1e-5)


def test_a_reader_sees_the_old_document_until_the_new_one_is_whole(knowledge: Path, index: Path, encoder: Any) -> None:
    with closing(Store(made(index, knowledge, encoder))) as writer, closing(Store(index)) as reader:
        before = len(reader.vectors()[0])
        with writer.transaction():
            writer.remove(NAME)
            assert writer.file(NAME) is None
            assert reader.file(NAME) is not None
            assert len(reader.vectors()[0]) == before
            assert reader.search_words(terms("gigafactories"), 1.0, 10)
        assert reader.file(NAME) is None
        assert len(reader.vectors()[0]) < before
        assert not reader.search_words(terms("gigafactories"), 1.0, 10)


def test_all_that_is_read_in_a_snapshot_is_of_one_state(knowledge: Path, index: Path, encoder: Any) -> None:
    with closing(Store(made(index, knowledge, encoder))) as writer, closing(Store(index)) as reader:
        with reader.snapshot():
            files = reader.files()
            with writer.transaction():
                writer.remove(NAME)
            assert reader.files() == files
            assert reader.document(NAME) is not None
            with reader.snapshot():  # nested: the same state
                assert reader.files() == files
        assert NAME not in reader.files()
        assert reader.document(NAME) is None


def test_an_error_in_a_transaction_takes_back_all_of_it(knowledge: Path, index: Path, encoder: Any) -> None:
    before = content(made(index, knowledge, encoder))
    with closing(Store(index)) as store, pytest.raises(KeyboardInterrupt), store.transaction():
        store.remove(NAME)
        store.touch("end.txt", FileState(1, 2, "3"))
        raise KeyboardInterrupt
    assert content(index) == before


# kill -9 at any moment


def killed(knowledge: Path, folder: Path, before: Path | None = None) -> list[Path]:
    """Indexes whose writer was killed, each a little later than the one before."""
    folder.mkdir()
    arguments = [knowledge, folder, MOMENTS, *([before] if before else [])]
    done = subprocess.run([sys.executable, CRASH_WRITER, *map(str, arguments)], capture_output=True, check=True)
    assert json.loads(done.stdout)["killed"] == MOMENTS
    return [folder / f"{moment}.sqlite" for moment in range(MOMENTS)]


def test_a_process_killed_while_it_makes_an_index(knowledge: Path, tmp_path: Path, encoder: Any) -> None:
    undisturbed = content(made(tmp_path / "undisturbed.sqlite", knowledge, encoder))
    states = set()
    for index in killed(knowledge, tmp_path / "killed"):
        with closing(Store(index)) as store:
            assert_whole(store)
            states.add(len(store.files()))
            refresh(store, knowledge, encoder)
        assert content(index) == undisturbed
    assert states >= {0, 1, 2}


def test_a_process_killed_while_it_replaces_documents(knowledge: Path, tmp_path: Path, encoder: Any) -> None:
    before = made(tmp_path / "before.sqlite", knowledge, encoder)
    old = {path: state.sha256 for path, state in Store(before).files().items()}
    text = ARTICLE.read_text(encoding="utf-8")
    (knowledge / NAME).write_text(text.replace("500Wh/kg", "600Wh/kg"), encoding="utf-8")
    (knowledge / "beginning.txt").unlink()
    undisturbed = content(made(tmp_path / "undisturbed.sqlite", knowledge, encoder))
    new = {path: state.sha256 for path, state in Store(tmp_path / "undisturbed.sqlite").files().items()}
    states = []
    for index in killed(knowledge, tmp_path / "killed", before):
        with closing(Store(index)) as store:
            assert_whole(store)
            state = {path: state.sha256 for path, state in store.files().items()}
            assert state in (old, {**old, NAME: new[NAME]}, new)
            states.append(state)
            refresh(store, knowledge, encoder)
        assert content(index) == undisturbed
    assert states[0] == old
    assert states[-1] != old


def test_a_process_killed_while_it_changes_the_recipe(knowledge: Path, tmp_path: Path, encoder: Any) -> None:
    before = made(tmp_path / "before.sqlite", knowledge, Negated(encoder))
    undisturbed = content(made(tmp_path / "undisturbed.sqlite", knowledge, encoder))
    known = {(*row[5:7], row[0]): row[9].values for row in undisturbed["passages"]}
    states = set()
    for index in killed(knowledge, tmp_path / "killed", before):
        with closing(Store(index)) as store:
            assert_whole(store)
            old = store.recipe == recipe(Negated(encoder))
            assert old or store.recipe == recipe(encoder)
            identifiers, vectors = store.vectors()
            for vector, passage in zip(vectors, store.passages(identifiers.tolist()).values(), strict=True):
                cosine = vector @ known[passage.start, passage.end, passage.document]
                assert cosine == pytest.approx(-1.0 if old else 1.0, abs=1e-4), "vectors of two encoders in one index"
            states.add((old, len(store.files())))
            refresh(store, knowledge, encoder)
        assert content(index) == undisturbed
    assert states >= {(True, 3), (False, 0), (False, 1), (False, 2)}


def test_a_log_that_was_cut_off_in_the_middle(knowledge: Path, tmp_path: Path, encoder: Any) -> None:
    """As when the process is killed within a write, or the power fails."""
    undisturbed = content(made(tmp_path / "undisturbed.sqlite", knowledge, encoder))
    last = killed(knowledge, tmp_path / "killed")[-1]
    log = last.with_name(last.name + "-wal")
    states = set()
    for part in range(12):
        index = tmp_path / f"cut-{part}.sqlite"
        shutil.copy(last, index)
        index.with_name(index.name + "-wal").write_bytes(log.read_bytes()[: log.stat().st_size * part // 12])
        with closing(Store(index)) as store:
            assert_whole(store)
            states.add(len(store.files()))
            refresh(store, knowledge, encoder)
        assert content(index) == undisturbed
    assert len(states) > 1


# Two processes at once


def test_two_processes_that_index_at_once_both_end_well(knowledge: Path, tmp_path: Path, encoder: Any) -> None:
    lines = ARTICLE.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(10):
        (knowledge / f"part-{number}.txt").write_text("".join(lines[number:]), encoding="utf-8")
    undisturbed = content(made(tmp_path / "undisturbed.sqlite", knowledge, encoder))
    index = tmp_path / "folder" / "index.sqlite"
    command = [sys.executable, "-m", "qabot", "index", "--knowledge", str(knowledge), "--index", str(index)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for process in running:
        out, err = process.communicate()
        assert process.returncode == 0, err
        assert "13 documents, " in out
    assert content(index) == undisturbed


def test_many_that_make_the_same_index_at_the_same_moment(tmp_path: Path) -> None:
    for attempt in range(60):
        path = tmp_path / f"{attempt}.sqlite"
        start = threading.Barrier(6)
        errors: list[BaseException] = []

        def opened(path: Path = path, start: threading.Barrier = start, errors: list[Any] = errors) -> None:
            start.wait()
            try:
                Store(path).close()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=opened) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []


def test_a_writer_says_that_it_waits_and_then_goes_on(
    knowledge: Path, index: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qabot.database._WAIT_SECONDS", 0.05)
    waited = []
    with closing(Store(made(index, knowledge, encoder))) as first, closing(Store(index)) as second:
        blocking = first.transaction()
        blocking.__enter__()

        def waiting() -> None:
            if not waited:
                blocking.__exit__(None, None, None)
            waited.append(True)

        with second.transaction(waiting):
            second.remove(NAME)
    assert waited == [True]


def test_a_document_that_another_process_puts_in_meanwhile_stays(knowledge: Path, index: Path, encoder: Any) -> None:
    """The first looked into the folder before the document was there."""

    def meanwhile(progress: Any) -> None:
        if progress.document == 1 and not progress.texts:
            (knowledge / "new.txt").write_text("Sodium-ion cells work at minus forty degrees.\n", encoding="utf-8")
            with closing(Store(index)) as other:
                refresh(other, knowledge, encoder)

    with closing(Store(index)) as store:
        refresh(store, knowledge, encoder, meanwhile)
        assert sorted(store.files()) == ["beginning.txt", NAME, "end.txt", "new.txt"]


# Never two recipes in one index


@pytest.mark.parametrize("changed", ["encoder", "passage size", "version", "code"])
def test_an_index_made_in_another_way_is_made_anew(
    changed: str, knowledge: Path, tmp_path: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = content(made(tmp_path / "undisturbed.sqlite", knowledge, encoder))
    with monkeypatch.context() as other:
        if changed == "passage size":
            other.setattr("qabot.index.PASSAGE_CHARACTERS", 300)
            other.setattr("qabot.passages.PASSAGE_CHARACTERS", 300)
        elif changed == "version":
            other.setattr("qabot.__version__", "0.0.1")
        elif changed == "code":
            other.setattr("qabot.index._RULES", ("passages.py",))
        index = made(tmp_path / "index.sqlite", knowledge, Negated(encoder) if changed == "encoder" else encoder)
    assert content(index) != undisturbed
    with closing(Store(index)) as store:
        summary = refresh(store, knowledge, encoder)
    assert len(summary.added) == 3
    assert content(index) == undisturbed


def test_whoever_still_uses_an_index_that_was_made_anew_is_told(knowledge: Path, index: Path, encoder: Any) -> None:
    with closing(Store(index)) as reader:
        refresh(reader, knowledge, encoder)
        made(index, knowledge, Negated(encoder))
        with pytest.raises(StoreError, match=r"made anew by another process.* start this one again"), reader.snapshot():
            pass


def test_two_encoders_that_index_at_once_are_not_mixed(knowledge: Path, index: Path, encoder: Any) -> None:
    def meanwhile(progress: Any) -> None:
        if progress.document == 2 and not progress.texts:
            made(index, knowledge, Negated(encoder))

    with closing(Store(index)) as store, pytest.raises(StoreError, match="made anew by another process"):
        refresh(store, knowledge, encoder, meanwhile)
    undisturbed = content(made(index.with_name("undisturbed.sqlite"), knowledge, Negated(encoder)))
    assert content(index) == undisturbed


# What is not an index, or no longer one


def another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()


def newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def overwritten(path: Path) -> None:
    """The second half of its pages, as after a bad disk."""
    data = path.read_bytes()
    half = len(data) // 8192 * 4096
    path.write_bytes(data[:half] + random.Random(1).randbytes(len(data) - half))


def without_its_end(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def other_text(path: Path) -> None:
    """A page that SQLite finds in order."""
    data = path.read_bytes()
    assert data.count(b"exceeding 500Wh/kg") >= 1
    path.write_bytes(data.replace(b"exceeding 500Wh/kg", b"exceeding 900Wh/kg"))


def other_passages(path: Path) -> None:
    data = path.read_bytes()
    assert data.count(b'["Talent Development Scale"]') >= 1
    path.write_bytes(data.replace(b'["Talent Development Scale"]', b'["Talent Development Scale"\xff'))


HARMS = {
    "garbage": (lambda path: path.write_bytes(random.Random(0).randbytes(20_000)), "damaged or no index at all"),
    "a few bytes": (lambda path: path.write_bytes(b"hello\n"), "damaged or no index at all"),
    "a text file": (lambda path: shutil.copy(ARTICLE, path), "damaged or no index at all"),
    "cut off": (without_its_end, "damaged or no index at all"),
    "overwritten": (overwritten, "damaged or no index at all"),
    "another text": (other_text, "damaged or no index at all"),
    "other passages": (other_passages, "damaged or no index at all"),
    "another program's": (lambda path: (path.unlink(), another_program(path)), "is not an index of qabot"),
    "a newer version's": (newer_version, "newer version of qabot"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_cannot_be_used_is_named_and_left_as_it_is(
    harm: str, knowledge: Path, index: Path, encoder: Any, tmp_path: Path
) -> None:
    made(index, knowledge, encoder)
    change, message = HARMS[harm]
    change(index)
    harmed = index.read_bytes()
    with pytest.raises(StoreError, match=message) as raised:  # noqa: SIM117
        with closing(Answerer(Settings(knowledge, index, tmp_path))) as answerer:
            answerer.ask("Which energy densities do solid-state batteries exceed, and who watches the talent?")
    assert str(index) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert index.read_bytes() == harmed
    index.unlink()
    assert made(index, knowledge, encoder)


@pytest.mark.parametrize("start", ["missing", "empty", "killed at once"])
def test_an_index_is_made_where_there_is_none_yet(start: str, knowledge: Path, index: Path, encoder: Any) -> None:
    if start != "missing":
        index.touch()
    if start == "killed at once":
        with closing(sqlite3.connect(index)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    made(index, knowledge, encoder)
    assert len(content(index)["documents"]) == 3


def test_an_index_of_an_older_version_is_made_anew(knowledge: Path, index: Path, encoder: Any) -> None:
    undisturbed = content(made(index, knowledge, encoder))
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("ALTER TABLE documents DROP COLUMN checksum")
        connection.execute("PRAGMA user_version = 1")
    with closing(Store(index)) as store:
        assert store.files() == {}
        refresh(store, knowledge, encoder)
    assert content(index) == undisturbed


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path)


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"none can be written there; set QABOT_INDEX"):
        Store(tmp_path / "file" / "index.sqlite")


# Words


@pytest.fixture
def article_store(answerer: Answerer) -> Store:
    """The article's index. Shared, so tests only read."""
    return answerer.store


def lines(store: Store, question: str) -> list[int]:
    """The lines of the passages that the question's words find, best first."""
    document = store.document(NAME)
    assert isinstance(document, Document)
    found = [identifier for identifier, _ in store.search_words(terms(question), 1.0, 100)]
    starts = {identifier: passage.start for identifier, passage in store.passages(found).items()}
    return [document.line(starts[identifier]) for identifier in found]


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("500 Wh/kg", 9),
        ("500Wh/kg", 9),
        ("500 wh / KG", 9),
        ("fifty percent", 11),
        ("50 %", 11),
        ("50000 graduates", 16),
        ("50,000 graduating", 16),
        ("GIGAFACTORY defects", 14),
        ("gigafáctories", 14),
        ("Wéi Zhäng", 6),
        ("ｓｈｉｐｐｉｎｇ vessels", 21),
    ],
)
def test_the_words_of_question_and_document_meet(article_store: Store, asked: str, line: int) -> None:
    assert lines(article_store, asked)[0] == line


def test_thousands_meet_with_and_without_separator(tmp_path: Path, encoder: Any) -> None:
    (tmp_path / "capacity.txt").write_text("China installed 2,000GWh of cells by the end of 2025.\n", encoding="utf-8")
    with closing(Store(made(tmp_path / "index.sqlite", tmp_path, encoder))) as store:
        for asked in ("2000 GWh", "2,000 GWh", "2000GWh"):
            assert len(store.search_words(terms(asked)[:1], 1.0, 10)) == 1


def test_a_question_of_fifteen_words_still_hits(article_store: Store) -> None:
    question = "so who was it again that once told us gigafactories make fewer faulty things nowadays, please?"
    assert len(question.split()) > 15
    assert 14 in lines(article_store, question)[:3]


HOSTILE = [
    '"',
    '""',
    '" OR "',
    "battery*",
    "NEAR(battery china)",
    "NEAR",
    "AND",
    "OR",
    "NOT",
    "heading : battery",
    "{heading body} : battery",
    "^battery",
    "+",
    "-battery",
    "(",
    ")",
    "'; DROP TABLE words; --",
    "",
    " ",
    "\0",
    'batt\0ery"',
    "🔋",
    "\u202e",
    "\ufffd",
    "%",
    "_",
    "?1",
    "x" * 10_000,
]


@pytest.mark.parametrize("term", HOSTILE)
def test_no_character_of_a_term_is_query_syntax(article_store: Store, term: str) -> None:
    alone = article_store.search_words(["gigafactori"], 1.0, 10)
    assert len(alone) == 1
    assert alone[0][0] in dict(article_store.search_words([term, "gigafactori"], 1.0, 100))
    assert alone[0][0] in dict(article_store.search_words(["gigafactori", term], 1.0, 100))
    article_store.search_words([term], 1.0, 10)
    article_store.frequencies([term, "gigafactori"])
    article_store.spellings(term)


def test_terms_that_are_words_of_the_query_language_find_themselves(tmp_path: Path, encoder: Any) -> None:
    (tmp_path / "near.txt").write_text("Not every plant is near and cheap or large.\n", encoding="utf-8")
    with closing(Store(made(tmp_path / "index.sqlite", tmp_path, encoder))) as store:
        for term in ("near", "not", "and", "or"):
            assert len(store.search_words([term], 1.0, 10)) == 1
        assert store.search_words(["near china"], 1.0, 10) == []


def test_a_term_is_looked_for_in_headings_and_text_not_in_spellings(article_store: Store) -> None:
    assert article_store.search_words(["gigafactories"], 1.0, 10) == []  # the stem is indexed
    assert article_store.spellings("gigaf") == ["gigafactories"]


def test_no_terms_find_nothing(article_store: Store) -> None:
    assert article_store.search_words([], 1.0, 10) == []
    assert article_store.frequencies([]) == {}
    assert article_store.passages([]) == {}
    assert article_store.passages([-1, 10**9]) == {}


def test_a_question_of_a_thousand_different_terms(article_store: Store) -> None:
    many = [f"term{number}" for number in range(1_000)]
    assert len(article_store.search_words([*many, "gigafactori"], 1.0, 10)) == 1


def test_better_matches_come_first_and_no_more_than_asked_for(article_store: Store) -> None:
    scores = [score for _, score in article_store.search_words(terms("Chinese battery gigafactories"), 1.0, 5)]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] >= 0


def test_a_heading_weighs_as_much_as_it_is_given(article_store: Store) -> None:
    def talent(weight: float) -> float:
        return max(score for _, score in article_store.search_words(terms("talent"), weight, 50))

    assert talent(4.0) > talent(1.0)


def test_frequencies_count_passages_of_the_words_that_stand_somewhere(article_store: Store) -> None:
    found = article_store.frequencies([*terms("batteries gigafactories zebra")])
    assert found[terms("gigafactories")[0]] == 1
    assert found[terms("batteries")[0]] > 5
    assert "zebra" not in found
    assert article_store.frequencies(["gigafactories"]) == {}, "spellings are not counted"


def test_spellings_are_the_words_as_they_stand_without_case(article_store: Store) -> None:
    assert {"gigafactories", "graduate", "global", "grid"} <= set(article_store.spellings("g"))
    assert all(word.startswith("g") for word in article_store.spellings("g"))
    assert article_store.spellings("\U0010ffff") == []
