"""Questions one after the other on a terminal: line editing, history, completion, follow-ups."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from qabot.answer import Answerer
from qabot.errors import BadQuestion
from qabot.render.terminal import Line, Span, result_lines
from qabot.types import Greeting

try:
    import readline
except ImportError:  # Windows has none: then there is plain input
    readline = None  # type: ignore[assignment]

_PROMPT = "? "
_HISTORY = "chat-history"
_KEPT = 1_000
_LEAVE = {"exit", "quit", ":q", "bye"}
_WELCOME = "Ask about {documents}. Follow-ups work; Tab completes, Ctrl-D ends."


def converse(
    answerer: Answerer, show: Callable[[Iterable[Line]], None], width: int | None, also: Sequence[str] = ()
) -> int:
    """Ask until the input ends, `also` of these collections; the exit status."""
    if sys.stdin is None:  # as it is where a shell has closed it
        return 0
    interactive = sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()
    if interactive:
        count = len(answerer.sources())
        show([[Span(_WELCOME.format(documents=f"{count} document{'s' if count != 1 else ''}"), "dim")], []])
    before = None
    with _edited_lines(answerer) if interactive else contextlib.nullcontext():
        while True:
            try:
                question = input(_PROMPT if interactive else "")
            except EOFError:
                return 0
            if not question.strip():
                continue
            if question.strip().casefold() in _LEAVE:
                return 0
            try:
                result = answerer.ask(question, before=before, also=also)
            except BadQuestion as error:
                show([[Span(str(error), "doubtful")], []])
                continue
            if not isinstance(result, Greeting):
                before = result.meant
            show([*result_lines(result, answerer.file, width), []])


@contextlib.contextmanager
def _edited_lines(answerer: Answerer):  # type: ignore[no-untyped-def]
    """Line editing with the history of earlier chats, and words of the documents to complete."""
    if readline is None:
        yield
        return
    history = answerer.settings.cache / _HISTORY
    with contextlib.suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(_KEPT)
    readline.set_completer(lambda text, state: _completion(answerer, text, state))
    readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            _write_history(history)


def _write_history(history: Path) -> None:
    history.parent.mkdir(parents=True, exist_ok=True)
    readline.write_history_file(history)


def _completion(answerer: Answerer, text: str, state: int) -> str | None:
    start = text.casefold()
    matching = [word for word in answerer.store.spellings(start[0]) if word.startswith(start)] if start else []
    return matching[state] if state < len(matching) else None
