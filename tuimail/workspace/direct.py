"""Mail that is stored nowhere: made, checked and allowed, as if it were.

The same functions as in a workspace compose it, render it, and say what is odd
about it; what needs a past, such as limits, suppressions and idempotency keys, is
not known here. A policy that wants somebody to look has nobody who could, so that
nothing leaves then.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Final

from tuimail.core import compose
from tuimail.core.checks.context import Context
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.message import Envelope, Message
from tuimail.core.origin import Origin
from tuimail.core.policy import deciding
from tuimail.core.values import dataclass
from tuimail.errors import NotAllowedError, PolicyError
from tuimail.providers.base import Provider
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import Config
from tuimail.settings.files import Stamp, stamp_of
from tuimail.settings.policy_file import (
    policy_in,
    policy_path,
    read_policy_text,
)
from tuimail.settings.prompts import NOBODY, Prompts
from tuimail.store.held import HeldBlobs
from tuimail.workspace import policies
from tuimail.workspace.approving import refuse_too_large
from tuimail.workspace.clock import SYSTEM_CLOCK, Clock
from tuimail.workspace.fields import Fields
from tuimail.workspace.fields import compose as composed
from tuimail.workspace.opening import person
from tuimail.workspace.policies import Ruling
from tuimail.workspace.policy_watch import PolicyInForce
from tuimail.workspace.releasing import tried_until
from tuimail.workspace.rendering import measured, rendered
from tuimail.workspace.stores import Acting
from tuimail.workspace.surroundings import Policy
from tuimail.workspace.ways_out import make_provider, require_sayable

DOOR: Final = "api"
_LOOK: Final = "Send it through a workspace, where somebody can look at it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One mail as it would leave."""

    draft: Draft
    account: AccountSettings
    envelope: Envelope
    message: Message
    findings: tuple[Finding, ...]
    """What the checks noticed, worst first."""
    pieces: Callable[[], Iterator[bytes]]
    """Yields its bytes; the same each time."""


class PolicyOfFile:
    """What stands in ``policy.toml``, where nothing remembers what stood there."""

    def __init__(self, config_path: Path) -> None:
        self._path = policy_path(config_path)
        self._known: tuple[Stamp | None, PolicyInForce] | None = None

    def current(self) -> PolicyInForce:
        """Return the policy that counts now; read again where the file changed.

        Raises:
            ConfigurationError: It cannot be read, or others may write it.
        """
        known, stamp = self._known, stamp_of(self._path)
        if known is None or known[0] != stamp:
            known = self._known = (stamp, self._read())
        return known[1]

    def _read(self) -> PolicyInForce:
        found = read_policy_text(self._path)
        if found is None:
            return PolicyInForce()
        policy = policy_in(self._path, found.content)
        return PolicyInForce(policy=policy, digest=found.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What one mail is made with."""

    acting: Acting
    blobs: HeldBlobs
    clock: Clock
    config: Config
    environ: Mapping[str, str]
    policy: Policy
    prompts: Prompts
    random: Callable[[int], bytes]

    def require_room(self) -> None:
        """Refuse nothing: what is kept is in memory."""


class Direct:
    """Makes mail that is stored nowhere; for any thread.

    Args:
        config: Returns the settings as they are now, for a mail from whom it is
            told; an account may leave that to the mail.
        config_path: The ``config.toml`` that a policy would stand beside.
        environ: Environment for settings and secrets.
        passwords: Of accounts that a program made, by name; of others, settings
            say where it is.
        clock: Tells the time.
        random: Source of random bytes.
    """

    def __init__(
        self,
        *,
        config: Callable[[str], Config],
        config_path: Path,
        environ: Mapping[str, str],
        passwords: Mapping[str, str] | None = None,
        clock: Clock = SYSTEM_CLOCK,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._config = config
        self._environ = environ
        self._passwords = dict(passwords or {})
        self._policy = PolicyOfFile(config_path)
        self._clock, self._random = clock, random

    def made(self, fields: Fields) -> Ready:
        """Return what ``fields`` say, rendered and checked; contacts nobody.

        Raises:
            FieldError: One field has a value that it may not have.
            ConfigurationError: There is no such account, or it cannot be used.
            NotComposableError: It cannot become a message.
            UnsupportedFeatureError: The account's provider cannot say it.
            PlanMismatchError: Another parser reads other headers than were meant.
        """
        here = self._here(self._config(fields.sender))
        draft = composed(here, fields)
        account, envelope = here.config.account(draft.account), compose.envelope(draft)
        now = here.clock.now()
        tried_until(now, draft.expires_at)
        require_sayable(here, account, draft, envelope)
        message = rendered(here, draft, date=now.astimezone(UTC), write=measured)
        refuse_too_large(message, account)
        plan = compose.plan(draft, message_id=message.message_id, date=message.date)
        compose.compare_with_parser(
            next(compose.render(plan, read=here.blobs.read)), plan
        )
        return Ready(
            draft=draft,
            account=account,
            envelope=envelope,
            message=message,
            findings=_noticed(here, draft, account, message),
            pieces=lambda: compose.render(plan, read=here.blobs.read),
        )

    def require_allowed(self, ready: Ready) -> None:
        """Refuse to let a mail leave that somebody should look at.

        Raises:
            NotAllowedError: The account, or a check, wants that.
            PolicyError: The policy wants it, or says that nobody may.
            ConfigurationError: The policy cannot be read.
        """
        here = self._here(Config())
        _require_no_terminal_wanted(here, ready.account)
        _require_unblocked(ready.findings)
        ruling = _ruling(here, ready)
        if ruling is not None and (ruling.blocked or ruling.action != "auto"):
            why = next((one.text for one in ruling.reasons), "")
            raise PolicyError(
                ruling.blocked or why or "The policy wants somebody to look at it.",
                hint="Or change it: tuimail policy show" if ruling.blocked else _LOOK,
            )

    def provider(self, account: AccountSettings) -> Provider:
        """Return the provider of ``account``, not connected yet.

        Raises:
            ConfigurationError: No such provider, or it cannot use these settings.
        """
        return make_provider(
            self._here(Config()),
            account,
            secret_value=self._passwords.get(account.name),
        )

    def _here(self, config: Config) -> _Here:
        return _Here(
            acting=Acting(actor=person(), door=DOOR, on_terminal=False),
            blobs=HeldBlobs(),
            clock=self._clock,
            config=config,
            environ=self._environ,
            policy=self._policy,
            prompts=NOBODY,
            random=self._random,
        )


def _noticed(
    here: _Here, draft: Draft, account: AccountSettings, message: Message
) -> tuple[Finding, ...]:
    from tuimail.core.checks import every  # noqa: PLC0415 - 50 ms

    identities = [one.address for one in account.identities]
    context = Context(
        own_addresses=frozenset(one.text for one in identities),
        own_domains=frozenset(one.domain for one in identities),
        size_bytes=message.size_bytes,
        size_limit_bytes=account.max_message_bytes,
        read=here.blobs.read,
    )
    return every.run(draft, context)


def _require_unblocked(findings: tuple[Finding, ...]) -> None:
    found = next((one for one in findings if one.severity is Severity.BLOCK), None)
    if found is not None:
        hint = found.hint or _LOOK
        raise NotAllowedError(found.message, hint=hint, field=found.field)


def _require_no_terminal_wanted(here: _Here, account: AccountSettings) -> None:
    own = account.noninteractive_send
    setting = policies.noninteractive_send(here, own)
    whose = "This account" if setting == own else "The policy"
    if deciding.noninteractive(setting, on_terminal=False, whose=whose):
        raise NotAllowedError(
            f"{whose} wants what does not come from a real terminal to be "
            'reviewed (noninteractive_send = "review").',
            hint=_LOOK,
            field="account",
        )


def _ruling(here: _Here, ready: Ready) -> Ruling | None:
    found = here.policy.current()
    if found.policy is None:
        return None
    from tuimail.core.policy.case import (  # noqa: PLC0415 - only with a policy
        NOTHING_COUNTED,
        Case,
    )
    from tuimail.core.policy.evaluating import evaluate  # noqa: PLC0415 - as above

    origin = Origin(actor=here.acting.actor, door=DOOR)
    case = Case(
        draft=ready.draft,
        origin=origin,
        findings=ready.findings,
        size_bytes=ready.message.size_bytes,
    )
    said = evaluate(found.policy, case, NOTHING_COUNTED, here.clock.now())
    return policies.ruling_of(found, said, origin)
