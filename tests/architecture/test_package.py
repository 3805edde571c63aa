"""What is in the checkout, and what of it a user gets."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import tuimail

CHECKOUT = Path(tuimail.__file__).parent.parent
TOP_LEVEL = {
    *("pyproject.toml", "uv.lock", "tuimail", "tests", "themes", "screenshots"),
    *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"),
}
MADE_BY_TOOLS = {"build", "dist", "htmlcov"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    (built,) = folder.glob("tuimail-*.whl")
    with zipfile.ZipFile(built) as opened:
        return frozenset(opened.namelist())


def _files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder.parent))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_package(wheel: frozenset[str]) -> None:
    assert _files(CHECKOUT / "tuimail") <= wheel


@pytest.mark.slow
def test_the_wheel_has_the_themes_beside_the_code(wheel: frozenset[str]) -> None:
    themes = {f"tuimail/{name}" for name in _files(CHECKOUT / "themes")}

    assert themes
    assert themes <= wheel


@pytest.mark.slow
def test_the_wheel_has_nothing_of_the_tests(wheel: frozenset[str]) -> None:
    folders = {name.split("/")[0] for name in wheel}

    assert folders == {"tuimail", f"tuimail-{tuimail.__version__}.dist-info"}


def test_the_top_level_has_only_the_agreed_names() -> None:
    found = {path.name for path in CHECKOUT.iterdir() if path.name[0] != "."}

    assert found - MADE_BY_TOOLS <= TOP_LEVEL


def test_the_readme_and_ci_run_the_same_command() -> None:
    command = (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"
    )

    assert command in (CHECKOUT / "README.md").read_text()
    assert (CHECKOUT / ".ci" / "run").read_text().splitlines()[-1] == command
