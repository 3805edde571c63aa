"""F29 to F31, F33, F37, F38: a server that ends the connection, or says it will."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.network import (
    SHORT,
    big_file,
    closed_port,
    one_by_one_and_pipelined,
    page,
    patience,
    place_at,
    retried,
    secured,
    states,
    table,
    verbs,
)
from tests.faults.server import MailServer
from tests.faults.waiting import wait_until
from tuimail.providers.smtp.limits import StageLimits
from tuimail.testing import Act, Close, Hang, Say

Script = dict[str, Act | Sequence[Act]]

DROPS: dict[str, Script] = {
    "connect": {"connect": Close()},
    "banner": {"greeting": Close()},
    "half a banner": {"greeting": (Say(b"220 scri"), Close())},
    "ehlo": {"ehlo": Close()},
    "starttls": {"starttls": Close()},
    "handshake": {"starttls": (Say("220 go ahead"), Close())},
    "auth": {"auth": Close()},
    "mail": {"mail": Close()},
    "first rcpt": {"rcpt:1": Close()},
    "last rcpt": {"rcpt:3": Close()},
    "data": {"data": Close()},
}
STAGES_BEHIND_TLS = ("auth", "mail", "rcpt:1", "rcpt:3", "data", "end-of-data")


@pytest.mark.parametrize("stage", DROPS)
@pytest.mark.parametrize("hard", [False, True], ids=["closed", "reset"])
@one_by_one_and_pipelined
def test_F29_a_drop_before_the_content_is_out_is_tried_again_and_sent_once(
    tmp_path: Path, stage: str, extensions: Sequence[str], *, hard: bool
) -> None:
    script = {
        at: _resetting(acts) if hard else acts for at, acts in DROPS[stage].items()
    }
    server, account = secured(tmp_path, script, extensions=extensions)
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting()
        place.drain()
        dropped = page(place, mail)
        retried(place)

        assert dropped.row.status == "deferred"
        assert dropped.row.reason
        assert place.status(mail) == "sent"
        assert len(server.accepted) == 1


def _resetting(acts: Act | Sequence[Act]) -> Any:
    """Have each connection that is closed be reset instead."""
    if isinstance(acts, Sequence):
        return tuple(_resetting(act) for act in acts)
    return Close(hard=True) if acts == Close() else acts


@pytest.mark.slow
@pytest.mark.parametrize("act", [Close(), Close(hard=True)], ids=["closed", "reset"])
@one_by_one_and_pipelined
def test_F29_a_drop_in_mid_body_is_tried_again_and_sent_once(
    tmp_path: Path, act: Act, extensions: Sequence[str]
) -> None:
    server, account = secured(tmp_path, {"mid-data": act}, extensions=extensions)
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting(attachments=(big_file(tmp_path),))
        place.drain()
        dropped = page(place, mail)
        retried(place)

        assert dropped.row.status == "deferred"
        assert dropped.attempts[0].committed_at is None
        assert place.status(mail) == "sent"
        assert len(server.accepted) == 1


def test_F29_nobody_listens_and_the_mail_waits(tmp_path: Path) -> None:
    server = MailServer()
    with place_at(tmp_path, server, login=False) as place:
        place.configure(table("work", closed_port(), login=False))
        mail = place.waiting()
        place.drain()
        refused = page(place, mail)

        place.configure(table("work", server.port, login=False))

        assert refused.row.status == "deferred"
        assert "refused" in refused.row.reason


AFTER_THE_DOT: dict[str, Act] = {
    "drops": Close(),
    "resets": Close(hard=True),
    "hangs": Hang(),
}


@pytest.mark.parametrize("act", AFTER_THE_DOT.values(), ids=AFTER_THE_DOT)
@one_by_one_and_pipelined
def test_F30_silence_after_the_dot_is_unknown_and_nobody_sends_again(
    tmp_path: Path, act: Act, extensions: Sequence[str]
) -> None:
    script = {"after-end-of-data": act}
    server, account = secured(tmp_path, script, extensions=extensions)
    with (
        patience(StageLimits(final=SHORT)),
        place_at(tmp_path, server, **account) as place,
    ):
        mail = place.waiting()
        place.drain()
        silent = page(place, mail)
        for _ in range(8):
            retried(place)

        assert silent.row.status == "unknown"
        assert {one.state.value for one in silent.recipients} == {"unknown"}
        assert {"confirm", "retry", "give_up"} <= silent.row.actions
        assert place.status(mail) == "unknown"
        assert len(server.accepted) == 1


@pytest.mark.parametrize(
    "act",
    [
        Close(),
        Close(hard=True),
        Say("421 4.3.2 shutting down"),
        Say("500 what?"),
        Hang(),
    ],
    ids=["drops", "resets", "421", "500", "hangs"],
)
@one_by_one_and_pipelined
def test_F31_whatever_comes_of_quit_the_mail_was_sent(
    tmp_path: Path, act: Act, extensions: Sequence[str]
) -> None:
    server, account = secured(tmp_path, {"quit": act}, extensions=extensions)
    with (
        patience(StageLimits(farewell=SHORT)),
        place_at(tmp_path, server, **account) as place,
    ):
        mails = [place.waiting(), place.waiting()]
        place.drain()

        assert set(place.statuses().values()) == {"sent"}
        assert len(server.accepted) == len(mails)


CLOSING = Say("421 4.3.2 closing")


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "starttls", *STAGES_BEHIND_TLS])
@one_by_one_and_pipelined
def test_F33_after_421_nothing_more_is_said_and_the_mail_waits(
    tmp_path: Path, stage: str, extensions: Sequence[str]
) -> None:
    server, account = secured(tmp_path, {stage: CLOSING}, extensions=extensions)
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting()
        place.drain()
        told, connections = page(place, mail), server.connections
        said_behind = verbs(server)[_told(verbs(server), stage) :]
        wait_until(
            lambda: not server.scripted.sessions.under_way,
            what="the end of the connection",
        )
        retried(place)

        assert told.row.status == "deferred"
        assert "421 4.3.2 closing" in told.row.reason
        assert connections == 1
        assert set(said_behind) <= {"QUIT"}
        assert place.status(mail) == "sent"
        assert server.connections == 2


def _told(said: list[str], stage: str) -> int:
    """Return how many lines were out when the server said 421, as it has to be."""
    if stage == "greeting":
        return 0
    if stage == "end-of-data" or "DATA" in said:
        return said.index("DATA") + 1
    last = {"rcpt:1": "RCPT", "rcpt:3": "RCPT"}.get(stage, stage.upper())
    return len(said) - said[::-1].index(last)


def test_F37_a_refusal_of_the_content_is_final(tmp_path: Path) -> None:
    text = "554 5.7.1 no, see https://example.net/why"
    server, account = secured(tmp_path, {"end-of-data": Say(text)})
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting()
        place.drain()
        refused = page(place, mail)
        retried(place)

        assert refused.row.status == "error"
        assert "see https://example.net/why" in refused.row.reason
        assert place.status(mail) == "error"
        assert server.accepted == ()


@one_by_one_and_pipelined
def test_F37_not_now_to_the_content_is_tried_again(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    script = {"end-of-data": Say("451 4.3.0 a problem of our own")}
    server, account = secured(tmp_path, script, extensions=extensions)
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting()
        place.drain()
        told = page(place, mail)
        retried(place)

        assert told.row.status == "deferred"
        assert "451 4.3.0 a problem" in told.row.reason
        assert set(states(place, mail).values()) == {"sent"}
        assert len(server.accepted) == 1


TOO_BIG = Say("552 5.3.4 too big for us")


@pytest.mark.slow
@pytest.mark.parametrize("hard", [False, True], ids=["closed", "reset"])
@one_by_one_and_pipelined
def test_F38_a_refusal_in_mid_body_is_heard_though_the_line_is_cut(
    tmp_path: Path, extensions: Sequence[str], *, hard: bool
) -> None:
    script = {"mid-data": (TOO_BIG, Close(hard=hard))}
    server = MailServer(script, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(attachments=(big_file(tmp_path),))
        place.drain()
        refused = page(place, mail)

        assert refused.row.status == "error"
        assert "552 5.3.4 too big for us" in refused.row.reason
        assert refused.attempts[0].committed_at is None


@pytest.mark.slow
@one_by_one_and_pipelined
def test_F38_a_refusal_in_mid_body_is_heard_over_tls(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    script = {"mid-data": (TOO_BIG, Hang())}
    server, account = secured(tmp_path, script, extensions=extensions)
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting(attachments=(big_file(tmp_path),))
        place.drain()

        assert place.status(mail) == "error"
        assert "552 5.3.4 too big for us" in page(place, mail).row.reason


@pytest.mark.slow
@pytest.mark.parametrize("hard", [False, True], ids=["closed", "reset"])
@one_by_one_and_pipelined
def test_F38_a_line_that_is_cut_over_tls_is_never_more_than_a_refusal(
    tmp_path: Path, extensions: Sequence[str], *, hard: bool
) -> None:
    """What is encrypted cannot be read any more once a write has failed."""
    script = {"mid-data": (TOO_BIG, Close(hard=hard))}
    server, account = secured(tmp_path, script, extensions=extensions)
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting(attachments=(big_file(tmp_path),))
        place.drain()
        first = page(place, mail)

        assert first.row.status in {"error", "deferred"}
        assert first.attempts[0].committed_at is None
        assert server.accepted == ()
