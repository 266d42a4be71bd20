"""One SQLite file in WAL mode: opened whatever state the disk is in, shared with other processes, never deleted.

Everything that SQLite can say becomes a StoreError of one sentence. What is in the file is left to `store`.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qabot.errors import StoreError

# Marks the file as ours ("qabt"), so that another program's database is never taken for an index.
_APPLICATION = 0x71616274
# SQLite waits this long for another writer before we say so; then it waits on.
_WAIT_SECONDS = 2.0
# For some locks SQLite does not wait at all: they are tried again after a pause, while an index is made so often.
_PAUSE_SECONDS = 0.05
_TRIES = 200


class Database:
    """An open file with the tables of `schema`, which has the number `version`; made or made anew if it is older.

    `writable` is False where the file or its folder cannot be written: then it can only be read.

    Raises StoreError where the file is not an index, is damaged, or was made by a newer version.
    """

    _connection: sqlite3.Connection
    # What the file looked like when it was opened as one that never changes, or None.
    _immutable: tuple[int, ...] | None

    def __init__(self, path: Path, schema: str, version: int) -> None:
        self.path = path
        self.writable = _can_write(path)
        self._schema = schema
        self._version = version
        self._changes = 0
        if not self.writable and not os.access(path, os.F_OK):
            raise StoreError(f"There is no index at {path} and none can be written there; set QABOT_INDEX.")
        try:
            self._open()
        except _NotWritten:
            # No room for the files that a writer needs beside it. What is there can perhaps still be read.
            if not self.writable or not _size(path):
                raise
            self.writable = False
            with suppress(StoreError):
                self._open()
                return
            raise

    def close(self) -> None:
        """Close the file. The database cannot be used afterwards."""
        self._connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads within see one state of the file, whatever other processes write. May be nested."""
        if self._connection.in_transaction:
            yield
            return
        self._follow()
        self.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self.execute("COMMIT")

    @contextmanager
    def transaction(self, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """All changes within are made together or not at all. One writer at a time: the others wait.

        `waiting` is called when another process holds the index for more than a moment.
        """
        while True:
            try:
                self.execute("BEGIN IMMEDIATE")
                break
            except _Busy:
                waiting()
                time.sleep(_PAUSE_SECONDS)
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._changes += 1

    @contextmanager
    def claim(self) -> Iterator[bool]:
        """Claim the file for longer than one transaction, as long as this process lives; False where another has.

        Nobody is kept from writing by it. It is a lock on an empty file beside this one.
        """
        connection, alone = None, True
        try:
            connection = sqlite3.connect(self.path.with_name(self.path.name + "-claim"), timeout=0)
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            alone = getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY
        try:
            yield alone
        finally:
            if connection is not None:
                connection.close()

    def state(self) -> tuple[int, int]:
        """A value that is another one after every change, by whomever."""
        if not self._connection.in_transaction:
            self._follow()
        [[version]] = self.execute("PRAGMA data_version")
        # SQLite counts the changes of other connections only.
        return self._changes, version

    def execute(self, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        """The rows that a statement gives. Raises StoreError."""
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.ProgrammingError:
            raise
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # The low byte is the kind of error; some of Python's own errors, on damaged texts, have no code.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
                raise _Busy(f"The index {self.path} is being written by another process; try again.") from error
            if code == sqlite3.SQLITE_FULL:
                raise _NotWritten(f"The disk is full: the index {self.path} could not be written.") from error
            if code == sqlite3.SQLITE_IOERR:
                raise _NotWritten(
                    f"The index {self.path} could not be written or read ({error}); is the disk full?"
                ) from error
            if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise _NotWritten(self._unopened(error)) from error
            if code == sqlite3.SQLITE_ERROR:
                raise StoreError(f"The index {self.path} cannot be used: {error}.") from error
            raise self.damaged(error) from error

    def damaged(self, error: Exception) -> StoreError:
        """What to raise for content that cannot be what was written."""
        # SQLite's messages show what stands there, whatever bytes that are.
        reason = "".join(character if character.isprintable() else "?" for character in str(error)[:200])
        return StoreError(
            f"The index {self.path} is damaged or no index at all ({reason}); set QABOT_INDEX to another file, or "
            "delete this one if it is an index, to have it built again."
        )

    def _unopened(self, reason: object) -> str:
        return (
            f"The index {self.path} cannot be opened ({reason}); see whose it is, or set QABOT_INDEX to another file."
        )

    def _open(self) -> None:
        self._changes += 1
        self._connection = self._connect()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _follow(self) -> None:
        """Open an immutable file anew if it changed after all: SQLite does not look, and would mix old and new."""
        if self._immutable is not None and self._immutable != _stamp(self.path):
            connection, stamp = self._connection, self._immutable
            try:
                self._open()
            except BaseException:
                self._connection, self._immutable = connection, stamp  # to be tried again
                raise
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        # A WAL file needs files beside it that cannot be made here; without a writer, none are needed.
        self._immutable = None if self.writable or _size(_wal(self.path)) else _stamp(self.path)
        mode = "rwc" if self.writable else "ro" if self._immutable is None else "ro&immutable=1"
        try:
            if self.writable:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            return sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_WAIT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        except (sqlite3.Error, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise _NotWritten(self._unopened(reason)) from error

    def _prepare(self) -> None:
        # In one transaction: another process may be making the file just now.
        self.execute("BEGIN")
        try:
            [[version]] = self._patiently("PRAGMA user_version")
            [[application]] = self._patiently("PRAGMA application_id")
            [[tables]] = self._patiently("SELECT count(*) FROM sqlite_master")
        finally:
            if self._connection.in_transaction:
                self.execute("COMMIT")
        if application != _APPLICATION and (application or version or tables):
            raise StoreError(f"{self.path} is not an index of qabot; set QABOT_INDEX to another file.")
        if version > self._version:
            raise StoreError(
                f"The index {self.path} was made by a newer version of qabot; update qabot or set QABOT_INDEX."
            )
        if version == self._version:
            return
        if not self.writable:
            raise StoreError(
                f"The index {self.path} is empty or of an older qabot, and cannot be written; set QABOT_INDEX."
            )
        self._patiently("PRAGMA journal_mode = WAL")
        with self.transaction():
            # Another process may have been here between the look and the lock.
            if self.execute("PRAGMA user_version")[0][0] == self._version:
                return
            for (table,) in self.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"):
                self.execute(f"DROP TABLE {table}")
            for (table,) in self.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                self.execute(f"DROP TABLE {table}")
            for statement in self._schema.split(";")[:-1]:
                self.execute(statement)
            self.execute(f"PRAGMA application_id = {_APPLICATION}")
            self.execute(f"PRAGMA user_version = {self._version}")

    def _patiently(self, statement: str) -> list[tuple]:  # type: ignore[type-arg]
        """While another process makes the file or mends it after a crash, it is locked even to readers."""
        for _ in range(_TRIES):
            try:
                return self.execute(statement)
            except _Busy:
                time.sleep(_PAUSE_SECONDS)
        return self.execute(statement)


class _Busy(StoreError):
    """Another process is writing."""


class _NotWritten(StoreError):
    """The file, or those beside it, cannot be made or written."""


def _can_write(path: Path) -> bool:
    # os.access, unlike Path.exists, says False and not PermissionError where a folder must not be entered.
    existing = next((folder for folder in path.absolute().parents if os.access(folder, os.F_OK)), path)
    inside = os.access(existing, os.W_OK | os.X_OK) and existing.is_dir()
    return inside and (not os.access(path, os.F_OK) or os.access(path, os.R_OK | os.W_OK))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when another process writes to the file at `path`."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns, _size(_wal(path))
