import apsw
import pytest

from tuimail.errors import ConfigurationError
from tuimail.store.sqlite_version import refuse_old_sqlite, sqlite_fault


@pytest.mark.parametrize("version", ["3.51.3", "3.52.1", "3.54.1", "4.0.0"])
def test_an_sqlite_that_is_mended_is_fine(version: str) -> None:
    assert sqlite_fault(version) == ""


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.51.2", "3.52.0"])
def test_an_sqlite_that_can_damage_a_database_is_refused(version: str) -> None:
    """Two processes that write and checkpoint at once are all that it takes."""
    with pytest.raises(ConfigurationError, match=version) as caught:
        refuse_old_sqlite(version)

    assert "apsw" in caught.value.hint


def test_the_one_that_is_used_is_new_enough() -> None:
    refuse_old_sqlite()

    assert sqlite_fault(apsw.sqlite_lib_version()) == ""
