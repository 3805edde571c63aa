"""A machine without any credentials of its own."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuimail.providers.ses.client import CHATTY


@pytest.fixture(autouse=True)
def aws_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the files that AWS looks for; nothing else is found, nor asked."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    yield tmp_path
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET)
