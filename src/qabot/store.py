"""One SQLite file (WAL) with documents, sections, passages, vectors and the full-text index.

A document is replaced in one transaction, so that after a crash at any moment the file holds each document whole,
old or new. Readers see the last complete state while another process writes. What the index was made with (the
encoder, the rules for passages and terms, the version of this code) is its `recipe`; an index with another recipe
is emptied and filled again, never mixed. The store knows nothing of how a question is understood.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qabot.database import Database
from qabot.errors import StoreError
from qabot.types import Block, Document, Origin, Passage, Scope, Section, Source, collection_of

SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, collection TEXT NOT NULL, title TEXT NOT NULL, date TEXT,
    text TEXT NOT NULL, sha256 TEXT NOT NULL, sections TEXT NOT NULL, blocks TEXT NOT NULL, origin TEXT NOT NULL,
    checksum TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, indexed TEXT NOT NULL);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents (id),
    block INTEGER NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, path TEXT NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, sentences TEXT NOT NULL, vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL);
CREATE INDEX passages_of_document ON passages (document, block);
CREATE VIRTUAL TABLE words USING fts5 (
    heading, body, spelling, collection, tokenize = "unicode61 remove_diacritics 0 tokenchars '.'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, col);
"""
_PASSAGE = 'passages.id, documents.path, block, kind, number, passages.path, "start", "end", sentences'
_FROM = "FROM passages JOIN documents ON documents.id = passages.document"
_DOCUMENTS_KEPT = 8

Vectors = NDArray[np.float32]
Collections = tuple[str, ...] | None  # the collections that are asked; None: all


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file looked like when it was indexed: size in bytes, time of change in nanoseconds, digest."""

    size: int
    modified: int
    sha256: str


class Store:
    """An open index. One per thread of work; any number of processes.

    `writable` is False where the file or its folder cannot be written: then it can only be read.

    Raises StoreError where the file is not an index, is damaged, or was made by a newer version. It is never
    deleted then.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA, SCHEMA_VERSION)
        self._execute = self._database.execute
        self._expected: str | None = None
        self._cached_state: tuple[int, int] | None = None
        self._cached_vectors: dict[Collections, tuple[NDArray[np.int64], Vectors]] = {}
        self._cached_documents: dict[str, Document] = {}

    @property
    def path(self) -> Path:
        """The index's file."""
        return self._database.path

    @property
    def writable(self) -> bool:
        """Whether the index can be changed, and not only read."""
        return self._database.writable

    def close(self) -> None:
        """Close the file. The store cannot be used afterwards."""
        self._database.close()

    # What is in it

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads within see one state of the index, whatever other processes write. May be nested."""
        with self._database.snapshot():
            self._check_recipe()
            yield

    @property
    def recipe(self) -> str:
        """What the index was made with; empty for a new one."""
        rows = self._execute("SELECT value FROM meta WHERE key = 'recipe'")
        return str(rows[0][0]) if rows else ""

    def use(self, recipe: str, waiting: Callable[[], None] = lambda: None) -> None:
        """Empty the index if it was made with another recipe than this.

        From now on snapshots and transactions raise StoreError once another process has made it with another one.
        `waiting` as in `transaction`.
        """
        self._expected = None
        if self.recipe != recipe:
            if not self.writable:
                raise StoreError(
                    f"The index {self.path} was made in another way and cannot be written; set QABOT_INDEX."
                )
            with self.transaction(waiting):
                if self.recipe != recipe:
                    self._reset(recipe)
        self._expected = recipe

    def collections(self) -> frozenset[str]:
        """The collections that hold any document."""
        return frozenset(row[0] for row in self._execute("SELECT DISTINCT collection FROM documents"))

    def files(self, collections: Collections = None) -> dict[str, FileState]:
        """The files that are indexed, by the documents' names."""
        where, names = _of(collections)
        rows = self._execute(f"SELECT path, size, modified, sha256 FROM documents{where}", names)
        return {path: FileState(*state) for path, *state in rows}

    def file(self, path: str) -> FileState | None:
        """The file that is indexed at this path, or None."""
        rows = self._execute("SELECT size, modified, sha256 FROM documents WHERE path = ?", (path,))
        return FileState(*rows[0]) if rows else None

    def sources(self, collections: Collections = None) -> list[Source]:
        """All documents, by name."""
        where, names = _of(collections)
        rows = self._execute(
            f"""SELECT path, title, date, sha256, sections, indexed,
            (SELECT count(*) FROM passages WHERE passages.document = documents.id)
            FROM documents{where} ORDER BY path""",
            names,
        )
        with self._decoding():
            return [
                Source(path, title, date, sha256, _sections(sections), passages, indexed)
                for path, title, date, sha256, sections, indexed, passages in rows
            ]

    def document(self, path: str) -> Document | None:
        """The document as it was indexed, or None. The last few are kept in memory until the index changes."""
        if path.encode(errors="replace").decode() != path:
            return None  # not UTF-8, so it was never indexed
        self._forget_if_changed()
        if path not in self._cached_documents:
            columns = "title, text, sha256, sections, blocks, date, origin, indexed, checksum"
            rows = self._execute(f"SELECT {columns} FROM documents WHERE path = ?", (path,))
            if not rows:
                return None
            title, text, sha256, sections, blocks, date, origin, indexed, checksum = rows[0]
            with self._decoding():
                # SQLite notices a damaged page, but not a damaged text on it, and texts are quoted.
                if _checksum(title, text, sections, blocks, origin) != checksum:
                    raise ValueError(f"{path} is not what was indexed")
                parts = _sections(sections), _blocks(blocks)
                document = Document(path, title, text, sha256, *parts, date, _origin(origin), indexed)
            if len(self._cached_documents) >= _DOCUMENTS_KEPT:
                self._cached_documents.pop(next(iter(self._cached_documents)))
            self._cached_documents[path] = document
        return self._cached_documents[path]

    def slices(self, collection: str, start: int, end: int) -> list[tuple[str, str]]:
        """What stands at `[start, end)` in each document of a collection, with the document's name."""
        return self._execute(
            "SELECT path, substr(text, ?, ?) FROM documents WHERE collection = ? ORDER BY path",
            (start + 1, end - start, collection),
        )

    def passages(self, identifiers: Sequence[int]) -> dict[int, Passage]:
        """The passages with these identifiers; those that do not exist are left out."""
        marks = ", ".join("?" * len(identifiers))
        return self._passages(f"WHERE passages.id IN ({marks})", *identifiers)

    def all_passages(self, collections: Collections = None) -> list[Passage]:
        """Every passage, by document and place."""
        where, names = _of(collections)
        return list(self._passages(f"{where} ORDER BY documents.path, passages.start", *names).values())

    def blocks(self, path: str, first: int, last: int) -> dict[int, Passage]:
        """The passages of a document's blocks `first` to `last`, both included."""
        condition = "WHERE documents.path = ? AND block BETWEEN ? AND ? ORDER BY passages.start"
        return self._passages(condition, path, first, last)

    def _passages(self, condition: str, *parameters: object) -> dict[int, Passage]:
        rows = self._execute(f"SELECT {_PASSAGE} {_FROM} {condition}", parameters)
        with self._decoding():
            return {row[0]: _passage(row) for row in rows}

    def vectors(self, collections: Collections = None) -> tuple[NDArray[np.int64], Vectors]:
        """Identifiers (n) and unit vectors (n, dimensions) of all passages, kept in memory until the index changes."""
        self._forget_if_changed()
        if collections not in self._cached_vectors:
            where, names = _of(collections)
            chosen = f" WHERE document IN (SELECT id FROM documents{where})" if where else ""
            rows = self._execute(f"SELECT id, vector FROM passages{chosen} ORDER BY id", names)
            identifiers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
            with self._decoding():
                self._cached_vectors[collections] = identifiers, _matrix(b"".join(row[1] for row in rows), len(rows))
        return self._cached_vectors[collections]

    def encoded(self, path: str) -> list[tuple[Passage, Vectors, Vectors]]:
        """A document's passages with their unit vectors (dimensions) and those of their sentences (sentences, ...)."""
        columns = f"{_PASSAGE}, vector, sentence_vectors"
        rows = self._execute(f"SELECT {columns} {_FROM} WHERE documents.path = ?", (path,))
        with self._decoding():
            return [
                (_passage(row[:-2]), np.frombuffer(row[-2], np.float32), _matrix(row[-1], len(json.loads(row[-3]))))
                for row in rows
            ]

    def sentence_vectors(self, identifier: int) -> Vectors:
        """Unit vectors of a passage's sentences, (sentences, dimensions)."""
        rows = self._execute("SELECT sentence_vectors, sentences FROM passages WHERE id = ?", (identifier,))
        with self._decoding():
            [(vectors, sentences)] = rows
            return _matrix(vectors, len(json.loads(sentences)))

    def within(self, scope: Scope) -> NDArray[np.int64]:
        """The identifiers of the passages that begin in a part of a document."""
        inside, limits = _inside(scope)
        return np.array([row[0] for row in self._execute(inside.strip("()"), limits)], np.int64)

    def search_words(
        self,
        terms: Sequence[str],
        heading_weight: float,
        limit: int,
        collections: Collections = None,
        scope: Scope | None = None,
    ) -> list[tuple[int, float]]:
        """The passages that hold any of the terms: identifiers and BM25 scores (higher is better), best first.

        BM25 as SQLite's FTS5 computes it, k1 = 1.2, b = 0.75 (Robertson & Zaragoza 2009).
        """
        if not terms:
            return []
        query = _match("{heading body}", terms, collections)
        inside, limits = _inside(scope)
        return self._execute(
            f"""SELECT rowid, -bm25(words, ?, 1.0, 0.0, 0.0) AS score FROM words WHERE words MATCH ?
            {"AND rowid IN" if scope else ""} {inside} ORDER BY score DESC LIMIT ?""",
            (heading_weight, query, *limits, limit),
        )

    def frequencies(self, terms: Sequence[str], collections: Collections = None) -> dict[str, int]:
        """In how many passages each term stands, in the headings or in the bodies, whichever is more.

        Terms that stand in none are left out.
        """
        if collections is not None:
            counts = {
                term: max(self._count(column, term, collections) for column in ("heading", "body")) for term in terms
            }
            return {term: count for term, count in counts.items() if count}
        marks = ", ".join("?" * len(terms))
        return dict(
            self._execute(
                f"""SELECT term, max(doc) FROM vocabulary
                WHERE term IN ({marks}) AND col IN ('heading', 'body') GROUP BY term""",
                tuple(terms),
            )
        )

    def spellings(self, initial: str) -> list[str]:
        """Every word that the documents use, as they spell it but without case, that begins with this letter."""
        rows = self._execute(
            "SELECT term FROM vocabulary WHERE term BETWEEN ? AND ? AND col = 'spelling'",
            (initial, initial + chr(sys.maxunicode)),
        )
        return [row[0] for row in rows]

    def is_used(self, spelling: str, collections: Collections) -> bool:
        """Whether the documents of the collections use a word that they spell so."""
        return self._count("spelling", spelling, collections) > 0

    def _count(self, column: str, word: str, collections: Collections) -> int:
        query = _match(column, [word], collections)
        return int(self._execute("SELECT count(*) FROM words WHERE words MATCH ?", (query,))[0][0])

    # How it changes

    @contextmanager
    def transaction(self, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """All changes within are made together or not at all. One writer at a time: the others wait.

        `waiting` is called when another process holds the index for more than a moment.
        """
        with self._database.transaction(waiting):
            self._check_recipe()
            yield

    @contextmanager
    def indexing(self) -> Iterator[bool]:
        """Say to other processes that this one is indexing, for as long as it is; False where another one is."""
        with self._database.claim() if self.writable else nullcontext(True) as alone:
            yield alone

    def remove(self, path: str) -> None:
        """Take a document out, if it is there. To be called in a transaction."""
        ids = "(SELECT passages.id FROM passages JOIN documents ON documents.id = document WHERE documents.path = ?)"
        self._execute(f"DELETE FROM words WHERE rowid IN {ids}", (path,))
        self._execute(f"DELETE FROM passages WHERE id IN {ids}", (path,))
        self._execute("DELETE FROM documents WHERE path = ?", (path,))

    def add(
        self,
        document: Document,
        state: FileState,
        passages: Sequence[Passage],
        terms: Sequence[tuple[str, str, str]],
        vectors: Vectors,
        sentence_vectors: Sequence[Vectors],
    ) -> None:
        """Put a document in, in place of one with the same name. To be called in a transaction.

        For each passage: the terms of its heading, those of its body, its words as they are spelled, each joined by
        spaces; its vector; its sentences' vectors.
        """
        self.remove(document.path)
        sections = json.dumps([astuple(section) for section in document.sections])
        blocks = json.dumps([astuple(block) for block in document.blocks])
        origin = json.dumps(astuple(document.origin))
        collection = collection_of(document.path)
        [[key]] = self._execute(
            """INSERT INTO documents (path, collection, title, date, text, sha256, sections, blocks, origin, checksum,
            size, modified, indexed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id""",
            (
                *(document.path, collection, document.title, document.date, document.text, document.sha256),
                *(sections, blocks, origin, _checksum(document.title, document.text, sections, blocks, origin)),
                *(state.size, state.modified, _now()),
            ),
        )
        for passage, indexed, vector, of_sentences in zip(passages, terms, vectors, sentence_vectors, strict=True):
            [[identifier]] = self._execute(
                """INSERT INTO passages (document, block, kind, number, path, "start", "end", sentences, vector,
                sentence_vectors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id""",
                (
                    *(key, passage.block, passage.kind, passage.number, json.dumps(passage.path)),
                    *(passage.start, passage.end, json.dumps(passage.sentences)),
                    *(vector.astype(np.float32).tobytes(), of_sentences.astype(np.float32).tobytes()),
                ),
            )
            self._execute(
                "INSERT INTO words (rowid, heading, body, spelling, collection) VALUES (?, ?, ?, ?, ?)",
                (identifier, *indexed, _token(collection)),
            )

    def touch(self, path: str, state: FileState) -> None:
        """Note that a file was read again and has the same bytes, with another time of change."""
        self._execute(
            "UPDATE documents SET size = ?, modified = ?, indexed = ? WHERE path = ?",
            (state.size, state.modified, _now(), path),
        )

    # How it is kept together

    def _reset(self, recipe: str) -> None:
        for table in ("words", "passages", "documents", "meta"):
            self._execute(f"DELETE FROM {table}")
        self._execute("INSERT INTO meta VALUES ('recipe', ?)", (recipe,))

    def _check_recipe(self) -> None:
        if self._expected is not None and self.recipe != self._expected:
            raise StoreError(
                f"The index {self.path} was made anew by another process, with another model or another version of "
                "qabot; start this one again, or give each its own QABOT_INDEX."
            )

    def _forget_if_changed(self) -> None:
        """Drop what is kept in memory if the file is no longer what it was read from."""
        state = self._database.state()
        if state != self._cached_state:
            self._cached_vectors.clear()
            self._cached_documents.clear()
            self._cached_state = state

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError) as error:
            raise self._database.damaged(error) from error


def _of(collections: Collections) -> tuple[str, tuple[str, ...]]:
    """The condition that chooses documents by their collections, and its parameters."""
    if collections is None:
        return "", ()
    return f" WHERE collection IN ({', '.join('?' * len(collections))})", collections


def _inside(scope: Scope | None) -> tuple[str, tuple[str | int, ...]]:
    """The passages that begin in a part of a document, as a query in brackets, and its parameters."""
    if scope is None:
        return "", ()
    query = f'(SELECT passages.id {_FROM} WHERE documents.path = ? AND "start" >= ? AND "start" < ?)'
    return query, (scope.document, scope.start, scope.end)


def _match(columns: str, terms: Sequence[str], collections: Collections) -> str:
    """A full-text query for any of the terms in these columns; nothing in them is query syntax."""
    # FTS5 reads a query up to its first NUL.
    quoted = " OR ".join('"' + term.replace('"', '""').replace("\0", " ") + '"' for term in dict.fromkeys(terms))
    query = f"{columns} : ({quoted})"
    return query if collections is None else f"{query} AND collection : ({' OR '.join(map(_token, collections))})"


def _token(collection: str) -> str:
    """A collection's name as one word of the full-text index, whatever is in it."""
    return f"c{collection.encode().hex()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _checksum(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _matrix(vectors: bytes, rows: int) -> Vectors:
    return np.frombuffer(vectors, np.float32).reshape(rows, -1 if rows else 0)


def _sections(stored: str) -> tuple[Section, ...]:
    return tuple(Section(number, tuple(path), *rest) for number, path, *rest in json.loads(stored))


def _blocks(stored: str) -> tuple[Block, ...]:
    return tuple(Block(*fields) for fields in json.loads(stored))


def _origin(stored: str) -> Origin:
    extracted, encoding, url, lines, pages = json.loads(stored)
    return Origin(extracted, encoding, url, tuple(map(tuple, lines)), tuple(pages))


def _passage(row: tuple) -> Passage:  # type: ignore[type-arg]
    _, document, block, kind, number, path, start, end, sentences = row
    pairs = tuple((first, last) for first, last in json.loads(sentences))
    return Passage(document, block, kind, number, tuple(json.loads(path)), start, end, pairs)
