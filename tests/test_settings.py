"""Where things are: flags before the environment before qabot.toml before defaults, and no key that is unknown."""

import os
from pathlib import Path

import pytest

from qabot.errors import BadSettings
from qabot.settings import Settings


def load(folder: Path, flags: dict[str, str | None] | None = None, **environment: str) -> Settings:
    return Settings.load(flags, {"XDG_CACHE_HOME": str(folder / "home-cache"), **environment}, folder)


def test_without_settings_all_is_beside_the_knowledge_folder(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.knowledge == tmp_path / "knowledge"
    assert settings.index == tmp_path.resolve() / ".qabot" / "knowledge.sqlite"
    assert settings.cache == tmp_path / "home-cache" / "qabot"
    assert settings.encoder is None


@pytest.mark.parametrize("name", ["knowledge", "index", "cache", "encoder"])
def test_flags_go_before_the_environment_before_the_file(tmp_path: Path, name: str) -> None:
    variable = "QABOT_" + name.upper()
    (tmp_path / "qabot.toml").write_text(f'{name} = "from-file"\n', encoding="utf-8")

    def value(*arguments: dict[str, str | None], **environment: str) -> str:
        return Path(getattr(load(tmp_path, *arguments, **environment), name)).name

    assert value() == "from-file"
    assert value(**{variable: "from-environment"}) == "from-environment"
    assert value({name: "from-flag"}, **{variable: "from-environment"}) == "from-flag"
    assert value({name: None}, **{variable: "from-environment"}) == "from-environment"
    assert value(**{variable: ""}) == "from-file", "an empty variable is one that is not set"


def test_relative_paths_start_at_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qabot.toml").write_text('knowledge = "docs"\nindex = "var/index.sqlite"\n', encoding="utf-8")
    settings = Settings.load({"cache": "../cache"}, {})
    assert settings.knowledge.absolute() == tmp_path / "docs"
    assert settings.index.absolute() == tmp_path / "var" / "index.sqlite"
    assert settings.cache.resolve() == tmp_path.resolve().parent / "cache"
    assert load(tmp_path, {"knowledge": "/srv/handbook"}).knowledge == Path("/srv/handbook")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(Path("/srv"), {"knowledge": "~/docs"}).knowledge == tmp_path / "docs"


def test_an_unknown_key_in_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "qabot.toml").write_text('knowlege = "docs"\n', encoding="utf-8")
    with pytest.raises(
        BadSettings, match=r"qabot\.toml has an unknown setting 'knowlege'; the settings are knowledge, "
    ):
        load(tmp_path)


@pytest.mark.parametrize("variable", ["QABOT_KNOWLEGE", "QABOT_", "QABOT_knowledge", "QABOT_KNOWLEDGE_DIR"])
def test_an_unknown_variable_is_an_error(tmp_path: Path, variable: str) -> None:
    with pytest.raises(BadSettings, match=rf"variable {variable} is unknown; there are QABOT_KNOWLEDGE, QABOT_INDEX"):
        load(tmp_path, **{variable: "docs"})


def test_other_programs_variables_are_none_of_ours(tmp_path: Path) -> None:
    assert load(tmp_path, QA="1", QABOTANY="2", PATH="/bin").knowledge == tmp_path / "knowledge"


@pytest.mark.parametrize("value", ["5", "true", "1979-05-27", '["docs"]', '{path = "docs"}'])
def test_a_value_of_another_kind_is_an_error(tmp_path: Path, value: str) -> None:
    (tmp_path / "qabot.toml").write_text(f"knowledge = {value}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"the setting 'knowledge' must be text in quotes\.$"):
        load(tmp_path)


@pytest.mark.parametrize("value", ['""', '"  "', '"a\\u0000b"'])
def test_a_value_that_names_nothing_is_an_error(tmp_path: Path, value: str) -> None:
    (tmp_path / "qabot.toml").write_text(f"knowledge = {value}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"the setting 'knowledge' is empty or holds a NUL"):
        load(tmp_path)


def test_an_empty_flag_is_an_error(tmp_path: Path) -> None:
    """It comes from a variable of a script that is not set, and the default would be a surprise."""
    with pytest.raises(BadSettings, match=r"The option --knowledge is empty"):
        load(tmp_path, {"knowledge": ""})


@pytest.mark.parametrize("data", [b"knowledge = ", b"knowledge", b"\xff\xfe", b"[a\n", b"a = 1\na = 2\n"])
def test_a_file_that_is_not_toml_is_an_error_that_names_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "qabot.toml").write_bytes(data)
    with pytest.raises(BadSettings, match=r"qabot\.toml cannot be read as TOML") as raised:
        load(tmp_path)
    assert "\n" not in str(raised.value)


def test_a_folder_in_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "qabot.toml").mkdir()
    with pytest.raises(BadSettings, match=r"qabot\.toml cannot be read"):
        load(tmp_path)


def test_the_cache_is_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.load({}, {}, tmp_path).cache == tmp_path / ".cache" / "qabot"
    assert load(tmp_path, XDG_CACHE_HOME="relative").cache == tmp_path / ".cache" / "qabot"


@pytest.mark.skipif(os.name != "posix", reason="needs a user database")
def test_a_user_without_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs as a number."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", _nobody)
    settings = Settings.load({}, {}, tmp_path)
    assert settings.cache == tmp_path / ".qabot" / "cache"
    assert settings.index == tmp_path.resolve() / ".qabot" / "knowledge.sqlite"
    with pytest.raises(BadSettings, match=r"no home folder for '~/docs'; write the path out"):
        Settings.load({"knowledge": "~/docs"}, {}, tmp_path)


def _nobody(uid: int) -> None:
    raise KeyError(uid)


def test_a_home_folder_of_nobody(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no home folder for '~nobody-at-all/docs'"):
        load(tmp_path, {"knowledge": "~nobody-at-all/docs"})


def test_two_folders_of_the_same_name_have_an_index_each(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "docs").mkdir(parents=True)
        # Where a folder cannot be made.
        (tmp_path / name / ".qabot").touch()
    indexes = {load(tmp_path, {"knowledge": f"{name}/docs"}).index for name in ("one", "two")}
    assert len(indexes) == 2
    assert {index.parent for index in indexes} == {tmp_path / "home-cache" / "qabot"}


def test_a_folder_reached_by_a_link_has_the_index_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert load(tmp_path, {"knowledge": "link"}).index == load(tmp_path, {"knowledge": "real"}).index


def test_a_link_to_itself_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    (tmp_path / "knowledge").symlink_to("knowledge")
    assert load(tmp_path).knowledge == tmp_path / "knowledge"


def test_an_index_that_can_only_be_read_is_used_where_it_is(tmp_path: Path) -> None:
    index = tmp_path / ".qabot" / "knowledge.sqlite"
    index.parent.mkdir()
    index.touch()
    index.parent.chmod(0o555)
    try:
        assert load(tmp_path).index == tmp_path.resolve() / ".qabot" / "knowledge.sqlite"
    finally:
        index.parent.chmod(0o755)
