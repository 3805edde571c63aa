"""Ten services, each speaking its contract and strict about it.

What a service documents to be needed has to be there, and what it does not know is
refused as it documents refusing.
"""

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tuimail.testing import Received, Respond
from tuimail.testing.situations import SECRET

Json = dict[str, Any]
ADDRESS: Final = re.compile(r'[^\s@<>"]+@[^\s@<>",]+')


class WrongError(Exception):
    """The request is none that the service takes."""


class Fake:
    """What all of them have."""

    name: ClassVar[str]
    options: ClassVar[dict[str, str | int | bool]] = {}
    """Of the account, beside where it is."""
    send: ClassVar[str]
    check: ClassVar[str]
    checked: ClassVar[object]
    """What a good check is answered."""
    fails: ClassVar[int] = 500
    """The status with which it owns up to an error."""
    slow: ClassVar[Mapping[str, str]] = {"Retry-After": "120"}
    needs: ClassVar[frozenset[str]] = frozenset()
    knows: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, key: str = SECRET) -> None:
        self.key = key
        self.refused: set[str] = set()
        """Whom it does not send to."""
        self.told: list[Any] = []
        """What it was handed, one for each message it took."""

    def answer(self, received: Received) -> Respond:
        """Answer one request."""
        path = received.target.partition("?")[0]
        if not self.is_let_in(received.headers):
            return self.wrong_key()
        if (received.method, path) == ("GET", self.check):
            return Respond(body=self.checked)
        if (received.method, path) != ("POST", self.send):
            return Respond(status=404, body=self.error(404))
        try:
            told = self.read(received)
            people = tuple(self.people(told))
        except (WrongError, KeyError, ValueError, TypeError) as error:
            return self.refusal(repr(error))
        self.told.append(told)
        return self.yes(people)

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {self.key}"

    def read(self, received: Received) -> Any:
        if received.headers.get("content-type") != "application/json":
            raise WrongError("It is no JSON.")
        told = received.json
        check_keys(told, needs=self.needs, knows=self.knows)
        return told

    def people(self, told: Json) -> Iterator[str]:
        raise NotImplementedError

    def yes(self, people: tuple[str, ...]) -> Respond:
        raise NotImplementedError

    def error(self, status: int, text: str = "No.") -> object:
        """Return the body of an error of its own."""
        raise NotImplementedError

    def wrong_key(self) -> Respond:
        return Respond(status=401, body=self.error(401))

    def refusal(self, text: str = "No.") -> Respond:
        return Respond(status=400, body=self.error(400, text))

    def slow_down(self) -> Respond:
        return Respond(status=429, body=self.error(429), headers=self.slow)

    def failure(self) -> Respond:
        return Respond(status=self.fails, body=self.error(self.fails))


def check_keys(told: Json, *, needs: frozenset[str], knows: frozenset[str]) -> None:
    """Refuse an object without what it needs, or with what nobody knows."""
    missing, odd = needs - told.keys(), told.keys() - needs - knows
    if missing or odd:
        raise WrongError(f"missing {sorted(missing)}, unknown {sorted(odd)}")


def bare(text: str) -> str:
    """Return the address in ``Name <a@b>`` or ``a@b``."""
    found = text.rpartition("<")[2].removesuffix(">")
    if not ADDRESS.fullmatch(found):
        raise WrongError(f"{text} is no address")
    return found


def mailbox(told: Json, *, email: str = "email", name: str = "name") -> str:
    """Return the address in an object."""
    check_keys(told, needs=frozenset({email}), knows=frozenset({name}))
    return bare(told[email])


def mailboxes(told: Json, *names: str) -> Iterator[str]:
    for name in names:
        if told.get(name) == []:
            raise WrongError(f"{name} is empty")
        yield from (mailbox(one) for one in told.get(name, []))


def check_files(
    files: list[Json], *, content: str, needs: set[str], knows: set[str]
) -> None:
    for one in files:
        check_keys(one, needs=frozenset({content, *needs}), knows=frozenset(knows))
        try:
            base64.b64decode(one[content], validate=True)
        except binascii.Error as error:
            raise WrongError("no base64") from error


class Resend(Fake):
    name, send, check = "resend", "/emails", "/domains"
    checked: ClassVar[object] = {"object": "list", "data": []}
    needs = frozenset({"from", "to", "subject"})
    knows = frozenset({
        "attachments", "bcc", "cc", "headers", "html", "reply_to", "tags", "text",
    })  # fmt: skip

    def __init__(self, key: str = SECRET) -> None:
        super().__init__(key)
        self.keys: dict[str, bytes] = {}

    def answer(self, received: Received) -> Respond:
        key = received.headers.get("idempotency-key", "")
        if self.keys.get(key, received.body) != received.body:
            return Respond(
                status=409,
                body=self.error(409) | {"name": "invalid_idempotent_request"},
            )
        found = super().answer(received)
        if found.status == 200 and key:
            if key in self.keys:
                self.told.pop()
            self.keys[key] = received.body
        return found

    def people(self, told: Json) -> Iterator[str]:
        bare(told["from"])
        check_files(
            told.get("attachments", []),
            content="content",
            needs={"filename"},
            knows={"content_type", "content_id"},
        )
        for field in ("to", "cc", "bcc", "reply_to"):
            found = [bare(one) for one in told.get(field, [])]
            yield from found if field != "reply_to" else ()

    def yes(self, people: tuple[str, ...]) -> Respond:
        return Respond(body={"id": "49a3999c-0ce1"})

    def error(self, status: int, text: str = "No.") -> Json:
        return {"statusCode": status, "name": "application_error", "message": text}

    def wrong_key(self) -> Respond:
        body = self.error(403, "API key is invalid") | {"name": "invalid_api_key"}
        return Respond(status=403, body=body)

    def refusal(self, text: str = "No.") -> Respond:
        body = self.error(422, text) | {"name": "missing_required_field"}
        return Respond(status=422, body=body)


class Postmark(Fake):
    name, send, check = "postmark", "/email", "/server"
    checked: ClassVar[object] = {"ID": 1, "Name": "Work", "DeliveryType": "Live"}
    fails: ClassVar[int] = 503
    needs = frozenset({"From", "MessageStream", "Subject"})
    knows = frozenset({
        "Attachments", "Bcc", "Cc", "Headers", "HtmlBody", "Metadata", "ReplyTo",
        "Tag", "TextBody", "To", "TrackLinks", "TrackOpens",
    })  # fmt: skip

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("x-postmark-server-token") == self.key

    def people(self, told: Json) -> Iterator[str]:
        bare(told["From"])
        check_files(
            told.get("Attachments", []),
            content="Content",
            needs={"Name", "ContentType"},
            knows={"ContentID"},
        )
        for field in ("To", "Cc", "Bcc"):
            yield from map(bare, told[field].split(", ") if field in told else ())

    def yes(self, people: tuple[str, ...]) -> Respond:
        refused = sorted(self.refused & set(people))
        text = "OK"
        if refused:
            text = (
                "Message OK, but will not deliver to these inactive addresses: "
                f"{', '.join(refused)}. Inactive recipients are ones that have "
                "generated a hard bounce or a spam complaint."
            )
        return Respond(
            body={
                "To": ", ".join(people),
                "SubmittedAt": "2026-11-21T12:00:00Z",
                "MessageID": "0a129aee-e1cd",
                "ErrorCode": 0,
                "Message": text,
            }
        )

    def error(self, status: int, text: str = "No.") -> Json:
        codes = {401: 10, 503: 100}
        return {"ErrorCode": codes.get(status, 300), "Message": text}

    def refusal(self, text: str = "No.") -> Respond:
        return Respond(status=422, body=self.error(422, text))


class SendGrid(Fake):
    name, send, check = "sendgrid", "/v3/mail/send", "/v3/scopes"
    checked: ClassVar[object] = {"scopes": ["mail.send", "scopes.read"]}
    slow: ClassVar[Mapping[str, str]] = {"X-RateLimit-Reset": "9999999999"}
    needs = frozenset({"personalizations", "from", "subject", "content"})
    knows = frozenset({
        "attachments", "categories", "custom_args", "headers", "reply_to_list",
        "tracking_settings",
    })  # fmt: skip

    def people(self, told: Json) -> Iterator[str]:
        mailbox(told["from"])
        (one,) = told["personalizations"]
        check_keys(one, needs=frozenset({"to"}), knows=frozenset({"cc", "bcc"}))
        check_files(
            told.get("attachments", []),
            content="content",
            needs={"filename", "type", "disposition"},
            knows={"content_id"},
        )
        types = [body["type"] for body in told["content"]]
        if types not in (["text/plain"], ["text/html"], ["text/plain", "text/html"]):
            raise WrongError(f"{types} is not their order")
        yield from mailboxes(one, "to", "cc", "bcc")

    def yes(self, people: tuple[str, ...]) -> Respond:
        return Respond(status=202, body=b"", headers={"X-Message-Id": "14c5d75ce93"})

    def error(self, status: int, text: str = "No.") -> Json:
        return {"errors": [{"message": text, "field": None, "help": None}]}


class Brevo(Fake):
    name, send, check = "brevo", "/v3/smtp/email", "/v3/account"
    checked: ClassVar[object] = {
        "email": "ada@example.org",
        "plan": [{"type": "free", "credits": 299, "creditsType": "sendLimit"}],
    }
    slow: ClassVar[Mapping[str, str]] = {"x-sib-ratelimit-reset": "120"}
    needs = frozenset({"sender", "subject"})
    knows = frozenset({
        "attachment", "bcc", "cc", "headers", "htmlContent", "replyTo", "tags",
        "textContent", "to",
    })  # fmt: skip

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("api-key") == self.key

    def people(self, told: Json) -> Iterator[str]:
        mailbox(told["sender"])
        check_files(
            told.get("attachment", []), content="content", needs={"name"}, knows=set()
        )
        yield from mailboxes(told, "to", "cc", "bcc")

    def yes(self, people: tuple[str, ...]) -> Respond:
        return Respond(status=201, body={"messageId": "<2026@smtp-relay.example>"})

    def error(self, status: int, text: str = "No.") -> Json:
        codes = {401: "unauthorized", 404: "document_not_found"}
        return {"code": codes.get(status, "invalid_parameter"), "message": text}


class Mailjet(Fake):
    name, send, check = "mailjet", "/v3.1/send", "/v3/REST/myprofile"
    checked: ClassVar[object] = {"Count": 1, "Data": [{"ID": 1}], "Total": 1}
    options: ClassVar[dict[str, str | int | bool]] = {"username": "publickey"}
    needs = frozenset({"Messages"})

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("authorization") == basic("publickey", self.key)

    def people(self, told: Json) -> Iterator[str]:
        (one,) = told["Messages"]
        check_keys(
            one,
            needs=frozenset({"From", "To", "Subject"}),
            knows=frozenset({
                "Attachments", "Bcc", "Cc", "CustomCampaign", "EventPayload",
                "HTMLPart", "Headers", "InlinedAttachments", "ReplyTo", "TextPart",
                "TrackClicks", "TrackOpens",
            }),
        )  # fmt: skip
        names = {"Filename", "ContentType"}
        for field, more in (
            ("Attachments", set()),
            ("InlinedAttachments", {"ContentID"}),
        ):
            check_files(
                one.get(field, []),
                content="Base64Content",
                needs=names | more,
                knows=set(),
            )
        for field in ("From", "To", "Cc", "Bcc"):
            found = one.get(field, [])
            for each in [found] if field == "From" else found:
                address = mailbox(each, email="Email", name="Name")
                if field != "From":
                    yield address

    def yes(self, people: tuple[str, ...]) -> Respond:
        sent = [
            {
                "Email": one,
                "MessageUUID": f"uuid-{number}",
                "MessageID": 70368744188491213 + number,
                "MessageHref": "https://api.mailjet.com/v3/REST/message/1",
            }
            for number, one in enumerate(people)
        ]
        lists = {"To": sent[:1], "Cc": sent[1:], "Bcc": []}
        return Respond(body={"Messages": [{"Status": "success", **lists}]})

    def error(self, status: int, text: str = "No.") -> Json:
        return {
            "ErrorIdentifier": "c04ac4d7",
            "ErrorCode": "mj-0002",
            "StatusCode": status,
            "ErrorMessage": text,
        }

    def refusal(self, text: str = "No.") -> Respond:
        error = self.error(400, text) | {"ErrorCode": "mj-0013"}
        return Respond(
            status=400, body={"Messages": [{"Status": "error", "Errors": [error]}]}
        )


class Mailtrap(Fake):
    name, send, check = "mailtrap", "/api/send", "/api/accounts"
    checked: ClassVar[object] = [{"id": 3229, "name": "Work", "access_levels": [1000]}]
    needs = frozenset({"from", "subject"})
    knows = frozenset({
        "attachments", "bcc", "category", "cc", "custom_variables", "headers", "html",
        "text", "to",
    })  # fmt: skip

    def people(self, told: Json) -> Iterator[str]:
        mailbox(told["from"])
        check_files(
            told.get("attachments", []),
            content="content",
            needs={"filename"},
            knows={"type", "disposition", "content_id"},
        )
        yield from mailboxes(told, "to", "cc", "bcc")

    def yes(self, people: tuple[str, ...]) -> Respond:
        ids = [f"id-{number}" for number, _ in enumerate(people)]
        return Respond(body={"success": True, "message_ids": ids})

    def error(self, status: int, text: str = "No.") -> Json:
        return {"success": False, "errors": [text]}


class MailerSend(Fake):
    name, send, check = "mailersend", "/v1/email", "/v1/api-quota"
    checked: ClassVar[object] = {"quota": 1000, "remaining": 999, "reset": "tomorrow"}
    needs = frozenset({"from", "to", "subject"})
    knows = frozenset({
        "attachments", "bcc", "cc", "html", "in_reply_to", "references", "reply_to",
        "settings", "tags", "text",
    })  # fmt: skip

    def people(self, told: Json) -> Iterator[str]:
        mailbox(told["from"])
        check_files(
            told.get("attachments", []),
            content="content",
            needs={"filename", "disposition"},
            knows={"id"},
        )
        yield from mailboxes(told, "to", "cc", "bcc")

    def yes(self, people: tuple[str, ...]) -> Respond:
        refused = sorted(self.refused & set(people))
        if not refused:
            return Respond(
                status=202, body="", headers={"X-Message-Id": "5e42957d51f1"}
            )
        kind = "ALL" if len(refused) == len(people) else "SOME"
        warning = {
            "type": f"{kind}_SUPPRESSED",
            "message": f"{kind} of the recipients have been suppressed.",
            "recipients": [
                {"email": one, "name": None, "reasons": ["hard_bounced"]}
                for one in refused
            ],
        }
        return Respond(
            status=202,
            body={"message": "There are some warnings.", "warnings": [warning]},
            headers={} if kind == "ALL" else {"X-Message-Id": "5e42957d51f1"},
        )

    def error(self, status: int, text: str = "No.") -> Json:
        return {"message": text}

    def refusal(self, text: str = "No.") -> Respond:
        body = {"message": text, "errors": {"from.email": [text]}}
        return Respond(status=422, body=body)


class Scaleway(Fake):
    name, send, check = "scaleway", "/emails", "/domains"
    checked: ClassVar[object] = {"total_count": 0, "domains": []}
    options: ClassVar[dict[str, str | int | bool]] = {
        "project_id": "6170692e-7363-616c-6577-61792e636f6d"
    }
    needs = frozenset({"from", "project_id", "subject"})
    knows = frozenset({
        "additional_headers", "attachments", "bcc", "cc", "html", "text", "to",
    })  # fmt: skip

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("x-auth-token") == self.key

    def people(self, told: Json) -> Iterator[str]:
        mailbox(told["from"])
        for one in told.get("additional_headers", []):
            check_keys(one, needs=frozenset({"key", "value"}), knows=frozenset())
        check_files(
            told.get("attachments", []),
            content="content",
            needs={"name", "type"},
            knows=set(),
        )
        yield from mailboxes(told, "to", "cc", "bcc")

    def yes(self, people: tuple[str, ...]) -> Respond:
        return Respond(
            body={
                "emails": [
                    {
                        "id": f"id-{number}",
                        "mail_rcpt": one,
                        "rcpt_type": "to",
                        "status": "failed" if one in self.refused else "new",
                    }
                    for number, one in enumerate(people)
                ]
            }
        )

    def error(self, status: int, text: str = "No.") -> Json:
        types = {401: "denied_authentication", 500: "internal_error"}
        return {"type": types.get(status, "invalid_arguments"), "message": text}


class SparkPost(Fake):
    name, send = "sparkpost", "/api/v1/transmissions"
    check = send
    checked: ClassVar[object] = {"results": []}
    needs = frozenset({"recipients", "content"})
    knows = frozenset({"campaign_id", "metadata", "options"})

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("authorization") == self.key

    def people(self, told: Json) -> Iterator[str]:
        check_keys(
            told["content"], needs=frozenset({"email_rfc822"}), knows=frozenset()
        )
        check_message(told["content"]["email_rfc822"].encode("ascii"))
        for one in told["recipients"]:
            check_keys(one, needs=frozenset({"address"}), knows=frozenset())
            yield mailbox(one["address"])

    def yes(self, people: tuple[str, ...]) -> Respond:
        refused = len(self.refused & set(people))
        return Respond(
            body={
                "results": {
                    "total_rejected_recipients": refused,
                    "total_accepted_recipients": len(people) - refused,
                    "id": "11668787484950529",
                }
            }
        )

    def error(self, status: int, text: str = "No.") -> Json:
        return {"errors": [{"message": text, "code": "1400"}]}


class Mailgun(Fake):
    name, send = "mailgun", "/v3/mg.example.org/messages.mime"
    check = "/v3/domains/mg.example.org"
    checked: ClassVar[object] = {"domain": {"name": "mg.example.org"}}
    options: ClassVar[dict[str, str | int | bool]] = {"domain": "mg.example.org"}

    def is_let_in(self, headers: Mapping[str, str]) -> bool:
        return headers.get("authorization") == basic("api", self.key)

    def read(self, received: Received) -> list[tuple[str, bytes]]:
        return list(form_fields(received))

    def people(self, told: Any) -> Iterator[str]:
        fields = dict(told)
        check_message(fields["message"])
        odd = {name for name in fields if name[:2] not in {"o:", "v:"}}
        if odd != {"to", "message"}:
            raise WrongError(f"{sorted(odd)} are other fields")
        yield from map(bare, fields["to"].decode().split(", "))

    def yes(self, people: tuple[str, ...]) -> Respond:
        return Respond(
            body={"id": "<2026.1@mg.example.org>", "message": "Queued. Thank you."}
        )

    def error(self, status: int, text: str = "No.") -> Json:
        return {"message": text}

    def wrong_key(self) -> Respond:
        return Respond(status=401, body="Forbidden")


def basic(user: str, key: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{key}'.encode()).decode()}"


def check_message(content: bytes) -> None:
    if b"\r\n\r\n" not in content:
        raise WrongError("no message")


def form_fields(received: Received) -> Iterator[tuple[str, bytes]]:
    """Yield what is in a form, read by the standard library."""
    head = f"Content-Type: {received.headers['content-type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + received.body, policy=email.policy.HTTP)
    boundary = form.get_boundary()
    if form.get_content_type() != "multipart/form-data" or boundary is None:
        raise WrongError("no form")
    for part in received.body.split(b"--" + boundary.encode())[1:-1]:
        header, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'form-data; name="([^"]+)"', header)
        if name is None or not content.endswith(b"\r\n"):
            raise WrongError("a part is none")
        yield name[1].decode(), content[:-2]


FAKES: Final[tuple[type[Fake], ...]] = (
    Resend, Postmark, SendGrid, Brevo, Mailjet,
    Mailtrap, MailerSend, Scaleway, SparkPost, Mailgun,
)  # fmt: skip
