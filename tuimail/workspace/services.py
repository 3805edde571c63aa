"""Has the machine keep the sender running: a service of the user, never a system's.

Writes one file, for systemd or for launchd, and has it started. A file that
somebody else put there, or that sends for another workspace, is left alone.
"""

from pathlib import Path
from shlex import quote
from typing import Final

from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import Config
from tuimail.settings.environment import ENVIRONMENT_ACCOUNT
from tuimail.settings.files import text_at
from tuimail.settings.prompts import PROMPT
from tuimail.settings.secrets import ENV
from tuimail.store.durable import write_durably
from tuimail.store.failures import told
from tuimail.workspace.keepers import Commands, Keeper, Machine, Systemd, keeper_of

_SHOWN_LETTERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """What there is of the service."""

    kind: str
    """``systemd`` or ``launchd``; empty where the machine has neither."""
    path: Path | None
    """Its file, or where that would be."""
    workspace: str
    """Which workspace it sends for; empty where it is not installed."""
    is_running: bool


class Service:
    """The service that sends for one workspace."""

    def __init__(
        self,
        machine: Machine,
        *,
        root: Path,
        config: Path,
        flags: tuple[str, ...] = (),
    ) -> None:
        """Describe it.

        Args:
            machine: What it would run on.
            root: Of the workspace that it sends for.
            config: The person's settings.
            flags: What ``tuimail serve`` is told beside that.
        """
        self._machine = machine
        self._root = root.absolute()
        self._config = config.absolute()
        self._flags = flags
        self._keeper = keeper_of(machine)

    def status(self) -> ServiceStatus:
        """Return what there is now."""
        keeper = self._keeper
        if keeper is None:
            return ServiceStatus(kind="", path=None, workspace="", is_running=False)
        workspace = keeper.workspace_of(text_at(keeper.path)) or ""
        is_running = bool(workspace) and not self._machine.run(keeper.ASK).code
        return ServiceStatus(
            kind=keeper.KIND,
            path=keeper.path,
            workspace=workspace,
            is_running=is_running,
        )

    def can_be_offered(self) -> bool:
        """Return whether installing it would help, and is likely to work."""
        keeper = self._keeper
        if keeper is None or not self._machine.user_id or not keeper.is_reachable():
            return False
        found = text_at(keeper.path)
        if not found:
            return True
        is_ours = keeper.workspace_of(found) == str(self._root)
        return is_ours and not self.status().is_running

    def content(self) -> str:
        """Return the file that ``install`` writes; systemd's where there is none."""
        keeper = self._keeper or Systemd(self._machine)
        return keeper.content(self._root, self._config, self._flags)

    def install(self, *, as_root: bool = False) -> ServiceStatus:
        """Write the file and start the service; it may be there already.

        Args:
            as_root: Whether it is meant, when root asks.

        Raises:
            ConfigurationError: The machine has no services for users, root did
                not say that it is meant, another file is in the way, or the
                service could not be started.
            StoreError: The file cannot be written.
        """
        keeper = self._required()
        if not self._machine.user_id and not as_root:
            raise ConfigurationError(
                "You are root, and root's mail would be sent.",
                hint="Become yourself, or say that it is meant: "
                "tuimail serve --install --as-root",
            )
        found, wanted = text_at(keeper.path), self.content()
        self._refuse_others(keeper, found)
        if found != wanted:
            write_durably(_ready(keeper.path), [wanted.encode()])
        if found and found != wanted:
            self._try(keeper.CLEAR)
            self._do(keeper, keeper.REPLACE)
        elif not self.status().is_running:
            self._do(keeper, keeper.START)
        return self.status()

    def uninstall(self) -> ServiceStatus:
        """Stop the service, politely, and remove its file.

        Raises:
            ConfigurationError: There is none, or it is somebody else's.
        """
        keeper = self._required()
        found = text_at(keeper.path)
        if not found:
            raise ConfigurationError(
                "The service is not installed.",
                hint="Install it: tuimail serve --install",
            )
        self._refuse_others(keeper, found)
        self._try(keeper.STOP)
        with told(keeper.path):
            keeper.path.unlink(missing_ok=True)
        self._try(keeper.FORGET)
        return self.status()

    def _required(self) -> Keeper:
        if self._keeper is None:
            raise ConfigurationError(
                "This machine has neither systemd nor launchd, which could keep "
                "the sender running.",
                hint="Have something else run it at each login: tuimail serve",
            )
        return self._keeper

    def _refuse_others(self, keeper: Keeper, found: str) -> None:
        if not found:
            return
        workspace = keeper.workspace_of(found)
        if workspace is None:
            raise ConfigurationError(
                f"{keeper.path} was not written by tuimail.",
                hint="Move it away if you do not need it, then try again.",
            )
        if workspace != str(self._root):
            raise ConfigurationError(
                f"The service sends for another workspace: {workspace}.",
                hint="Remove that one first: "
                f"tuimail --workspace {quote(workspace)} serve --uninstall",
            )

    def _try(self, commands: Commands) -> None:
        for command in commands:
            self._machine.run(command)

    def _do(self, keeper: Keeper, commands: Commands) -> None:
        for command in commands:
            ran = self._machine.run(command)
            if ran.code:
                raise ConfigurationError(
                    f"{keeper.path} is written, but “{' '.join(command)}” failed: "
                    f"{ran.text[:_SHOWN_LETTERS] or f'exit code {ran.code}'}.",
                    hint="Mend that, then try again; or start it by hand: "
                    "tuimail serve",
                )


def needs_environment(config: Config) -> tuple[str, ...]:
    """Return the accounts that a service cannot use: it has not your variables.

    Nor can it ask anybody to type a password.
    """
    return tuple(one.name for one in config.accounts if _needs_terminal(one))


def _needs_terminal(account: AccountSettings) -> bool:
    client_secret = account.oauth.client_secret if account.oauth else ""
    needs_variable = account.secret.startswith(ENV) or client_secret.startswith(ENV)
    is_typed = account.secret == PROMPT
    return account.name == ENVIRONMENT_ACCOUNT or needs_variable or is_typed


def _ready(path: Path) -> Path:
    """Make the folder of ``path``, as other programs would."""
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path
