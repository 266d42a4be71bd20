"""Handbooks as people have them: HTML documentation of Debian, indexed whole, asked questions with known answers.

Each runs where its package is installed: `apt-get install developers-reference`. What the figures were is in
docs/formats.md.
"""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from qabot.answer import Answerer
from qabot.evaluate import evaluate, read_questions
from qabot.evaluate.figures import figures
from qabot.settings import Settings

DATA = Path(__file__).parent.parent / "data"
SHARE = Path("/usr/share")
# All chapters on one page again, and pages of nothing but links.
LEFT_OUT = {"developers-reference.html", "genindex.html", "genindex-all.html", "search.html"}
PACKAGES = {
    "debian-handbook": SHARE / "doc/debian-handbook/html/en-US",
    "developers-reference": SHARE / "developers-reference",
    "git-doc": SHARE / "doc/git-doc",
    "python3-doc": SHARE / "doc/python3.11/html",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_documentation_of_a_package_is_answered_from(package: str, tmp_path: Path) -> None:
    folder = PACKAGES[package]
    if not folder.is_dir():
        pytest.skip(f"{package} is not installed")
    knowledge = tmp_path / "knowledge"
    for file in folder.rglob("*.html"):
        if file.is_file() and file.name not in LEFT_OUT:
            (knowledge / file.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, knowledge / file.relative_to(folder))
    with closing(Answerer(Settings(knowledge, tmp_path / "index.sqlite", tmp_path / "cache"))) as answerer:
        measured = evaluate(answerer, read_questions(DATA / f"{package}_questions.jsonl", "test"))
    found = {figure.key: figure.value for figure in figures(measured.outcomes, [])}
    assert not measured.errors
    assert found["verbatim"] == 1
    # Ten questions: so that one more than was measured may be missed.
    assert (found["recall_at_5"] or 0) >= 0.7
    assert (found["first_quote_right"] or 0) >= 0.5
    assert (found["section_right_given_quote"] or 0) >= 0.8
