"""Where things are: flags before `QABOT_*` environment variables before `qabot.toml` before defaults."""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from qabot.errors import BadSettings

_FILE = "qabot.toml"
_PREFIX = "QABOT_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `knowledge` is the folder of documents, `index` the store's file, `cache` the folder for
    exported models, `encoder` the name or path of a sentence-transformers model (None: the one in the package).
    """

    knowledge: Path
    index: Path
    cache: Path
    encoder: str | None = None

    @classmethod
    def load(
        cls,
        flags: Mapping[str, str | None] | None = None,
        environment: Mapping[str, str] = os.environ,
        folder: Path | None = None,
    ) -> "Settings":
        """Read the settings; `folder` (the working directory) is where `qabot.toml` is and relative paths start.

        Raises BadSettings for an unknown key, a value that is not text, or a file that is not TOML.
        """
        folder = folder or Path()
        names = [field.name for field in fields(cls)]
        values = _from_file(folder / _FILE, names) | _from_environment(environment, names)
        values |= {name: value for name, value in (flags or {}).items() if value}
        cache_home = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        cache = folder / Path(values.get("cache", cache_home / "qabot")).expanduser()
        knowledge = folder / Path(values.get("knowledge", "knowledge")).expanduser()
        given = values.get("index")
        index = folder / Path(given).expanduser() if given else _default_index(knowledge, cache)
        return cls(knowledge, index, cache, values.get("encoder"))


def _from_file(path: Path, names: list[str]) -> dict[str, str]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read as TOML: {error}.") from error
    for name, value in found.items():
        if name not in names:
            raise BadSettings(f"{path} has an unknown setting {name!r}; the settings are {', '.join(names)}.")
        if not isinstance(value, str) or not value:
            raise BadSettings(f"{path}: the setting {name!r} must be text in quotes.")
    return found


def _from_environment(environment: Mapping[str, str], names: list[str]) -> dict[str, str]:
    found = {}
    for variable, value in environment.items():
        if not variable.startswith(_PREFIX):
            continue
        name = variable.removeprefix(_PREFIX).lower()
        if name not in names:
            known = ", ".join(_PREFIX + name.upper() for name in names)
            raise BadSettings(f"The environment variable {variable} is unknown; there are {known}.")
        if value:
            found[name] = value
    return found


def _default_index(knowledge: Path, cache: Path) -> Path:
    """`.qabot/` beside the knowledge folder; where that can be neither read nor written, the cache folder."""
    knowledge = knowledge.resolve()
    beside = knowledge.parent / ".qabot" / f"{knowledge.name}.sqlite"
    folder = beside.parent if beside.parent.exists() else knowledge.parent
    if beside.exists() or os.access(folder, os.W_OK):
        return beside
    # Two folders of the same name must not share an index.
    return cache / f"{knowledge.name}-{hashlib.sha256(os.fsencode(knowledge)).hexdigest()[:12]}.sqlite"
