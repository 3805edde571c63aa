"""What every test gets without asking: a home that is not the person's own.

Properties are tried on the same examples each time, so that a run says something
about the change and not about luck. ``HYPOTHESIS_PROFILE=search pytest tests/core``
looks for new ones.
"""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ("tests.coverage_gate", "tests.made_once", "tests.whole_run")

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("search", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

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
    # pytest's own numbered folders look through all there are, for each new one.
    homes = tmp_path_factory.getbasetemp() / "homes"
    homes.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=homes))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return folder
