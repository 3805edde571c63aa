"""One message that has everything, as each service is told it.

``python -m tests.providers.http_api.golden`` writes ``tests/data/http_api`` anew. A
payload that has changed is told by other rules, which no approval covers: raise
``rules`` in the service's file and the number in its class first.
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tests.core.drafts import address, attachment
from tests.providers.http_api.conftest import (
    CLASSES,
    message_of,
    provider_for,
    rich_draft,
)
from tests.providers.http_api.fakes import FAKES, Fake
from tuimail.core.draft import Draft
from tuimail.core.service import ServiceOptions
from tuimail.providers.http_api.reading import definition_of

FOLDER: Final = Path(__file__).parents[2] / "data" / "http_api"
PLAIN_HEADERS: Final = (("X-Plain", "17"),)
TRACKED: Final[dict[str, Any]] = {"track_opens": True, "track_clicks": False}
META: Final[dict[str, Any]] = {"metadata": (("order", "17"), ("who", "ada"))}
TAG: Final[dict[str, Any]] = {"tags": ("receipt",)}
TAGS: Final[dict[str, Any]] = {"tags": ("receipt", "2026")}
NO_THREAD: Final[dict[str, Any]] = {"in_reply_to": "", "references": ()}
ASKED: Final[dict[str, dict[str, Any]]] = {
    "resend": META,
    "postmark": {**TAG, **META, **TRACKED},
    "sendgrid": {**TAGS, **META, **TRACKED},
    "brevo": {**TAGS, **META},
    "mailjet": {**TAG, **META, **TRACKED},
    "mailtrap": {**TAG, **META},
    "mailersend": {**TAGS, **TRACKED},
    "scaleway": {},
    "sparkpost": {**TAG, **META, **TRACKED},
    "mailgun": {**TAGS, **META, **TRACKED},
}
"""Beside the message."""
LESS: Final[dict[str, dict[str, Any]]] = {
    "brevo": {
        "attachments": (attachment(),),
        "headers": PLAIN_HEADERS,
        **NO_THREAD,
    },
    "mailersend": {"headers": ()},
    "scaleway": {"attachments": (attachment(),)},
}
"""What is left out of the message, where the service cannot be told it."""
MORE: Final[dict[str, dict[str, Any]]] = {
    name: {"reply_to": (address("The desk <desk@example.org>"), address("b@b.example"))}
    for name in ("resend", "postmark", "sendgrid", "mailtrap", "scaleway")
}
"""What only some can be told."""
BY_NAME: Final[dict[str, type[Fake]]] = {fake.name: fake for fake in FAKES}


def draft_for(name: str) -> Draft:
    """Return the draft with all that the service can be told."""
    fields = LESS.get(name, {}) | MORE.get(name, {})
    return rich_draft(**fields, service=ServiceOptions(**ASKED[name]))


def payload_of(name: str) -> bytes:
    """Return the body that the service is sent."""
    provider = provider_for(BY_NAME[name], "http://127.0.0.1:1")
    return provider.payload(*message_of(draft_for(name)))


def golden_of(name: str) -> dict[str, Any]:
    """Return what is written down about a service."""
    payload = payload_of(name)
    return {
        "rules": definition_of(name).rules,
        "sha256": sha256(payload).hexdigest(),
        "payload": json.loads(payload) if payload[:1] == b"{" else list(_form(payload)),
    }


def _form(payload: bytes) -> Iterator[list[str]]:
    boundary = payload.partition(b"\r\n")[0]
    for part in payload.split(boundary)[1:-1]:
        header, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = re.findall(rb'"([^"]+)"', header)[0]
        yield [name.decode(), content.decode()]


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in CLASSES:
        text = json.dumps(golden_of(name), indent=1, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
