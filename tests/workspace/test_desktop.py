"""The file by which a desktop opens mail links in the composer."""

import configparser
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.errors import ConfigurationError
from tuimail.workspace.desktop import MARK, SCHEME, TEMPLATE, Desktop, exec_word
from tuimail.workspace.keepers import Machine, Ran

PYTHON = "/opt/my tools/bin/python3"


class Told:
    """A machine that is told what to run, and does nothing."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.programs = {"xdg-mime", "update-desktop-database"}
        self.ran: list[tuple[str, ...]] = []
        self.answer = Ran(code=0, text="")

    def run(self, command: Sequence[str]) -> Ran:
        self.ran.append(tuple(command))
        return self.answer

    def machine(
        self, platform: str = "linux", environ: Mapping[str, str] | None = None
    ) -> Machine:
        return Machine(
            platform=platform,
            environ=environ or {},
            home=self.home,
            user_id=1000,
            executable=PYTHON,
            which=lambda name: name if name in self.programs else None,
            run=self.run,
        )


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def desktop(told: Told, platform: str = "linux", **environ: str) -> Desktop:
    machine = told.machine(platform, environ)
    return Desktop(machine, workspace=None, config=None)


def entry(content: str) -> Mapping[str, str]:
    """Return the keys of the file, as desktops read it."""
    parser = configparser.RawConfigParser(delimiters="=", comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(content)
    return dict(parser["Desktop Entry"])


def words(line: str) -> list[str]:
    """Return the words of Exec, by the rules of the Desktop Entry Specification."""
    text = re.sub(r"\\([\\nrst])", lambda one: _ESCAPES[one[1]], line)
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', text, re.DOTALL)
    return [
        plain or re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        for quoted, plain in found
    ]


_ESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "s": " ", "t": "\t"}


def test_a_link_opens_the_composer_in_a_terminal(told: Told) -> None:
    found = entry(desktop(told).content())

    assert words(found["Exec"]) == [PYTHON, "-P", "-m", "tuimail", "compose", "%u"]
    assert found["Terminal"] == "true"
    assert found["MimeType"] == f"{SCHEME};"
    assert found["Type"] == "Application"


def test_what_is_shipped_runs_the_program_by_its_name() -> None:
    """For whoever packages it."""
    assert entry(TEMPLATE.read_text())["Exec"] == "tuimail compose %u"


def test_workspace_and_settings_are_named_where_they_were(told: Told) -> None:
    machine = told.machine()

    content = Desktop(
        machine, workspace=Path("/a b/100%"), config=Path("/c.toml")
    ).content()

    assert words(entry(content)["Exec"])[4:8] == [
        *("--workspace", "/a b/100%%", "--config", "/c.toml"),
    ]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_no_path_becomes_more_than_one_word(path: str) -> None:
    line = exec_word(path)

    assert "\n" not in line
    assert words(line) == [path.replace("%", "%%")]


@pytest.mark.parametrize("named", ["", "data", "/somewhere"])
def test_the_file_is_where_desktops_look(told: Told, named: str) -> None:
    found = desktop(told, XDG_DATA_HOME=named).path

    own = told.home / ".local" / "share"
    data = Path(named) if named.startswith("/") else own
    assert found == data / "applications" / "tuimail.desktop"


def test_it_is_written_and_removed_when_somebody_asks(told: Told) -> None:
    it = desktop(told)
    before = it.status()

    installed = it.install()
    again = it.install()
    mode = stat.S_IMODE(it.path.stat().st_mode)
    removed = it.remove()

    assert not before.is_installed
    assert installed.is_installed
    assert again == installed
    assert (mode, installed.content) == (0o644, it.content())
    assert not removed.is_installed
    assert not it.path.exists()
    assert told.ran == [("update-desktop-database", str(it.path.parent))] * 3


def test_all_links_open_in_it_only_where_that_is_asked(told: Told) -> None:
    told.programs = {"xdg-mime"}

    desktop(told).install(as_default=True)

    assert told.ran == [("xdg-mime", "default", "tuimail.desktop", SCHEME)]


def test_a_desktop_that_cannot_be_told_is_said(told: Told) -> None:
    told.answer = Ran(code=4, text="no")
    with pytest.raises(
        ConfigurationError, match=r"is written, but xdg-mime failed: no"
    ):
        desktop(told).install(as_default=True)
    told.answer = Ran(code=4, text="")
    with pytest.raises(ConfigurationError, match=r"failed: exit code 4\."):
        desktop(told).install(as_default=True)
    told.programs = set()

    with pytest.raises(ConfigurationError, match="xdg-mime is not here") as error:
        desktop(told).install(as_default=True)

    assert error.value.hint


def test_somebody_elses_file_is_left_alone(told: Told) -> None:
    it = desktop(told)
    it.path.parent.mkdir(parents=True)
    it.path.write_text("[Desktop Entry]\n")

    for act in (it.install, it.remove):
        with pytest.raises(ConfigurationError, match="was not written by tuimail"):
            act()

    assert it.path.read_text() == "[Desktop Entry]\n"
    assert not it.status().is_installed
    assert it.status().content.startswith(MARK)


def test_what_is_not_there_cannot_be_removed(told: Told) -> None:
    with pytest.raises(ConfigurationError, match="is not there"):
        desktop(told).remove()


def test_what_cannot_be_read_is_told(told: Told) -> None:
    desktop(told).path.mkdir(parents=True)

    with pytest.raises(ConfigurationError, match="cannot be read"):
        desktop(told).status()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_a_system_without_desktop_files_says_what_to_type(
    told: Told, platform: str
) -> None:
    with pytest.raises(ConfigurationError, match="does not know") as error:
        desktop(told, platform).install()

    assert "tuimail compose" in error.value.hint
