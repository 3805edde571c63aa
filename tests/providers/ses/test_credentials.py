"""Whose key it is: what the person's AWS configuration decides, and what it cannot."""

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
)

from tuimail.core.submission import AccountFault
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.ses import client as ses_client
from tuimail.providers.ses import credentials
from tuimail.providers.ses.client import SesClient
from tuimail.providers.ses.credentials import AccessKey, Chain
from tuimail.providers.ses.options import SesOptions

unix = pytest.mark.skipif(sys.platform == "win32", reason="programs of Unix")
ODD = {
    "AWS_PROFILE": "gone",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_RETRY_MODE": "nonsense",
    "AWS_MAX_ATTEMPTS": "many",
    "AWS_DEFAULTS_MODE": "nonsense",
    "AWS_SESSION_TOKEN": "another",
    "AWS_CA_BUNDLE": "/no/such/file",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "-1",
}


def chain_of(folder: Path, config: str) -> Chain:
    (folder / "config").write_text(f"[default]\n{config}\n")
    return Chain(profile="", region="eu-central-1")


def failed(chain: Chain) -> NotConnectedError:
    with pytest.raises(NotConnectedError) as raised:
        chain.read()
    return raised.value


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "email.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", "email.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "email.cn-north-1.amazonaws.com.cn"),
        ("us-isob-east-1", "email.us-isob-east-1.sc2s.sgov.gov"),
    ],
)
def test_nothing_of_the_environment_says_where_mail_goes(
    monkeypatch: pytest.MonkeyPatch, aws_folder: Path, region: str, host: str
) -> None:
    (aws_folder / "config").write_text("[[no file of settings\n")
    for name, value in ODD.items():
        monkeypatch.setenv(name, value)
    options = SesOptions(region=region, access_key_id="AKID")
    made = SesClient(options)._client(AccessKey(key_id="AKID", secret="s"))

    assert made.meta.endpoint_url == options.endpoint == f"https://{host}"
    assert made.meta.region_name == region
    assert made.meta.config.retries["total_max_attempts"] == 1
    assert made._request_signer._credentials.token is None


@unix
def test_a_program_tells_a_key_and_sees_nothing_of_ours(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_SMTP_PASSWORD", "hunter2")
    program = aws_folder / "program"
    program.write_text(
        '#!/bin/sh\nprintf \'{"Version": 1, "AccessKeyId": "AK", "SecretAccessKey": '
        '"s%s", "SessionToken": "t"}\' "$TUIMAIL_SMTP_PASSWORD"\n'
    )
    program.chmod(0o700)
    key = chain_of(aws_folder, f"credential_process = {program}").read()

    assert key == AccessKey(key_id="AK", secret="s", token="t")
    assert "'s'" not in repr(key)


@unix
def test_a_program_that_hangs_is_ended_with_its_children(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "LIMIT", timedelta(seconds=0.5))
    ended: list[int] = []
    real = os.killpg

    def killed(group: int, number: int) -> None:
        ended.append(group)
        real(group, number)

    monkeypatch.setattr(os, "killpg", killed)
    error = failed(chain_of(aws_folder, "credential_process = sleep 1000"))

    assert error.fault is AccountFault.SECRET
    assert "credential_process did not end" in error.receipt.text
    assert len(ended) == 1


@unix
@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("credential_process = /no/such/program", "No such file or directory"),
        ("credential_process = echo no json", "JSONDecodeError"),
        ("credential_process = false", "custom-process"),
        ("aws_access_key_id = half", "aws_secret_access_key"),
    ],
)
def test_what_no_key_came_of_is_said(aws_folder: Path, config: str, says: str) -> None:
    error = failed(chain_of(aws_folder, config))

    assert error.fault is AccountFault.SECRET
    assert says in error.receipt.text


def wrapped() -> Exception:
    error: Exception = CredentialRetrievalError(
        provider="container-role", error_msg="lost"
    )
    error.__context__ = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    return error


def answered(status: int, code: str) -> Exception:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error: Exception = ClientError(answer, "AssumeRole")
    return error


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (wrapped(), None),
        (answered(503, "ServiceUnavailable"), None),
        (answered(400, "Throttling"), None),
        (answered(403, "AccessDenied"), AccountFault.SECRET),
        (RuntimeError("hunter2"), AccountFault.SECRET),
    ],
)
def test_only_what_a_person_mends_holds_the_account(
    error: Exception, fault: AccountFault | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_chain: Chain) -> None:
        raise error

    monkeypatch.setattr(Chain, "_resolver", fail)
    found = failed(Chain(profile="", region="eu-central-1"))

    assert found.fault is fault
    assert "hunter2" not in found.receipt.text


@pytest.mark.parametrize(
    "given",
    [
        {"key_id": "AK", "secret": " "},
        {"key_id": "AK", "secret": "s\n"},
        {"key_id": "A\nK", "secret": "s"},
        {"key_id": "", "secret": "s"},
        {"key_id": "AK", "secret": "s", "token": "t\r\nX: y"},
        {"key_id": "AK", "secret": "s", "token": "tökén"},
    ],
)
def test_a_key_that_no_header_can_have_is_none(given: dict[str, str]) -> None:
    with pytest.raises(NotConnectedError) as raised:
        AccessKey(**given)

    assert raised.value.fault is AccountFault.SECRET


async def test_a_chain_that_hangs_is_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    goes_on = threading.Event()
    monkeypatch.setattr(ses_client, "WHOLE_LIMIT", timedelta(seconds=0.05))
    monkeypatch.setattr(Chain, "read", lambda _chain: goes_on.wait())
    asked = SesClient(SesOptions(region="eu-central-1"))
    stuck = asked._chain
    with pytest.raises(NotConnectedError) as raised:
        await asked._key("")
    goes_on.set()

    assert raised.value.fault is None
    assert asked._chain is not stuck
