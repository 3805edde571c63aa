"""What is in the checkout, and what of it a user gets."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

import tuimail

CHECKOUT = Path(tuimail.__file__).parent.parent
TOP_LEVEL = {
    *("pyproject.toml", "uv.lock", "tuimail", "tests", "themes", "screenshots"),
    *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"),
}
MADE_BY_TOOLS = {"build", "dist", "htmlcov"}


@dataclass(frozen=True, slots=True)
class Built:
    """The two files that are handed out."""

    wheel: Mapping[str, bytes]
    """Names and contents."""
    sdist: frozenset[str]
    """Names, without the folder that all of them are in."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    words = ("build", "-t", "wheel", "-t", "sdist", "-d", str(folder))
    subprocess.run(
        [sys.executable, "-m", "hatchling", *words],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    (wheel,), (sdist,) = folder.glob("tuimail-*.whl"), folder.glob("*.tar.gz")
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    return Built(_unzipped(wheel), frozenset(names))


def _unzipped(path: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder.parent))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _metadata(built: Built) -> EmailMessage:
    content = built.wheel[f"tuimail-{tuimail.__version__}.dist-info/METADATA"]
    return message_from_bytes(content, policy=policy.default)


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_package(built: Built) -> None:
    found = _files(CHECKOUT / "tuimail")

    assert {"tuimail/py.typed", "tuimail/desktop/tuimail.desktop"} <= found
    assert any(name.startswith("tuimail/docs/") for name in found)
    assert found <= built.wheel.keys()


@pytest.mark.slow
def test_the_wheel_has_the_themes_beside_the_code(built: Built) -> None:
    themes = {f"tuimail/{name}" for name in _files(CHECKOUT / "themes")}

    assert themes
    assert themes <= built.wheel.keys()


@pytest.mark.slow
def test_the_wheel_has_nothing_of_the_tests(built: Built) -> None:
    name = f"tuimail-{tuimail.__version__}"

    folders = {path.split("/")[0] for path in built.wheel}

    assert folders == {"tuimail", f"{name}.dist-info", f"{name}.data"}


@pytest.mark.slow
def test_the_wheel_puts_the_manual_where_man_looks_for_it(built: Built) -> None:
    name = f"tuimail-{tuimail.__version__}"

    beside = {path for path in built.wheel if path.startswith(f"{name}.data/")}

    assert beside == {f"{name}.data/data/share/man/man1/tuimail.1"}


@pytest.mark.slow
def test_the_sdist_has_all_that_the_wheel_is_made_of_and_the_tests(
    built: Built,
) -> None:
    """Whoever packages it runs the tests of what they were given."""
    folders = {name for name in TOP_LEVEL if (CHECKOUT / name).is_dir()}
    wanted = {one for name in folders for one in _files(CHECKOUT / name)}
    wanted |= TOP_LEVEL - folders

    assert wanted <= built.sdist
    assert built.sdist - wanted <= {"PKG-INFO", ".gitignore"}


@pytest.mark.slow
def test_the_wheel_says_what_it_is(built: Built) -> None:
    found = _metadata(built)

    assert (found["Name"], found["Version"]) == ("tuimail", tuimail.__version__)
    assert found["License-Expression"] == "MIT"
    assert found["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in found.get_all("Classifier", ())
    assert "The outbox you can trust" in found.get_content()


def test_all_extras_can_be_asked_for_at_once() -> None:
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    (everything,) = extras["all"]

    named = everything.removeprefix("tuimail[").removesuffix("]").split(",")

    assert named == sorted(extras.keys() - {"all", "dev"})


def test_the_changelog_says_what_this_version_does() -> None:
    text = (CHECKOUT / "CHANGELOG.md").read_text()

    assert re.search(rf"^## {re.escape(tuimail.__version__)}\b", text, re.MULTILINE)


def test_the_lock_file_has_what_is_asked_for() -> None:
    """Every dependency is in it, and each extra with what belongs to it."""
    asked = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    locked = tomllib.loads((CHECKOUT / "uv.lock").read_text())["package"]
    (ours,) = [one for one in locked if one["name"] == "tuimail"]
    names = {one["name"] for one in locked}

    assert {_name(one) for one in asked["dependencies"]} <= names
    assert ours["metadata"]["provides-extras"] == sorted(asked["optional-dependencies"])
    for extra, wanted in asked["optional-dependencies"].items():
        found = {
            one["name"]
            for one in ours["metadata"]["requires-dist"]
            if f"extra == '{extra}'" in one.get("marker", "")
        }
        assert {_name(one) for one in wanted} - {"tuimail"} <= found, extra


def _name(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower()  # type: ignore[index]


def test_the_top_level_has_only_the_agreed_names() -> None:
    found = {path.name for path in CHECKOUT.iterdir() if path.name[0] != "."}

    assert found - MADE_BY_TOOLS <= TOP_LEVEL


def test_the_readme_and_ci_run_the_same_command() -> None:
    command = (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"
    )

    assert command in (CHECKOUT / "README.md").read_text()
    assert (CHECKOUT / ".ci" / "run").read_text().splitlines()[-1] == command
