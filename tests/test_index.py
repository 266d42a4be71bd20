"""The knowledge folder and the index: what is read again, what is encoded again, what is left out and why."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qabot.answer import Answerer
from qabot.documents import Loader
from qabot.documents import load as read
from qabot.errors import KnowledgeError
from qabot.index import Progress, Summary, refresh
from qabot.settings import Settings
from qabot.store import Store
from qabot.types import Answer, Document, Skipped
from tests.conftest import ARTICLE, terms

NAME = ARTICLE.name
NOTE = "The next steering committee meets in Xiamen.\n"
OTHER = "The next steering committee meets in Ningde.\n"


class Counting:
    """The real encoder, with a note of what it was given."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
        self.texts += texts
        return self._encoder.encode(texts, progress)


@pytest.fixture
def encoder(answerer: Answerer) -> Counting:
    return Counting(answerer.encoder)


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    (folder / "minutes").mkdir(parents=True)
    shutil.copy(ARTICLE, folder)
    (folder / "minutes" / "may.txt").write_text(NOTE, encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "index.sqlite")) as store:
        yield store


def finds(store: Store, word: str) -> set[str]:
    """The documents in which a word is found."""
    found = [identifier for identifier, _ in store.search_words(terms(word), 1.0, 100)]
    return {passage.document for passage in store.passages(found).values()}


def rewrite(path: Path, text: str) -> None:
    """Change a file so that its time of change is another one, however coarse the clock of its disk is."""
    modified = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(modified, modified + 1_000_000_000))


# What changed


def test_every_document_is_added_first(knowledge: Path, store: Store, encoder: Counting) -> None:
    summary = refresh(store, knowledge, encoder)
    assert summary.added == (NAME, "minutes/may.txt")
    assert summary.passages == len(store.all_passages()) == sum(source.passages for source in store.sources())
    assert (summary.changed, summary.removed, summary.skipped, summary.unchanged) == ((), (), (), 0)


def test_nothing_is_encoded_where_nothing_changed(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    encoder.texts.clear()
    assert refresh(store, knowledge, encoder) == Summary(unchanged=2)
    assert encoder.texts == []


def test_a_file_of_the_same_size_and_time_is_not_read(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    path = knowledge / "minutes" / "may.txt"
    modified = path.stat().st_mtime_ns
    path.write_text(OTHER, encoding="utf-8")
    os.utime(path, ns=(modified, modified))
    assert refresh(store, knowledge, encoder) == Summary(unchanged=2)
    assert finds(store, "Ningde") == set()


def test_a_file_with_the_same_bytes_is_read_but_not_encoded(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    encoder.texts.clear()
    rewrite(knowledge / "minutes" / "may.txt", NOTE)
    seen: list[Progress] = []
    assert refresh(store, knowledge, encoder, seen.append) == Summary(unchanged=2)
    assert [progress.path for progress in seen] == ["minutes/may.txt"], "read"
    assert encoder.texts == []
    assert refresh(store, knowledge, encoder, seen.append) == Summary(unchanged=2)
    assert len(seen) == 1, "and then remembered"


def test_when_a_document_was_last_read_is_known(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE documents SET indexed = '2020-01-01T00:00:00+00:00'")
    refresh(store, knowledge, encoder)
    assert {source.indexed[:4] for source in store.sources()} == {"2020"}, "not read"
    rewrite(knowledge / "minutes" / "may.txt", NOTE)
    refresh(store, knowledge, encoder)
    read = {source.path: source.indexed > "2021" for source in store.sources()}
    assert read == {NAME: False, "minutes/may.txt": True}
    document = store.document("minutes/may.txt")
    assert document is not None and document.indexed is not None and document.indexed > "2021"


def test_a_changed_file_takes_the_place_of_the_old_one(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    encoder.texts.clear()
    rewrite(knowledge / "minutes" / "may.txt", OTHER)
    summary = refresh(store, knowledge, encoder)
    assert summary == Summary(changed=("minutes/may.txt",), unchanged=1, passages=1)
    assert [text.splitlines()[-1] for text in encoder.texts] == [OTHER.strip()]
    assert finds(store, "Xiamen") == set()
    assert finds(store, "Ningde") == {"minutes/may.txt"}


def test_a_file_that_is_gone_is_taken_out(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    (knowledge / NAME).unlink()
    assert refresh(store, knowledge, encoder) == Summary(removed=(NAME,), unchanged=1)
    assert finds(store, "gigafactories") == set()
    assert store.document(NAME) is None


def test_a_renamed_file_is_another_document(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    (knowledge / NAME).rename(knowledge / "batteries.txt")
    before = store.encoded(NAME)
    encoder.texts.clear()
    summary = refresh(store, knowledge, encoder)
    assert (summary.added, summary.removed) == (("batteries.txt",), (NAME,))
    assert finds(store, "gigafactories") == {"batteries.txt"}
    assert encoder.texts == [], "what it says is not new"
    after = store.encoded("batteries.txt")
    assert [vector.tolist() for _, vector, _ in after] == [vector.tolist() for _, vector, _ in before]
    assert [vectors.tolist() for _, _, vectors in after] == [vectors.tolist() for _, _, vectors in before]


def test_of_a_changed_file_only_what_is_new_is_encoded(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    encoder.texts.clear()
    rewrite(knowledge / NAME, ARTICLE.read_text(encoding="utf-8") + "\nLunch is served at noon.\n")
    assert refresh(store, knowledge, encoder).changed == (NAME,)
    assert [text.splitlines()[-1] for text in encoder.texts] == ["Lunch is served at noon."]


def test_a_file_that_changes_while_it_is_read_keeps_its_old_text(
    knowledge: Path, store: Store, encoder: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(store, knowledge, encoder)
    path = knowledge / "minutes" / "may.txt"
    rewrite(path, OTHER)

    def load(self: Loader, root: Path, file: Path) -> Document:
        document = read(root, file)
        rewrite(path, path.read_text(encoding="utf-8") + OTHER)
        return document

    with monkeypatch.context() as meddling:
        meddling.setattr(Loader, "load", load)
        summary = refresh(store, knowledge, encoder)
    assert summary.skipped == (
        Skipped("minutes/may.txt", "it changed while it was read; it is read again the next time"),
    )
    assert (finds(store, "Xiamen"), finds(store, "Ningde")) == ({"minutes/may.txt"}, set())
    assert refresh(store, knowledge, encoder).changed == ("minutes/may.txt",)
    assert finds(store, "Ningde") == {"minutes/may.txt"}


@pytest.mark.parametrize("written", [b"", b"\0\0\0\0"])
def test_a_file_that_is_only_half_written_keeps_its_old_text(
    knowledge: Path, store: Store, encoder: Counting, monkeypatch: pytest.MonkeyPatch, written: bytes
) -> None:
    refresh(store, knowledge, encoder)
    path = knowledge / "minutes" / "may.txt"
    path.write_bytes(written)

    def load(self: Loader, root: Path, file: Path) -> Document:
        try:
            return read(root, file)
        finally:
            path.write_bytes(path.read_bytes() + written + b"\0")

    with monkeypatch.context() as meddling:
        meddling.setattr(Loader, "load", load)
        [skipped] = refresh(store, knowledge, encoder).skipped
    assert skipped.reason == "it changed while it was read; it is read again the next time"
    assert finds(store, "Xiamen") == {"minutes/may.txt"}
    [skipped] = refresh(store, knowledge, encoder).skipped
    assert skipped.path == "minutes/may.txt"
    assert finds(store, "Xiamen") == set()


def test_collections_are_kept_apart(knowledge: Path, store: Store, encoder: Counting, tmp_path: Path) -> None:
    refresh(store, knowledge, encoder)
    other = tmp_path / "handbook"
    other.mkdir()
    (other / "may.txt").write_text(OTHER, encoding="utf-8")
    assert refresh(store, other, encoder, collection="team 1").added == ("//team 1/may.txt",)
    assert refresh(store, knowledge, encoder).removed == ()
    assert store.collections() == {"default", "team 1"}
    assert sorted(store.files(("team 1",))) == ["//team 1/may.txt"]
    assert len(store.vectors(("team 1",))[0]) == 1
    assert len(store.vectors()[0]) == len(store.vectors(("default",))[0]) + 1

    def found(*collections: str) -> set[str]:
        hits = store.search_words(terms("committee"), 1.0, 100, collections)
        return {passage.document for passage in store.passages([identifier for identifier, _ in hits]).values()}

    assert found("team 1") == {"//team 1/may.txt"}
    assert found("default") == {"minutes/may.txt"}
    assert found("default", "team 1") == {"minutes/may.txt", "//team 1/may.txt"}
    assert found("team") == set()


def test_two_files_with_the_same_bytes_are_two_documents(knowledge: Path, store: Store, encoder: Counting) -> None:
    shutil.copy(knowledge / NAME, knowledge / "copy.txt")
    refresh(store, knowledge, encoder)
    assert finds(store, "gigafactories") == {NAME, "copy.txt"}


# What cannot be read


def test_one_bad_file_is_skipped_with_its_reason_and_the_rest_is_answered(tmp_path: Path, knowledge: Path) -> None:
    (knowledge / "empty.txt").touch()
    (knowledge / "blank.txt").write_bytes(b" \n\r\n\t\n")
    (knowledge / "latin.txt").write_bytes("Zellen für Busse\n".encode("latin-1"))
    (knowledge / "cut.txt").write_bytes("Zellen für Busse: 电".encode()[:-1])
    (knowledge / "binary.txt").write_bytes(b"\x7fELF\0\0\1\2\3" * 20)
    (knowledge / "dangling.txt").symlink_to("nowhere.txt")
    os.mkfifo(knowledge / "pipe.txt")
    with closing(Answerer(Settings(knowledge, tmp_path / "index.sqlite", tmp_path / "cache"))) as answerer:
        reasons = {skipped.path: skipped.reason for skipped in answerer.summary.skipped}
        assert list(reasons) == sorted(reasons)
        assert reasons == {
            "binary.txt": "it looks binary (NUL bytes)",
            "blank.txt": "it is empty",
            "cut.txt": "it is not UTF-8 (byte 20, in line 1), and in what else cannot be told; save it as UTF-8",
            "dangling.txt": "it is a link to nothing",
            "empty.txt": "it is empty",
            "pipe.txt": "it is not a regular file",
        }
        assert answerer.summary.encodings == (("latin.txt", "Latin-1"),)
        assert [source.path for source in answerer.sources()] == [NAME, "latin.txt", "minutes/may.txt"]
        answer = answerer.ask("Who leads the National Battery Innovation Center?")
        assert isinstance(answer, Answer)
        assert answer.quotes[0].line == 6


@pytest.mark.parametrize("data", [b"", b"caf\xe9\xe9\n", b"\0\1\2\3"])
def test_what_can_no_longer_be_read_is_no_longer_answered_from(
    knowledge: Path, store: Store, encoder: Counting, data: bytes
) -> None:
    refresh(store, knowledge, encoder)
    assert finds(store, "gigafactories") == {NAME}
    (knowledge / NAME).write_bytes(data)
    summary = refresh(store, knowledge, encoder)
    assert [skipped.path for skipped in summary.skipped] == [NAME]
    assert summary.removed == (NAME,)
    assert finds(store, "gigafactories") == set()
    shutil.copy(ARTICLE, knowledge)
    assert refresh(store, knowledge, encoder).added == (NAME,)
    assert finds(store, "gigafactories") == {NAME}


def test_a_file_that_goes_away_while_others_are_read_is_skipped(
    knowledge: Path, store: Store, encoder: Counting
) -> None:
    def delete(progress: Progress) -> None:
        (knowledge / "minutes" / "may.txt").unlink(missing_ok=True)

    summary = refresh(store, knowledge, encoder, delete)
    assert summary.added == (NAME,)
    assert summary.skipped == (Skipped("minutes/may.txt", "it cannot be read: no such file or directory"),)


def test_a_file_that_goes_away_as_it_is_read_is_skipped(knowledge: Path, store: Store, encoder: Counting) -> None:
    def delete(progress: Progress) -> None:
        (knowledge / progress.path).unlink(missing_ok=True)

    summary = refresh(store, knowledge, encoder, delete)
    assert {skipped.path for skipped in summary.skipped} == {NAME, "minutes/may.txt"}
    assert {skipped.reason for skipped in summary.skipped} == {"it cannot be read: no such file or directory"}


@pytest.mark.parametrize("how", ["missing", "empty", "only unreadable", "a file"])
def test_where_there_is_nothing_to_read_the_index_stays_as_it_is(
    knowledge: Path, store: Store, encoder: Counting, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not mounted is no reason to throw away what was made of it, not even after an update."""
    refresh(store, knowledge, encoder)
    monkeypatch.setattr("qabot.__version__", "999")
    before = store.files()
    shutil.rmtree(knowledge)
    if how == "a file":
        knowledge.touch()
    elif how != "missing":
        knowledge.mkdir()
    if how == "only unreadable":
        (knowledge / "dangling.txt").symlink_to("nowhere.txt")
    with pytest.raises(KnowledgeError):
        refresh(store, knowledge, encoder)
    assert store.files() == before
    assert finds(store, "gigafactories") == {NAME}


# How far it is


def test_progress_goes_up_and_ends_with_all_texts(knowledge: Path, store: Store, encoder: Counting) -> None:
    seen: list[Progress] = []
    refresh(store, knowledge, encoder, seen.append)
    places = [(progress.document, progress.texts) for progress in seen]
    assert places == sorted(places)
    assert {progress.documents for progress in seen} == {2}
    assert list(dict.fromkeys(progress.path for progress in seen)) == [NAME, "minutes/may.txt"]
    for document in (1, 2):
        of_document = [progress for progress in seen if progress.document == document]
        assert of_document[0].texts == of_document[0].of_texts == 0
        assert of_document[-1].texts == of_document[-1].of_texts > 0


def test_a_passage_of_one_sentence_is_encoded_once(knowledge: Path, store: Store, encoder: Counting) -> None:
    refresh(store, knowledge, encoder)
    assert len(encoder.texts) == len(set(encoder.texts))
    assert sum(NOTE.strip() in text for text in encoder.texts) == 1


def test_an_interrupted_run_keeps_the_documents_that_were_done(
    knowledge: Path, store: Store, encoder: Counting
) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.document == 2 and progress.texts:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(store, knowledge, encoder, interrupt)
    assert sorted(store.files()) == [NAME]
    assert refresh(store, knowledge, encoder) == Summary(added=("minutes/may.txt",), unchanged=1, passages=1)
