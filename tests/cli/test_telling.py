"""What a person is told after the answer of the next command."""

from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Shell
from tuimail.core.submission import AccountFault
from tuimail.errors import StoreError
from tuimail.store.notices import ACCOUNT_HELD
from tuimail.workspace.notices import NoticeDesk

HELD = "tuimail: The account main is held: 535 no.\n"
HINT = "  Mend it, then let it send: tuimail accounts resume main\n"


@pytest.fixture(autouse=True)
def held(tuimail: Shell, account: str) -> None:
    _hold(tuimail, "535 no.")


def _hold(tuimail: Shell, reason: str) -> None:
    now = datetime.now(UTC)
    with tuimail.open() as workspace:
        stores = workspace._stores
        with stores.database.transaction():
            stores.accounts.hold("main", reason, AccountFault.LOGIN, now)
            stores.notices.add(
                kind=ACCOUNT_HELD, subject="main", sentence=reason, at=now
            )


def test_the_next_command_on_a_terminal_tells_it_once(tuimail: Shell) -> None:
    first = tuimail("list", terminal=True)
    second = tuimail("list", terminal=True)

    assert first.talk.endswith(HELD + HINT)
    assert "held" not in second.talk


def test_a_command_that_nobody_sees_leaves_it_to_the_next(tuimail: Shell) -> None:
    unseen = tuimail("list")
    seen = tuimail("list", terminal=True)

    assert "535" not in unseen.talk
    assert HELD in seen.talk


def test_programs_do_not_find_it_in_their_answer(tuimail: Shell) -> None:
    answer = tuimail("list", "--json", terminal=True)

    assert answer.json == {"mails": [], "next": None} | answer.json
    assert "535" not in answer.text
    assert HELD in answer.talk


def test_the_words_of_a_server_act_on_no_terminal(tuimail: Shell) -> None:
    tuimail("list", terminal=True)
    _hold(tuimail, "535 \x1b[2J\x9b\u202eno.")

    talk = tuimail("list", terminal=True).talk

    assert "535" in talk
    assert not {"\x1b", "\x9b", "\u202e"} & set(talk)


def test_the_command_that_mends_it_does_not_tell_it(tuimail: Shell) -> None:
    answer = tuimail("accounts", "resume", "main", terminal=True)

    assert HELD not in answer.talk


def test_a_command_without_a_workspace_opens_none(tuimail: Shell) -> None:
    assert "535" not in tuimail("--version", terminal=True).talk
    assert HELD in tuimail("list", terminal=True).talk


def test_a_disk_that_fails_at_it_is_not_what_was_asked(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_desk: NoticeDesk, _numbers: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(NoticeDesk, "told", full)

    answer = tuimail("list", terminal=True)

    assert answer.code == 0
    assert HELD in answer.talk
