"""The desk where an account is set up: searched, tried out, written, tried again.

Nothing is written to ``accounts.toml`` before the test went well or the person
wants the account held. A password is in memory from when it is typed until it is
in the keyring, and is tested from there, as mail will be sent. It has an entry of
its own there until the account is saved, so that nothing that has a name already
is written over or taken out. Where it turns out to be wrong and the person
leaves, it is taken out again.

``search``, ``store``, ``test`` and what signs in may take as long as a network or
a keyring does; they touch no database.
"""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.submission import AccountFault
from tuimail.core.values import replace
from tuimail.errors import ConfigurationError, SecretError
from tuimail.providers.base import AccountCheck
from tuimail.settings import keyrings
from tuimail.settings.discovery.found import Asked, Found, Login, Preset
from tuimail.settings.files import expanded, is_file
from tuimail.settings.oauth import KEYRING, OAUTH
from tuimail.settings.prompts import PROMPT
from tuimail.settings.refresh_tokens import is_in_a_file
from tuimail.settings.secrets import check_reference, store_secret
from tuimail.settings.sign_in.keeping import forget_tokens
from tuimail.settings.sign_in.services import SERVICES, Service
from tuimail.workspace import altering
from tuimail.workspace.accounts import AccountDesk
from tuimail.workspace.authority import require_person
from tuimail.workspace.describing import AccountWords
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.fields import Fields
from tuimail.workspace.login_hints import codes, login_hint, reply_hint
from tuimail.workspace.outbox import OutboxDesk
from tuimail.workspace.own_entries import forgotten, moved
from tuimail.workspace.setting_up import SIGN_IN, Setup, Trial
from tuimail.workspace.setup_ways import service_way, setup_of, way_of
from tuimail.workspace.setup_words import where
from tuimail.workspace.signing_in import SignIn, SignInDesk, Way
from tuimail.workspace.stores import Stores
from tuimail.workspace.unfinished import NAME, Unfinished
from tuimail.workspace.views import Row

KEYRING_LIMIT: Final = timedelta(seconds=20)
"""How long a keyring may take to say that it is there: somebody may unlock it."""
SUBJECT: Final = "tuimail can send as {address}"
TEXT: Final = (
    "This is the mail to yourself that you asked for while the account “{name}” was "
    "set up.\n\nIt left through {where}.\n"
)
TEST_TEXT: Final = (
    "This is the mail to yourself that you asked for, to see whether the account "
    "“{name}” still sends.\n"
)


class SetupDesk:
    """Everything that setting an account up does, beside asking."""

    def __init__(
        self,
        stores: Stores,
        *,
        accounts: AccountDesk,
        drafts: DraftDesk,
        outbox: OutboxDesk,
        sign_in: SignInDesk,
    ) -> None:
        self._stores = stores
        self._accounts = accounts
        self._drafts = drafts
        self._outbox = outbox
        self._sign_in = sign_in

    def begin(self) -> Unfinished:
        """Return what was left unfinished, locked until it is closed.

        Raises:
            NotAllowedError: An agent tries.
            ConfigurationError: The folder of the settings cannot be written.
        """
        require_person(self._stores)
        return Unfinished(self._stores.settings.accounts_path.with_name(NAME))

    def begin_changing(self) -> Unfinished:
        """Return what keeps nothing: the account that is changed is there already.

        Raises:
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        path = self._stores.settings.accounts_path.with_name(NAME)
        return Unfinished(path, keeps=False)

    def of_account(self, name: str) -> Setup:
        """Return everything answered as an account has it.

        Raises:
            ConfigurationError: There is none, or it is not ours to change; the hint
                says where it is.
        """
        config = self._stores.config
        account = config.account(name)
        if not altering.is_ours(self._stores, account.name):
            raise altering.not_ours(self._stores, account.name, verb="Change")
        return setup_of(account, is_default=account.name == config.default_account)

    def keep(self, unfinished: Unfinished, before: Setup, after: Setup) -> Setup:
        """Keep ``after``, and take out of the keyring what it does not need now."""
        if before.is_ours and not _needs(after, before) and not after.is_saved:
            self._forget(before)
        unfinished.keep(after)
        return after

    def leave(self, unfinished: Unfinished, setup: Setup) -> Setup:
        """Keep ``setup`` for another time, without a password that is not proven.

        Where nothing is kept, nobody would find a proven one again either.
        """
        is_worth_it = unfinished.is_kept and (setup.is_good or setup.held_reason)
        left = setup if is_worth_it or not setup.is_ours else setup.without_secret()
        return self.keep(unfinished, setup, replace(left, redoing=None))

    def resume(self, unfinished: Unfinished) -> Setup:
        """Return what was left; a name that is taken by now is asked for again."""
        left = unfinished.load()
        is_taken = not left.is_saved and self._is_taken(left.name)
        return left.unnamed() if is_taken else left

    def give_up(self, unfinished: Unfinished, setup: Setup) -> Setup:
        """Begin anew: nothing of ``setup`` stays anywhere."""
        return self.keep(unfinished, setup, Setup())

    def taken(self, unfinished: Unfinished) -> frozenset[str]:
        """Return the names that an account cannot have."""
        names = {one.name for one in self._stores.config.accounts}
        return frozenset(names | ({unfinished.name_elsewhere()} - {""}))

    @property
    def has_default(self) -> bool:
        """Whether mail that names no account has one already."""
        return bool(self._stores.config.default_account)

    @property
    def undo(self) -> timedelta:
        """How long what was sent in the app can be taken back."""
        return self._stores.config.undo

    def services(self) -> tuple[Preset, ...]:
        """Return the services that can be picked, those for programs first."""
        from tuimail.settings.discovery.presets import presets  # noqa: PLC0415 - a file

        known = [one for one in presets() if one.can_send]
        return tuple(sorted(known, key=lambda one: one.provider == "smtp"))

    def service(self, setup: Setup, key: str) -> Setup:
        """Return ``setup`` with a service from the list as its way out.

        Raises:
            NotFoundError: There is no such service.
        """
        from tuimail.settings.discovery.presets import preset  # noqa: PLC0415 - a file

        found = preset(key)
        named = setup.with_service(key)
        if not named.address:
            return named
        return named.choose(service_way(found, named.address))

    def search(
        self, setup: Setup, progress: Callable[[Asked], None] = lambda _asked: None
    ) -> Setup:
        """Return ``setup`` with what is found out about its address. Blocks.

        Args:
            setup: It has an address.
            progress: Is told of every source as soon as it answered.
        """
        import asyncio  # noqa: PLC0415 - 40 ms that no other call needs

        from tuimail.settings.discovery import finding  # noqa: PLC0415 - loads DNS

        found = asyncio.run(finding.find(setup.address, progress=progress))
        return setup.with_search(found)

    def keyring_problem(self, setup: Setup) -> str:
        """Return why the keyring cannot be used, or an empty text. Blocks."""
        try:
            keyrings.found(setup.name, limit=KEYRING_LIMIT)
        except SecretError as error:
            return str(error)
        return ""

    def has_entry(self, setup: Setup) -> bool:
        """Return whether the keyring has something under its name. Blocks.

        It is somebody else's, or of an account that was removed: what is typed here
        would take its place.
        """
        with contextlib.suppress(SecretError):
            return bool(keyrings.found(setup.name, limit=KEYRING_LIMIT))
        return False

    def store(self, setup: Setup, secret: str) -> Setup:
        """Put a password into the keyring, and return ``setup`` with where it is.

        Raises:
            SecretError: There is no keyring that takes it.
        """
        entry = own_entry(setup)
        wanted = setup.with_secret_reference(KEYRING, is_ours=True, entry=entry)
        store_secret(entry, _as_meant(secret, setup.login))
        return wanted

    def refer(self, setup: Setup, reference: str) -> Setup:
        """Return ``setup`` with where the password is already.

        Raises:
            SecretError: That is no reference.
        """
        check_reference(reference)
        return setup.with_secret_reference(reference)

    def refer_to_keyring(self, setup: Setup) -> Setup:
        """Return ``setup`` with what the keyring has for its account already.

        Raises:
            ConfigurationError: That is another account's by now.
            SecretError: It has nothing, or there is none.
        """
        if _is_own(setup) and setup.secret == KEYRING:
            return setup.with_secret_reference(KEYRING, is_ours=True, entry=setup.entry)
        self._require_free(setup)
        if not keyrings.found(setup.name, limit=KEYRING_LIMIT):
            raise SecretError(
                "Nothing was typed, and the keyring has nothing for "
                f"“{setup.name}” yet.",
                hint="Type it.",
                field="password",
            )
        return setup.with_secret_reference(KEYRING)

    def where_to_register(self, setup: Setup) -> str:
        """Return where a person gets a client's id, in a sentence."""
        return _service(setup).where_to_register

    def has_way(self, setup: Setup, way: Way) -> bool:
        """Return whether a person can sign in there by ``way``."""
        return way is not Way.DEVICE or bool(_service(setup).device_url)

    def token_file(self, setup: Setup) -> str:
        """Return a file for what lasts of a sign-in, where there is no keyring."""
        name = f"{setup.name}.token"
        return str(self._stores.settings.accounts_path.with_name(name))

    def begin_sign_in(
        self,
        setup: Setup,
        *,
        client: str,
        client_secret: str = "",
        way: Way,
        token_file: str = "",
    ) -> SignIn:
        """Begin to sign in at the service that its login is about. May block.

        Args:
            setup: It has a server, and Google or Microsoft as its login; what it
                brings is kept under its ``entry``.
            client: The client's id, or the file in which Google gives it out.
            client_secret: Where the client's own secret is, if it has one.
            way: How the person signs in.
            token_file: Where what lasts is kept; the keyring if empty.

        Raises:
            TuimailError: Something is missing, or the service refuses.
        """
        service = _service(setup)
        file = expanded(Path(client))
        names_file = client != "" and is_file(file)
        return self._sign_in.begin(
            service.name,
            account=setup.name if token_file else own_entry(setup),
            address=setup.address,
            client_id="" if names_file else client,
            client_secret=client_secret,
            client_file=file if names_file else None,
            provider=setup.chosen.provider,
            way=way,
            refresh_token_at=f"file:{token_file}" if token_file else "",
        )

    def test(
        self, setup: Setup, progress: Callable[[str], None] = lambda _stage: None
    ) -> Setup:
        """Log in with what is kept, and return ``setup`` with what came of it.

        Sends nothing. Blocks.

        Args:
            setup: It has a way out, and a login.
            progress: Is told each stage as it is reached.
        """
        self._require_free(setup)
        try:
            account = self._accounts.planned(**_words(setup))
        except ConfigurationError as error:
            return setup.with_test(
                Trial(is_good=False, error=str(error), hint=error.hint)
            )
        prompts = self._stores.prompts
        if account.secret == PROMPT:
            prompts.ask_ahead(account.name)
        if _is_own(setup):
            account = replace(account, name=setup.entry)
        check = self._accounts.try_out(account, progress=progress)
        if check.fault is AccountFault.LOGIN:
            prompts.forget(account.name)
        return setup.with_test(_tested(check, setup.chosen))

    def test_account(self, name: str) -> Trial:
        """Log in as an account does that is there; sends nothing. Blocks.

        Raises:
            ConfigurationError: There is no such account.
        """
        account = self._stores.config.account(name)
        return _tested(self._accounts.test(account.name), way_of(account))

    def renew_secret(self, name: str, secret: str) -> Trial:
        """Log in with another password, and keep it if that goes well. Blocks.

        Raises as ``AccountDesk.renew_secret`` does.
        """
        account = self._stores.config.account(name)
        check = self._accounts.renew_secret(account.name, secret)
        return _tested(check, way_of(account))

    def save(self, setup: Setup, *, before: Setup | None = None) -> Setup:
        """Write the account, and hold it where its test failed.

        Args:
            setup: It was tested, or is to be held.
            before: What ``of_account`` said of one that is there, to be changed.

        Raises:
            ConfigurationError: The name was taken, or the account was changed,
                meanwhile; or the disk refuses.
            ValueError: It is not ready to be written.
        """
        if not (setup.is_good or setup.held_reason):
            raise ValueError("It was not tested yet.")
        if before is not None:
            self._require_same(before)
        moving = moved(setup.entry, setup.name, setup.oauth) if _is_own(setup) else None
        write = self._accounts.rewrite if setup.replaces else self._accounts.add
        write(make_default=setup.is_default, within=moving, **_words(setup))
        if setup.held_reason:
            self._accounts.hold(setup.name, reason=setup.held_reason)
        return setup.saved()

    def mail(self, setup: Setup) -> Setup:
        """Send a mail to oneself, as every mail is sent; somebody has to run.

        Raises:
            TuimailError: The account refuses it.
        """
        fields = Fields(
            account=setup.name,
            to=setup.address,
            subject=SUBJECT.format(address=setup.address),
            text=TEXT.format(name=setup.name, where=where(setup.chosen)),
        )
        row = self._outbox.send_new(self._drafts.compose(fields))
        return setup.mailed(row.id)

    def mail_oneself(self, name: str) -> Row:
        """Send a mail to the account's own address, as every mail is sent.

        Raises:
            TuimailError: There is no such account, or it refuses the mail.
        """
        account = self._stores.config.account(name)
        fields = Fields(
            account=account.name,
            to=account.address.text,
            subject=SUBJECT.format(address=account.address.text),
            text=TEST_TEXT.format(name=account.name),
        )
        return self._outbox.send_new(self._drafts.compose(fields))

    def mail_row(self, setup: Setup) -> Row:
        """Return how the mail to oneself stands."""
        return self._drafts.row(setup.mail_id)

    def _forget(self, setup: Setup) -> None:
        """Take out of the keyring what was put there; a dead keyring keeps it.

        Never what stands under the name itself: that may be another's by now.
        """
        with contextlib.suppress(SecretError):
            if setup.entry:
                forgotten(setup.entry, setup.oauth)
            elif setup.oauth is not None and is_in_a_file(setup.oauth):
                forget_tokens(setup.name, setup.oauth)

    def _require_same(self, before: Setup) -> None:
        """Refuse to write over what somebody else changed meanwhile."""
        now = self.of_account(before.replaces)
        if replace(now, redoing=None) != replace(before, redoing=None):
            raise ConfigurationError(
                f"The account “{before.replaces}” was changed elsewhere meanwhile; "
                "saving would write over that.",
                hint="Leave it as it was, look at it, and change it again.",
                field="account",
            )

    def _is_taken(self, name: str) -> bool:
        return any(one.name == name for one in self._stores.config.accounts)

    def _require_free(self, setup: Setup) -> None:
        if not setup.replaces and self._is_taken(setup.name):
            raise ConfigurationError(
                f"There is an account “{setup.name}” by now.",
                hint="Choose another name.",
                field="name",
            )


def own_entry(setup: Setup) -> str:
    """Return the wizard's own user in the keyring; a new one where it has none."""
    return setup.entry or f"{setup.name[:_LONGEST_NAME]}.not-saved-{token_hex(4)}"


def _is_own(setup: Setup) -> bool:
    return setup.is_ours and bool(setup.entry)


def _service(setup: Setup) -> Service:
    """Return where a person signs in for the login that was chosen."""
    if setup.login is None or setup.login not in SIGN_IN:
        raise ValueError("Nobody signs in for that.")
    return SERVICES[SIGN_IN[setup.login]]


def _needs(after: Setup, before: Setup) -> bool:
    """Return whether ``after`` still uses what ``before`` put into the keyring."""
    return after.is_ours and (after.entry, after.oauth) == (before.entry, before.oauth)


def _words(setup: Setup) -> AccountWords:
    return AccountWords(
        name=setup.name,
        provider=setup.chosen.provider,
        address=setup.address,
        sender_name=setup.sender_name,
        reply_to=setup.reply_to,
        signature=setup.signature,
        options=dict(setup.chosen.options),
        secret=OAUTH if setup.oauth is not None else setup.secret,
        oauth=setup.oauth,
        noninteractive_send=setup.noninteractive_send,
    )


def _tested(check: AccountCheck, way: Found) -> Trial:
    return Trial(
        is_good=check.ok,
        endpoint=check.endpoint,
        latency_ms=check.latency_ms,
        offers=check.capabilities,
        limits=check.limits,
        error=check.error,
        hint="" if check.ok else _hint(check, way),
    )


def _hint(check: AccountCheck, way: Found) -> str:
    if check.fault is AccountFault.LOGIN and not any(codes(check.error)):
        return "Log in another way, or look at server and port."
    if check.fault is AccountFault.LOGIN:
        return login_hint(check.error, way)
    return reply_hint(check.error, way) or check.hint


def _as_meant(secret: str, login: Login | None) -> str:
    """Return an app password without the blanks that pages show it with."""
    is_in_groups = login is Login.APP_PASSWORD and _IN_GROUPS.fullmatch(secret)
    return secret.replace(" ", "") if is_in_groups else secret


_LONGEST_NAME: Final = 40
_IN_GROUPS: Final = regex(r"[a-z]{4}(?: [a-z]{4}){3}")
"""Google and Yahoo show sixteen letters in groups of four."""
