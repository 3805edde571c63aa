"""Ways out that nobody searches for: typed in, picked from a list, or an account's own.

Pure.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.settings.account import AccountSettings, Option
from tuimail.settings.discovery.found import Found, Login, Preset, Source
from tuimail.workspace.setting_up import Setup, Trial

TYPED: Final = "typed in"
"""What stands for the source of a server that the person named."""
_OF_A_SERVER: Final = ("host", "port", "tls", "ca_file")


def typed_server(options: Mapping[str, Option]) -> Found:
    """Return the way out through an SMTP server that the person named.

    No yes is asked for: whoever types a name has said it.
    """
    has_login = bool(options.get("username"))
    return Found(
        title=str(options.get("host", "")),
        provider="smtp",
        options={key: value for key, value in options.items() if value != ""},
        logins=(Login.PASSWORD,) if has_login else (Login.NONE,),
        source=Source.PRESET,
        asked=TYPED,
        advice="",
    )


def service_way(preset: Preset, address: str) -> Found:
    """Return the way out that a service from the list is, for one address."""
    return preset.found(address, source=Source.PRESET, asked="the list of services")


def way_of(account: AccountSettings) -> Found:
    """Return the way out that an account has; all its settings can be asked again."""
    usual = _OF_A_SERVER if account.provider == "smtp" else ()
    return Found(
        title=account.provider,
        provider=account.provider,
        options=dict(account.options),
        logins=(login_of(account),),
        source=Source.PRESET,
        asked=TYPED,
        advice="",
        asks=tuple(dict.fromkeys((*account.options, *usual))),
    )


def setup_of(account: AccountSettings, *, is_default: bool) -> Setup:
    """Return everything answered as an account has it, to be changed and saved.

    It counts as tested until something changes that logging in depends on.
    """
    return Setup(
        address=account.address.text,
        name=account.name,
        replaces=account.name,
        way=way_of(account),
        has_answered=True,
        has_agreed=True,
        login=login_of(account),
        secret=account.secret,
        oauth=account.oauth,
        tested=Trial(is_good=True),
        sender_name=account.address.name,
        reply_to=account.reply_to.text if account.reply_to else "",
        signature=account.signature,
        has_identity=True,
        noninteractive_send=account.noninteractive_send,
        is_default=is_default,
    )


def login_of(account: AccountSettings) -> Login:
    """Return what an account shows its server: nothing, a password, or a token."""
    if account.oauth is not None:
        host = account.oauth.host
        return Login.MICROSOFT if "microsoft" in host else Login.GOOGLE
    return Login.PASSWORD if account.secret else Login.NONE
