"""A file about a service is read strictly, and says what is wrong with it."""

from importlib import resources
from pathlib import Path

import pytest

from tests.providers.http_api.conftest import CLASSES
from tuimail.errors import ConfigurationError
from tuimail.providers.http_api import reading
from tuimail.providers.http_api.definition import parse_definition
from tuimail.providers.http_api.reading import definition_of, own_definition

LEAST = """
title = "Mine"
rules = 1
url = "https://api.example.org"

[request]
path = "/send"

[key]

[parts]
sender = "from"
to = "to"
subject = "subject"
text = "text"

[answer]
id = "id"

[errors]
needs = ["error"]

[check]
path = "/me"
needs = ["name"]
"""


def problem(text: str) -> str:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the text is asserted
        parse_definition(text.encode())
    return str(refused.value)


def test_the_least_that_describes_a_service() -> None:
    found = parse_definition(LEAST.encode())

    assert found.title == "Mine"
    assert found.answer.means == "queued"


def test_there_is_a_file_for_every_class_and_no_other() -> None:
    folder = resources.files("tuimail.providers.http_api") / "services"
    names = {one.name for one in folder.iterdir()}

    assert names == {f"{name}.toml" for name in CLASSES}


@pytest.mark.parametrize("name", CLASSES)
def test_each_of_ours_says_what_document_it_follows_and_when(name: str) -> None:
    folder = resources.files("tuimail.providers.http_api") / "services"
    first = (folder / f"{name}.toml").read_text().partition("title")[0]

    assert "https://" in first
    assert "2026" in first
    assert definition_of(name).url.startswith("https://")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("[key]", "[key]\nheadr = 'X'"), "unknown field “headr” - at “$.key”"),
        (("rules = 1", "rules = 'one'"), "Expected “int”"),
        (("rules = 1", "rules = 0"), "$.rules"),
        (("rules = 1", "rules == 1"), "Invalid value"),
        (('path = "/send"', ""), "required field “path”"),
        (('to = "to"', 'to = "to. "'), "$.parts.to"),
        (("[parts]", "[part]"), "unknown field “part”"),
        (("[answer]", '[mime]\npath = "m"\nform = "text"\nto = "t"\n[answer]'),
         "and not both"),
        (('path = "/send"', 'path = "/{domain}/send"'), "{domain}"),
        (('path = "/send"', 'path = "/send"\nbody = "form"'), "needs a table “mime”"),
        (('text = "text"', ""), "needs “text” or “bodies”"),
        (('id = "id"', ""), "what tells a yes"),
        (('needs = ["error"]', 'needs = ["error"]\n[[errors.rows]]\nmeans = "refused"'),
         "needs “statuses” or “codes”"),
        (('path = "/send"', 'path = "send"'), "$.request.path"),
        (('path = "/send"', 'path = "/a b"'), "$.request.path"),
        (("[key]", '[key]\nprefix = "ü"'), "$.key.prefix"),
        (("[key]", '[key]\nheader = "Host"'), "The header host is made by tuimail"),
        (('path = "/send"', 'path = "/"\nheaders = {Content-Length = "1"}'),
         "The header content-length is made by tuimail"),
        (("[key]", '[options.url]\nmeaning = "a"\n[key]'), "every account has"),
        (('text = "text"', 'text = "from"'), "Two things are to be told at “from”"),
        (('text = "text"', 'text = "from.text"'), "other things within it"),
        (('sender = "from"', 'sender = "m.0"\ncc = "m.cc"'), "other things within it"),
        (("[key]", '[headers]\npath = "from"\n[key]'), "other things within it"),
        (("[key]", '[options.a]\nmeaning = "a"\nfield = "to.0"\n[key]'),
         "Two things are to be told at “to”"),
        (("[parts]", '[addresses]\nnames = "("\n[parts]'), "The pattern “(” is none"),
        (("[parts]", '[service.tags]\npath = "t"\npattern = "["\n[parts]'),
         "The pattern “[” is none"),
        (("[answer]", '[answer]\nwords = {path = "m", pattern = "+", yes = []}'),
         "The pattern “+” is none"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_and_named(
    changed: tuple[str, str], said: str
) -> None:
    assert changed[0] in LEAST
    assert said in problem(LEAST.replace(*changed, 1))


def test_a_message_as_it_is_goes_into_a_form_or_into_json() -> None:
    start, _, rest = LEAST.partition("[parts]")
    as_file = f'{start}[mime]\npath = "m"\nform = "file"\nto = "t"\n[answer]'
    text = as_file + rest.partition("[answer]")[2]

    assert "“file” goes with request.body “form”" in problem(text)


def test_an_own_file_is_read_from_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(LEAST)
    monkeypatch.setenv("HOME", str(tmp_path))

    found, digest = own_definition("~/mine.toml", account="work")

    assert found.title == "Mine"
    assert len(digest) == 64


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"title = 1", "describes no service"),
        (b"\xff\xfe", "describes no service"),
        (b"#" * (reading.MOST_BYTES + 1), "has more than"),
    ],
)
def test_an_own_file_that_is_of_no_use_is_refused(
    content: bytes | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=said) as refused:
        own_definition(str(path), account="work")

    assert refused.value.field == "definition"
    assert "work" in str(refused.value)
    assert refused.value.hint
