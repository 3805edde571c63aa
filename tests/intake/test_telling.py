"""What programs are told of errors that only the owner can mend."""

import pytest

from tuimail import errors
from tuimail.errors import ConfigurationError, StoreError, TuimailError
from tuimail.intake.telling import for_programs

OWNERS = {"hint": "Make room: tuimail purge --older-than 90"}


def store_errors(kind: type[StoreError] = StoreError) -> list[type[StoreError]]:
    return [kind, *(one for sub in kind.__subclasses__() for one in store_errors(sub))]


@pytest.mark.parametrize("kind", store_errors())
def test_where_mail_is_kept_is_told_to_no_program(kind: type[StoreError]) -> None:
    told = for_programs(kind("The disk that holds /home/mara/w is full.", **OWNERS))

    assert (type(told), told.code) == (kind, kind.code)
    assert "/" not in str(told)
    assert "tuimail" not in told.hint
    assert told.hint


@pytest.mark.parametrize("field", ["", "accounts", "password"])
def test_what_is_wrong_in_the_settings_is_their_owners(field: str) -> None:
    error = ConfigurationError("/home/mara/config.toml: line 3", field=field, **OWNERS)

    told = for_programs(error)

    assert (told.code, told.field) == ("configuration", "")
    assert "/" not in f"{told} {told.hint}"


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("There is no account \u201cx\u201d.", field="account"),
        errors.FieldError("The subject is too long.", field="subject"),
        errors.TooManyError("Too much.", wait_seconds=7),
    ],
)
def test_what_the_program_said_is_told_as_it_is(error: TuimailError) -> None:
    assert for_programs(error) is error
