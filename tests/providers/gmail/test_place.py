"""Where Gmail is, and what of it a token may be shown to."""

import pytest

from tuimail.providers.base import ProviderAccount
from tuimail.providers.gmail.place import Place, Session, place_of, session_of

GOOGLE = "https://gmail.googleapis.com"


@pytest.mark.parametrize(
    ("url", "uri", "is_there"),
    [
        (GOOGLE, f"{GOOGLE}/upload?upload_id=1", True),
        (GOOGLE, "https://gmail.googleapis.com:443/upload", True),
        (GOOGLE, "https://GMAIL.googleapis.com/upload", True),
        (GOOGLE, "https://www.googleapis.com/upload/gmail/v1?upload_id=1", True),
        (GOOGLE, "http://gmail.googleapis.com/upload", False),
        (GOOGLE, "https://gmail.googleapis.com:444/upload", False),
        (GOOGLE, "https://storage.googleapis.com/upload", False),
        (GOOGLE, "https://gmail.googleapis.com.evil.example/upload", False),
        (GOOGLE, "https://gmail.googleapis.com@evil.example/upload", False),
        (GOOGLE, "https://evil@gmail.googleapis.com/upload", False),
        (GOOGLE, "https://gmail.googleapis.com\\@evil.example/upload", False),
        (GOOGLE, "//gmail.googleapis.com/upload", False),
        (GOOGLE, "/upload", False),
        (GOOGLE, "", False),
        (GOOGLE, f"{GOOGLE}/a b", False),
        (GOOGLE, f"{GOOGLE}/a\nb", False),
        (GOOGLE, f"{GOOGLE}/ä", False),
        (GOOGLE, f"{GOOGLE}/{'a' * 4000}", False),
        (GOOGLE, "https://[::1/upload", False),
        (GOOGLE, "https://gmail.googleapis.com:x/upload", False),
        ("https://proxy.example/gmail", "https://proxy.example/x", True),
        ("https://proxy.example/gmail", "https://www.googleapis.com/x", False),
        ("http://[::1]:8025", "http://[::1]:8025/upload", True),
        ("http://[::1]:8025", "http://127.0.0.1:8025/upload", False),
    ],
)
def test_a_token_is_shown_to_the_place_of_the_account_alone(
    url: str, uri: str, *, is_there: bool
) -> None:
    assert Place(url=url).has(uri) is is_there


@pytest.mark.parametrize(
    ("options", "server"),
    [
        ({}, "gmail.googleapis.com:443"),
        ({"url": "http://127.0.0.1:8025/"}, "127.0.0.1:8025"),
        ({"url": "http://[::1]:8025"}, "[::1]:8025"),
    ],
)
def test_the_place_has_a_name_for_people(
    options: dict[str, str | int | bool], server: str
) -> None:
    account = ProviderAccount(name="work", options=options, secret=lambda: None)

    assert place_of(account).server == server


def test_a_session_is_kept_in_one_line() -> None:
    session = Session(uri=f"{GOOGLE}/upload?upload_id=a%20b", size_bytes=4711)

    assert session_of(session.handle) == session
