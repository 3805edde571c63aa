"""What is known of mail that may have arrived, as the panel tells it."""

from datetime import timedelta

import pytest

from tests.tui.test_whys import NOW, row
from tuimail.tui.widgets.evidence_panel import MAY_HAVE_ARRIVED, evidence_lines
from tuimail.workspace.evidence import Evidence, Fact

pytestmark = pytest.mark.usefixtures("berlin")
FACTS = (
    Fact(at=NOW, text="try 1 began with smtp.example.org:587"),
    Fact(at=NOW + timedelta(seconds=31), text="no answer", quote="4\x1b[2Jno"),
    Fact(at=None, text="bob@example.net is sent"),
)


def found(*, is_written: bool = True) -> Evidence:
    return Evidence(
        facts=FACTS, is_written=is_written, to_type="example.net", can_inquire=True
    )


def test_the_panel_tells_the_facts_and_the_answers() -> None:
    lines = evidence_lines(
        row(subject="[/b] Quote"),
        found(),
        said="The provider was asked.",
        offered=[("A", "it arrived"), ("S", "send again")],
    )

    assert [(one.label, one.text) for one in lines] == [
        ("unknown", "[/b] Quote → ana@example.net"),
        ("15:02:00", "try 1 began with smtp.example.org:587"),
        ("15:02:31", "no answer"),
        ("", "“4␛[2Jno”"),
        ("", "bob@example.net is sent"),
        ("", "The provider was asked."),
        ("", (f"{MAY_HAVE_ARRIVED} All of it went out, so sending it again may make "
             "a second copy.")),
        ("", "A it arrived   S send again"),
    ]  # fmt: skip


def test_nothing_is_said_that_nobody_knows() -> None:
    lines = evidence_lines(row(), found(is_written=False), said="", offered=[])

    assert lines[-1].text == MAY_HAVE_ARRIVED
