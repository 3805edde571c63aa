"""A way out, as a program names it or says it itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from tuimail.api.kinds import require_text, wrong
from tuimail.core.address import parse_address
from tuimail.errors import ConfigurationError, FieldError, SecretError
from tuimail.settings.account import AccountSettings
from tuimail.settings.account_tables import read_account
from tuimail.settings.config import load
from tuimail.settings.environment import ADDRESS, ENVIRONMENT_ACCOUNT
from tuimail.settings.paths import config_path
from tuimail.settings.schema import Table
from tuimail.settings.secrets import check_reference

OWN_NAME: Final = "program"
"""What an account is called that a program made and did not name."""
_SOURCE: Final = "the tuimail.Account"
_OPTIONS: Final = ("host", "port", "tls", "username")
_REFERENCES: Final = ("keyring:", "env:", "command:", "file:", "prompt:", "oauth:")
_NOBODY: Final = "nobody@invalid"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Account:
    """One way out: a provider, how to log in there, and whom its mail is from.

    ``Account(host="smtp.example.org", username="mara", password="env:SMTP_PASSWORD",
    address="Mara <mara@example.org>")`` is one of the program's own, for sending with
    ``workspace=None``. ``Account.named("work")`` is one of those that were set up with
    ``tuimail accounts add``, and the only kind that a workspace sends through.

    Its password is never shown: not by ``repr``, nor in an error.

    Raises:
        FieldError: The password is no text, or the options are no mapping; the other
            values are looked at where the account is used.
    """

    provider: str = "smtp"
    """``smtp``, ``ses``, ``gmail``, …, or ``package.module:Class``."""
    address: str = ""
    """Address or ``Name <address>``; empty lets each mail say whom it is from."""
    name: str = ""
    """What results and the keyring call it."""
    password: str = field(default="", repr=False)
    """``env:NAME``, ``keyring:``, ``command:…`` or ``file:PATH``; anything else is
    the password itself, which is kept in memory only."""
    host: str = ""
    """Of an SMTP server; so are the next three."""
    port: int | None = None
    """None for the one that goes with ``tls``."""
    tls: str = ""
    """``implicit``, ``starttls`` or ``none``; empty for what goes with the port."""
    username: str = ""
    """Empty where the server wants no login."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Further settings, as they may stand in ``accounts.toml``."""
    configured: AccountSettings | None = field(default=None, repr=False)
    """What was found in the settings; None for one of the program's own."""

    def __post_init__(self) -> None:
        require_text("password", self.password)
        if not _is_table(self.options):
            raise wrong("options", self.options, "a mapping with texts as names")

    @classmethod
    def named(
        cls, name: str = "", *, config: str | os.PathLike[str] | None = None
    ) -> Self:
        """Return the account of that name, as it is set up now; the default without.

        Args:
            name: As ``tuimail accounts list`` prints it.
            config: The ``config.toml``; None for the person's own.

        Raises:
            ConfigurationError: There is none, or the settings cannot be read.
        """
        path = config_path(os.environ, Path(config) if config is not None else None)
        return cls._of(load(path, os.environ).account(name))

    @classmethod
    def from_env(cls) -> Self:
        """Return the account that ``TUIMAIL_ADDRESS`` and its like describe.

        Raises:
            ConfigurationError: They describe none, or one is not what it may be.
        """
        found = load(config_path(os.environ, None), os.environ).accounts
        for account in found:
            if account.name == ENVIRONMENT_ACCOUNT:
                return cls._of(account)
        raise ConfigurationError(
            "No variables describe an account.",
            hint=f'Set at least {ADDRESS}="Name <you@example.org>" and '
            "TUIMAIL_SMTP_HOST=smtp.example.org",
            field=ADDRESS,
        )

    @property
    def known_as(self) -> str:
        """The name by which the settings know it; empty for a program's own."""
        return self.configured.name if self.configured else ""

    def settings(self, sender: str = "") -> AccountSettings:
        """Return what it says, checked.

        Args:
            sender: Whom a mail is from, for an account without an address.

        Raises:
            ConfigurationError: A setting is not what it may be.
            FieldError: Neither it nor the mail says whom it is from, or what the mail
                says is no address.
        """
        if self.configured is not None:
            return self.configured
        if not (self.address or sender):
            raise FieldError(
                "Neither the account nor the mail says whom it is from.",
                hint='Say it: from_="Name <you@example.org>"',
                field="from",
            )
        if not self.address:
            parse_address(sender, field="from")
        values = self._values() | {"address": self.address or sender}
        self._require_login(values)
        table = Table(source=_SOURCE, values=values)
        return read_account(self.name or OWN_NAME, table)

    def settings_of_anybody(self) -> AccountSettings:
        """Return what it says, where it does not matter whom mail is from."""
        return self.settings(self.address or _NOBODY)

    @property
    def plain_password(self) -> str | None:
        """The password itself; None where it is kept elsewhere, or there is none."""
        is_plain = self.configured is None and self.password
        return self.password if is_plain and not self._is_reference() else None

    @classmethod
    def _of(cls, found: AccountSettings) -> Self:
        return cls(
            provider=found.provider,
            address=found.address.text,
            name=found.name,
            configured=found,
        )

    def _values(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in _OPTIONS}
        values = {
            "provider": self.provider,
            **self.options,
            **{name: value for name, value in own.items() if value not in ("", None)},
        }
        return values | ({"password": self.password} if self._is_reference() else {})

    def _require_login(self, values: Mapping[str, object]) -> None:
        """Refuse a password that nobody would be asked for.

        Raises:
            ConfigurationError: Mail would leave without a login.
        """
        if self.password and self.provider == "smtp" and not values.get("username"):
            raise ConfigurationError(
                "The tuimail.Account has a password and no username, so it would not "
                "log in.",
                hint='Say who logs in: username="…", or leave the password out.',
                field="username",
            )

    def _is_reference(self) -> bool:
        """Whether the password says where it is; one that is broken is no password.

        Raises:
            ConfigurationError: It begins like a reference, and is none.
        """
        if not self.password.startswith(_REFERENCES):
            return False
        try:
            check_reference(self.password)
        except SecretError as error:
            raise ConfigurationError(
                "The password of the tuimail.Account begins like a reference, and "
                "does not say where it is.",
                hint=error.hint,
                field="password",
            ) from None
        return True

    def __repr__(self) -> str:
        shown = [
            f"{name}={value!r}"
            for name in ("provider", "address", "name", *_OPTIONS)
            if (value := getattr(self, name)) not in ("", None)
        ]
        shown += ["password=…"] if self.password else []
        shown += [f"options=<{', '.join(self.options)}>"] if self.options else []
        return f"Account({', '.join(shown)})"


def _is_table(options: object) -> bool:
    return isinstance(options, Mapping) and all(isinstance(one, str) for one in options)
