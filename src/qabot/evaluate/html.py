"""The report as one HTML file: style within, nothing fetched, light and dark, every question on it.

All that comes from files (questions, quotes, names) is escaped here and nowhere else: `_text` is the only way in.
"""

from html import escape

from qabot.evaluate.figures import Figure
from qabot.evaluate.metrics import Point
from qabot.evaluate.outcome import Outcome
from qabot.evaluate.questions import SECTION_SEPARATOR
from qabot.evaluate.report import UNDEFINED, Report, interval, order, shown
from qabot.quote import place

VERDICTS = {
    "altered": "not verbatim",
    "wrong": "wrong",
    "missed": "refused, but answerable",
    "right": "right",
    "refused": "rightly refused",
}

STYLE = """
:root { color-scheme: light dark; --text: #1c1c1a; --page: #fdfdfb; --line: #d8d8d2; --dim: #66665f;
  --bad: #a3261b; --good: #22683a; --curve: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e0; --page: #171716; --line: #3a3a37; --dim: #a0a098;
  --bad: #f08a7d; --good: #7fc795; --curve: #7fb2ec; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 70rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
blockquote { margin: 0 0 .4rem; padding-left: .6rem; border-left: 3px solid var(--line); white-space: pre-wrap;
  overflow-wrap: anywhere; }
td { overflow-wrap: anywhere; } .dim { color: var(--dim); font-size: .85rem; }
.bad { color: var(--bad); } .good { color: var(--good); } svg { max-width: 34rem; width: 100%; }
svg text { fill: var(--dim); font-size: 12px; } svg .axis { stroke: var(--line); }
svg .curve { stroke: var(--curve); stroke-width: 2; fill: none; } svg circle { fill: var(--curve); }
"""

# Where the plot stands in the drawing, in its units.
LEFT, TOP, WIDE, HIGH = 50, 12, 430, 220


def page(report: Report) -> str:
    """The whole file."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>qabot evaluation</title>
<style>{STYLE}</style>
</head>
<body>
<h1>qabot evaluation</h1>
{_about(report)}
<h2>Figures</h2>
{_figures(report)}
{_kinds(report)}
<h2>Risk and coverage</h2>
{_curve(report)}
<h2>Questions</h2>
{_questions(report)}
</body>
</html>
"""


def _about(report: Report) -> str:
    named = (*report.about, ("threshold", f"{report.threshold:.3f}"))
    errors = "".join(f'<p class="bad"><strong>{_text(error)}</strong></p>' for error in report.errors)
    notes = "".join(f"<p>{_text(note)}</p>" for note in report.notes)
    return f"<p>{' · '.join(f'{_text(name)} {_text(value)}' for name, value in named)}</p>{errors}{notes}"


def _figures(report: Report) -> str:
    rows, group = [], None
    for figure in report.figures:
        if figure.group != group:
            group = figure.group
            rows.append(_row((group, "value", "95 % interval", "n"), "th"))
        rows.append(_row((figure.label, shown(figure), interval(figure), f"{figure.n:,}"), "td"))
    return f'<div class="wide"><table>{"".join(rows)}</table></div>'


def _kinds(report: Report) -> str:
    if not report.kinds:
        return ""
    rows = [_row(("kind", *(figure.label for figure in report.kinds[0][1])), "th")]
    rows += [_row((kind, *map(_with_n, row)), "td") for kind, row in report.kinds]
    return f'<h2>Kinds of question</h2><div class="wide"><table>{"".join(rows)}</table></div>'


def _with_n(figure: Figure) -> str:
    return shown(figure) if figure.unit == "count" else f"{shown(figure)} ({figure.n:,})"


def _row(cells: tuple[str, ...], tag: str) -> str:
    first, *others = map(_text, cells)
    return f"<tr><{tag}>{first}</{tag}>" + "".join(f'<{tag} class="n">{cell}</{tag}>' for cell in others) + "</tr>"


def _curve(report: Report) -> str:
    if not report.curve:
        return "<p>No question has a quote, so there is nothing to draw.</p>"
    highest = max(0.2, *(point.risk for point in report.curve))
    spots = " ".join(",".join(_place(point, highest)) for point in report.curve)
    ticks = []
    for part in (0, 0.25, 0.5, 0.75, 1):
        x, y = LEFT + WIDE * part, TOP + HIGH * (1 - part)
        ticks.append(f'<text x="{x:.0f}" y="{TOP + HIGH + 18}" text-anchor="middle">{part:.0%}</text>')
        ticks.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{part * highest:.0%}</text>')
        ticks.append(f'<line class="axis" x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y:.0f}" y2="{y:.0f}"/>')
    return f"""<svg viewBox="0 0 500 290" role="img" aria-label="Risk by coverage">
{"".join(ticks)}
<text x="{LEFT + WIDE / 2:.0f}" y="{TOP + HIGH + 40}" text-anchor="middle">coverage (answered / asked)</text>
<text x="14" y="{TOP + HIGH / 2:.0f}" text-anchor="middle" transform="rotate(-90 14 {TOP + HIGH / 2:.0f})"
>risk (wrong / answered)</text>
<polyline class="curve" points="{spots}"/>{_here(report, highest)}
</svg>
<p class="dim">Over all questions asked, the unanswerable ones too. The dot is the threshold in use.</p>"""


def _here(report: Report, highest: float) -> str:
    """A dot at the threshold in use: the last point that is still answered."""
    answered = [point for point in report.curve if point.threshold >= report.threshold]
    if not answered:
        return ""
    x, y = _place(answered[-1], highest)
    return f'<circle cx="{x}" cy="{y}" r="5"/>'


def _place(point: Point, highest: float) -> tuple[str, str]:
    return f"{LEFT + WIDE * point.coverage:.1f}", f"{TOP + HIGH * (1 - point.risk / highest):.1f}"


def _questions(report: Report) -> str:
    head = "<tr><th>question</th><th>quoted</th><th>wanted</th><th>verdict</th><th>confidence</th></tr>"
    rows = "".join(map(_question, sorted(report.outcomes, key=order)))
    return f'<div class="wide"><table>{head}{rows}</table></div>'


def _question(outcome: Outcome) -> str:
    question = outcome.question
    quotes = "".join(
        f"<blockquote>{_text(quote.text)}</blockquote>"
        f'<p class="dim">{_text(f"{quote.document} {place(quote)} {SECTION_SEPARATOR.join(quote.section)}")}</p>'
        for quote in outcome.quotes
    )
    wanted = f" {question.need} of: " if len(question.answers) > 1 else ""
    wanted += " | ".join(question.answers) if question.answers else "no answer"
    tone = "good" if outcome.verdict in ("right", "refused") else "bad"
    unshown = "" if outcome.answered or not quotes else '<p class="dim">not shown, as refused:</p>'
    section = '<p class="bad">in another section</p>' if outcome.right and outcome.section_right is False else ""
    return (
        f'<tr><td>{_text(question.question)}<p class="dim">{_text(question.id)} {_text(question.kind or "")}</p></td>'
        f"<td>{unshown}{quotes or UNDEFINED}</td><td>{_text(wanted)}</td>"
        f'<td class="{tone}">{VERDICTS[outcome.verdict]}{section}</td>'
        f'<td class="n">{outcome.confidence:.3f}</td></tr>\n'
    )


def _text(text: str) -> str:
    """`text` for HTML: escaped, controls as their pictures (HTML has no way to write them), direction isolated."""
    pictures = {code: 0x2400 + code for code in range(32) if code not in (9, 10)} | {127: 0x2421}
    return f"<bdi>{escape(text.translate(pictures))}</bdi>"
