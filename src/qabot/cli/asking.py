"""`ask` and `chat`."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from qabot.cli.options import asks_also, open_answerer, takes_places
from qabot.cli.screen import print_lines, terminal_width
from qabot.errors import QabotError

if TYPE_CHECKING:
    from qabot.answer import Answerer


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--json", "one_object", is_flag=True, help="Print one JSON object.")
@click.option("-k", "limit", type=click.IntRange(1, 20), help="At most so many quotes [as many as answer together].")
@asks_also
@takes_places
def ask(
    question: tuple[str, ...], one_object: bool, limit: int | None, also: tuple[str, ...], **places: str | None
) -> int:
    """Ask the documents a QUESTION.

    "-" reads one question a line and prints one JSON object a line. Exit status: 0 answered, 1 not answered, 2 error.

    \b
    qabot ask "Who leads the National Battery Innovation Center?"
    qabot ask --json "Which emerging applications are there?" | python3 -m json.tool
    qabot ask - < questions.txt > answers.jsonl
    """
    from qabot.render.machine import as_json, as_object
    from qabot.types import Answer

    with closing(open_answerer(places)) as answerer:
        if question == ("-",):
            for line in sys.stdin.buffer if sys.stdin is not None else ():
                click.echo(as_json(_asked(answerer, line.decode(errors="replace").rstrip("\r\n"), limit, also)))
            return 0
        result = answerer.ask(" ".join(question), limit=limit, also=also)
        if one_object:
            click.echo(as_json(as_object(result)))
        else:
            from qabot.render.terminal import result_lines

            print_lines(result_lines(result, answerer.file, terminal_width()))
    return 0 if isinstance(result, Answer) else 1


@click.command()
@asks_also
@takes_places
def chat(also: tuple[str, ...], **places: str | None) -> int:
    """Ask one question after the other, with follow-ups ("and sodium-ion?", "who said that?").

    Tab completes words of the documents, the arrow keys bring back earlier questions, Ctrl-D ends.
    """
    from qabot.chat import converse

    with closing(open_answerer(places)) as answerer:
        return converse(answerer, lambda lines: print_lines(lines), terminal_width(), also)


def _asked(answerer: "Answerer", question: str, limit: int | None, also: tuple[str, ...]) -> dict[str, Any]:
    from qabot.render.machine import as_object

    try:
        return as_object(answerer.ask(question, limit=limit, also=also))
    except QabotError as error:
        return {"question": question, "error": str(error)}
