"""What can be typed about a mail, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, Desk, Script, account
from tuimail.core.address import parse_address
from tuimail.core.draft import Body, Draft, Priority
from tuimail.core.service import Category
from tuimail.errors import (
    ConfigurationError,
    FieldError,
    UnsupportedFeatureError,
)
from tuimail.settings.identities import Identity
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.bodies import edited
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.fields import Fields
from tuimail.workspace.sender import Sender
from tuimail.workspace.workspace import Workspace

REPORTS = Identity(
    address=parse_address("Reports <reports@example.org>", field="address"),
    reply_to=parse_address("team@example.org", field="reply_to"),
    signature="The reports",
)


@pytest.fixture
def compose(workspace: Workspace, fields: Fields) -> Callable[..., Draft]:
    return lambda **changes: workspace.drafts.compose(replace(fields, **changes))


Compose = Callable[..., Draft]


def test_one_text_is_taken_where_several_are(compose: Compose) -> None:
    draft = compose(
        to="Bob <Bob@example.net>", cc="c@d.example", bcc=(), reply_to="r@d.example",
        tags="invoice",
    )  # fmt: skip

    assert [one.text for one in draft.to] == ["Bob@example.net"]
    assert draft.to[0].name == "Bob"
    assert [one.text for one in draft.reply_to] == ["r@d.example"]
    assert draft.service.tags == ("invoice",)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("to", "a@b.example, c@d.example", "more than one mailbox"),
        ("cc", ("a@b.example", "Team: a@b.example;"), "is a group"),
        ("bcc", "", "is empty"),
        ("reply_to", "nobody", "no @"),
    ],
)
def test_one_item_is_one_mailbox(
    compose: Compose, field: str, value: Any, says: str
) -> None:
    with pytest.raises(FieldError, match=says) as caught:
        compose(**{field: value})

    assert caught.value.field == field.replace("_", "-")


def test_everything_that_is_said_is_kept(compose: Compose) -> None:
    draft = compose(
        priority="high",
        unsubscribe_url="https://x.example/u?1",
        category="bulk",
        tags=("a", "b"),
        metadata={"order": "17"},
        template_id="welcome",
        merge={"product": "tea"},
        merge_for={"Bob@example.net": {}, "archive@example.org": {"n": "1"}},
        to="Bob@example.net",
        track_opens=False,
        track_clicks=True,
        is_flowed=True,
    )

    assert draft.priority is Priority.HIGH
    assert draft.unsubscribe_url == "https://x.example/u?1"
    assert draft.body.is_flowed
    assert draft.service.category is Category.BULK
    assert draft.service.metadata == (("order", "17"),)
    assert draft.service.merge == (("product", "tea"),)
    assert draft.service.merge_for == (
        ("Bob@example.net", ()),
        ("archive@example.org", (("n", "1"),)),
    )
    assert (draft.service.track_opens, draft.service.track_clicks) == (False, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"priority": "urgent"}, "priority"),
        ({"category": "spam"}, "category"),
        ({"unsubscribe_url": "http://x.example"}, "unsubscribe-url"),
        ({"merge_for": {"eve@evil.example": {"n": "1"}}}, "merge-for"),
        ({"merge_for": {"eve": {}}}, "merge-for"),
        ({"markdown": "# Hi", "html": "<p>Hi</p>"}, "markdown"),
        ({"html": "<div>" * 2000}, "html"),
    ],
)
def test_what_mail_cannot_say_is_refused_with_its_field(
    compose: Compose, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldError) as caught:
        compose(**changes)

    assert caught.value.field == field
    assert caught.value.hint


def test_files_come_from_a_path_from_bytes_or_from_a_stream(
    compose: Compose, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")

    logo = BytesIO(b"\x89PNG\r\n")

    notes, table, picture = compose(
        html='<img src="cid:logo">',
        attachments=(
            path,
            FileToAttach(source=b"a,b\n", name="table.csv", content_type="text/csv"),
            FileToAttach(source=logo, name="l.png", content_id="logo"),
        ),
    ).attachments

    assert (notes.name, notes.content_type) == ("notes.txt", "text/plain")
    assert (table.name, table.content_type) == ("table.csv", "text/csv")
    assert (picture.name, picture.content_type) == ("l.png", "image/png")
    assert [one.is_inline for one in (notes, table, picture)] == [False, False, True]


class TestIdentities:
    @pytest.fixture
    def desk(self, tmp_path: Path, provider: Script) -> Desk:
        made = Desk(root=tmp_path / "mail", config=tmp_path / "config.toml")
        made.save(account(others=(REPORTS,), signature="Mara"))
        return made

    def test_an_account_sends_as_any_of_its_own(self, compose: Compose) -> None:
        draft = compose(sender="reports@example.org")

        assert draft.account == "work"
        assert draft.sender.name == "Reports"
        assert [one.text for one in draft.reply_to] == ["team@example.org"]
        assert draft.body.text.endswith("\n\n-- \nThe reports\n")

    def test_answers_go_where_somebody_says(self, compose: Compose) -> None:
        draft = compose(sender="reports@example.org", reply_to=("a@b.example",))

        assert [one.text for one in draft.reply_to] == ["a@b.example"]

    def test_the_signature_can_be_left_out(self, compose: Compose) -> None:
        assert "Mara" in compose().body.text
        assert "Mara" not in compose(is_signed=False).body.text

    @pytest.mark.parametrize(
        "changes",
        [
            {"text": "Hi\n-- \nme\n", "html": "<p>Hi</p>"},
            {"text": "Hi", "html": "<p>Hi</p><p>-- <br>me</p>"},
            {"text": "", "html": "<p>Hi</p><p>-- <br>me</p>"},
        ],
    )
    def test_what_is_signed_in_one_part_is_signed(
        self, compose: Compose, changes: dict[str, Any]
    ) -> None:
        body = compose(**changes).body

        assert "Mara" not in body.text + body.html

    def test_both_parts_get_the_same_signature(self, compose: Compose) -> None:
        body = compose(text="Hi", html="<p>Hi</p>").body

        assert body.text == "Hi\n\n-- \nMara\n"
        assert body.html.count("Mara") == 1

    def test_it_sends_as_nobody_else(self, compose: Compose) -> None:
        with pytest.raises(FieldError, match=r"mara@example\.org, reports@") as caught:
            compose(sender="eve@example.org", account="work")

        assert caught.value.field == "from"


class TestBodies:
    def test_html_gets_a_text_part_made_from_it(self, compose: Compose) -> None:
        body = compose(text="", html="<p>Hello <b>Ana</b></p>").body

        assert body.text == "Hello Ana\n"
        assert body.is_text_made

    def test_the_made_text_can_be_switched_off(self, compose: Compose) -> None:
        body = compose(text="", html="<p>Hello</p>", makes_text=False).body

        assert (body.text, body.html) == ("", "<p>Hello</p>")

    def test_a_text_that_was_written_is_left_alone(self, compose: Compose) -> None:
        body = compose(html="<p>Hello</p>").body

        assert body.text.startswith("Hi Ana")
        assert not body.is_text_made

    def test_markdown_becomes_both_parts(self, compose: Compose) -> None:
        body = compose(
            text="", markdown="# Hi\r\n\r\n*very* [good](https://x.example)"
        ).body

        assert "<em>very</em>" in body.html
        assert "https://x.example" in body.text
        assert "<" not in body.text
        assert body.is_text_made

    def test_styles_are_written_into_the_elements(self, compose: Compose) -> None:
        html = "<style>p { color: red }</style><p>Hi</p>"

        assert "color: red" in compose(html=html, inlines_css=True).body.html
        assert compose(html=html).body.html == html

    def test_what_a_person_wrote_is_not_cleaned(self, compose: Compose) -> None:
        html = "<form><p onclick='x()'>Hi</p></form>"

        draft = compose(html=html)

        assert draft.body.html == html
        assert not draft.noticed

    def test_what_an_agent_wrote_is_cleaned_and_that_is_said(
        self, workspace: Workspace, fields: Fields
    ) -> None:
        html = "<p>Pay <a href='https://x.example/'>here</a></p><script>x()</script>"
        with workspace.acting_as(BILLING, door="http"):
            draft = workspace.drafts.compose(replace(fields, html=html))
            row = workspace.drafts.new(draft)

        (noticed,) = draft.noticed
        page = workspace.drafts.page(row.id)

        assert "script" not in draft.body.html
        assert "https://x.example/" in draft.body.html
        assert noticed.code == "html.cleaned"
        assert "script" in noticed.message
        assert noticed in page.findings

    def test_harmless_html_of_an_agent_is_not_reported(
        self, workspace: Workspace, fields: Fields
    ) -> None:
        with workspace.acting_as(BILLING, door="http"):
            draft = workspace.drafts.compose(replace(fields, html="<p>Hi Ana</p>"))

        assert not draft.noticed

    def test_a_made_text_follows_its_html(self, compose: Compose) -> None:
        made = compose(text="", html="<p>One</p>").body

        again = edited(made, text=made.text, html="<p>Two</p>")
        own = edited(made, text="My words", html=made.html)
        kept = edited(own, text="My words", html="<p>Two</p>")

        assert (again.text, again.is_text_made) == ("Two\n", True)
        assert (own.text, own.is_text_made) == ("My words", False)
        assert (kept.text, kept.html) == ("My words", "<p>Two</p>")

    def test_html_that_is_written_first_gets_a_text(self) -> None:
        body = edited(Body(), text="", html="<p>One</p>")

        assert (body.text, body.is_text_made) == ("One\n", True)
        assert edited(Body(html="<p>0</p>"), text="", html="<p>1</p>").text == ""


class TestWhatTheProviderIsAsked:
    def test_it_goes_along_to_the_provider_and_is_approved(
        self, workspace: Workspace, write: Any, provider: Script
    ) -> None:
        row = write(tags="a", track_opens=True)

        plain = workspace.drafts.page(write().id).release_digest
        page = workspace.drafts.page(row.id)

        assert page.draft.service.track_opens
        assert page.release_digest != plain

    def test_what_it_cannot_do_is_a_finding_and_a_refusal(
        self, workspace: Workspace, write: Any, provider: Script
    ) -> None:
        provider.refuses = UnsupportedFeatureError(
            "SMTP cannot track.", hint="Leave it out.", field="track-opens"
        )
        row = write(track_opens=True)

        (finding,) = (
            one
            for one in workspace.drafts.page(row.id).findings
            if one.code == "account.unsupported"
        )
        with pytest.raises(UnsupportedFeatureError):
            workspace.reviews.approve(row.id, revision=1)

        assert finding.field == "track-opens"
        assert "cannot be approved" in finding.message

    def test_an_account_that_is_wrong_itself_is_no_finding(
        self, workspace: Workspace, write: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_name: str) -> None:
            raise ConfigurationError("No such provider.")

        monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", fail)

        row = write(headers=(("X-A", "1"),))

        codes = [one.code for one in workspace.drafts.page(row.id).findings]
        assert "account.unsupported" not in codes


def test_a_mail_above_what_the_account_takes_is_refused(
    desk: Desk, fields: Fields
) -> None:
    desk.save(account(max_message_bytes=10_000))
    big = FileToAttach(source=bytes(9_000), name="big.bin")

    with desk.open() as workspace:
        row = workspace.drafts.new(
            workspace.drafts.compose(replace(fields, attachments=(big,)))
        )
        codes = [one.code for one in workspace.drafts.page(row.id).findings]
        with pytest.raises(UnsupportedFeatureError, match="takes 10,000") as caught:
            workspace.reviews.approve(row.id, revision=1)

    assert "size.over-limit" in codes
    assert caught.value.field == "attach"


async def test_who_was_sent_mail_before_is_known(
    desk: Desk, workspace: Workspace, write: Any
) -> None:
    def is_new(row_id: str) -> bool:
        found = workspace.drafts.page(row_id).findings
        return any(one.code == "rcpt.new" for one in found)

    first = write()
    assert is_new(first.id)
    workspace.outbox.send(first.id, revision=1)
    async with Bridge(desk.open) as bridge:
        await Sender(bridge, jitter=lambda: 1.0).drain()

    assert not is_new(write().id)
    assert is_new(write(to="new@example.net").id)


class TestProviders:
    def both(self, desk: Desk) -> None:
        desk.save(
            account(),
            account("spare", address=parse_address("s@example.org", field="address")),
            account("other", provider="dummy", options={}),
        )

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"provider": "dummy"}, "other"),
            ({"provider": "fake"}, "work"),
            ({"account": "spare"}, "spare"),
            ({"sender": "s@example.org"}, "spare"),
            ({}, "work"),
        ],
    )
    def test_an_account_can_be_named_by_what_it_leads_through(
        self, desk: Desk, fields: Fields, changes: dict[str, Any], name: str
    ) -> None:
        self.both(desk)

        with desk.open() as workspace:
            draft = workspace.drafts.compose(replace(fields, **changes))

        assert draft.account == name

    @pytest.mark.parametrize(
        ("provider", "says"), [("ses", "No account"), ("fake", "Several accounts")]
    )
    def test_it_must_be_one(
        self, desk: Desk, fields: Fields, provider: str, says: str
    ) -> None:
        self.both(desk)
        accounts = desk.config.with_name("accounts.toml")
        accounts.write_text(accounts.read_text().partition("\n")[2])

        with (
            desk.open() as workspace,
            pytest.raises(ConfigurationError, match=says) as caught,
        ):
            workspace.drafts.compose(replace(fields, provider=provider))

        assert caught.value.field == "provider"


def test_a_program_may_set_some_headers_only(
    workspace: Workspace, fields: Fields
) -> None:
    odd = replace(fields, headers=(("Supersedes", "<1@b.example>"),))

    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(FieldError, match="a program may set") as caught,
    ):
        workspace.drafts.compose(odd)

    assert caught.value.field == "header"
    assert workspace.drafts.compose(odd).headers == odd.headers
