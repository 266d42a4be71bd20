"""Bad input on the command line gets one clear sentence and exit status 2, or an ordinary answer; nothing is lost."""

import io
import json
import os
import pty
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from qabot.cli import run
from qabot.store import Store
from tests.conftest import ARTICLE
from tests.test_store import assert_whole, content

NAME = ARTICLE.name
LEADS = "Who leads the National Battery Innovation Center?"
QABOT = [sys.executable, "-m", "qabot"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the article in `knowledge/`, and a home folder that is nobody's."""
    (tmp_path / "knowledge").mkdir()
    shutil.copy(ARTICLE, tmp_path / "knowledge")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home" / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made-once")
    shutil.copytree(ARTICLE.parent, folder / "knowledge")
    assert run(["index", "--knowledge", str(folder / "knowledge")]) == 0
    return folder


@pytest.fixture
def indexed(made_once: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The article with its index, made once for all tests that only ask."""
    monkeypatch.setenv("QABOT_KNOWLEDGE", str(made_once / "knowledge"))
    return made_once


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence that a command ends with."""
    assert run(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return one_line(err)


def one_line(err: str) -> str:
    assert err.startswith("qabot: ")
    assert err.count("\n") == 1
    assert "Something unexpected" not in err
    assert "Traceback" not in err
    return err.removeprefix("qabot: ").rstrip("\n")


def process(*arguments: str, prefix: tuple[str, ...] = (), **options: Any) -> "subprocess.CompletedProcess[str]":
    """The command as a process of its own."""
    command = [*prefix, *QABOT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


def harmless() -> tuple[str, ...]:
    """What to put before a command so that permissions hold for it: nothing is forbidden to root."""
    if os.name != "posix":
        pytest.skip("needs POSIX permissions")
    if os.geteuid() != 0:
        return ()
    command = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    if not shutil.which("setpriv") or subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("nothing is forbidden to root, and setpriv cannot change that here")
    return command


@contextmanager
def forbidden(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


# The knowledge folder


def test_a_missing_knowledge_folder(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(place / "knowledge")
    assert error_of(capsys, "ask", LEADS).startswith("There is no knowledge folder knowledge: make it")
    assert error_of(capsys, "index").startswith("There is no knowledge folder knowledge")
    assert error_of(capsys, "ask", "--knowledge", "a folder", LEADS).startswith("There is no knowledge folder a folder")


def test_an_empty_knowledge_folder(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "knowledge" / NAME).unlink()
    said = error_of(capsys, "ask", LEADS)
    assert said == "There is nothing to read in knowledge: put documents there (.txt, .md, .html, .pdf, .docx, .rst)."


def test_a_knowledge_folder_in_which_nothing_can_be_read(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "knowledge" / NAME).write_bytes(b"\x7fELF\0\0\1\2\3" * 20)
    assert f"{NAME}: it looks binary" in error_of(capsys, "ask", LEADS)


def test_a_file_for_a_knowledge_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert "is a file: name the folder" in error_of(capsys, "ask", "--knowledge", f"knowledge/{NAME}", LEADS)


def test_a_link_to_itself_for_a_knowledge_folder(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "loop").symlink_to("loop")
    assert "loop cannot be opened" in error_of(capsys, "ask", "--knowledge", "loop", LEADS)


def test_what_was_made_of_a_folder_outlives_its_absence(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", LEADS]) == 0
    (place / "knowledge").rename(place / "elsewhere")
    capsys.readouterr()
    index = str(place / ".qabot" / "knowledge.sqlite")
    error_of(capsys, "ask", "--index", index, LEADS)
    (place / "elsewhere").rename(place / "knowledge")
    assert run(["index"]) == 0
    assert "(1 unchanged)" in capsys.readouterr().out


def test_one_bad_document_is_named_and_the_rest_answers(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "knowledge" / "empty.txt").touch()
    (place / "knowledge" / "cut.txt").write_bytes("caf\u00e9 \u7535".encode()[:-1])
    (place / "knowledge" / "dangling.txt").symlink_to("nowhere")
    assert run(["ask", LEADS]) == 0
    out, err = capsys.readouterr()
    assert "Dr. Wei Zhang" in out
    assert err.splitlines() == [
        "qabot: skipped cut.txt: it is not UTF-8 (byte 7, in line 1), and in what else cannot be told; "
        "save it as UTF-8",
        "qabot: skipped dangling.txt: it is a link to nothing",
        "qabot: skipped empty.txt: it is empty",
    ]


def test_a_document_that_one_may_not_read_is_no_longer_answered_from(place: Path) -> None:
    prefix = harmless()
    (place / "knowledge" / "lunch.txt").write_text("Lunch is served at noon.\n", encoding="utf-8")
    assert "noon" in process("ask", "When is lunch served?", prefix=prefix).stdout
    with forbidden(place / "knowledge" / "lunch.txt", 0o000):
        done = process("ask", "When is lunch served?", prefix=prefix)
    assert done.returncode == 1
    assert "noon" not in done.stdout
    assert one_line(done.stderr) == "skipped lunch.txt: it cannot be read: permission denied"
    assert "noon" in process("ask", "When is lunch served?", prefix=prefix).stdout


def test_a_folder_that_one_may_not_read_is_named_and_the_rest_is_watched(place: Path) -> None:
    locked = place / "knowledge" / "locked"
    locked.mkdir()
    (locked / "lunch.txt").write_text("Lunch is served at noon.\n", encoding="utf-8")
    command = [*harmless(), *QABOT, "index", "--watch"]
    with (
        forbidden(locked, 0o000),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching,
    ):
        assert watching.stdout and watching.stderr
        assert watching.stdout.readline() == f"added {NAME}\n"
        assert watching.stdout.readline() == "skipped locked: the folder cannot be read: permission denied\n"
        while "watching" not in (line := watching.stderr.readline()):
            assert line, "it has ended"
        time.sleep(0.5)  # until the system watches, too
        (place / "knowledge" / "node_modules").mkdir()
        (place / "knowledge" / "node_modules" / "tea.txt").write_text("Tea is served at four.\n", encoding="utf-8")
        while line != "added node_modules/tea.txt\n":
            line = watching.stdout.readline()
            assert line, watching.stderr.read()
        watching.terminate()


ODD = ["a b.md", 'it\'s "so".md', "two\nlines\tof.md", "\u96fb\u6c60 \u00e9.md", "50% #1?.md", "back\\slash;quote=0.md"]


def test_questions_are_answered_while_another_process_is_indexing(place: Path) -> None:
    index = str(place / "index.sqlite")
    with closing(Store(place / "index.sqlite")) as another, another.indexing() as alone:
        assert alone
        assert "Dr. Wei Zhang" in process("ask", "--index", index, LEADS).stdout, "there is nothing yet: it helps"
        (place / "knowledge" / "lunch.txt").write_text("Lunch is served at noon.\n", encoding="utf-8")
        done = process("ask", "--index", index, LEADS)
        assert "Dr. Wei Zhang" in done.stdout
        assert one_line(done.stderr) == "Another process is indexing; answering from what is there."
        assert list(another.files()) == [NAME], "from the last complete state"
    done = process("ask", "--index", index, "When is lunch served?")
    assert ("noon" in done.stdout, done.stderr) == (True, "")


def test_a_process_that_was_killed_is_no_longer_indexing(place: Path) -> None:
    script = "import os, sys; from pathlib import Path; from qabot.store import Store\n"
    script += "with Store(Path('index.sqlite')).indexing(): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == -signal.SIGKILL
    with closing(Store(place / "index.sqlite")) as store, store.indexing() as alone:
        assert alone


@pytest.mark.parametrize("name", ODD)
def test_a_file_may_be_called_anything(place: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = place / "knowledge" / "minutes, \u0434\n" / name
    file.parent.mkdir()
    file.write_text("# Lunch\n\nLunch is served at noon.\n", encoding="utf-8")
    path = file.relative_to(place / "knowledge").as_posix()
    shown = path.replace("\n", "\u240a").replace("\t", "\u2409")
    assert run(["index"]) == 0
    assert f"\nadded {shown}\n" in capsys.readouterr().out
    assert run(["ask", "When is lunch served?"]) == 0
    assert f"\nknowledge/{shown}:3  " in capsys.readouterr().out
    assert run(["ask", "--json", "When is lunch served?"]) == 0
    quote = json.loads(capsys.readouterr().out)["quotes"][0]
    assert quote["document"] == path
    reference = quote["reference"]
    assert reference.isascii() and not set(reference) & set(" \n\t'\"")
    assert run(["sources"]) == 0
    assert f"\n{shown}  Lunch\n" in capsys.readouterr().out
    assert run(["show", reference]) == 0
    assert "Lunch is served at noon." in capsys.readouterr().out
    assert run(["verify", reference]) == 0
    file.write_text("# Lunch\n\nMind this. Lunch is served at noon.\n", encoding="utf-8")
    capsys.readouterr()
    assert run(["verify", reference]) == 1
    moved = capsys.readouterr().out.splitlines()[1]
    file.rename(place / "knowledge" / "plain.md")
    assert run(["verify", moved]) == 1
    assert capsys.readouterr().out.splitlines()[1] == "plain.md" + moved[moved.index("#text=") :]
    (place / "knowledge" / "plain.md").write_text("# Lunch\n\nLunch is off.\n", encoding="utf-8")
    assert run(["verify", "plain.md" + moved[moved.index("#text=") :]]) == 1
    assert capsys.readouterr().out.startswith("altered")


# The question


@pytest.mark.parametrize("question", ["", " ", "\t\n", "\u2003", "\r\n\r\n"])
def test_an_empty_question(indexed: Path, question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert error_of(capsys, "ask", question) == "The question is empty; ask something."


def test_a_question_that_is_too_long(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert error_of(capsys, "ask", "é" * 2_001) == "The question has 2,001 characters; ask it in at most 2,000."
    assert run(["ask", "é" * 2_000]) == 1
    assert run(["ask", f"{LEADS} {'please ' * 250}"[:2_000]]) in (0, 1)
    assert capsys.readouterr().err == ""


HOSTILE = [
    "?",
    "...!?",
    "'; DROP TABLE documents; --",
    '" OR 1=1 --',
    "SELECT * FROM passages WHERE '1'='1'",
    'NEAR("battery" "china", 5)',
    "battery* AND NOT (heading : china) OR ^cell + {body} : x",
    '"""',
    "((((((((((",
    "%s %d {} {0} ${HOME} $(id) `id`",
    "battery\x01\x02\x07\x1b[31mred\x7f\x9b1m",
    "\u202egnaw asil\u202c \u2066who\u2069?",
    "🔋🇨🇳👩‍🔬",
    "🔋 who leads the center?",
    "e\u0301\u0301\u0301" * 300,
    "\ufeffbattery\u200b\u00ad",
    "\udcff\udcfe",
    "\ud83d battery",
    "电池创新",
    "-",
    "--",
    "a" * 1_990,
    "1 " * 990,
    "\\",
    "a/../../b",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_an_odd_question_is_an_ordinary_one(
    indexed: Path, question: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run(["ask", "--", question, "battery"]) in (0, 1)
    out, err = capsys.readouterr()
    assert err == ""
    assert out.endswith("\n")
    assert not set(out) & {"\x01", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066"}
    assert run(["ask", "--json", "--", question, "battery"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)["kind"] in ("answer", "no_answer")
    with closing(sqlite3.connect(indexed / ".qabot" / "knowledge.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (1,)


def test_bytes_that_are_no_text(indexed: Path) -> None:
    done = subprocess.run([*QABOT, "ask", b"\xff\xfe who leads the center?\xc3"], capture_output=True, timeout=120)
    assert done.returncode in (0, 1)
    assert done.stderr == b""
    assert done.stdout.decode()


def test_questions_from_a_pipe_of_which_some_cannot_be_asked(indexed: Path) -> None:
    lines = [LEADS.encode(), b"", b"x" * 2_001, b"bat\0tery", b"\xff\xfe", b'"); DROP TABLE words', LEADS.encode()]
    done = subprocess.run([*QABOT, "ask", "-"], input=b"\r\n".join(lines), capture_output=True, timeout=120)
    assert done.returncode == 0
    assert done.stderr == b""
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result.get("kind", "error") for result in results] == [
        *("answer", "error", "error", "no_answer", "no_answer", "no_answer", "answer")
    ]
    assert results[1] == {"question": "", "error": "The question is empty; ask something."}
    assert results[2]["error"] == "The question has 2,001 characters; ask it in at most 2,000."
    assert results[3]["question"] == "bat\0tery"
    assert results[0]["quotes"] == results[-1]["quotes"]


def test_no_questions_from_a_pipe(indexed: Path) -> None:
    done = process("ask", "-", input="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# References


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("nonsense", "'nonsense' is not a reference; one looks like "),
        ("", "'' is not a reference"),
        ("#char=1,2", "is not a reference"),
        (f"{NAME}#char=5,5", "is not a reference"),
        (f"{NAME}#char=9,5", "is not a reference"),
        (f"{NAME}#char=-1,5", "is not a reference"),
        (f"{NAME}#char=1,5;quote=xyz", "is not a reference"),
        (f"{NAME}#char=0,{'9' * 5_000}", "is not a reference"),
        (f"{NAME}#char=0,999999999", "fewer than the reference says"),
        ("other.txt#char=1,5", "There is no document 'other.txt'; qabot sources lists them."),
        ("../../etc/passwd#char=1,5", "There is no document"),
        ("/etc/passwd#char=1,5", "There is no document"),
        ("a%00b.txt#char=1,5", "There is no document"),
        ("%ff.txt#char=1,5", "There is no document"),
        ("\udcff.txt#char=1,5", "There is no document"),
        ("\x1b[31m.txt#char=1,5", "There is no document"),
    ],
)
@pytest.mark.parametrize("command", ["show", "verify"])
def test_a_reference_that_leads_nowhere(
    indexed: Path, command: str, reference: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if command == "verify" and reference.endswith(",999999999"):
        assert run([command, reference]) in (1, 2)
        return
    error = error_of(capsys, command, "--", reference)
    assert sentence in error
    assert error.isprintable()


# Files of questions


@pytest.mark.parametrize("command", ["eval", "calibrate"])
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "line 1: the file has no question"),
        (b"{", "line 1: not JSON"),
        (b"[]\n", "line 1: "),
        (b'{"id": "1", "question": "Who?"}\n', "line 1: "),
        (b'{"id": "1", "question": "", "answers": []}\n', "line 1: "),
        (b'{"id": "1", "question": "Who?", "answers": "Zhang"}\n', "line 1: "),
        (b'{"id": "1", "question": "Who?", "answers": []}\n' * 2, "line 2: "),
        (b"\xff\xfe{}\n", "line 1: not UTF-8"),
        (random.Random(0).randbytes(500), "line "),
    ],
)
def test_a_file_of_questions_that_cannot_be_used(
    indexed: Path, place: Path, command: str, data: bytes | None, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if data is not None:
        (place / "questions.jsonl").write_bytes(data)
    error = error_of(capsys, command, "questions.jsonl")
    assert error.startswith("questions.jsonl")
    assert sentence in error


def test_a_report_or_baseline_where_it_cannot_be(
    indexed: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "questions.jsonl").write_text('{"id": "1", "question": "Who leads?", "answers": ["Wei Zhang"]}\n')
    for option in ("--report", "--write-baseline"):
        assert run(["eval", "questions.jsonl", option, "no/such/folder/file"]) == 2
        assert "no/such/folder/file cannot be written" in capsys.readouterr().err
    assert run(["eval", "questions.jsonl", "--baseline", "no-such-file"]) == 2
    assert "no-such-file cannot be read" in capsys.readouterr().err
    (place / "baseline.json").write_text("{")
    assert run(["eval", "questions.jsonl", "--baseline", "baseline.json"]) == 2
    assert "The baseline is not one that `qabot eval` wrote" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"encoder": 5}', b"\xff"])
def test_numbers_of_ones_own_that_are_damaged(place: Path, data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index"]) == 0
    (place / ".qabot" / "knowledge.calibration.json").write_bytes(data)
    capsys.readouterr()
    assert "knowledge.calibration.json" in error_of(capsys, "ask", LEADS)


# The index


HARMS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "garbage": (lambda path: path.write_bytes(random.Random(0).randbytes(20_000)), "damaged or no index at all"),
    "cut off": (lambda path: os.truncate(path, path.stat().st_size // 2), "damaged or no index at all"),
    "a document": (lambda path: shutil.copy(ARTICLE, path), "damaged or no index at all"),
    "newer": (lambda path: sql(path, "PRAGMA user_version = 999"), "made by a newer version of qabot; update"),
    "another's": (lambda path: sql(path, "PRAGMA application_id = 7"), "is not an index of qabot; set QABOT_INDEX"),
}


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("harm", HARMS)
def test_an_index_that_cannot_be_used_is_named_and_left_as_it_is(
    place: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["index"]) == 0
    index = place / ".qabot" / "knowledge.sqlite"
    change, sentence = HARMS[harm]
    change(index)
    harmed = index.read_bytes()
    capsys.readouterr()
    for command in (["ask", LEADS], ["index"], ["sources"], ["ask", "-"]):
        error = error_of(capsys, *command)
        assert sentence in error
        assert str(index) in error
    assert index.read_bytes() == harmed
    index.unlink()
    assert run(["ask", LEADS]) == 0


def test_an_empty_file_becomes_an_index(place: Path) -> None:
    (place / ".qabot").mkdir()
    (place / ".qabot" / "knowledge.sqlite").touch()
    assert run(["ask", LEADS]) == 0


def test_an_index_where_none_can_be(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "file").touch()
    assert "set QABOT_INDEX" in error_of(capsys, "ask", "--index", "file/index.sqlite", LEADS)
    assert "cannot be opened" in error_of(capsys, "ask", "--index", "knowledge", LEADS)
    assert "/proc/none/index.sqlite" in error_of(capsys, "ask", "--index", "/proc/none/index.sqlite", LEADS)


def test_an_index_that_can_only_be_read_answers_and_says_so(place: Path) -> None:
    prefix = harmless()
    assert process("index", prefix=prefix).returncode == 0
    with (place / "knowledge" / NAME).open("a", encoding="utf-8") as file:
        file.write("Lunch is served at noon.\n")
    for path, mode in ((place / ".qabot", 0o555), (place / ".qabot" / "knowledge.sqlite", 0o444)):
        with forbidden(path, mode):
            done = process("ask", LEADS, prefix=prefix)
            assert done.returncode == 0, done.stderr
            assert "Dr. Wei Zhang" in done.stdout
            sentence = one_line(done.stderr)
            assert sentence.endswith("knowledge.sqlite cannot be written; answering from what is there.")
    assert "noon" in process("ask", "When is lunch served?", prefix=prefix).stdout


def test_an_index_that_can_only_be_read_and_whose_writer_was_killed(place: Path) -> None:
    """What it had committed stands in the log beside the file."""
    prefix = harmless()
    (place / "killed").mkdir()
    writer = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_COMMIT, "knowledge", "killed/index.sqlite"], capture_output=True, text=True
    )
    assert writer.returncode == -signal.SIGKILL, writer.stderr
    assert (place / "killed" / "index.sqlite-wal").stat().st_size > 0
    with forbidden(place / "killed", 0o555):
        done = process("ask", "--index", "killed/index.sqlite", LEADS, prefix=prefix)
        assert done.returncode == 0, done.stderr
        assert "Dr. Wei Zhang" in done.stdout
        assert "cannot be written" in one_line(done.stderr)


KILLED_AFTER_COMMIT = """
import os, signal, sys
from pathlib import Path
from qabot.encoder import load_encoder
from qabot.index import refresh
from qabot.store import Store
store = Store(Path(sys.argv[2]))
refresh(store, Path(sys.argv[1]), load_encoder(None, Path("cache")))
os.kill(os.getpid(), signal.SIGKILL)
"""

READ_TWICE = """
import sys
from pathlib import Path
from qabot.errors import StoreError
from qabot.store import Store
store = Store(Path(sys.argv[1]))
for line in sys.stdin:
    try:
        with store.snapshot():
            texts = [store.document(path).text for path in store.files()]
            print(store.writable, "noon" in "".join(texts), len(store.vectors()[0]), flush=True)
    except StoreError as error:
        print("StoreError", flush=True)
"""


def test_a_long_reader_without_write_permission_sees_what_others_write(place: Path) -> None:
    prefix = harmless()
    assert process("index").returncode == 0
    with forbidden(place / ".qabot", 0o555):
        reader = subprocess.Popen(
            [*prefix, sys.executable, "-c", READ_TWICE, ".qabot/knowledge.sqlite"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert reader.stdin
        assert reader.stdout

        def read() -> str:
            reader.stdin.write("\n")
            reader.stdin.flush()
            return reader.stdout.readline()

        with reader.stdin, reader.stdout, reader:
            assert read() == "False False 18\n"
            (place / "knowledge" / "lunch.txt").write_text("Lunch is served at noon.\n", encoding="utf-8")
            with forbidden(place / ".qabot", 0o755):
                assert process("index").returncode == 0
            assert read() == "False True 19\n"
            with forbidden(place / ".qabot", 0o755):
                index = place / ".qabot" / "knowledge.sqlite"
                index.rename(place / "elsewhere.sqlite")
                assert read() == "StoreError\n"
                shutil.copy(ARTICLE, index)
                assert read() == read() == "StoreError\n"
                (place / "elsewhere.sqlite").replace(index)
            assert read() == "False True 19\n"


def test_where_nothing_can_be_written_the_index_is_in_the_cache(place: Path) -> None:
    prefix = harmless()
    (place / "home").mkdir()
    project = place / "project"
    shutil.copytree(place / "knowledge", project / "knowledge")
    with forbidden(project, 0o555):
        done = process("ask", LEADS, prefix=prefix, cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(list((place / "home" / "cache" / "qabot").glob("knowledge-*.sqlite"))) == 1


def test_where_nothing_can_be_written_at_all(place: Path) -> None:
    prefix = harmless()
    (place / "home").mkdir()
    with forbidden(place, 0o555), forbidden(place / "home", 0o555):
        done = process("ask", LEADS, prefix=prefix)
    assert done.returncode == 2
    assert done.stdout == ""
    assert one_line(done.stderr).endswith("none can be written there; set QABOT_INDEX.")


def test_a_folder_that_must_not_be_entered(place: Path) -> None:
    prefix = harmless()
    assert process("index", prefix=prefix).returncode == 0
    with forbidden(place / ".qabot", 0o000):
        done = process("ask", LEADS, prefix=prefix)
        assert done.returncode == 0, done.stderr  # with an index in the cache
        done = process("ask", "--index", ".qabot/knowledge.sqlite", LEADS, prefix=prefix)
        assert done.returncode == 2
        assert "set QABOT_INDEX" in one_line(done.stderr)
    with forbidden(place / ".qabot" / "knowledge.sqlite", 0o000):
        done = process("ask", LEADS, prefix=prefix)
        assert done.returncode == 2
        assert "cannot be opened" in one_line(done.stderr)


# A full disk


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from qabot.cli import main
main()
"""


def limited(size: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process that may not make a file larger than this."""
    command = [sys.executable, "-c", LIMITED, str(size), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("size", [0, 1_000, 20_000, 60_000, 120_000])
def test_no_room_for_the_first_index(place: Path, size: int) -> None:
    done = limited(size, "ask", LEADS)
    assert done.returncode == 2
    assert done.stdout == ""
    sentence = one_line(done.stderr)
    assert "knowledge.sqlite could not be written" in sentence
    assert "disk" in sentence
    assert run(["ask", LEADS]) == 0, "once there is room"


def test_no_room_for_another_document(place: Path) -> None:
    assert process("index").returncode == 0
    (place / "knowledge" / "more.txt").write_text("Lunch is served at noon. " * 4_000, encoding="utf-8")
    done = limited(150_000, "ask", LEADS)
    assert done.returncode == 2
    assert "could not be written" in one_line(done.stderr)
    (place / "knowledge" / "more.txt").unlink()
    done = limited(150_000, "ask", LEADS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Dr. Wei Zhang" in done.stdout


def test_no_room_at_all_where_there_is_an_index(place: Path) -> None:
    """Not even for the files that SQLite makes beside it."""
    assert process("index").returncode == 0
    done = limited(0, "ask", LEADS)
    assert done.returncode == 0
    assert "Dr. Wei Zhang" in done.stdout
    assert one_line(done.stderr).endswith("cannot be written; answering from what is there.")


def test_no_room_in_the_middle_of_a_folder_of_several_formats(place: Path) -> None:
    """What was taken in stays and answers; once there is room, the rest is taken in as if nothing had happened."""
    for number in range(60):
        sentence = f"The archive of the year {1900 + number} is kept in room {number}."
        knowledge = place / "knowledge"
        (knowledge / f"{number:02}a.md").write_text(f"# Archive\n\n## Room {number}\n\n{sentence}\n")
        (knowledge / f"{number:02}b.html").write_text(f"<h1>Archive</h1><h2 id=r>Room {number}</h2><p>{sentence}</p>")
        (knowledge / f"{number:02}c.rst").write_text(f"Archive\n=======\n\nRoom {number}\n------\n\n{sentence}\n")
    assert process("index", "--index", "undisturbed.sqlite").returncode == 0
    done = limited(700_000, "index", "--index", "index.sqlite")
    assert done.returncode == 2
    assert "could not be written" in one_line(done.stderr)
    with closing(Store(place / "index.sqlite")) as store:
        assert_whole(store)
        assert 0 < len(store.files()) < 181
    assert "room 0." in process("ask", "--index", "index.sqlite", "Where is the archive of the year 1900 kept?").stdout
    assert content(place / "index.sqlite") == content(place / "undisturbed.sqlite")


@pytest.fixture
def small_disk(place: Path) -> Iterator[Path]:
    disk = place / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(disk)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def filled(disk: Path) -> Path:
    file = disk / "filling"
    with file.open("wb", buffering=0) as filling:
        try:
            while True:
                filling.write(b"\0" * 4096)
        except OSError:
            return file


def test_a_full_disk(place: Path, small_disk: Path) -> None:
    index = str(small_disk / "index.sqlite")
    filling = filled(small_disk)
    done = process("ask", "--index", index, LEADS)
    assert done.returncode == 2
    assert one_line(done.stderr) == f"The disk is full: the index {index} could not be written."
    filling.unlink()
    assert process("ask", "--index", index, LEADS).returncode == 0

    (place / "knowledge" / "more.txt").write_text("Lunch is served at noon. " * 20_000, encoding="utf-8")
    done = process("ask", "--index", index, LEADS)
    assert done.returncode == 2
    assert "disk" in one_line(done.stderr)
    (place / "knowledge" / "more.txt").unlink()
    filled(small_disk)
    done = process("ask", "--index", index, LEADS)
    assert done.returncode == 0, done.stderr
    assert "Dr. Wei Zhang" in done.stdout


# What documents may not do


def on_a_terminal(*arguments: str, terminal_type: str = "dumb") -> bytes:
    """All that the command writes to a terminal, with its errors."""
    terminal, end = pty.openpty()
    # The progress bar, which comes where indexing takes long, moves the cursor; not on a terminal that cannot.
    running = subprocess.Popen(
        [*QABOT, *arguments],
        stdin=end,
        stdout=end,
        stderr=end,
        close_fds=True,
        env=os.environ | {"TERM": terminal_type},
    )
    os.close(end)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # as Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    assert running.wait(timeout=120) in (0, 1, 2)
    return shown


HOSTILE_TEXT = (
    "Red \x1b[31mbattery\x1b[0m talk\n"
    "The blue battery \x1b]0;owned\x07 is charged \x9b2J at noon \x08\x08 by \u202eeiluJ\u202c in the garage.\n"
    "Second \x1b[5mpart\n"
    "Another battery is stored \x1b[1A\x1b[2K in the attic, where nobody looks for it.\n"
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "When is the blue battery charged?"],
        ["ask", "Is there soup?"],
        ["ask", "When is the \x1b[31mblue\x1b[0m battery charged?"],
        ["ask", "--json", "When is the blue battery charged?"],
        ["index"],
        ["sources"],
        ["show", "talk%1B%5B31m.txt#char=30,60"],
        ["verify", "talk%1B%5B31m.txt#char=30,60"],
        ["show", "\x1b[31m.txt#char=1,5"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]).encode("unicode_escape").decode(),
)
def test_no_escape_sequence_of_a_document_or_question_reaches_the_terminal(place: Path, arguments: list[str]) -> None:
    (place / "knowledge" / NAME).unlink()
    (place / "knowledge" / "talk\x1b[31m.txt").write_text(HOSTILE_TEXT, encoding="utf-8")
    shown = on_a_terminal(*arguments)
    assert shown
    assert not set(shown) & {0x1B, 0x07, 0x08}
    assert not {"\x9b", "\u202e"} & set(shown.decode())


@pytest.mark.parametrize("arguments", [["ask", LEADS], ["ask", "--knowledge", "missing\x1b[31m", LEADS]])
def test_no_escape_sequence_of_a_name_reaches_the_terminal_in_a_message(place: Path, arguments: list[str]) -> None:
    (place / "knowledge" / "empty\x1b[31m.txt").touch()
    # The terminal's own colours and progress bar use other sequences than this one.
    assert b"\x1b[31m" not in on_a_terminal(*arguments)


# How it ends


@pytest.mark.parametrize(
    "arguments",
    [["--no-such-option"], ["ask", "--no-such-option", "x"], ["no-such-command"], ["ask"], ["eval"], ["show"]],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    done = process(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--help." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("count", ["0", "21", "-1", "two"])
def test_a_number_of_quotes_that_makes_no_sense(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "-k", count, LEADS]) == 2
    assert "-k" in capsys.readouterr().err


def test_errors_of_settings(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("QABOT_KNOWLEGE", "x")
    assert "variable QABOT_KNOWLEGE is unknown" in error_of(capsys, "ask", LEADS)
    monkeypatch.delenv("QABOT_KNOWLEGE")
    (place / "qabot.toml").write_text("knowledge = 5\n", encoding="utf-8")
    assert "must be text in quotes" in error_of(capsys, "ask", LEADS)


def test_a_reading_model_that_is_none(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("QABOT_READER", "missing")
    assert "There is no folder missing" in error_of(capsys, "ask", LEADS)
    monkeypatch.setenv("QABOT_READER", "knowledge")
    assert "model.json cannot be read" in error_of(capsys, "ask", LEADS)
    assert run(["ask", "--reader", "off", LEADS]) in (0, 1)


def test_a_process_says_one_sentence_or_with_v_the_traceback(place: Path) -> None:
    done = process("ask", "--knowledge", "missing", LEADS)
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr).startswith("There is no knowledge folder missing")
    done = process("ask", "-v", "--knowledge", "missing", LEADS)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("qabot: There is no knowledge folder missing")
    assert "Traceback (most recent call last)" in done.stderr
    assert "KnowledgeError" in done.stderr


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell starts what runs in the background so that Ctrl-C is ignored, and that is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_control_c_while_it_waits_for_questions(indexed: Path) -> None:
    with subprocess.Popen(
        [*QABOT, "ask", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(f"{LEADS}\n")
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["answered"]
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    # The line feed is for the terminal, which shows "^C".
    assert (running.returncode, out, err.strip()) == (130, "", "")


@pytest.mark.usefixtures("interruptible")
def test_control_c_while_it_indexes_loses_nothing(place: Path) -> None:
    lines = ARTICLE.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(300):
        text = "".join(line.replace("China", f"Region {number}") for line in lines)
        (place / "knowledge" / f"{number}.txt").write_text(text, encoding="utf-8")
    index = place / ".qabot" / "knowledge.sqlite"
    with subprocess.Popen([*QABOT, "index"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while running.poll() is None and not documents(index):
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (130, "", "")
    done = documents(index)
    assert 0 < done < 301
    for number in range(300):
        (place / "knowledge" / f"{number}.txt").unlink()
    assert run(["ask", LEADS]) == 0
    assert documents(index) == 1


def documents(index: Path) -> int:
    try:
        with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_a_reader_that_has_gone_is_no_error_to_complain_of(indexed: Path) -> None:
    """As with `| head -1`."""
    with subprocess.Popen(
        [*QABOT, "ask", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(f"{LEADS}\n" * 50)
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["answered"]
        running.stdout.close()
        running.stdin.close()
        assert running.stderr.read() == ""
    assert running.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written(indexed: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*QABOT, "ask", LEADS], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
