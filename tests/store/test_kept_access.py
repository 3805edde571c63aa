"""Who may do what, once more beside the database."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.bench import NOW, Bench, digest, later
from tests.store.test_clients import ROW as BILLING
from tests.store.test_reviewers import ANA
from tuimail.errors import StoreError
from tuimail.store.clients import Clients
from tuimail.store.kept_access import (
    NAME,
    Access,
    KeptPolicy,
    kept_access,
    read_access,
)
from tuimail.store.kept_lists import KeptList
from tuimail.store.policy import Policies
from tuimail.store.reviewers import Reviewers

TEXT = b"version = 1\n"
POLICY = KeptPolicy(digest=digest(TEXT.decode()), content=TEXT, at=NOW)


@pytest.fixture
def kept(bench: Bench, folder: Path) -> KeptList[Access]:
    database = bench.database
    return kept_access(
        folder, Clients(database), Reviewers(database), Policies(database)
    )


@pytest.fixture
def full(bench: Bench) -> Bench:
    """A client, a reviewer and a policy."""
    with bench.writing():
        Clients(bench.database).insert(BILLING)
        Reviewers(bench.database).set("ana", pin_hash=ANA.pin_hash, at=NOW)
        Policies(bench.database).keep(TEXT, POLICY.digest, NOW)
    return bench


def test_what_is_written_down_can_be_read(
    full: Bench, kept: KeptList[Access], folder: Path
) -> None:
    kept.keep()

    assert read_access(folder) == Access(
        clients=(BILLING,), reviewers=(ANA,), policy=POLICY
    )
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert not kept.is_behind()


def test_there_is_a_file_from_the_beginning(
    kept: KeptList[Access], folder: Path
) -> None:
    kept.begin()

    assert read_access(folder) == Access()


def test_a_client_that_was_revoked_keeps_its_name(
    full: Bench, kept: KeptList[Access], folder: Path
) -> None:
    with full.writing():
        Clients(full.database).revoke("billing", later(5))

    kept.keep()

    gone = replace(BILLING, token_hash="", revoked_at=later(5))
    assert read_access(folder).clients == (gone,)


def test_a_wrong_pin_is_not_kept_and_no_reason_to_write(
    full: Bench, kept: KeptList[Access], folder: Path
) -> None:
    kept.keep()
    with full.writing():
        Reviewers(full.database).failed("ana", failures=5, at=later(1), until=later(31))

    assert not kept.is_behind()
    kept.keep()
    assert read_access(folder).reviewers == (ANA,)


def test_who_was_removed_is_kept_no_more(
    full: Bench, kept: KeptList[Access], folder: Path
) -> None:
    with full.writing():
        Reviewers(full.database).remove("ana", later(1))

    kept.keep()

    assert read_access(folder).reviewers == ()


def test_what_was_lost_stays_lost(
    bench: Bench, kept: KeptList[Access], folder: Path
) -> None:
    """A second rebuild knows no more than the first."""
    with bench.writing():
        Reviewers(bench.database).lose()
        Policies(bench.database).lose()

    kept.keep()

    assert read_access(folder) == Access(reviewers_lost=True, policy_lost=True)


def test_hashes_are_in_no_repr(
    full: Bench, kept: KeptList[Access], folder: Path
) -> None:
    kept.keep()

    shown = repr(read_access(folder))

    assert BILLING.token_hash not in shown
    assert ANA.pin_hash not in shown


def test_that_it_is_missing_is_said(folder: Path) -> None:
    folder.mkdir()

    with pytest.raises(StoreError, match=r"access\.json is missing") as told:
        read_access(folder)

    assert "nobody is known" in told.value.hint
