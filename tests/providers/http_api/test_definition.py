"""A file about a service is read strictly, and says what is wrong with it."""

import os
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


TAG = '[service.tags]\npath = "tag"\n[answer]'


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
        (('to = "to"', 'to = "to.3.x"'), "Another form is needed - at “$.parts.to”"),
        (('to = "to"', 'to = "1"'), "$.parts.to"),
        (('to = "to"', 'to = "0.to"'), "$.parts.to"),
        (('to = "to"', 'to = "to.*"'), "$.parts.to"),
        (('sender = "from"', 'sender = "to.0"'), "Two things are to be told at “to”"),
        (('to = "to"', 'to = "message"\ncc = "message.cc"'), "“message"),
        (("[key]", '[headers]\npath = "subject"\n[key]'), "other things within it"),
        (("[key]", '[addresses]\nemail = "a"\nname = "a"\n[key]'),
         "Two things of “addresses”"),
        (("[key]", '[addresses]\nemail = "a.b"\nname = "a"\n[key]'),
         "Two things of “addresses”"),
        (("[key]", '[attachments]\npath = "f"\ncontent = "a"\nfilename = "a"\n[key]'),
         "Two things of “attachments”"),
        (("[key]", '[headers]\npath = "h"\nform = "list"\nname = "value"\n[key]'),
         "Two things of “headers”"),
        (('text = "text"', 'bodies = "b"\nbody_type = "value"'),
         "Two things of “parts”"),
        (('text = "text"', 'text = "text"\nbodies = "b"'), "in the place of"),
        (('text = "text"', 'text = "text"\nis_reply_to_header = true'),
         "needs headers.path"),
        (("[key]", '[key]\n[options.a]\nmeaning = "a"\nheader = "authorization"'),
         "Two things are to be told in the header authorization"),
        (('path = "/send"', 'path = "@elsewhere.example/send"'), "$.request.path"),
        (('path = "/send"', 'path = "/send#end"'), "$.request.path"),
        (('path = "/send"', 'path = "/{team1}/send"'), "The place {team1} is"),
        (('path = "/send"', 'path = "/{Team}/send"'), "“/{Team}/send” is none"),
        (('path = "/send"', 'path = "/{}/send"'), "“/{}/send” is none"),
        (('"https://api.', '"https://{te am}.api.'), ".example.org” is none"),
        (("[key]", '[key]\nuser = "{a"'), "“{a” is none"),
        (("[key]", '[options."A b"]\nmeaning = "a"\n[key]'),
         "“options.A b” is no name of a setting"),
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


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (('path = "m"', 'path = "m.file"'), "A form has no place within another"),
        (('to = "t"', 'to = "t"\nlists = "list"'), "addresses.shape cannot be"),
        (("[answer]", f'[service.metadata]\npath = "ta"\nform = "fields"\n{TAG}'),
         "A name of metadata could stand where “tag” is to be"),
    ],
)  # fmt: skip
def test_a_form_has_fields_with_names_of_their_own(
    changed: tuple[str, str], said: str
) -> None:
    start, _, rest = LEAST.partition("[parts]")
    start = start.replace('path = "/send"', 'path = "/send"\nbody = "form"')
    form = f'{start}[mime]\npath = "m"\nform = "file"\nto = "t"\n[answer]'
    text = form + rest.partition("[answer]")[2]

    assert said in problem(text.replace(*changed, 1))


def test_a_header_takes_nobodys_place() -> None:
    told = LEAST.replace('sender = "from"', 'sender = "m.From"')
    headers = '[headers]\npath = "m"\n'
    free = told.replace("[parts]", headers + "[parts]")
    never = told.replace("[parts]", headers + 'forbidden = ["from"]\n[parts]')

    assert "A header from would stand where “m.From” is to be" in problem(free)
    assert parse_definition(never.encode()).headers.path == "m"


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


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_an_own_file_is_a_file_and_nothing_that_waits(
    kind: str, tmp_path: Path
) -> None:
    """Who reads it may hold the database meanwhile."""
    paths = {
        "fifo": tmp_path / "fifo", "folder": tmp_path, "device": Path("/dev/zero"),
    }  # fmt: skip
    os.mkfifo(paths["fifo"])

    with pytest.raises(ConfigurationError, match=r"is no file|directory") as refused:
        own_definition(str(paths[kind]), account="work")

    assert refused.value.field == "definition"
