"""The real article, the real model, a real index: shared by all tests that need an answerer."""

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from qabot.answer import Answerer
from qabot.settings import Settings
from qabot.words import words

REPOSITORY = Path(__file__).parent.parent
ARTICLE = REPOSITORY / "knowledge" / "china-battery-innovation.txt"


def terms(text: str) -> list[str]:
    """The index terms of a text, in order."""
    return [word.term for word in words(text)]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run the tests that are coroutines; that is all that is needed of an asyncio plugin."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(scope="session")
def article() -> str:
    """The article's text, read by means other than qabot's own."""
    return ARTICLE.read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    """Answers from the article. Shared, so tests only ask."""
    folder = tmp_path_factory.mktemp("index")
    answerer = Answerer(Settings(ARTICLE.parent, folder / "index.sqlite", folder / "cache"))
    yield answerer
    answerer.close()
