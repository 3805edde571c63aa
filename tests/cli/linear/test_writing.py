from typing import TYPE_CHECKING

import pytest

from tests.cli.linear.conftest import Talk, pasted
from tuimail.errors import UsageError

if TYPE_CHECKING:
    from tuimail.workspace.views import Page


def stored(talk: Talk) -> "list[Page]":
    with talk.shell.open() as workspace:
        rows = workspace.drafts.rows(statuses=None, limit=10)
        return [workspace.drafts.page(row.id) for row in rows]


def test_a_mail_is_written_line_by_line_and_pasted(talk: Talk) -> None:
    (talk.shell.folder / "terms.txt").write_text("First.\n")

    said = talk(
        "write", "bob@, carol@example.net", "Bob <bob@example.net>, carol@example.net",
        "", "dan@example.net", "Grüße\x1b", "Grüße",
        *pasted("Dear Bob,", "", "  here it is."), ".",
        "gone.txt", "terms.txt", "", "read 1", "release 1", "undo",
    )  # fmt: skip

    assert "To, with commas between: bob@, carol@example.net\n" in said
    assert "1 is a draft.\nType read 1, and release 1 to send it.\n" in said
    assert "1 is released" in said
    (page,) = stored(talk)
    assert [one.address for one in page.recipients] == [
        "bob@example.net", "carol@example.net", "dan@example.net",
    ]  # fmt: skip
    assert page.draft.body.text == "Dear Bob,\n\n  here it is."
    assert [one.name for one in page.draft.attachments] == ["terms.txt"]


def test_what_was_typed_is_kept_when_the_line_breaks(talk: Talk) -> None:
    talk("write", "bob@example.net", "", "", "Hello", "Dear Bob,")

    (page,) = stored(talk)
    assert (page.draft.subject, page.draft.body.text) == ("Hello", "Dear Bob,")


def test_a_pasted_text_that_ends_itself_decides_nothing(talk: Talk, mail: str) -> None:
    said = talk(
        "list review", "read 1", "write", "bob@example.net", "", "", "Hello",
        *pasted("Dear Bob,", ".", "", "approve 1"),
    )  # fmt: skip

    assert "2 is a draft." in said
    assert "That was typed too quickly" in said
    assert talk.status(mail) == "review"


def interrupt() -> None:
    raise KeyboardInterrupt


def test_what_was_typed_is_a_draft_when_it_is_interrupted(talk: Talk) -> None:
    said = talk("write", "bob@example.net", "", "", "Hello", "Dear Bob,", interrupt)

    assert "1 is a draft, as far as it was written." in said
    (page,) = stored(talk)
    assert (page.draft.subject, page.draft.body.text) == ("Hello", "Dear Bob,")


def test_nothing_typed_makes_no_draft(talk: Talk) -> None:
    said = talk("write", "", interrupt)

    assert "is a draft" not in said
    assert stored(talk) == []


class PowerCutError(Exception):
    """Nothing is done any more."""


def cut_the_power() -> None:
    raise PowerCutError


def test_a_power_cut_takes_no_line_and_the_next_dialogue_says_where_they_are(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PowerCutError):
        talk("write", "bob@example.net", "", "", "Hello", "Dear", "Bob", cut_the_power)
    monkeypatch.setattr(
        "tuimail.workspace.writing._is_running", lambda writer: not writer
    )

    said = talk("read 1")

    assert "Note: 1 was being written when tuimail ended, and is a draft" in said
    assert "Bob" in said
    (page,) = stored(talk)
    assert (page.draft.subject, page.draft.body.text) == ("Hello", "Dear\nBob")
    assert "was being written" not in talk("list")


def test_a_mail_that_went_its_own_way_meanwhile_is_stored_beside_it(talk: Talk) -> None:
    def discard() -> None:
        with talk.shell.open() as workspace:
            (row,) = workspace.drafts.rows(limit=10)
            workspace.drafts.discard(row.id)

    said = talk(
        "write", "bob@example.net", "", "", "Hello", discard, "Dear", "Bob", ".", ""
    )

    assert said.count("discarded") == 2
    assert "is a draft." in said
    assert sorted(one.row.status for one in stored(talk)) == ["discarded", "draft"]
    assert {one.draft.body.text for one in stored(talk)} >= {"Dear\nBob"}


def test_a_disk_in_trouble_at_the_beginning_is_told(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_session: object) -> None:
        raise UsageError("The disk is full.")

    monkeypatch.setattr("tuimail.cli.linear.dialogue.found_again", fail)

    assert "The disk is full." in talk("list")
