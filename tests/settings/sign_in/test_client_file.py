import json
import os
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.sign_in.client_file import read_client_file


def test_googles_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    inside = {"client_id": "one.apps", "client_secret": "two", "auth_uri": "https://x"}
    path.write_text(json.dumps({"installed": inside}))

    assert read_client_file(path) == ("one.apps", "two")


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", "null", "[" * 100_000, "\x00", '{"installed": 3}',
        '{"web": {"client_id": "one"}}', '{"installed": {"client_id": 4}}',
        '{"installed": {"client_id": ""}}',
        '{"installed": {"client_id": "a", "client_secret": 1}}',
        '{"installed": {"client_id": "a", "client_secret": "s\\ud800"}}',
        '{"installed": {"client_id": "a", "client_secret": "s\\n"}}',
        '{"installed": {"client_id": "a\\u0000"}}',
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    path.write_text(content)

    with pytest.raises(ConfigurationError, match="holds no client") as caught:
        read_client_file(path)
    assert caught.value.field == "client-file"


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    os.mkfifo(path)

    with pytest.raises(ConfigurationError, match="holds no client"):
        read_client_file(path)


def test_nor_does_a_folder_or_a_device(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(ConfigurationError, match="holds no client"):
            read_client_file(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_client_file(tmp_path / "client.json")
