"""Whether servers were reached, as this machine saw it last."""

import pytest

from tests.workspace.conftest import Desk, Script, account
from tuimail.core.status import NOT_REACHED
from tuimail.core.submission import VerdictKind
from tuimail.workspace import pacing
from tuimail.workspace.fields import Fields
from tuimail.workspace.reaching import Reach
from tuimail.workspace.sending import drain
from tuimail.workspace.workspace import Workspace

UNREACHED = f"{NOT_REACHED}: Connection refused"


def rest(workspace: Workspace, name: str, reason: str = UNREACHED) -> None:
    with workspace._stores.database.transaction():
        pacing.rest(workspace._stores, name, reason=reason)


def send(desk: Desk, provider: Script) -> None:
    provider.answers(VerdictKind.SENT)
    with desk.open() as workspace:
        fields = Fields(to="ana@example.net", subject="Q3", text="Hi")
        workspace.outbox.send_new(workspace.drafts.compose(fields))
    drain(desk.open)


def test_before_anything_was_sent_nobody_knows(workspace: Workspace) -> None:
    assert workspace.accounts.reach() is Reach.UNTRIED


def test_one_server_that_answered_is_a_network(
    desk: Desk, workspace: Workspace, provider: Script
) -> None:
    send(desk, provider)

    assert workspace.accounts.reach() is Reach.ALL


def test_no_answer_since_the_first_failure_is_no_network(
    desk: Desk, workspace: Workspace, provider: Script
) -> None:
    send(desk, provider)
    desk.advance(60)
    rest(workspace, "work")

    assert workspace.accounts.reach() is Reach.NONE


def test_another_server_that_answered_since_then_is_a_network(
    desk: Desk, workspace: Workspace, provider: Script
) -> None:
    desk.save(account(), account("home"))
    rest(workspace, "home")
    desk.advance(60)
    send(desk, provider)

    assert workspace.accounts.reach() is Reach.SOME


@pytest.mark.parametrize(
    ("name", "reason"), [("gone", UNREACHED), ("work", "The server asked for it.")]
)
def test_what_says_nothing_of_the_network_is_not_counted(
    workspace: Workspace, name: str, reason: str
) -> None:
    rest(workspace, name, reason)

    assert workspace.accounts.reach() is Reach.UNTRIED
