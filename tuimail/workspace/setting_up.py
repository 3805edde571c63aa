"""What was answered while an account is set up, and which question is next.

Every face asks the same questions because each follows this value. Three rules
are kept here and nowhere else: a change makes undone what it makes doubtful;
nothing is shown to a server that nobody said yes to; and no secret is part of
it, only where one is.

Pure: who searches, stores, logs in and writes is in ``setup_desk``.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, Self

from tuimail.core.address import parse_address, with_name
from tuimail.core.values import dataclass, field, replace
from tuimail.errors import ConfigurationError
from tuimail.providers.options import is_loopback
from tuimail.settings.account import Option
from tuimail.settings.discovery.found import Found, Login, Search
from tuimail.settings.oauth import KEYRING, OAUTH, OAuth
from tuimail.workspace.account_names import proposed_name, require_free

USERNAME: Final = "username"
"""The setting that is asked for together with the password."""
SIGN_IN: Final[Mapping[Login, str]] = {
    Login.GOOGLE: "gmail",
    Login.MICROSOFT: "microsoft",
}
"""Which service a person signs in at, for logins that are no password."""
ANSWERS: Final = ("allow", "review", "block")
"""What may become of one's own mail that is sent without a terminal."""


class Step(StrEnum):
    """One question, or a few that belong together."""

    ADDRESS = "address"
    """Whom its mail is from, and what the account is called."""
    SERVER = "server"
    """Where its mail leaves."""
    LOGIN = "login"
    """What that server wants to see, and where that is kept."""
    TEST = "test"
    """Logging in with what is kept; nothing is sent."""
    IDENTITY = "identity"
    """The name, where answers go, what stands below a mail."""
    HABITS = "habits"
    """Who else may send through it; then it is written."""
    MAIL = "mail"
    """A mail to oneself, if wanted: the account is there already."""
    OVER = "over"
    """Nothing is left to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of logging in."""

    is_good: bool
    endpoint: str = ""
    latency_ms: int = 0
    offers: tuple[str, ...] = ()
    """What the server says that it can do; untrusted."""
    limits: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    """What the server said, or what failed; untrusted."""
    hint: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything answered so far. Never holds a secret."""

    address: str = ""
    name: str = ""
    """What the account is called; the keyring has its password under that."""
    entry: str = ""
    """The wizard's own user in the keyring, until the account is saved."""
    service: str = ""
    """Key of a service that was picked from the list before there was an address."""
    search: Search | None = None
    """What was found out about the address; None before anybody looked."""
    way: Found | None = None
    """The way out that was chosen."""
    has_answered: bool = False
    """Whether what only the person knows of that way was asked."""
    has_agreed: bool = False
    """Whether the person said yes to a server that is not their provider's."""
    login: Login | None = None
    secret: str = ""
    """A reference to where the password is."""
    is_ours: bool = False
    """Whether the wizard put something into the keyring, to be taken back."""
    oauth: OAuth | None = None
    tested: Trial | None = None
    held_reason: str = ""
    """Why the account is to wait, where the person wants it all the same."""
    sender_name: str = ""
    reply_to: str = ""
    signature: str = ""
    has_identity: bool = False
    noninteractive_send: str = "allow"
    is_default: bool = False
    is_saved: bool = False
    mail_id: str = ""
    """The mail to oneself, once it was written."""
    is_over: bool = False
    replaces: str = ""
    """Name of the account that is there already, and is changed; else empty."""
    redoing: Step | None = None
    """A finished step that is asked again."""

    @property
    def step(self) -> Step:
        """What to ask next."""
        if self.redoing is not None:
            return self.redoing
        return next((step for step in Step if not self.is_done(step)), Step.OVER)

    @property
    def chosen(self) -> Found:
        """The way out that was chosen.

        Raises:
            ValueError: There is none yet.
        """
        if self.way is None:
            raise ValueError("There is no way out yet.")
        return self.way

    @property
    def asks(self) -> tuple[str, ...]:
        """Settings of the way out that only the person knows, but the user name."""
        return tuple(key for key in self.chosen.asks if key != USERNAME)

    @property
    def asks_username(self) -> bool:
        """Whether that way out knows its customers by a name."""
        return USERNAME in self.chosen.options or USERNAME in self.chosen.asks

    @property
    def is_begun(self) -> bool:
        """Whether there is anything to go on with another time."""
        return bool(self.address or self.service) and not self.is_over

    @property
    def has_server(self) -> bool:
        """Whether it is settled where mail leaves."""
        return self.way is not None and self.has_answered and not self.needs_consent

    @property
    def needs_consent(self) -> bool:
        """Whether a yes is wanted before anything secret goes to that server."""
        asks = self.way is not None and (self.way.is_foreign or self.is_in_clear)
        return asks and not self.has_agreed

    @property
    def is_in_clear(self) -> bool:
        """Whether a password would go to this machine's own server unencrypted."""
        options = self.way.options if self.way is not None else {}
        is_open = options.get("tls") == "none" and bool(options.get(USERNAME))
        return is_open and is_loopback(str(options.get("host", "")))

    @property
    def needs_secret(self) -> bool:
        """Whether that way out wants to be shown anything at all."""
        return self.login is not Login.NONE

    @property
    def is_good(self) -> bool:
        """Whether logging in went well."""
        return self.tested is not None and self.tested.is_good

    def is_done(self, step: Step) -> bool:
        """Return whether ``step`` has its answer."""
        done = {
            Step.ADDRESS: bool(self.address and self.name),
            Step.SERVER: self.has_server,
            Step.LOGIN: bool(self.secret) or self.login is Login.NONE,
            Step.TEST: bool(self.held_reason) or self.is_good,
            Step.IDENTITY: self.has_identity,
            Step.HABITS: self.is_saved,
            Step.MAIL: self.is_over,
            Step.OVER: False,
        }
        return done[step]

    def with_address(self, address: str, *, name: str, taken: Collection[str]) -> Self:
        """Return it for another address; what was found for the old one is void.

        Args:
            address: As typed, with a name or without.
            name: What the account is to be called; made from the address if empty.
            taken: Names of accounts that there are.

        Raises:
            AddressError: It is not one mailbox.
            ConfigurationError: The name cannot be one, or is taken.
        """
        read = parse_address(address, field="address")
        name = name or proposed_name(read.domain, taken)
        require_free(name, taken)
        is_same = read.text == self.address
        kept = self if is_same else self._without_way()
        return replace(
            kept if self.name in {"", name} else kept.without_secret(),
            address=read.text,
            name=name,
            sender_name=read.name or self.sender_name,
            redoing=None,
        )

    def unnamed(self) -> Self:
        """Return it without its name, which another account got meanwhile.

        A password under the wizard's own entry stays; what that name has in the
        keyring is the other account's.
        """
        is_own = self.is_ours and bool(self.entry)
        kept = self if is_own or self.secret != KEYRING else self._without_secret()
        return replace(kept, name="", redoing=None)

    def with_service(self, key: str) -> Self:
        """Return it with a service from the list; empty to look for one instead."""
        if key == self.service:
            return self
        return replace(self._without_way(), service=key)

    def with_search(self, search: Search) -> Self:
        """Return it with what was found out; its own servers come first."""
        own_first = tuple(sorted(search.found, key=lambda one: one.is_foreign))
        return replace(self, search=replace(search, found=own_first))

    def choose(self, way: Found) -> Self:
        """Return it with a way out; a yes that was said to another is void.

        Raises:
            ConfigurationError: No program can send that way.
        """
        if not way.can_send:
            raise ConfigurationError(
                f"{way.title} takes no mail from other programs. {way.advice}",
                hint="Choose another way out.",
                field="server",
            )
        if way == self.way:
            return replace(self, redoing=None)
        asked = tuple(key for key in way.asks if key != USERNAME)
        return replace(
            self._without_way(),
            search=self.search,
            way=way,
            has_answered=not asked,
            redoing=None,
            login=way.logins[0] if len(way.logins) == 1 else None,
        )

    def unchosen(self) -> Self:
        """Return it as before a way out was chosen; what was found is kept."""
        without = replace(self._without_way(), search=self.search)
        return replace(without, service="", redoing=None)

    def with_options(self, options: Mapping[str, Option]) -> Self:
        """Return it with settings of its way out that only the person knows.

        Who goes to another server with that has to be tested again.
        """
        mixed = {**self.chosen.options, **options}
        kept = {key: value for key, value in mixed.items() if value != ""}
        if kept == self.chosen.options:
            return replace(self, has_answered=True)
        way = replace(self.chosen, options=kept)
        return replace(self._untested(), way=way, has_answered=True, redoing=None)

    def agree(self) -> Self:
        """Return it with a yes to the server that was chosen."""
        if not self.is_in_clear:
            return replace(self, has_agreed=True)
        options = {**self.chosen.options, "allow_clear_auth": True}
        return replace(self, way=replace(self.chosen, options=options), has_agreed=True)

    def by(self, login: Login) -> Self:
        """Return it with the kind of login that was chosen.

        Raises:
            ValueError: The way out does not take that.
        """
        if login not in self.chosen.logins:
            raise ValueError("That is no login of this way out.")
        if login is self.login:
            return self
        return replace(self._without_secret(), login=login)

    def with_secret_reference(
        self, reference: str, *, is_ours: bool = False, entry: str = ""
    ) -> Self:
        """Return it with where the password is.

        Args:
            reference: Where, as the settings say it.
            is_ours: Whether the wizard put it there.
            entry: Under which user of the keyring, where that is the wizard's own.

        Raises:
            ValueError: Nobody said yes to the server yet.
        """
        self._require_server()
        return replace(
            self._untested(),
            secret=reference,
            is_ours=is_ours,
            entry=entry,
            oauth=None,
            redoing=None,
        )

    def signed_in(self, oauth: OAuth, *, entry: str = "") -> Self:
        """Return it with where access tokens come from.

        Args:
            oauth: As signing in returned it.
            entry: Under which user of the keyring they are, if it is the wizard's.

        Raises:
            ValueError: Nobody said yes to the server yet.
        """
        self._require_server()
        return replace(
            self._untested(),
            secret=OAUTH,
            is_ours=True,
            entry=entry,
            oauth=oauth,
            redoing=None,
        )

    def without_secret(self) -> Self:
        """Return it as before anything was said about a password."""
        return replace(self._without_secret(), redoing=None)

    def with_test(self, tested: Trial) -> Self:
        """Return it with what came of logging in."""
        return replace(self, tested=tested, held_reason="", redoing=None)

    def held(self) -> Self:
        """Return it as to be saved though the login failed; it waits, then."""
        if self.tested is None or self.tested.is_good:
            raise ValueError("Only what failed can be saved held.")
        return replace(self, held_reason=_reason(self.tested), redoing=None)

    def with_identity(
        self, *, sender_name: str = "", reply_to: str = "", signature: str = ""
    ) -> Self:
        """Return it with what its mail shows of the person.

        Raises:
            AddressError: The name or the other address cannot be used.
        """
        own = parse_address(self.address, field="address")
        with_name(own, sender_name, field="from-name")
        other = parse_address(reply_to, field="reply-to").text if reply_to else ""
        return replace(
            self,
            sender_name=sender_name,
            reply_to="" if other == self.address else other,
            signature=signature.strip("\n"),
            has_identity=True,
            redoing=None,
        )

    def with_habits(self, *, noninteractive_send: str, is_default: bool) -> Self:
        """Return it with who else may send through it.

        Raises:
            ConfigurationError: It is none of the three words.
        """
        if noninteractive_send not in ANSWERS:
            raise ConfigurationError(
                f"“{noninteractive_send[:40]}” is none of the answers.",
                hint=f"It may be {', '.join(ANSWERS)}.",
                field="noninteractive_send",
            )
        return replace(
            self, noninteractive_send=noninteractive_send, is_default=is_default
        )

    def saved(self) -> Self:
        """Return it as written to the settings; what was put away stays there."""
        return replace(self, is_saved=True, is_ours=False, entry="", redoing=None)

    def mailed(self, mail_id: str) -> Self:
        """Return it with the mail that was sent to oneself."""
        return replace(self, mail_id=mail_id)

    def over(self) -> Self:
        """Return it with nothing left to ask."""
        return replace(self, is_over=True)

    def back(self, step: Step | None = None) -> Self:
        """Return it with a finished step asked again; the one before by default.

        What was answered there is still there. An account that is written is
        changed elsewhere.
        """
        if self.is_saved:
            return self
        earlier = tuple(Step)[: tuple(Step).index(self.step)]
        done = [one for one in earlier if self.is_done(one) and _can_redo(self, one)]
        wanted = [one for one in done if step in {None, one}]
        return replace(self, redoing=wanted[-1]) if wanted else self

    def go_on(self) -> Self:
        """Return it with the step that was asked again left as it was."""
        return replace(self, redoing=None)

    def _require_server(self) -> None:
        if not self.has_server:
            raise ValueError("Nobody said yes to a server yet.")

    def _untested(self) -> Self:
        return replace(self, tested=None, held_reason="")

    def _without_secret(self) -> Self:
        return replace(self._untested(), secret="", is_ours=False, entry="", oauth=None)

    def _without_way(self) -> Self:
        return replace(
            self._without_secret(),
            search=None,
            way=None,
            login=None,
            has_answered=False,
            has_agreed=False,
        )


def _can_redo(setup: Setup, step: Step) -> bool:
    """Return whether there is a question to be asked again.

    A test asks nothing: it follows whatever is answered about the login.
    """
    return step is not Step.TEST and (step is not Step.LOGIN or setup.needs_secret)


def _reason(tested: Trial) -> str:
    said = tested.error or "The test failed."
    return f"Saved though the test failed: {said}"[:_LONGEST_REASON]


_LONGEST_REASON: Final = 500
