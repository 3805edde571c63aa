import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.cli.times import moment, moment_for, moment_or_duration_for, spoken
from tuimail.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is in Berlin."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-31 08:00 Europe/Berlin",
        "2027-01-31T08:00 Europe/Berlin",
        "2027-01-31T08:00+01:00",
        "2027-01-31 08:00+01:00",
        "2027-01-31T07:00Z",
        "2027-01-31 07:00 UTC",
        " 2027-01-31 02:00 America/New_York ",
    ],
)
def test_a_time_is_understood_with_its_zone(text: str) -> None:
    read = moment(text, field="at")

    assert read == datetime(2027, 1, 31, 7, tzinfo=UTC)
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["9999-12-31", "9999-12-31T23:00-02:00", "0001-01-01", "0001-01-01 UTC"]
)
def test_a_time_at_an_end_of_the_calendar_is_well_written_but_too_far(
    text: str,
) -> None:
    with pytest.raises(UsageError, match="of the years 2 to 9998"):
        moment(text, field="at")


@pytest.mark.usefixtures("berlin")
def test_a_time_without_a_zone_is_local() -> None:
    assert moment("2027-01-31 08:00", field="at") == datetime(
        2027, 1, 31, 7, tzinfo=UTC
    )
    assert moment("2027-07-31", field="at") == datetime(2027, 7, 30, 22, tzinfo=UTC)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("zone", ["", " Europe/Berlin"])
@pytest.mark.parametrize(
    ("text", "said", "readings"),
    [
        ("2027-03-28 02:30", "does not happen", ("02:30+01:00", "02:30+02:00")),
        ("2027-10-31 02:30", "happens twice", ("02:30+02:00", "02:30+01:00")),
    ],
)
def test_a_time_that_is_none_or_two_is_refused_with_both_readings(
    text: str, said: str, readings: tuple[str, str], zone: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        moment(text + zone, field="at")

    assert " or ".join(f"{text[:10]}T{one}" for one in readings) in caught.value.message
    assert caught.value.field == "at"


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("text", ["2027-03-28T02:30+01:00", "2027-10-31T02:30+02:00"])
def test_each_of_the_readings_is_taken(text: str) -> None:
    assert moment(text, field="at") == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "",
        "2027-13-01",
        "2027-01-31 08:00 Europe",
        "2027-01-31 08:00 Nowhere/Atall",
        "2027-01-31 08:00 ../../etc/passwd",
        "2027-01-31T08:00+01:00 Europe/Berlin",
        "0001-01-01T00:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-12:00",
    ],
)
def test_what_is_no_time_is_refused_by_the_name_of_the_option(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        moment_for("at")(text)

    assert caught.value.field == "at"
    assert caught.value.hint


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2037, 1, 1))  # noqa: DTZ001
)
def test_every_time_of_a_zone_is_one_moment_or_refused_with_two(
    local: datetime,
) -> None:
    local = local.replace(microsecond=0)
    text = f"{local.isoformat(' ')} Europe/Berlin"

    try:
        read = moment(text, field="at")
    except UsageError as error:
        first, second = error.message.rpartition("as ")[2].rstrip(".").split(" or ")
        assert datetime.fromisoformat(first) != datetime.fromisoformat(second)
    else:
        assert read.astimezone(BERLIN).replace(tzinfo=None) == local


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45s", timedelta(seconds=45)),
        ("90m", timedelta(minutes=90)),
        ("90 min", timedelta(minutes=90)),
        ("36h", timedelta(hours=36)),
        ("3d", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_duration_is_understood(text: str, length: timedelta) -> None:
    assert moment_or_duration_for("expires")(text) == length


def test_what_may_be_a_duration_may_be_a_time_too() -> None:
    read = moment_or_duration_for("expires")("2027-01-31T07:00Z")

    assert read == datetime(2027, 1, 31, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0d", "3", "3y", "-3d", "1234567d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        moment_or_duration_for("expires")(text)

    assert caught.value.field == "expires"


@pytest.mark.usefixtures("berlin")
def test_a_time_is_told_as_people_here_and_everywhere_read_it() -> None:
    at = datetime(2027, 7, 31, 6, 5, tzinfo=UTC)

    assert spoken(at) == "2027-07-31 08:05 +02:00 (2027-07-31 06:05 UTC)"
