"""Where things are: flags before `QABOT_*` environment variables before `qabot.toml` before defaults."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from qabot.errors import BadSettings
from qabot.types import DEFAULT_COLLECTION

_FILE = "qabot.toml"
_PREFIX = "QABOT_"
_COLLECTION = re.compile(r"\w[\w.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `knowledge` is the folder of documents, `index` the store's file, `cache` the folder for
    exported models, `encoder` the name or path of a sentence-transformers model (None: the one in the package),
    `reader` the path of a reading model (None: the one in the package; "off": none). `collection` is the set of
    documents that the folder is kept as in the index, which may hold several. With `message_content` the Discord bot
    also reads messages that do not mention it, which must be switched on in the Developer Portal.
    """

    knowledge: Path
    index: Path
    cache: Path
    encoder: str | None = None
    reader: str | None = None
    collection: str = DEFAULT_COLLECTION
    message_content: bool = False

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
        for name, value in (flags or {}).items():
            if value is not None:
                values[name] = _checked(value, f"The option --{name}")
        knowledge = _path(folder, values.get("knowledge", "knowledge"))
        cache = _path(folder, values["cache"]) if "cache" in values else _default_cache(environment, knowledge)
        index = _path(folder, values["index"]) if "index" in values else _default_index(knowledge, cache)
        collection = values.get("collection", DEFAULT_COLLECTION)
        if not _COLLECTION.fullmatch(collection):
            raise BadSettings(
                f"{collection!r} cannot name a collection; up to 40 letters, digits, dots, dashes and underscores can."
            )
        switch = values.get("message_content", "off")
        if switch not in ("on", "off"):
            raise BadSettings(f"The setting message_content is {switch!r}; it can be on or off.")
        return cls(knowledge, index, cache, values.get("encoder"), values.get("reader"), collection, switch == "on")


def _from_file(path: Path, names: list[str]) -> dict[str, str]:
    if not path.exists():
        return {}
    import tomllib

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read as TOML: {error}.") from error
    for name, value in found.items():
        if name not in names:
            raise BadSettings(f"{path} has an unknown setting {name!r}; the settings are {', '.join(names)}.")
        _checked(value, f"In {path}, the setting {name!r}")
    return found


def _from_environment(environment: Mapping[str, str], names: list[str]) -> dict[str, str]:
    known = {_PREFIX + name.upper(): name for name in names}
    found = {}
    for variable, value in environment.items():
        if not variable.startswith(_PREFIX):
            continue
        if variable not in known:
            raise BadSettings(f"The environment variable {variable} is unknown; there are {', '.join(known)}.")
        if value:
            found[known[variable]] = value
    return found


def _checked(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadSettings(f"{where} must be text in quotes.")
    if not value.strip() or "\0" in value:
        raise BadSettings(f"{where} is empty or holds a NUL; give it a value or leave it out.")
    return value


def _path(folder: Path, value: str) -> Path:
    try:
        return folder / Path(value).expanduser()
    except RuntimeError as error:
        raise BadSettings(f"There is no home folder for {value!r}; write the path out.") from error


def _default_cache(environment: Mapping[str, str], knowledge: Path) -> Path:
    """The user's cache folder; for a user without a home folder (in a container), beside the knowledge folder."""
    home = environment.get("XDG_CACHE_HOME", "")
    # Relative ones are to be ignored (XDG Base Directory Specification 0.8).
    if Path(home).is_absolute():
        return Path(home) / "qabot"
    try:
        return Path.home() / ".cache" / "qabot"
    except RuntimeError:
        return knowledge.absolute().parent / ".qabot" / "cache"


def _default_index(knowledge: Path, cache: Path) -> Path:
    """`.qabot/` beside the knowledge folder; where that can be neither read nor written, the cache folder."""
    try:
        knowledge = knowledge.resolve()
    except (OSError, RuntimeError):
        knowledge = knowledge.absolute()  # a link to itself: whoever looks for documents there says so
    beside = knowledge.parent / ".qabot" / f"{knowledge.name}.sqlite"
    # os.access, unlike Path.exists, says False and not PermissionError where a folder must not be entered.
    folder = beside.parent if os.access(beside.parent, os.F_OK) else knowledge.parent
    if os.access(beside, os.R_OK) or os.access(folder, os.W_OK | os.X_OK):
        return beside
    # Two folders of the same name must not share an index.
    return cache / f"{knowledge.name}-{hashlib.sha256(os.fsencode(knowledge)).hexdigest()[:12]}.sqlite"
