"""Every secret here is made up."""

import pytest

from tests.core.sample import address, draft
from tuimail.core.checks.context import NOTHING_KNOWN
from tuimail.core.checks.secrets import check, scan
from tuimail.core.draft import Draft
from tuimail.core.finding import Severity
from tuimail.core.service import ServiceOptions

PAT = "glpat-x7Kq2LmN9pRs4TuV6wXy"
GITHUB = "ghp_x7Kq2LmN9pRs4TuV6wXyZ1aB3cD5eF7gH9iJ"
JWT_HEAD = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
JWT_BODY = "eyJzdWIiOiJzb21lb25lIiwiaWF0IjoxfQ"
JWT_END = "x7Kq2LmN9pRs4TuV6wXyZ1aB3cD5eF7gH9iJkLmNoPq"
WEBHOOK = "T0AB%2FB0CD%2Fx7Kq2LmN9pRs4TuV6wXyZ1aB"


def codes(text: str) -> list[str]:
    return [finding.code for finding in scan(text, field="text", label="text")]


@pytest.mark.parametrize(
    "text",
    [
        "密码\uff1aAbc12345",
        "密码: Abc12345",
        "密碼\uff1aAbc12345",
        "パスワード\uff1aAbc12345",
        "비밀번호: Abc12345",
        "pw: Abc12345",
        "user: bob, PW=Abc12345",
        "machine ftp.x.example login bob password Hunter22!",
        "machine ftp.x.example\n  login bob\n  password Hunter22!",
        "mysql --password abc123xyz",
        "tool --passwd 'abc123xyz' run",
        f"SECRET_KEY_BASE={'9f8e7d6c5b4a3928' * 8}",
        f"secret_key_base: {'9f8e7d6c5b4a3928' * 8}",
    ],
)
def test_a_password_is_found_by_any_name(text: str) -> None:
    assert codes(text) == ["secret.generic-assignment"]


@pytest.mark.parametrize(
    "text",
    [
        "curl -u admin:Hunter22! https://x.example",
        "curl -s -X POST --user 'admin:Hunter22!' https://x.example",
        "curl -uadmin:Hunter22! https://x.example",
        "https://x:a/b%23C12de@h.example/",
        "https://x:Hunter%2F22@h.example",
        "https://x:Hun/ter#22@h.example/a",
    ],
)
def test_a_login_is_found_in_a_command_and_a_link(text: str) -> None:
    assert codes(text) == ["secret.url-credentials"]


@pytest.mark.parametrize(
    "text",
    [
        "密码\uff1a已更改",
        "密码\uff1a********",
        "パスワード: 8文字以上で設定してください",
        "密码: 至少8位字符abc",
        "비밀번호: 8자이상영문숫자",
        "see http://host:port/path@x",
        "pwd /home/user2",
        "pw2: Abc12345",
        "login with password required",
        "login and password\nAddress 2",
        "mysql --password --user=root2",
        "tool --password $DB_PASSWORD_2",
        "tool --password-file /run/secrets/db2",
        "tool --password <password>",
        "curl -u user:password https://x.example",
        "curl -u $USER:$PASSWORD https://x.example",
        "curl -u user https://x.example:8080/a",
        "docker run -u 1000:1000 image",
        "https://host.example:8080/a@b",
        "https://host.example:8080?to=bob@b.example",
        "https://host.example:/a@b",
        "http://[::1]:80/a@b",
        "pul-request and figd_ and nfp_x and PMAK-1 and tskey-auth-x and pathological",
    ],
)
def test_what_only_looks_like_one_is_fine(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("github-token", f"{GITHUB[:20]}\n{GITHUB[20:]}"),
        ("github-token", f"> {GITHUB[:20]}\n> {GITHUB[20:]}\n>\n> Thanks"),
        ("github-token", f"{GITHUB[:12]}\n{GITHUB[12:25]}\n{GITHUB[25:]}\nThanks\nBob"),
        ("gitlab-token", f"It is {PAT[:20]}\n{PAT[20:]} as ever."),
        ("jwt", f"{JWT_HEAD}.\n{JWT_BODY}.{JWT_END}"),
        ("jwt", f"{JWT_HEAD}\n.{JWT_BODY}.{JWT_END}"),
        ("jwt", f"{JWT_HEAD}.{JWT_BODY}\n.{JWT_END}"),
    ],
)
def test_a_token_that_is_broken_into_lines_is_found(code: str, text: str) -> None:
    assert codes(text) == [f"secret.{code}"]


@pytest.mark.parametrize("end", ["\nThanks", "\n\nThanks", "\nThanks\nBob", " .\nBye"])
def test_the_words_after_a_token_are_no_part_of_it(end: str) -> None:
    """Another length would be another kind of token."""
    (found,) = scan(GITHUB + end, field="text", label="text")

    assert found.severity is Severity.INFO
    assert found.message.endswith("(40 characters).")


@pytest.mark.parametrize(
    "text",
    [
        "ghp_\nis how they begin\nthe tokens",
        "eyJust\nwords.that\nfollow",
        "hf_\nnothing",
    ],
)
def test_lines_that_make_no_token_are_fine(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f"https://evil.example/?u=https%3A%2F%2Fhooks.slack.com%2Fservices%2F{WEBHOOK}",
        f"hooks.slack.com%2Fservices%2F{WEBHOOK}",
    ],
)
def test_an_encoded_webhook_is_found(text: str) -> None:
    assert codes(text) == ["secret.slack-webhook"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("from", draft(sender=address("agent@corp.example", PAT))),
        ("to", draft(to=(address("bob@b.example", PAT),))),
        ("to", draft(to=(address(f"{PAT}@b.example"),))),
        ("cc", draft(cc=(address(f"{PAT}@b.example"),))),
        ("bcc", draft(bcc=(address("bob@b.example", PAT),))),
        ("reply-to", draft(reply_to=(address("bob@b.example", PAT),))),
        ("in-reply-to", draft(in_reply_to=f"<{PAT}@b.example>")),
        ("references", draft(references=("<1@b.example>", f"<{PAT}@b.example>"))),
        ("tag", draft(service=ServiceOptions(tags=("a", PAT)))),
        ("meta", draft(service=ServiceOptions(metadata=(("key", PAT),)))),
    ],
)
def test_no_field_is_left_out(field: str, given: Draft) -> None:
    (found,) = check(given, NOTHING_KNOWN)

    assert (found.field, found.code) == (field, "secret.gitlab-token")


@pytest.mark.parametrize(
    "piece",
    ["eyJ\n", "eyJa\nabcd\n", "hf_a\n> ", "curl ", "curl -u a:", "login a password ",
     "--password ", "密码\uff1a", "https://a:/", "pw: ", "hooks.slack.com%2F"],
)  # fmt: skip
def test_many_beginnings_take_no_longer_than_they_are_long(piece: str) -> None:
    assert len(codes(piece * (200_000 // len(piece)))) <= 1
