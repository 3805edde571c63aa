import subprocess
import sys
from pathlib import Path

import pytest

import tuimail

CHECKOUT = Path(tuimail.__file__).parent.parent
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.mark.slow
def test_imports_point_down() -> None:
    """The contracts in pyproject.toml, as continuous integration runs them."""
    linted = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout
