"""What every test gets without asking: a home that is not the person's own."""

import os
from pathlib import Path

import pytest

pytest_plugins = ("tests.coverage_gate",)

_OF_THE_PERSON = ("TUIMAIL_", "XDG_", "DBUS_", "TEXTUAL")
_OF_THE_TERMINAL = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES")


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give the test an empty home; no setting, mail or keyring is the person's."""
    for name in os.environ:
        if name.startswith(_OF_THE_PERSON) or name in _OF_THE_TERMINAL:
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return folder
