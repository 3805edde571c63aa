"""An account that is being set up, kept on disk: found again, and never destroyed."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.test_setting_up import BAD, OWN, SEARCH, TOKENS, kept, tried
from tuimail.errors import ConfigurationError
from tuimail.settings.discovery.found import Login
from tuimail.settings.files import read_toml
from tuimail.workspace.setting_up import Setup, Step
from tuimail.workspace.unfinished import NAME, Unfinished


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings" / NAME


def left(path: Path, setup: Setup) -> Setup:
    """Return what somebody else finds of ``setup``."""
    first = Unfinished(path)
    first.keep(setup)
    first.close()
    second = Unfinished(path)
    found = second.load()
    second.close()
    return found


NO_LOGINS = """
version = 1
[way]
title = "x"
provider = "smtp"
logins = []
asks = []
source = "mx"
asked = ""
advice = ""
"""
WITH_TOKENS = replace(
    tried(), login=Login.GOOGLE, secret="oauth:", oauth=TOKENS, service="gmail"
)


@pytest.mark.parametrize(
    "setup",
    [
        Setup().with_service("resend"),
        Setup().with_address("Ada <ada@example.org>", name="work", taken=()),
        kept().with_test(BAD).held(),
        tried().with_identity(sender_name="Ada", reply_to="b@example.org"),
        tried()
        .with_identity(signature="Ada\n--\nÄ")
        .with_habits(noninteractive_send="block", is_default=True)
        .saved()
        .mailed("abc"),
        WITH_TOKENS,
    ],
    ids=["service", "address", "held", "identity", "saved", "tokens"],
)
def test_everything_answered_is_found_again(path: Path, setup: Setup) -> None:
    assert left(path, setup) == setup


def test_it_is_for_this_user_only(path: Path) -> None:
    left(path, tried())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_over_leaves_no_file(path: Path) -> None:
    left(path, tried())

    assert left(path, tried().saved().over()) == Setup()
    assert not path.exists()


def test_a_step_that_is_asked_again_is_not_kept_as_such(path: Path) -> None:
    assert left(path, tried().back(Step.SERVER)).step is Step.IDENTITY


def test_a_second_one_at_the_same_time_destroys_nothing(path: Path) -> None:
    first, second = Unfinished(path), Unfinished(path)
    first.keep(tried())

    assert not second.is_kept
    assert second.load() == Setup()
    assert second.name_elsewhere() == "example"
    second.keep(Setup().with_address("eve@example.net", name="", taken=()))
    second.remove()
    assert first.load() == tried()
    first.close()
    second.close()


def test_the_next_one_is_kept_once_the_first_is_closed(path: Path) -> None:
    first = Unfinished(path)
    first.close()
    first.close()

    assert Unfinished(path).is_kept


@pytest.mark.parametrize(
    "content",
    [
        "version = 2\naddress = 'ada@example.org'",
        "address = 'ada@example.org'",
        "version = 1\naddress = 5",
        "version = 1\nsecret = 'hunter2'",
        "version = 1\nlogin = 'telepathy'",
        "version = 1\n[way]\ntitle = 'x'",
        NO_LOGINS,
        "version = 1\n[tested]\nis_good = true",
        "version = 1\nway = 5",
        "version = 1\n[oauth]\ntoken_url = 'http://example.org'\nclient_id = 'me'",
        "not TOML",
        "\xff",
    ],
)
def test_what_cannot_be_used_is_as_if_it_were_not_there(
    path: Path, content: str
) -> None:
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    path.write_text(content, encoding="latin-1")

    assert Unfinished(path).load() == Setup()


def test_what_others_may_read_or_write_is_not_gone_on_with(path: Path) -> None:
    """Somebody else could have put a command or a server into it."""
    left(path, tried())
    path.chmod(0o666)

    assert Unfinished(path).load() == Setup()


def test_there_is_no_password_in_it(path: Path) -> None:
    left(path, kept())

    assert read_toml(path)["secret"] == "keyring:"
    assert set(read_toml(path)["way"]) >= {"title", "options", "logins"}
    assert OWN in SEARCH.found


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("a file")

    with pytest.raises(ConfigurationError, match="cannot be written"):
        Unfinished(tmp_path / "settings" / NAME)
