"""What was asked for, and what a person ticked."""

import pytest

from tuimail.settings.sign_in.scopes import missing
from tuimail.settings.sign_in.services import GMAIL, MICROSOFT

SEND, MAIL = GMAIL.scopes["gmail"], GMAIL.scopes["smtp"]
GRAPH = MICROSOFT.scopes["graph"]


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (SEND, ""),
        (SEND, " "),
        (SEND, f"openid {SEND}"),
        (MAIL, MAIL),
        (GRAPH, "https://graph.microsoft.com/Mail.Send"),
        (GRAPH, "Mail.Send profile openid email"),
        (GRAPH, "mail.send"),
        ("https://graph.microsoft.com/.default offline_access", "Mail.Send"),
        ("", "anything"),
    ],
)
def test_nothing_is_missing(asked: str, granted: str) -> None:
    assert missing(asked, granted) == ()


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (SEND, "openid"),
        (SEND, f"{SEND}.more"),
        (MAIL, SEND),
        (GRAPH.split()[0], "User.Read"),
    ],
)
def test_what_was_not_ticked_is_missing(asked: str, granted: str) -> None:
    assert missing(asked, granted) == (asked,)
