"""Several commands at the same time, each a process of its own."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

COMMANDS = 8


@pytest.mark.slow
def test_no_account_is_lost_when_several_are_added_at_once(tmp_path: Path) -> None:
    environ = os.environ | {
        "TUIMAIL_CONFIG": str(tmp_path / "settings" / "config.toml"),
        "TUIMAIL_WORKSPACE": str(tmp_path / "workspace"),
    }
    words = [sys.executable, "-m", "tuimail", "accounts", "add", "--provider", "dummy"]
    names = [f"a{number}" for number in range(COMMANDS)]

    adding = [
        subprocess.Popen([*words, "--address", "a@b.example", name], env=environ)
        for name in names
    ]
    codes = [one.wait() for one in adding]

    written = tomllib.loads((tmp_path / "settings" / "accounts.toml").read_text())
    assert codes == [0] * COMMANDS
    assert sorted(written["accounts"]) == names
    assert written["default_account"] in names


@pytest.mark.slow
def test_a_name_is_given_once_when_several_want_it(tmp_path: Path) -> None:
    environ = os.environ | {
        "TUIMAIL_CONFIG": str(tmp_path / "settings" / "config.toml"),
        "TUIMAIL_WORKSPACE": str(tmp_path / "workspace"),
    }
    words = [sys.executable, "-m", "tuimail", "accounts", "add", "--provider", "dummy"]

    adding = [
        subprocess.Popen(
            [*words, "main", "--address", f"a{number}@b.example"],
            env=environ,
            stderr=subprocess.DEVNULL,
        )
        for number in range(4)
    ]

    assert sorted(one.wait() for one in adding) == [0, 4, 4, 4]
