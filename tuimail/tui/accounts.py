"""How a way out is said on the screen: its state in a word, its facts in full.

Servers write some of it, so that all of it goes through ``wording``. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.setting_up import Trial
from tuimail.workspace.setup_words import about_test
from tuimail.workspace.signing_in import SignedIn
from tuimail.workspace.views import AccountView, LimitUse

_JUST_NOW: Final = timedelta(seconds=10)
_KEPT: Final = {"keyring:": "in the keyring", "": "none is needed"}
_SCRIPTS: Final = {
    "allow": "leaves at once",
    "review": "waits for you",
    "block": "is refused",
}
_LIMITS: Final = {
    "per_minute": "in a minute",
    "per_hour": "in an hour",
    "per_day": "in a day",
    "warm_up_per_day": "in a day, for now",
    "destination_per_hour": "to one domain in an hour",
}
_DAILY: Final = frozenset({"per_day", "warm_up_per_day"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of trying an account out in this app."""

    at: datetime
    trial: Trial | None = None
    """None while it is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One way out, and what was learnt of it beside the settings."""

    view: AccountView
    tested: Tried | None = None
    signed_in: SignedIn | None = None


def state(known: Known, now: datetime) -> tuple[str, Kind]:
    """Return where an account stands, in a few words, and their colour."""
    view, tested = known.view, known.tested
    if tested is not None and tested.trial is None:
        return "testing …", Kind.PLAIN
    if view.problem:
        return "unusable", Kind.BLOCK
    if view.held_reason:
        return _held(view, now), Kind.WARNING
    if view.rests_until is not None:
        left = wording.duration(view.rests_until - now)
        return f"rests {left}", Kind.WARNING
    return _lately(known, now)


def today(view: AccountView) -> str:
    """Return how much left today, against the limit for a day where there is one.

    It is named what is counted: a limit is one of copies, one a recipient.
    """
    for use in view.limits:
        if use.name in _DAILY:
            return f"{use.used}/{use.limit} copies"
    return wording.count(view.taken_today, "mail")


def way_out(view: AccountView) -> str:
    """Return through what its mail leaves: a server, or the name of a service."""
    host = str(view.options.get("host", ""))
    return wording.line(host or view.provider)


def sender(view: AccountView) -> str:
    """Return whom its mail is from, and how many others it may be from."""
    more = f" +{len(view.identities)}" if view.identities else ""
    return wording.line(view.address) + more


def why(known: Known) -> str:
    """Return in one line why nothing leaves through it; empty where mail does."""
    view, tested = known.view, known.tested
    if tested is not None and tested.trial is not None and not tested.trial.is_good:
        return wording.line(tested.trial.error)
    return wording.line(view.problem or view.held_reason or view.rest_reason)


def facts(known: Known, now: datetime, *, keys: "Keys") -> tuple[Paragraph, ...]:
    """Return everything that is known about an account.

    Args:
        known: The account.
        now: The time.
        keys: What to press, where something can be done about it.
    """
    return (
        *_title(known.view),
        *_standing(known, now, keys),
        *_tested(known, now),
        *_leaving(known.view),
        *_login(known, now),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys that help, as people write them."""

    log_in: str
    resume: str
    test: str


def _held(view: AccountView, now: datetime) -> str:
    if view.held_until is None:
        return "held"
    return f"held {wording.duration(view.held_until - now)}"


def _lately(known: Known, now: datetime) -> tuple[str, Kind]:
    """Return what is newer: the last test, or the last mail that was taken."""
    taken, tested = known.view.last_taken_at, known.tested
    if tested is not None and (taken is None or tested.at >= taken):
        is_good = tested.trial is not None and tested.trial.is_good
        word, kind = ("ok", Kind.GOOD) if is_good else ("failed", Kind.BLOCK)
        return f"{word} {_ago(tested.at, now)}", kind
    if taken is not None:
        return f"ok {_ago(taken, now)}", Kind.GOOD
    return "not used yet", Kind.MUTED


def _ago(moment: datetime, now: datetime) -> str:
    is_new = now - moment < _JUST_NOW
    return "just now" if is_new else f"{wording.age(moment, now)} ago"


def _title(view: AccountView) -> Iterator[Paragraph]:
    default = ", the default" if view.is_default else ""
    title = f"{wording.line(view.name)}{default}"
    yield Paragraph(label="Account", text=title, kind=Kind.HEADING)
    name = f"{wording.line(view.sender_name)} " if view.sender_name else ""
    yield Paragraph(label="From", text=f"{name}<{wording.line(view.address)}>")
    for other in view.identities:
        yield Paragraph(label="Also", text=wording.line(other))
    if view.reply_to:
        yield Paragraph(label="Answers", text=f"go to {wording.line(view.reply_to)}")


def _standing(known: Known, now: datetime, keys: Keys) -> Iterator[Paragraph]:
    view = known.view
    word, kind = state(known, now)
    yield Paragraph(label="State", text=word, kind=kind)
    said = view.problem or view.held_reason or view.rest_reason
    if said:
        yield Paragraph(label="Why", text=wording.line(said), kind=kind)
    helps = _helps(view, keys)
    if helps:
        yield Paragraph(text=helps)


def _helps(view: AccountView, keys: Keys) -> str:
    """Return which key to press about what is in the way."""
    mails = {0: "", 1: " and its message"}
    its_mail = mails.get(view.waiting, f" and its {view.waiting} messages")
    goes_on = f"{keys.resume} resumes it{its_mail}."
    if view.needs_login:
        return f"{keys.log_in} logs in again, then {goes_on}"
    if view.held_reason or view.rest_reason:
        return goes_on
    return ""


def _leaving(view: AccountView) -> Iterator[Paragraph]:
    yield Paragraph(label="Leaves by", text=_settings(view))
    yield Paragraph(label="Today", text=_taken(view))
    for use in view.limits:
        yield Paragraph(label="Limit", text=_limit(use))
    scripts = _SCRIPTS.get(view.noninteractive_send, view.noninteractive_send)
    yield Paragraph(label="Scripts", text=f"mail without a terminal {scripts}")
    place = "accounts.toml" if view.is_ours else "your own file, or variables"
    yield Paragraph(label="Is in", text=place, kind=Kind.MUTED)


def _settings(view: AccountView) -> str:
    """Return the provider and its settings; no secret is among them."""
    said = ", ".join(f"{key} {value}" for key, value in view.options.items())
    return wording.line(f"{view.provider}: {said}" if said else view.provider)


def _taken(view: AccountView) -> str:
    mails = wording.count(view.taken_today, "message")
    waits = f", {view.waiting} waiting" if view.waiting else ""
    return f"{mails} sent{waits}"


def _limit(use: LimitUse) -> str:
    """Return how much of a limit is used: providers count copies, one a recipient."""
    return f"{use.used} of {use.limit} copies {_LIMITS.get(use.name, use.name)}"


def _login(known: Known, now: datetime) -> Iterator[Paragraph]:
    view, signed_in = known.view, known.signed_in
    if not view.signs_in:
        where = _KEPT.get(view.secret, view.secret)
        yield Paragraph(label="Password", text=wording.line(where))
    elif signed_in is None:
        yield Paragraph(label="Sign-in", text="by tokens of a service")
    elif signed_in.problem or not signed_in.is_signed_in:
        said = signed_in.problem or "signed in nowhere"
        yield Paragraph(label="Sign-in", text=wording.line(said), kind=Kind.WARNING)
    else:
        yield Paragraph(label="Sign-in", text=_signed_in(signed_in, now))


def _signed_in(signed_in: SignedIn, now: datetime) -> str:
    at = f"at {wording.line(signed_in.service)}"
    if signed_in.until is None:
        return f"{at}; the next mail gets a token"
    if signed_in.until <= now:
        return f"{at}; its token ended, the next mail gets another"
    until = wording.clock(signed_in.until, now)
    return f"{at}; token until {until}, then renewed by itself"


def _tested(known: Known, now: datetime) -> Iterator[Paragraph]:
    tested = known.tested
    if tested is None:
        return
    trial = tested.trial
    if trial is None:
        yield Paragraph(label="Test", text="logging in; nothing is sent …")
        return
    kind = Kind.GOOD if trial.is_good else Kind.BLOCK
    first, *others = about_test(trial) or ("It failed, and nobody says why.",)
    ago = _ago(tested.at, now).capitalize()
    yield Paragraph(label="Test", text=f"{ago}: {wording.line(first)}", kind=kind)
    for one in others:
        yield Paragraph(text=wording.line(one), kind=Kind.MUTED)
    if trial.hint:
        yield Paragraph(text=f"→ {wording.line(trial.hint)}")
