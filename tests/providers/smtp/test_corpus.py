"""The rows about replies of the adversarial corpus, each against a real server."""

import json
import ssl
import warnings
from pathlib import Path
from typing import Any, Final

import pytest

from tests.providers.conftest import Authority
from tests.providers.smtp.conftest import (
    LOGINS,
    SHORT,
    ProviderAt,
    server_behind,
    slowly_committed,
)
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.providers.smtp.limits import StageLimits
from tuimail.testing import (
    Act,
    Close,
    Drip,
    Hang,
    RecordedJob,
    Say,
    ScriptedSmtpServer,
)

FILE = Path(__file__).parents[2] / "data" / "corpus_smtp_response.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text().splitlines()]
DEEDS: Final[dict[str, Act]] = {
    "close": Close(),
    "hang": Hang(),
    "slow:1-byte-per-second-without-end": Drip(),
    "10-mb-line-without-newline": Say(b"250-" + b"x" * 10_000_000),
}
ALIKE: Final = {
    VerdictKind.SENT: "smtp.sent",
    VerdictKind.DEFERRED: "smtp.defer",
    VerdictKind.REFUSED: "smtp.fail",
    VerdictKind.UNKNOWN: "smtp.unknown",
}
PATIENCE: Final = {
    "greeting": StageLimits(greeting=SHORT),
    "after-end-of-data": StageLimits(final=SHORT),
    "quit": StageLimits(farewell=SHORT),
}

Row = dict[str, Any]


def script(row: Row) -> dict[str, tuple[Act, ...]]:
    acts: dict[str, tuple[Act, ...]] = {}
    for event in row["input"]["events"]:
        stage = event["at"]
        if stage == "tls":
            continue
        act = DEEDS[event["do"]] if "do" in event else Say(event["reply"])
        if isinstance(act, Say) and act.octets == b"250-half a rep\r\n":
            act = Say(b"250-half a rep")
        acts[stage] = (*acts.get(stage, ()), act)
    return acts


def server_context(row: Row, authority: Authority) -> ssl.SSLContext:
    deeds = [event.get("do") for event in row["input"]["events"]]
    context = authority.context(is_expired="cert:expired" in deeds)
    if "protocol:TLSv1.0-only" in deeds:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def server_for(row: Row, authority: Authority) -> ScriptedSmtpServer:
    tls = row["input"]["account"]["tls"]
    if tls == "none":
        return ScriptedSmtpServer(script(row))
    context = server_context(row, authority)
    return server_behind(tls.removesuffix("-required"), context, script(row))


def options_for(row: Row, authority: Authority) -> dict[str, str | int | bool]:
    account = row["input"]["account"]
    deeds = [event.get("do") for event in row["input"]["events"]]
    options: dict[str, str | int | bool] = {
        "tls": account["tls"].removesuffix("-required")
    }
    if account["auth"]:
        options["username"] = next(iter(LOGINS))
    if "cert:self-signed" not in deeds:
        options["ca_file"] = str(authority.file)
    return options


def job_for(row: Row) -> RecordedJob:
    given = row["input"]
    size = given.get("message_size", 100)
    content = b"A: b\r\n\r\n".ljust(size - 2, b"x") + b"\r\n"
    if "recipient" in given:
        return RecordedJob(given["recipient"], content=content, needs_smtputf8=True)
    addresses = [f"r{number}@example.net" for number in range(given["recipients"])]
    return RecordedJob(*addresses, content=content)


def outcome(verdicts: Verdicts) -> str:
    if verdicts.fault is not None:
        return "smtp.hold-account"
    kinds = {verdict.kind for verdict in verdicts.by_recipient}
    if len(kinds) == 1:
        return ALIKE[kinds.pop()]
    if VerdictKind.DEFERRED in kinds:
        return "smtp.defer-rcpt"
    return "smtp.fail-rcpt"


def numbers(verdicts: Verdicts, kind: VerdictKind) -> list[int]:
    return [
        number
        for number, verdict in enumerate(verdicts.by_recipient, 1)
        if verdict.kind is kind
    ]


def check(must: Row, verdicts: Verdicts, server: ScriptedSmtpServer) -> None:
    verbs = server.verbs
    if "sent_recipients" in must:
        assert numbers(verdicts, VerdictKind.SENT) == must["sent_recipients"]
    if "retry_recipients" in must:
        assert numbers(verdicts, VerdictKind.DEFERRED) == must["retry_recipients"]
    if must.get("data_not_sent"):
        assert "DATA" not in verbs
    if must.get("stores_reply"):
        assert "queued as 4F2A" in verdicts.by_recipient[0].receipt.text
    if "auto_resend" in must:
        kinds = {verdict.kind for verdict in verdicts.by_recipient}
        assert (kinds == {VerdictKind.DEFERRED}) is must["auto_resend"]
    assert verbs.count("AUTH") <= must.get("auth_attempts_max", 1)
    never = must.get("never_sent", []) + must.get("never_sent_in_clear", [])
    assert not set(never) & set(verbs)


def patience(row: Row) -> StageLimits:
    """Shorten the one limit that the row is about, and no other."""
    stages = [event["at"] for event in row["input"]["events"] if "do" in event]
    return PATIENCE.get(stages[-1], StageLimits()) if stages else StageLimits()


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
async def test_a_reply_of_the_corpus_ends_as_it_says(
    provider_at: ProviderAt, authority: Authority, row: Row
) -> None:
    async with server_for(row, authority) as server:
        provider = provider_at(
            server, limits=patience(row), **options_for(row, authority)
        )
        verdicts = await provider.submit(slowly_committed(job_for(row).job))
        await provider.close()

    expected = {row["expect"], *row.get("also_ok", [])}
    assert f"accept-with-finding:{outcome(verdicts)}" in expected
    check(row.get("must", {}), verdicts, server)
