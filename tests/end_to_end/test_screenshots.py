import subprocess
import sys
from pathlib import Path

import pytest

import tuimail

SCREENSHOTS = Path(tuimail.__file__).parent.parent / "screenshots"


@pytest.mark.slow
def test_one_command_takes_every_screenshot_there_is(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(SCREENSHOTS / "take.py"), str(tmp_path)], check=True
    )

    taken = {path.name for path in tmp_path.iterdir()}
    assert taken == {path.name for path in SCREENSHOTS.glob("*.svg")}
