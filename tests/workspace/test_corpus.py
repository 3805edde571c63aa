"""Every row of the corpus about mail itself, through the door that people use.

Whatever the parts of ``core`` say of a row on their own, this is what happens when
it is typed, stored, checked, rendered and looked at.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.core.corpus import rows
from tests.workspace.conftest import BILLING, Desk, Script, account
from tests.workspace.test_delivery import drain
from tuimail.core.address import needs_smtputf8, parse_address, wire_address
from tuimail.core.display import display
from tuimail.core.draft import Draft, check_idempotency_key
from tuimail.core.finding import Severity
from tuimail.core.html.text import html_to_text
from tuimail.errors import InputError, TuimailError
from tuimail.settings.identities import Identity
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Page
from tuimail.workspace.workspace import Workspace

OWN = "agent@corp.example"
BOB = "bob@partner.example"
HARMLESS = Fields(to=BOB, subject="Lunch", text="Hello Bob.")
TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Outcome:
    """What became of one row."""

    def __init__(
        self, page: Page | None, message: bytes, error: TuimailError | None = None
    ) -> None:
        self.page = page
        self.message = message
        self.error = error

    @property
    def words(self) -> set[str]:
        """All the outcomes that this is, in the words of the corpus."""
        if self.page is None:
            return {"reject"}
        found = self.page.findings
        codes = {f"accept-with-finding:{one.code}" for one in found}
        areas = {code.partition(".")[0] for code in codes}
        is_fine = all(one.severity is Severity.INFO for one in found)
        return codes | areas | ({"accept"} if is_fine else set())

    @property
    def draft(self) -> Draft:
        assert self.page is not None
        return self.page.draft

    @property
    def read_back(self) -> EmailMessage:
        parsed = message_from_bytes(self.message, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


Run = Callable[..., Outcome]


@pytest.fixture
def desk(tmp_path: Path, provider: Script) -> Desk:
    made = Desk(root=tmp_path / "mail", config=tmp_path / "config.toml")
    alias = parse_address("reports@corp.example", field="address")
    own = parse_address(OWN, field="address")
    made.save(account(address=own, others=(Identity(address=alias),)))
    return made


@pytest.fixture
def run(workspace: Workspace) -> Run:
    """Take fields in, as a person or an agent, and say what became of them."""

    def through(
        make: Callable[[], Draft] | Fields, *, is_agent: bool = False
    ) -> Outcome:
        try:
            actor = BILLING if is_agent else workspace.actor
            with workspace.acting_as(actor, door="http" if is_agent else "app"):
                draft = (
                    workspace.drafts.compose(make)
                    if isinstance(make, Fields)
                    else make()
                )
                row = workspace.drafts.submit(draft)
        except InputError as error:
            return Outcome(None, b"", error)
        message = workspace.drafts.message_bytes(row.id)
        return Outcome(workspace.drafts.page(row.id), message)

    return through


def agrees(row: Any, outcome: Outcome) -> None:
    """Compare with the row; a bare first segment means any code of that area."""
    wanted = {row["expect"], *row.get("also_ok", ())}
    if row["subclass"] == "dos" and outcome.page is not None:
        assert "accept" in wanted
        return

    assert outcome.words & wanted, (outcome.words, outcome.error)
    if outcome.error is not None:
        assert outcome.error.field
        assert outcome.error.hint


@pytest.mark.parametrize("row", rows("address"))
async def test_an_address(row: Any, run: Run, workspace: Workspace, desk: Desk) -> None:
    for domain in row["input"].get("context", {}).get("known_domains", ()):
        await _was_sent(workspace, desk, f"somebody@{domain}")

    outcome = run(replace(HARMLESS, to=row["input"]["value"]))

    agrees(row, outcome)
    if outcome.page is not None:
        _addresses_are(row.get("must", {}), outcome)


async def _was_sent(workspace: Workspace, desk: Desk, address: str) -> None:
    draft = workspace.drafts.compose(replace(HARMLESS, to=address))
    workspace.outbox.send(workspace.drafts.new(draft).id, revision=1)
    await drain(desk)


def _addresses_are(must: dict[str, Any], outcome: Outcome) -> None:
    found = outcome.draft.to
    first = found[0]
    facts: dict[str, Any] = {
        "addr": first.text,
        "addrs": [one.text for one in found],
        "name": first.name,
        "domain": first.domain,
        "count": len(found),
        "wire_domain": wire_address(first).rpartition("@")[2],
        "needs_smtputf8": needs_smtputf8(first),
    }
    for name in facts.keys() & must.keys():
        assert facts[name] == must[name]
    if "never_rcpt" in must:
        assert must["never_rcpt"] not in {wire_address(one) for one in found}
    if must.get("no_encoded_word_in_addr"):
        (line,) = re.findall(rb"^To: .*(?:\r\n .*)*", outcome.message, re.MULTILINE)
        assert b"=?" not in line


@pytest.mark.parametrize("row", rows("spoof"))
def test_a_sender(row: Any, run: Run) -> None:
    given = row["input"]
    fields = Fields(
        sender=given["from"],
        to=tuple(given.get("to", [BOB])),
        cc=tuple(given.get("cc", ())),
        bcc=tuple(given.get("bcc", ())),
        reply_to=given.get("reply_to", ()),
        account="work",
        subject="Lunch",
        text="Hello Bob.",
    )

    outcome = run(fields, is_agent=given.get("origin") == "agent")

    agrees(row, outcome)
    must = row.get("must", {})
    if "envelope" in must:
        assert [one.address for one in _page(outcome).recipients] == must["envelope"]
    if "from_addr" in must and outcome.page:
        assert outcome.draft.sender.text == must["from_addr"]
    if must.get("bcc_not_in_headers"):
        assert b"collector" not in outcome.message
    if must.get("bcc_visible_to_reviewer"):
        assert [one.text for one in outcome.draft.bcc] == given["bcc"]


def _page(outcome: Outcome) -> Page:
    assert outcome.page is not None
    return outcome.page


@pytest.mark.parametrize("row", rows("header"))
def test_a_header(row: Any, run: Run) -> None:
    given, must = row["input"], row.get("must", {})

    outcome = run(_with_header(given))

    agrees(row, outcome)
    if outcome.page is not None:
        facts = _facts(outcome, given)
        for name in must:
            assert facts[name]() == must[name], name


def _facts(outcome: Outcome, given: Any) -> dict[str, Callable[[], Any]]:
    """Return how each fact is found out, in the shape that the rows have it."""
    parsed, name = outcome.read_back, given.get("header")
    longest = max(map(len, outcome.message.split(b"\r\n")))
    return {
        "subject": lambda: parsed["Subject"],
        "header_value": lambda: parsed[name],
        "max_line": lambda: max(longest, 998),
        "no_header": lambda: "Bcc" if parsed["Bcc"] is None else "",
        "reparsed_addrs": lambda: [one.addr_spec for one in parsed["To"].addresses],
        "reparsed_count": lambda: len(parsed["To"].addresses),
        "wire_has_no_nul": lambda: b"\0" not in outcome.message,
        "wire_type": lambda: next(parsed.iter_attachments()).get_content_type(),
    }


def _with_header(given: Any) -> Callable[[], Draft] | Fields:
    value, name = given["value"], given.get("header")
    if name is not None:
        headers = {
            "Subject": {"subject": value},
            "In-Reply-To": {"in_reply_to": value},
        }
        fields: dict[str, Any] = headers.get(name, {"headers": ((name, value),)})
        return replace(HARMLESS, **fields)
    match given["field"]:
        case "to":
            return replace(HARMLESS, to=tuple(value))
        case "display_name":
            return replace(HARMLESS, to=f'"{value}" <{BOB}>')
        case "idempotency_key":
            return lambda: check_idempotency_key(value)  # type: ignore[return-value]
        case field:
            file = FileToAttach(source=b"a file", name="a.txt")
            return replace(HARMLESS, attachments=(_file_with(file, field, value),))


def _file_with(file: FileToAttach, field: str, value: str) -> FileToAttach:
    names = {"filename": "name", "mimetype": "content_type", "content_id": "content_id"}
    changes: dict[str, Any] = {names[field.removeprefix("attachment.")]: value}
    return replace(file, **changes)


def _with_text(given: Any) -> Fields:
    field, value = given["field"], given["value"]
    match field:
        case "text":
            return replace(HARMLESS, text=value)
        case "subject":
            return replace(HARMLESS, subject=value)
        case "html-link":
            return replace(HARMLESS, html=f'<p><a href="{value}">Open</a></p>')
    name = field.removeprefix("attachment:")
    file = FileToAttach(source=value.encode(), name=name)
    return replace(HARMLESS, attachments=(file,))


@pytest.mark.parametrize("row", rows("unicode"))
def test_characters_of_a_text(row: Any, run: Run) -> None:
    agrees(row, run(_with_text(row["input"])))


@pytest.mark.parametrize("row", rows("secret"))
def test_what_may_be_a_secret(row: Any, run: Run, workspace: Workspace) -> None:
    given = row["input"]
    make: Callable[[], Draft] | Fields
    if given["field"].startswith("raw"):
        raw = _message(given["value"], "Content-Transfer-Encoding: quoted-printable")

        def make() -> Draft:
            return workspace.drafts.import_message(raw)
    else:
        make = _with_text(given)

    agrees(row, run(make))


def _message(body: str, *headers: str) -> bytes:
    lines = (f"From: {OWN}", f"To: {BOB}", "Subject: t", "MIME-Version: 1.0", *headers)
    return "\r\n".join((*lines, "", body, "")).encode()


@pytest.mark.parametrize("row", rows("terminal"))
def test_text_that_would_act_on_a_terminal(row: Any, run: Run) -> None:
    given, must = row["input"], row["must"]
    field = given["field"].removeprefix("attachment.")
    shown = display(given["value"], keep_newlines=True)

    if field in {"subject", "text"}:
        outcome = run(_with_text({**given, "field": field}))
        if outcome.page is not None:
            shown = display(
                getattr(outcome.draft, field, outcome.draft.body.text),
                keep_newlines=True,
            )

    assert not TERMINAL.search(shown)
    for text in (*must.get("contains", ()), *must.get("rendered_contains", ())):
        assert text in shown


@pytest.mark.parametrize("row", rows("html"))
def test_html(row: Any, run: Run) -> None:
    given = row["input"]
    pictures = tuple(
        FileToAttach(source=_PNG, name=f"{cid}.png", content_id=cid)
        for cid in given.get("inline_cids", ())
    )
    html = given["html"] if "html" in given else _repeated(given["generate"])

    agrees(row, run(replace(HARMLESS, text="", html=html, attachments=pictures)))


_PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def _repeated(generate: Any) -> str:
    return "".join(text * count for text, count in generate["parts"])


@pytest.mark.parametrize("row", rows("html2text"))
def test_html_as_text(row: Any) -> None:
    text, must = html_to_text(row["input"]["html"]).text, row["must"]

    for part in must["contains"]:
        assert part in text
    for part in must["contains_none_of"]:
        assert part not in text
    for pattern in must.get("matches", ()):
        assert re.search(pattern, text)


@pytest.mark.parametrize("row", rows("mime"))
def test_a_whole_message(row: Any, run: Run, workspace: Workspace) -> None:
    raw, must = _raw(row["input"]), row.get("must", {})

    outcome = run(lambda: workspace.drafts.import_message(raw))

    agrees(row, outcome)
    if outcome.page is None:
        return
    if "no_header" in must:
        assert outcome.read_back[must["no_header"]] is None
    if "envelope_includes" in must:
        everybody = [one.address for one in outcome.page.recipients]
        assert must["envelope_includes"] in everybody
    if "from_addr_is_account" in must:
        assert outcome.draft.sender.text == OWN
    if must.get("wire_bare_lf") is False:
        assert not re.search(rb"(?<!\r)\n", outcome.message)
    if must.get("body_roundtrip"):
        body = raw.partition(b"\r\n\r\n")[2]
        assert outcome.message.partition(b"\r\n\r\n")[2] == body
    assert max(map(len, outcome.message.split(b"\r\n"))) <= must.get("max_line", 998)


def _raw(given: Any) -> bytes:
    if "raw" in given:
        return bytes(given["raw"], "utf-8")
    if "raw_b64" in given:
        return b64decode(given["raw_b64"])
    return b"".join(_generated(given["generate"]))


def _generated(generate: Any) -> Iterator[bytes]:
    head = f"From: {OWN}\r\nSubject: t\r\nMIME-Version: 1.0\r\n".encode()
    to = f"To: {BOB}\r\n".encode()
    match generate["kind"]:
        case "nested-comments":
            depth = generate["depth"]
            yield head + b"To: " + b"(" * depth + b")" * depth + f" {BOB}".encode()
            yield b"\r\n\r\nhello\r\n"
        case "nested-multiparts":
            yield head + to
            for depth in range(generate["depth"]):
                yield f'Content-Type: multipart/mixed; boundary="b{depth}"'.encode()
                yield f"\r\n\r\n--b{depth}\r\n".encode()
            yield b"Content-Type: text/plain\r\n\r\nhello\r\n"
            for depth in reversed(range(generate["depth"])):
                yield f"--b{depth}--\r\n".encode()
        case _:
            yield head + to + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
            part = b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
            yield part * generate["parts"] + b"--b--\r\n"
