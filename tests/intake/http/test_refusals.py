"""How errors of the workspace are said over HTTP: every one has its status."""

import pytest

from tests.architecture.printed import every_error
from tuimail.errors import ConfigurationError, TooManyError, TuimailError
from tuimail.intake.http.refusals import of_error


@pytest.mark.parametrize("kind", every_error())
def test_every_error_has_a_status_and_keeps_its_words(kind: type[TuimailError]) -> None:
    error = kind.__new__(kind)
    TuimailError.__init__(error, "It is so.", hint="Do this.", field="to")
    if isinstance(error, TooManyError):
        error.wait_seconds = 7

    said = of_error(error)

    assert 400 <= said.status <= 503
    assert (said.code, said.message, said.hint, said.field) == (
        kind.code, "It is so.", "Do this.", "to",
    )  # fmt: skip
    assert ("Retry-After" in said.headers) == (said.status in {429, 503})


def test_what_only_the_owner_can_mend_is_no_mistake_of_the_program() -> None:
    """It may try again, once somebody has."""
    said = of_error(ConfigurationError("There is no account."))

    assert (said.status, said.headers) == (503, {"Retry-After": "1"})


def test_an_error_that_nobody_foresaw_is_ours() -> None:
    assert of_error(TuimailError("It is so.")).status == 500
