from collections.abc import Callable
from pathlib import Path

import pytest

from tuimail.demo.app import run_demo, summary
from tuimail.demo.server import Delivery
from tuimail.workspace.workspace import Workspace

roots: list[Path] = []


def _look_and_leave(
    opener: Callable[[], Workspace], /, *, start: str, is_kept: bool
) -> None:
    with opener() as workspace:
        assert workspace.drafts.counts().review == 4
        assert (start, is_kept) == ("review", False)
        roots.append(workspace.root)


def test_the_app_is_opened_on_a_filled_workspace_that_is_gone_afterwards(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run_demo(_look_and_leave)

    assert code == 0
    assert not roots.pop().exists()
    assert "was given 2 messages" in capsys.readouterr().out


def test_the_summary_says_what_went_to_whom() -> None:
    delivery = Delivery(
        return_path="nora@example.org",
        recipients=("bob@example.net", "carol@example.net"),
        content=b"Subject: Rota\r\n\r\n" + b"x" * 2000,
    )

    assert summary((delivery,)).splitlines()[1] == (
        "  Rota → bob@example.net, carol@example.net, 2,017 bytes"
    )


def test_a_subject_in_the_summary_cannot_act_on_the_terminal() -> None:
    delivery = Delivery(
        return_path="",
        recipients=("a@example.net",),
        content=b"Subject: \x1b[2J\r\n\r\n",
    )

    assert "\x1b" not in summary((delivery,))
