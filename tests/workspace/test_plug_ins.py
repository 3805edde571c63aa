"""A plug-in that is broken harms the account that leads through it, and no other."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.core.submission import AccountFault
from tuimail.errors import ConfigurationError
from tuimail.providers import registry
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

MODULE = "a_plug_in_with_mistakes"
PLUG_IN = """
from tuimail.providers.base import AccountCheck, Capabilities
{importing}
class Broken:
    capabilities = Capabilities()
    def __init__(self, account):
        {making}
    def accept(self, draft, envelope):
        {accepting}
    async def submit(self, job):
        raise NotImplementedError
    async def check(self):
        {checking}
    async def close(self):
        {closing}
"""
GOOD = {
    "importing": "",
    "making": "pass",
    "accepting": "pass",
    "checking": "return AccountCheck(ok=True, endpoint='here')",
    "closing": "pass",
}
ENDS = ("raise SystemExit(3)", "raise RuntimeError('hunter2')", "1 / 0")


@pytest.fixture
def plug_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> Callable[..., Workspace]:
    """Return what opens a workspace with one account through such a plug-in."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        "tuimail.workspace.ways_out.provider_class", registry.provider_class
    )

    def broken(**changes: str) -> Workspace:
        monkeypatch.delitem(sys.modules, MODULE, raising=False)
        (tmp_path / f"{MODULE}.py").write_text(PLUG_IN.format(**(GOOD | changes)))
        desk.save(
            account("work", provider=f"{MODULE}:Broken", options={}),
            account("home", provider="dummy", options={}),
        )
        return desk.open()

    return broken


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("where", ["importing", "making", "checking"])
def test_a_test_of_the_account_names_the_plug_in(
    plug_in: Callable[..., Workspace], where: str, ends: str
) -> None:
    with plug_in(**{where: ends}) as workspace:
        check = workspace.accounts.test("work")

    assert (check.ok, check.fault) == (False, AccountFault.SETTINGS)
    assert f"“{MODULE}:Broken” has a mistake: " in check.error
    assert "hunter2" not in check.error


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("where", ["importing", "making"])
def test_all_accounts_are_listed(
    plug_in: Callable[..., Workspace], where: str, ends: str
) -> None:
    with plug_in(**{where: ends}) as workspace:
        work, home = workspace.accounts.views()

    assert "has a mistake" in work.problem
    assert home.problem == ""


@pytest.mark.parametrize("ends", ENDS)
def test_a_mail_cannot_be_approved_through_it(
    plug_in: Callable[..., Workspace], fields: Fields, ends: str
) -> None:
    with plug_in(accepting=ends) as workspace:
        row: Row = workspace.drafts.new(workspace.drafts.compose(fields))
        with pytest.raises(ConfigurationError, match="in its accept") as raised:
            workspace.reviews.approve(row.id, revision=row.revision)

    assert raised.value.field == "provider"


def test_a_check_that_returns_nothing_is_named(
    plug_in: Callable[..., Workspace],
) -> None:
    with plug_in(checking="return None") as workspace:
        check = workspace.accounts.test("work")

    assert not check.ok
    assert "its check returns something else" in check.error


def test_what_it_meets_in_closing_changes_nothing(
    plug_in: Callable[..., Workspace],
) -> None:
    with plug_in(closing="raise SystemExit") as workspace:
        assert workspace.accounts.test("work").ok


def test_a_line_tells_its_maker_where(plug_in: Callable[..., Workspace]) -> None:
    with plug_in(making="1 / 0") as workspace:
        problem = workspace.accounts.view("work").problem

    assert f"ZeroDivisionError at {MODULE}.py:7 in its __init__" in problem
