"""`eval` and `calibrate`: how good the answers are, and the numbers that decide about them."""

import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qabot import __version__
from qabot.cli.options import asks_also, open_answerer, takes_places
from qabot.cli.screen import say
from qabot.errors import QabotError
from qabot.settings import Settings

if TYPE_CHECKING:
    from qabot.evaluate import Report


def _share(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """A share between 0 and 1, written as people do: "10%"."""
    try:
        share = float(value.replace("%", "")) / 100
    except ValueError:
        share = 0.0
    # 0.1 without the sign might mean a tenth.
    if not 0 < share < 1 or ("%" not in value and share < 0.01):
        raise click.BadParameter(f"{value!r} is no risk: write a percentage such as 10%.", context, parameter)
    return share


@click.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--split", help='Only the questions of this split ("dev", "test").')
@click.option("--report", type=click.Path(path_type=Path), metavar="HTML", help="Write a page with every question.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="JSON", help="Fail where a figure fell below.")
@click.option("--write-baseline", type=click.Path(path_type=Path), metavar="JSON", help="Record these figures.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@asks_also
@takes_places
def evaluate_command(
    file: Path,
    split: str | None,
    report: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
    as_json: bool,
    also: tuple[str, ...],
    **places: str | None,
) -> int:
    """Measure the answers to the labelled questions of FILE (JSON lines).

    Exit status: 0, 1 where a figure fell below the baseline, 2 where a quote is not verbatim.

    \b
    qabot eval tests/data/article_questions.jsonl --split test
    qabot eval questions.jsonl --report report.html
    """
    from qabot.evaluate import evaluate, read_questions

    questions = read_questions(file, split, Settings.load(places).collection)
    with closing(open_answerer(places, patient=True)) as answerer:
        about = {
            "questions": str(file),
            "split": split or "all",
            "encoder": answerer.encoder.name,
            "reader": answerer.reading_model.name if answerer.reading_model else "off",
            "qabot": __version__,
        }
        quiet = not (sys.stderr and sys.stderr.isatty())
        with click.progressbar(length=len(questions), label="asking", file=sys.stderr, hidden=quiet) as bar:
            measured = evaluate(answerer, questions, lambda done, of: bar.update(done - bar.pos), about, also)
    if as_json:
        click.echo(measured.to_json())
    else:
        click.echo("\n".join(measured.lines()))
    if report:
        _write(report, measured.to_html())
    if write_baseline:
        _write(write_baseline, measured.to_baseline())
    return _judged(measured, _fallen(measured, baseline) if baseline else [])


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--split", help='Only the questions of this split ("dev").')
@click.option("--risk", callback=_share, default="10%", help="How many of the answers may be wrong [10%].")
@click.option("--reset", is_flag=True, help="Forget what was fitted to these documents; no FILE needed.")
@takes_places
def calibrate(file: Path | None, split: str | None, risk: float, reset: bool, **places: str | None) -> int:
    """Fit how passages are ranked, sentences chosen and answers refused to your documents and questions.

    FILE holds labelled questions (JSON lines), some of which the documents do not answer. The numbers are kept
    beside the index and used from then on; --reset takes them back.

    \b
    qabot calibrate questions.jsonl
    qabot calibrate questions.jsonl --risk 5%     # fewer answers, and fewer of them wrong
    """
    from qabot.answer import own_calibration

    if reset:
        own_calibration(Settings.load(places)).unlink(missing_ok=True)
        click.echo("The numbers that came with the model are used again.")
        return 0
    if file is None:
        raise click.UsageError("Give a FILE of labelled questions, or --reset.")
    from qabot.evaluate import evaluate, read_questions
    from qabot.evaluate.calibrate import calibrate as fit

    questions = read_questions(file, split, Settings.load(places).collection)
    with closing(open_answerer(places, asking=False)) as answerer:
        name = f"{file.name}, {f'split {split}, ' if split else ''}n = {len(questions)}"
        fitted = fit([(answerer, questions)], name, risk, lambda step: click.echo(f"{step} ...", err=True))
        path = own_calibration(answerer.settings)
        fitted.calibration.save(path)
    with closing(open_answerer(places, asking=False)) as answerer:
        measured = evaluate(answerer, questions)
    click.echo(f"Fitted on {name}; kept in {path}.")
    click.echo("How sure was fitted without the questions that it is measured on (ten-fold). Half of them answerable:")
    for level in fitted.levels:
        click.echo(f"  {level}{'  <- the threshold' if level.risk == risk else ''}")
    click.echo("On these same questions, so better than on others:")
    click.echo("\n".join(measured.lines()))
    return 0


def _fallen(measured: "Report", baseline: Path) -> list[str]:
    from qabot.evaluate import compare

    try:
        return compare(measured, _read(baseline))
    except QabotError as error:
        raise QabotError(f"{baseline}: {error}") from error


def _judged(measured: "Report", fallen: Iterable[str]) -> int:
    for sentence in [*measured.errors, *fallen]:
        say(sentence)
    return 2 if measured.errors else 1 if fallen else 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QabotError(f"{path} cannot be read: {error}.") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise QabotError(f"{path} cannot be written: {error.strerror}.") from error
