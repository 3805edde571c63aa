"""Files that an editor has: kept until they are taken back."""

import fcntl
import os
from pathlib import Path

import pytest

from tuimail.errors import StoreError, WorkspaceBusyError
from tuimail.store import lent
from tuimail.store.lent import Loans


@pytest.fixture
def loans(tmp_path: Path) -> Loans:
    return Loans(tmp_path)


def test_a_file_is_lent_for_ones_own_eyes_only(loans: Loans) -> None:
    loan = loans.lend("id.text", b"one", ".eml")

    assert loan.path.name == "mail.eml"
    assert loan.path.read_bytes() == loan.before == b"one"
    assert loan.path.stat().st_mode & 0o777 == 0o600
    assert loan.path.parent.stat().st_mode & 0o777 == 0o700
    assert not loan.is_left
    assert loan.changed() is None


def test_what_was_changed_is_told(loans: Loans) -> None:
    loan = loans.lend("id.text", b"one", ".eml")
    loan.path.write_bytes(b"two")

    assert loan.changed() == b"two"


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_file_that_is_empty_or_gone_is_no_change(
    loans: Loans, *, is_gone: bool
) -> None:
    loan = loans.lend("id.text", b"one", ".eml")
    loan.path.unlink() if is_gone else loan.path.write_bytes(b"")

    assert loan.changed() is None


def test_what_nobody_took_is_lent_again(loans: Loans) -> None:
    first = loans.lend("id.text", b"one", ".eml")
    first.path.write_bytes(b"two")
    first.leave()

    assert loans.has_left("id.text")
    again = loans.lend("id.text", b"three", ".md")

    assert again.is_left
    assert (again.path, again.changed(), again.before) == (first.path, b"two", b"one")


def test_what_was_not_changed_is_lent_anew(loans: Loans) -> None:
    loans.lend("id.text", b"one", ".eml").leave()

    assert not loans.has_left("id.text")
    again = loans.lend("id.text", b"two", ".md")

    assert (again.path.name, again.before) == ("mail.md", b"two")
    assert not again.path.with_name("mail.eml").exists()


def test_nobody_is_lent_what_somebody_has(loans: Loans) -> None:
    first = loans.lend("id.text", b"one", ".eml")
    first.path.write_bytes(b"two")

    with pytest.raises(WorkspaceBusyError, match="open already"):
        loans.lend("id.text", b"one", ".eml")
    assert not loans.has_left("id.text")


def test_an_end_leaves_nothing_and_a_leaving_everything(loans: Loans) -> None:
    first = loans.lend("id.text", b"one", ".eml")
    first.path.with_name(".mail.eml.swp").write_bytes(b"unsaved")
    has_more = first.has_more
    first.leave()
    kept = sorted(one.name for one in first.path.parent.iterdir())
    second = loans.lend("id.text", b"one", ".eml")
    second.end()

    assert has_more
    assert ".mail.eml.swp" in kept
    assert not second.path.parent.exists()
    assert not loans.has_left("id.text")


def test_all_parts_of_a_mail_are_forgotten_and_no_other(loans: Loans) -> None:
    mine = loans.lend("id.text", b"one", ".eml")
    other = loans.lend("idea.text", b"one", ".eml")

    loans.forget("id")

    assert not mine.path.exists()
    assert other.path.exists()


def test_what_is_too_long_for_any_mail_is_not_read(
    loans: Loans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lent, "MOST_BYTES", 3)
    loan = loans.lend("id.text", b"one", ".eml")
    loan.path.write_bytes(b"four")

    with pytest.raises(StoreError, match="more than 3 bytes"):
        loan.changed()


def test_a_loan_that_fails_locks_nothing(
    loans: Loans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(lent, "write_durably", fail)

    with pytest.raises(StoreError):
        loans.lend("id.text", b"one", ".eml")
    descriptor = os.open(tmp_path / "lent" / "id.text", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_a_link_in_the_place_of_the_folder_is_not_followed(
    loans: Loans, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "lent").mkdir()
    (tmp_path / "lent" / "id.text").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreError):
        loans.lend("id.text", b"one", ".eml")
