from collections.abc import Mapping
from dataclasses import dataclass as usual_dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.varied import drafts
from tests.store.bench import revision
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.store import encoding
from tuimail.store.decoding import decoder
from tuimail.store.encoding import FEW, json_lines, json_text, plain

STORED: Final[tuple[object, ...]] = (
    *drafts(),
    revision("d1"),
    {"b": [revision("d1")], "a": (None, True, 2), "c": [], "d": {}, "": ()},
    "".join(map(chr, range(0x3000))),
)


@usual_dataclass
class Unknown:
    """A value of somebody else, which only msgspec writes."""

    z: int = 1
    a: str = "x"


OTHERWISE: Final[tuple[object, ...]] = (
    Unknown(),
    [Unknown()],
    {Severity.INFO: 1},
    1.5e30,
    b"octets",
    timedelta(hours=1),
    datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=9))),
)


@pytest.fixture(params=["the first", "many"])
def _however_many(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = 0 if request.param == "the first" else FEW
    monkeypatch.setattr(encoding._Written, "number", before)


@pytest.mark.usefixtures("_however_many")
@pytest.mark.parametrize("value", [*STORED[-3:], STORED[0], STORED[-4], *OTHERWISE])
def test_what_is_stored_does_not_tell_who_wrote_it(value: object) -> None:
    expected = msgspec.json.encode(value, order="deterministic").decode()

    assert json_text(value) == expected
    assert msgspec.json.encode(plain(value), order="sorted") == (
        msgspec.json.encode(msgspec.to_builtins(value), order="sorted")
    )


@pytest.mark.usefixtures("_however_many")
@pytest.mark.parametrize("value", [plain(revision("d1")), {"y": 1.5e30, "a": ()}])
def test_lines_are_in_order_and_say_the_same(value: Mapping[str, object]) -> None:
    expected = msgspec.json.format(msgspec.json.encode(value, order="deterministic"))

    assert json_lines(value).encode() == expected


def test_every_draft_is_written_alike_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    for draft in STORED:
        monkeypatch.setattr(encoding._Written, "number", 0)
        first = json_text(draft), plain(draft)
        monkeypatch.setattr(encoding._Written, "number", FEW)

        assert first[0] == json_text(draft)
        assert msgspec.json.encode(first[1]) == msgspec.json.encode(plain(draft))


def test_what_is_left_out_is_left_out_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest stays in the order of its fields: digests of what was stored hold."""
    draft = next(drafts())
    said = msgspec.to_builtins(draft, order="deterministic")
    del said["expires_at"]
    for before in (0, FEW):
        monkeypatch.setattr(encoding._Written, "number", before)

        assert json_text(draft, but="expires_at").encode() == msgspec.json.encode(said)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.datetimes())
def test_whatever_is_written_first_is_written_as_later(
    text: str, moment: datetime
) -> None:
    value = {text: [text, moment.replace(tzinfo=UTC)]}
    encoding._Written.number = 0

    assert json_text(value) == (
        msgspec.json.encode(value, order="deterministic").decode()
    )


def test_what_was_just_written_is_known_and_the_rest_is_read() -> None:
    """What is remembered is never taken for another text."""
    found, note = decoder(Draft), decoder(tuple[Finding, ...])
    (one, other, *_) = drafts()
    found.remember(json_text(one), one)

    assert found.decode(json_text(one)) is one
    assert found.decode(json_text(other)) == other
    assert found.decode(json_text(one)) is one
    assert note.decode("[]") == ()
    with pytest.raises(msgspec.DecodeError):
        note.decode("[")
