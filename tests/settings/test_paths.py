import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError, WorkspaceRefusedError
from tuimail.settings.paths import (
    accounts_path,
    config_path,
    find_workspace,
    log_path,
    remember_workspace,
    workspaces_path,
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Make a ``.tuimail`` in a project folder."""

    def making(name: str = "project", mode: int = 0o700) -> Path:
        root = tmp_path / name / ".tuimail"
        root.mkdir(parents=True)
        root.chmod(mode)
        return root

    return making


def test_the_configuration_is_in_the_platforms_folder(home: Path) -> None:
    assert config_path({}).name == "config.toml"
    assert config_path({}).is_relative_to(home)


def test_a_variable_names_another_configuration() -> None:
    environ = {"TUIMAIL_CONFIG": "~/mine.toml"}

    assert config_path(environ) == Path.home() / "mine.toml"


def test_what_the_command_line_names_comes_first(tmp_path: Path) -> None:
    environ = {"TUIMAIL_CONFIG": "/other.toml"}

    assert config_path(environ, tmp_path / "a.toml") == tmp_path / "a.toml"


def test_accounts_stand_beside_the_configuration(config: Path) -> None:
    assert accounts_path(config) == config.parent / "accounts.toml"


def test_a_workspace_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    environ = {"TUIMAIL_WORKSPACE": str(tmp_path / "a")}

    assert find_workspace(environ, tmp_path) == tmp_path / "a"
    assert find_workspace(environ, tmp_path, tmp_path / "b") == tmp_path / "b"


def test_without_any_the_platforms_folder_is_taken(tmp_path: Path, home: Path) -> None:
    assert find_workspace({}, tmp_path).is_relative_to(home)


def test_the_nearest_one_made_here_is_found(
    make: Callable[..., Path], config: Path
) -> None:
    root = make()
    remember_workspace(root, config=config)
    deep = root.parent / "a" / "b"
    deep.mkdir(parents=True)

    assert find_workspace({}, deep, config=config) == root


def test_one_that_was_not_made_here_is_refused(
    make: Callable[..., Path], config: Path, tmp_path: Path
) -> None:
    """A cloned folder could hold mail that is ready to leave."""
    cloned = make("cloned")
    remember_workspace(cloned, config=tmp_path / "elsewhere" / "config.toml")

    with pytest.raises(WorkspaceRefusedError, match="not made by you") as raised:
        find_workspace({}, cloned.parent, config=config)
    assert raised.value.hint == f"If you trust it: tuimail --workspace {cloned}"


@pytest.mark.parametrize("content", [b"", b"../../etc\n", b"\xff\n", b"0" * 31])
def test_an_id_that_is_none_is_on_no_list(
    make: Callable[..., Path], config: Path, content: bytes
) -> None:
    root = make()
    (root / "workspace.id").write_bytes(content)

    with pytest.raises(WorkspaceRefusedError, match="not made by you"):
        find_workspace({}, root.parent, config=config)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_one_that_is_open_to_others_is_refused(
    make: Callable[..., Path], config: Path, mode: int
) -> None:
    root = make(mode=mode)

    with pytest.raises(WorkspaceRefusedError, match=f"mode 0{mode:o} instead of 0700"):
        find_workspace({}, root.parent, config=config)


def test_one_of_somebody_else_is_refused(
    make: Callable[..., Path], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)

    with pytest.raises(WorkspaceRefusedError, match=f"belongs to user {owner}"):
        find_workspace({}, root.parent, config=config)


def test_a_link_or_a_file_is_no_workspace(
    make: Callable[..., Path], config: Path, tmp_path: Path
) -> None:
    target = make()
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / ".tuimail").symlink_to(target)

    with pytest.raises(WorkspaceRefusedError, match="is not a folder"):
        find_workspace({}, tmp_path / "link", config=config)


def test_the_list_beside_the_usual_configuration_is_the_default(
    make: Callable[..., Path],
) -> None:
    root = make()
    remember_workspace(root, config=config_path({}))

    assert find_workspace({}, root.parent) == root


def test_remembering_twice_changes_nothing(
    make: Callable[..., Path], config: Path
) -> None:
    root = make()
    first = remember_workspace(root, config=config)
    before = workspaces_path(config).stat().st_mtime_ns

    assert remember_workspace(root, config=config) == first
    assert workspaces_path(config).stat().st_mtime_ns == before
    assert (root / "workspace.id").stat().st_mode & 0o777 == 0o600


def test_several_are_remembered(make: Callable[..., Path], config: Path) -> None:
    roots = [make("a"), make("b")]
    for root in roots:
        remember_workspace(root, config=config)

    assert [find_workspace({}, one.parent, config=config) for one in roots] == roots


def test_an_id_that_cannot_be_written_is_named(config: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"workspace\.id cannot be written"):
        remember_workspace(tmp_path / "missing", config=config)


def test_a_list_that_is_none_is_named(make: Callable[..., Path], config: Path) -> None:
    config.parent.mkdir()
    workspaces_path(config).write_text("workspaces = 3\n")

    with pytest.raises(ConfigurationError, match="is not a table"):
        remember_workspace(make(), config=config)


_REMEMBER = """
import sys
from pathlib import Path
from tuimail.settings.paths import remember_workspace
sys.stdin.read()
remember_workspace(Path(sys.argv[1]), config=Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_none_is_forgotten_when_several_are_made_at_once(
    make: Callable[..., Path], config: Path
) -> None:
    roots = [make(f"{number}") for number in range(8)]
    words = [[sys.executable, "-c", _REMEMBER, str(one), str(config)] for one in roots]
    read, write = os.pipe()
    waiting = [subprocess.Popen(one, stdin=read) for one in words]
    os.close(read)

    os.close(write)

    assert [one.wait() for one in waiting] == [0] * 8
    assert [find_workspace({}, one.parent, config=config) for one in roots] == roots


def test_a_home_of_nobody_is_a_name_like_any_other(tmp_path: Path) -> None:
    environ = {"TUIMAIL_WORKSPACE": "~nobody-has-this-name/mail"}

    assert find_workspace(environ, tmp_path).name == "mail"


# The log ----------------------------------------------------------------------


def test_the_log_is_in_the_state_folder(home: Path) -> None:
    path = log_path({})

    assert path is not None
    assert path.is_relative_to(home)
    assert path.name == "tuimail.log"


def test_the_log_can_be_elsewhere(tmp_path: Path) -> None:
    assert log_path({"TUIMAIL_LOG": str(tmp_path / "here")}) == tmp_path / "here"


@pytest.mark.parametrize("word", ["off", "OFF", "no", "false", "0"])
def test_the_log_can_be_off(word: str) -> None:
    assert log_path({"TUIMAIL_LOG": word}) is None
