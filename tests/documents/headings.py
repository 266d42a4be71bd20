"""How well are headings found? Precision and recall on documents whose headings were labelled by hand.

    python tests/documents/headings.py [--root DIR] [--misses]

`tests/data/heading_labels.json` names the documents (Debian packages, with version) and the lines, from 1, on which
their headings stand, the title's among them, with how many were found when the file was last written (`right`,
`wrong`: the test holds new rules to them). The documents themselves are not here: install the packages, or unpack
them below DIR (`apt-get download NAME; dpkg -x NAME_*.deb DIR`). What is not there is left out and said so.
"""

import argparse
import gzip
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qabot.documents.text.document import parse

LABELS = Path(__file__).parent.parent / "data" / "heading_labels.json"


@dataclass(frozen=True, slots=True)
class Score:
    """Found and labelled headings of one document, as line numbers."""

    found: frozenset[int]
    labelled: frozenset[int]

    @property
    def right(self) -> int:
        return len(self.found & self.labelled)


def read(path: Path) -> str:
    """The text of a document, unpacked if it is compressed."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def heading_lines(text: str) -> frozenset[int]:
    """The lines, from 1, on which the headings' words begin, the title among them."""
    parsed = parse(text)
    found = set()
    for section in parsed.sections:
        for offset in range(section.start, section.body):
            if text[offset].isalnum():
                found.add(text.count("\n", 0, offset) + 1)
                break
    return frozenset(found)


def score(label: dict[str, Any], root: Path) -> Score | None:
    """The score of one labelled document, or None if it is not there, or not as it was labelled."""
    path = root / label["path"].lstrip("/")
    if not path.is_file():
        return None
    text = read(path)
    if hashlib.sha256(text.encode()).hexdigest() != label["sha256"]:
        return None
    return Score(heading_lines(text), frozenset(label["lines"]))


def row(name: str, scores: list[Score]) -> str:
    """One line of the table: found, labelled, right, precision, recall."""
    found, labelled = sum(len(s.found) for s in scores), sum(len(s.labelled) for s in scores)
    right = sum(s.right for s in scores)
    precision = f"{right / found:.2f}" if found else "-"
    recall = f"{right / labelled:.2f}" if labelled else "-"
    return f"| {name} | {labelled} | {found} | {right} | {precision} | {recall} |"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="precision and recall of headings in plain text")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the packages are unpacked")
    parser.add_argument("--misses", action="store_true", help="show the lines that were missed or wrongly found")
    arguments = parser.parse_args()
    print("| document | headings | found | right | precision | recall |\n|---|---|---|---|---|---|")
    rounds: dict[int, list[Score]] = {}
    for label in json.loads(LABELS.read_text(encoding="utf-8")):
        name = f"{label['package']} {label['version']}: {Path(label['path']).name}"
        result = score(label, arguments.root)
        if result is None:
            print(f"left out, not installed in this version: {name}", file=sys.stderr)
            continue
        rounds.setdefault(label["round"], []).append(result)
        print(row(name, [result]))
        if arguments.misses:
            lines = read(arguments.root / label["path"].lstrip("/")).splitlines()
            for kind, numbers in (
                ("missed", result.labelled - result.found),
                ("wrong", result.found - result.labelled),
            ):
                for number in sorted(numbers):
                    print(f"    {kind} {number}: {lines[number - 1].strip()[:90]}")
    for number, scores in sorted(rounds.items()):
        print(row(f"**round {number}, n = {len(scores)}**", scores))
    return 0 if rounds else 2


if __name__ == "__main__":
    sys.exit(main())
