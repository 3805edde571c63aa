"""A workspace where time stands still and chance is the same each time."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

import keyring

from tests.settings.conftest import FakeKeyring, no_keyring
from tests.tui.conftest import NOW, Desk, Ticks, settled
from tests.tui.quick import quick
from tuimail.core.address import parse_address
from tuimail.core.pacing import Limits
from tuimail.core.submission import AccountFault
from tuimail.providers.base import AccountCheck, Capabilities, ProviderAccount
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import save_accounts
from tuimail.settings.discovery.found import Asked, Found, Login, Search, Source
from tuimail.testing import FakeProvider
from tuimail.workspace.fields import Fields
from tuimail.workspace.progress import Watch
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

SEED: Final = 7
CONFIG: Final = """\
motion = "none"
notify = false

[compose]
spelling = "off"
"""
FOUND: Final = Found(
    title="Example Mail",
    provider="smtp",
    options={"host": "smtp.example.org", "port": 465, "username": "mara@example.org"},
    logins=(Login.PASSWORD,),
    source=Source.AUTOCONFIG,
    asked="https://autoconfig.example.org/mail/config-v1.1.xml",
    advice="Example Mail wants the password of the mailbox.",
    help_url="https://example.org/help",
)
ASKED: Final = (
    Asked(source=Source.PRESET, what="example.org", outcome="no entry"),
    Asked(source=Source.AUTOCONFIG, what=FOUND.asked, outcome="1 server"),
)
REFUSED: Final = AccountCheck(
    ok=False,
    endpoint="smtp.example.org:465",
    fault=AccountFault.LOGIN,
    error="535 5.7.139 basic authentication is disabled",
)
_OURS: Final = ("TUIMAIL_", "TEXTUAL_", "NO_COLOR", "COLORTERM")


@dataclass
class Studio(Desk):
    """The desk of Mara, whose mail is photographed."""

    upload: Ticks = field(default_factory=Ticks)
    """Moves only as far as the upload that is shown."""
    checks: deque[AccountCheck] = field(default_factory=deque)
    """What tests of accounts come to."""
    random: Random = field(default_factory=lambda: Random(SEED))

    def open(self, **more: Any) -> Workspace:
        return super().open(random=self.random.randbytes, **more)

    def at(self, ago: timedelta) -> None:
        """Go to a time before the one at which the pictures are taken."""
        moment: datetime = NOW - ago
        self.clock.advance(moment - self.clock.now())

    def agent(
        self, name: str, fields: Fields, *, note: str = "", **changes: Any
    ) -> Row:
        """Hand a draft in as an agent."""
        with (
            self.open() as workspace,
            workspace.acting_as(f"agent:{name}", door="http"),
        ):
            draft = workspace.drafts.compose(replace(fields, **changes))
            return workspace.drafts.new(draft, note=note)

    def accounts(self) -> None:
        """Three ways out: one for work, one at home, one for invoices."""
        made = [
            _account(
                "work",
                "smtp",
                "Mara Lin <mara@example.org>",
                {
                    "host": "smtp.example.org",
                    "port": 465,
                    "username": "mara@example.org",
                },
                secret="keyring:",
                limits=Limits(per_day=500),
            ),
            _account(
                "home",
                "gmail",
                "Mara Lin <mara.lin@example.net>",
                {},
                secret="keyring:",
            ),
            _account(
                "billing",
                "cloudflare",
                "Billing <billing@example.com>",
                {},
                secret="keyring:",
            ),
        ]
        save_accounts(self.config.with_name("accounts.toml"), made, "work")


def _account(
    name: str, provider: str, address: str, options: dict[str, Any], **more: Any
) -> AccountSettings:
    return AccountSettings(
        name=name,
        provider=provider,
        address=parse_address(address, field="from"),
        options=options,
        **more,
    )


@contextmanager
def studio() -> Iterator[Studio]:
    """Make an empty workspace, on a machine that is the same everywhere."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tuimail-")))
        made = Studio(
            root=folder / "mail", config=folder / "config.toml", answers=deque()
        )
        made.sender.watch = Watch(made.upload)
        made.configure(CONFIG)
        for one in _same_everywhere(made):
            stack.enter_context(one)
        stack.enter_context(_in_utc())
        stack.enter_context(_own_keyring())
        stack.enter_context(quick())
        yield made


def _same_everywhere(made: Studio) -> Iterator[Any]:
    """Yield what replaces the network, the machine and its mood."""

    class Scripted(FakeProvider):
        """Follows the story's answers, whatever it is called."""

        capabilities = Capabilities(can_look_up=True)

        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account)
            self.answers = made.answers

        async def check(self) -> AccountCheck:
            return made.checks.popleft()

    yield patch("tuimail.workspace.ways_out.provider_class", lambda _name: Scripted)
    yield patch("tuimail.settings.discovery.finding.find", _find)
    yield patch("tuimail.workspace.sender.random.uniform", lambda _low, _high: 1.0)
    yield patch("textual.app.wait_for_idle", settled)
    yield patch("textual.pilot.wait_for_idle", settled)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    yield patch.dict(
        os.environ, kept | {"TZ": "UTC", "TERM": "xterm-256color"}, clear=True
    )


async def _find(
    _address: str, *, progress: Callable[[Asked], None], **_: object
) -> Search:
    """Find what the provider of example.org says of itself."""
    for one in ASKED:
        progress(one)
    return Search(found=(FOUND,), asked=ASKED)


@contextmanager
def _in_utc() -> Iterator[None]:
    time.tzset()
    with ExitStack() as stack:
        stack.callback(time.tzset)
        yield


@contextmanager
def _own_keyring() -> Iterator[None]:
    name = f"{FakeKeyring.__module__}.{FakeKeyring.__qualname__}"
    with patch("tuimail.settings.keyrings.ALLOWED_BACKENDS", frozenset({name})):
        mine = FakeKeyring()
        for account in ("work", "home", "billing"):
            mine.set_password("tuimail", account, "correct horse")
        keyring.set_keyring(mine)
        try:
            yield
        finally:
            keyring.set_keyring(no_keyring())
