"""Files with mark-up are read in a process of their own: what hangs, crashes or swells takes nothing with it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qabot.documents import Loader, load
from qabot.errors import DocumentError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leave.md").write_text(
        "# Leave\n\n## How long\n\nTwenty days a year.\n\n```\nask()\n```\n", encoding="utf-8"
    )
    (tmp_path / "leave.txt").write_text("Leave\n=====\n\nTwenty days a year.\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["leave.md", "leave.txt"])
def test_a_document_is_the_same_as_one_read_here(folder: Path, name: str) -> None:
    with Loader() as loader:
        assert loader.load(folder, folder / name) == load(folder, folder / name)


def test_an_error_is_the_same_too_and_the_next_file_is_read(folder: Path) -> None:
    (folder / "empty.md").touch()
    with Loader() as loader:
        with pytest.raises(DocumentError, match=r"^it is empty$"):
            loader.load(folder, folder / "empty.md")
        assert loader.load(folder, folder / "leave.md").title == "Leave"


def test_a_name_may_hold_anything(folder: Path) -> None:
    name = 'a "b"\n\u7535\u6c60 \U0001f50b.md'
    (folder / "leave.md").rename(folder / name)
    with Loader() as loader:
        assert loader.load(folder, folder / name).path == name


def test_what_takes_too_long_is_stopped_and_the_next_file_is_read(folder: Path) -> None:
    # Not even an interpreter starts so fast.
    with Loader(seconds=0.001) as loader:
        with pytest.raises(DocumentError, match=r"^it takes more than 0.001 seconds to read; split it$"):
            loader.load(folder, folder / "leave.md")
        loader._seconds = 60
        assert loader.load(folder, folder / "leave.md").title == "Leave"


def test_what_kills_its_reader_is_said_and_the_next_file_is_read(folder: Path) -> None:
    with Loader() as loader:
        loader.load(folder, folder / "leave.md")
        assert loader._process is not None
        loader._process.kill()
        loader._process.wait()
        with pytest.raises(DocumentError, match=r"^its reader crashed on it; save it anew or in another format$"):
            loader.load(folder, folder / "leave.md")
        assert loader.load(folder, folder / "leave.md").title == "Leave"


HANGING = """
import time
from qabot.documents import worker
worker.load = lambda root, path: time.sleep(600)
worker.main()
"""


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="needs POSIX signals")
def test_a_reader_that_hangs_ends_by_itself_where_nobody_is_left_to_stop_it(folder: Path) -> None:
    request = f'["{folder}", "{folder / "leave.md"}"]\n'
    done = subprocess.run([sys.executable, "-c", HANGING, "0.1"], input=request, text=True, timeout=60)
    assert done.returncode == -signal.SIGALRM
