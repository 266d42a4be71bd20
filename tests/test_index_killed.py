"""`qabot index` of Markdown, HTML and plain text, killed at random moments: nothing is lost or half done."""

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from qabot.answer import Answerer
from qabot.settings import Settings
from qabot.store import Store
from qabot.types import Answer
from tests.test_store import assert_whole, content

DOCUMENTS, MOMENTS = 200, 20


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    for number in range(DOCUMENTS):
        title, sentence = f"Room {number}", f"The archive of the year {1800 + number} is kept in room {number}."
        match number % 3:
            case 0:
                (folder / f"{number}.md").write_text(f"# {title}\n\n## Archive\n\n{sentence}\n")
            case 1:
                (folder / f"{number}.txt").write_text(f"{title}\n=======\n\n{sentence}\n")
            case 2:
                (folder / f"{number}.html").write_text(f"<h1>{title}</h1><h2 id=a>Archive</h2><p>{sentence}</p>")
    return folder


def test_an_index_run_killed_at_random_moments(knowledge: Path, tmp_path: Path) -> None:
    def command(index: Path) -> list[str]:
        return [sys.executable, "-m", "qabot", "index", "--knowledge", str(knowledge), "--index", str(index)]

    whole = tmp_path / "whole.sqlite"
    begun = time.monotonic()
    subprocess.run(command(whole), check=True, capture_output=True)
    seconds = time.monotonic() - begun
    undisturbed = content(whole)
    moments = random.Random(0)
    found = set()
    for number in range(MOMENTS):
        index = tmp_path / f"{number}.sqlite"
        process = subprocess.Popen(command(index), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.3, 1.0) * seconds)
        process.kill()
        process.wait()
        with closing(Store(index)) as store:
            assert_whole(store)
            found.add(len(store.files()))
        with closing(Answerer(Settings(knowledge, index, tmp_path / "cache"))) as answerer:
            answer = answerer.ask("In which room is the archive of the year 1907 kept?")
            assert isinstance(answer, Answer) and "room 107" in answer.quotes[0].text
        assert content(index) == undisturbed
    assert any(0 < files < DOCUMENTS for files in found)
