"""Which files of the knowledge folder are documents, and which are left out and why. Opens none of them."""

import os
import stat
from pathlib import Path

from qabot.errors import KnowledgeError
from qabot.types import Skipped

EXTENSIONS = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".rst"})
_KINDS = ".txt, .md, .html, .pdf, .docx, .rst"

# May *this process* read it, also where it has changed its user: not everywhere can that be asked.
_EFFECTIVE = os.access in os.supports_effective_ids


def find(root: Path) -> tuple[list[Path], list[Skipped]]:
    """The documents below `root`, sorted by their path in it, and what was left out.

    Hidden files and folders and files of other kinds are passed over in silence. A link is followed to a file that
    lies within the folder (hidden or not: that is how mounted configuration arrives), never to a folder.

    Raises KnowledgeError where the folder is missing or holds nothing to read.
    """
    try:
        if not stat.S_ISDIR(root.stat().st_mode):
            raise KnowledgeError(f"The knowledge folder {_shown(root)} is a file: name the folder that it lies in.")
        home = root.resolve()
    except FileNotFoundError:
        raise KnowledgeError(
            f"There is no knowledge folder {_shown(root)}: make it and put documents there ({_KINDS}), or name another."
        ) from None
    except (OSError, RuntimeError) as error:
        raise KnowledgeError(f"The knowledge folder {_shown(root)} cannot be opened: {_why(error)}.") from None

    found: list[Path] = []
    skipped: list[Skipped] = []

    def unreadable(error: OSError) -> None:
        skipped.append(
            Skipped(_shown(_within(root, Path(error.filename))), f"the folder cannot be read: {_why(error)}")
        )

    for folder, folders, files in os.walk(root, onerror=unreadable):
        for name in folders:
            path = Path(folder, name)
            if path.is_symlink() and not name.startswith("."):
                skipped.append(
                    Skipped(_shown(_within(root, path)), "it is a link to a folder; put the folder itself there")
                )
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(folder, name)
            if name.startswith(".") or path.suffix.lower() not in EXTENSIONS:
                continue
            if reason := _obstacle(path, home):
                skipped.append(Skipped(_shown(_within(root, path)), reason))
            else:
                found.append(path)
    skipped.sort(key=lambda each: each.path)
    if not found:
        left_out = f" ({skipped[0].path} was skipped: {skipped[0].reason})" if skipped else ""
        raise KnowledgeError(f"There is nothing to read in {_shown(root)}: put documents there ({_KINDS}){left_out}.")
    return sorted(found, key=lambda path: path.relative_to(root).as_posix()), skipped


def _obstacle(path: Path, home: Path) -> str | None:
    """Why the file at `path` cannot be a document of the folder `home`, or None."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    try:
        mode = path.stat().st_mode
        outside = path.is_symlink() and not path.resolve().is_relative_to(home)
    except FileNotFoundError:
        return "it is a link to nothing"
    except (OSError, RuntimeError) as error:
        return f"it cannot be read: {_why(error)}"
    if outside:
        return "it is a link that leaves the knowledge folder; put the file itself there"
    if not stat.S_ISREG(mode):
        return "it is not a regular file"
    return None if os.access(path, os.R_OK, effective_ids=_EFFECTIVE) else "it cannot be read: permission denied"


def _within(root: Path, path: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path


def _shown(path: Path) -> str:
    """The path as text that can be printed, whatever bytes are in it."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _why(error: OSError | RuntimeError) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return reason[:1].lower() + reason[1:]
