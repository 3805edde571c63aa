"""Whether an account can be used: logged in there, and nothing sent."""

from asyncio import to_thread, wrap_future
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tuimail.api.direct import Line
from tuimail.api.workspace import DEFAULT, Default, Place, Workspace
from tuimail.errors import ConfigurationError, TuimailError
from tuimail.workspace.direct_checking import Checked

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from tuimail.api.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What came of logging in; nothing was sent."""

    ok: bool
    """Whether mail can be sent through it, as far as that is known before."""
    endpoint: str = ""
    """Where it connected, e.g. ``smtp.example.org:465``."""
    latency_ms: int = 0
    """How long it took to connect and log in."""
    capabilities: tuple[str, ...] = ()
    """What the server offers, in its own words."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """What the server states, e.g. ``size_bytes``."""
    error: TuimailError | None = None
    """Why not, with a hint what to do; None where it is ok. May quote the server,
    so its text is untrusted."""


def check(
    account: "str | Account | None" = None,
    *,
    workspace: Workspace | Place | Default | None = DEFAULT,
) -> CheckResult:
    """Log in to an account, and say what it can do; sends nothing.

    What keeps it from being used is an answer, too.

    Args:
        account: Name of one that is set up, or one of the program's own; the
            default, if left out.
        workspace: Whose settings are meant; nothing is stored there.

    Raises:
        ConfigurationError: There is no account of that name.
    """
    begun = _begun(account, workspace)
    return _told(begun if isinstance(begun, Checked) else begun.result())


async def acheck(
    account: "str | Account | None" = None,
    *,
    workspace: Workspace | Place | Default | None = DEFAULT,
) -> CheckResult:
    """Do what ``check`` does, without blocking the loop."""
    begun = await to_thread(_begun, account, workspace)
    return _told(begun if isinstance(begun, Checked) else await wrap_future(begun))


def _begun(
    account: "str | Account | None", workspace: Workspace | Place | Default | None
) -> "Future[Checked] | Checked":
    line = Line(account, config=_config_of(workspace))
    settings = line.settings()
    try:
        return line.check(settings)
    except ConfigurationError as error:
        return Checked(error=error)


def _told(found: Checked) -> CheckResult:
    return CheckResult(
        ok=found.error is None,
        endpoint=found.endpoint,
        latency_ms=found.latency_ms,
        capabilities=found.capabilities,
        limits=found.limits,
        error=found.error,
    )


def _config_of(workspace: Workspace | Place | Default | None) -> "Path | None":
    """Return the settings of a workspace that has some of its own."""
    return workspace.config if isinstance(workspace, Workspace) else None
