"""What an evaluation found: as lines for the terminal, as JSON, as one HTML file, and against a baseline."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from qabot.errors import QabotError
from qabot.evaluate.figures import Figure
from qabot.evaluate.metrics import Point
from qabot.evaluate.outcome import Outcome

UNDEFINED = "-"
# Figures come from the same sums in the same order, so only the last bits may differ between two machines.
TOLERANCE = 1e-9
# A terminal is for the overview; the HTML file and the JSON have every question.
LISTED = 20
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Report:
    """The figures, the same for each kind of question, the risk-coverage curve and every question's outcome.

    `about` says what was measured, as (name, value); `notes` what to know before believing the figures.
    """

    figures: tuple[Figure, ...]
    kinds: tuple[tuple[str, tuple[Figure, ...]], ...]
    curve: tuple[Point, ...]
    outcomes: tuple[Outcome, ...]
    threshold: float
    about: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> Figure:
        """The figure of that key. Raises KeyError if there is none."""
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise KeyError(key)

    @property
    def errors(self) -> tuple[str, ...]:
        """What must not be, whatever the figures: quotes that are not verbatim. Sentences; empty is good."""
        altered = [outcome.question.id for outcome in self.outcomes if outcome.verdict == "altered"]
        return (f"Not verbatim: a quote for {', '.join(map(printable, altered))}.",) if altered else ()

    def lines(self) -> list[str]:
        """The report as plain text, without colour, in columns."""
        return [*self._head(), *self._figures(), *self._kinds(), *self._failures()]

    def to_json(self) -> str:
        """All that is in the report."""
        data = {
            **self._summary(),
            "kinds": {kind: {figure.key: asdict(figure) for figure in row} for kind, row in self.kinds},
            "curve": [asdict(point) for point in self.curve],
            "questions": [asdict(outcome) | {"verdict": outcome.verdict} for outcome in self.outcomes],
        }
        return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    def to_baseline(self) -> str:
        """The figures that `compare` looks at, to keep in a repository."""
        kept = {f.key: {"value": f.value, "n": f.n} for f in self.figures if f.better}
        return json.dumps({"about": dict(self.about), "figures": kept}, ensure_ascii=False, indent=1) + "\n"

    def to_html(self) -> str:
        """The report as one HTML file that needs nothing else."""
        from qabot.evaluate.html import page  # it knows this module, and is seldom asked for

        return page(self)

    def _summary(self) -> dict[str, object]:
        return {
            "about": dict(self.about),
            "threshold": self.threshold,
            "notes": list(self.notes),
            "errors": list(self.errors),
            "figures": {figure.key: asdict(figure) for figure in self.figures},
        }

    def _head(self) -> Iterator[str]:
        named = [f"{name} {value}" for name, value in (*self.about, ("threshold", f"{self.threshold:.3f}"))]
        yield printable("  ".join(named))
        for error in self.errors:
            yield f"ERROR: {error}"
        for note in self.notes:
            yield f"note: {printable(note)}"

    def _figures(self) -> Iterator[str]:
        width = max((len(figure.label) for figure in self.figures), default=0)
        group = None
        for figure in self.figures:
            if figure.group != group:
                group = figure.group
                yield ""
                yield f"{group:<{width + 2}} {'value':>16} {'95 % interval':>20} {'n':>7}"
            yield f"  {figure.label:<{width}} {shown(figure):>16} {interval(figure):>20} {figure.n:>7,}".rstrip()

    def _kinds(self) -> Iterator[str]:
        if not self.kinds:
            return
        names = [printable(kind) for kind, _ in self.kinds]
        width = max(len("kinds"), *map(len, names))
        yield ""
        yield f"{'kinds':<{width + 2}}" + "".join(f"{figure.label:>14}" for figure in self.kinds[0][1])
        for name, (_, row) in zip(names, self.kinds, strict=True):
            yield f"  {name:<{width}}" + "".join(f"{shown(figure):>14}" for figure in row)

    def _failures(self) -> Iterator[str]:
        failed = [outcome for outcome in self.outcomes if outcome.verdict in ("altered", "wrong", "missed")]
        if not failed:
            return
        yield ""
        yield f"failures ({len(failed)})"
        for outcome in sorted(failed, key=order)[:LISTED]:
            line = (
                f"  {outcome.verdict:<8} {outcome.confidence:.2f}  {outcome.question.id}  {outcome.question.question}"
            )
            line = printable(line)
            yield line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
        if len(failed) > LISTED:
            yield f"  … and {len(failed) - LISTED} more"


def order(outcome: Outcome) -> tuple[int, float]:
    """Sorts outcomes by how much they matter: failures first, and of the wrong answers the surest first."""
    return ("altered", "wrong", "missed", "right", "refused").index(outcome.verdict), -outcome.confidence


def shown(figure: Figure) -> str:
    """A figure's value with its unit, "-" where it is not defined."""
    return _number(figure.value, figure) if figure.value is not None else UNDEFINED


def interval(figure: Figure) -> str:
    """A figure's 95 % interval, "-" where there is none."""
    if figure.low is None or figure.high is None:
        return UNDEFINED
    return f"{_number(figure.low, figure)} to {_number(figure.high, figure)}"


def _number(value: float, figure: Figure) -> str:
    if figure.unit == "share":
        return f"{value:.1%}"
    if figure.unit == "number":
        return f"{value:.3f}"
    if figure.unit == "ms":
        return f"{value:.1f} ms"
    return f"{value:,.0f}" + (" chars" if figure.unit == "characters" else "")


def printable(text: str) -> str:
    """`text` with all that could move a terminal's cursor or turn its text round written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def compare(report: Report, baseline_json: str) -> list[str]:
    """The figures that fell, one sentence each; an empty list is good.

    `baseline_json` is what `to_baseline` or `to_json` wrote. Fallen means worse by anything more than a rounding
    error: a share of right things that is lower, a risk that is higher. So is a figure that is not defined any more,
    and a number of questions that differs, as then no other figure can be compared. Times, lengths and figures that
    are not in the baseline are not looked at. Raises QabotError if the baseline is none.
    """
    baseline = _baseline_values(baseline_json)
    fallen = []
    for figure in report.figures:
        before = baseline.get(figure.key)
        if before is None or figure.better is None:
            continue
        was = _number(before, figure)
        if figure.better == "same" and figure.value != before:
            fallen.append(f"{figure.label}: {shown(figure)} questions, not the {was} of the baseline")
        elif figure.value is None:
            fallen.append(f"{figure.label}: not defined any more, {was} in the baseline")
        elif (figure.better == "higher" and figure.value < before - TOLERANCE) or (
            figure.better == "lower" and figure.value > before + TOLERANCE
        ):
            fallen.append(f"{figure.label}: {shown(figure)}, was {was}")
    unknown = sorted(baseline.keys() - {figure.key for figure in report.figures})
    return fallen + [f"{printable(key)}: in the baseline, but not measured" for key in unknown]


def _baseline_values(text: str) -> dict[str, float | None]:
    try:
        figures = json.loads(text)["figures"]
        values = {key: entry["value"] for key, entry in figures.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QabotError("The baseline is not one that `qabot eval` wrote; write it anew.") from error
    for key, value in values.items():
        if not (value is None or (isinstance(value, int | float) and not isinstance(value, bool))):
            raise QabotError(f"The baseline's value of {key!r} is not a number; write it anew.")
    return values
