"""Every key of the terminal app, and nowhere else.

The footer, the help screen and the person's own changes all come from the table
in this file. A key names an action; whether that action is allowed now is asked
of ``row.actions`` by the screen that has it.

Pure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.binding import Binding, BindingType


class Scope(StrEnum):
    """Where a key works."""

    APP = "everywhere"
    """Under every screen and dialog."""
    PANE = "every pane"
    """The five panes, while no dialog is open."""
    LIST = "lists"
    """A list has the focus."""
    READING = "list and mail"
    """The panes that show a list and one mail."""
    TEXT = "text"
    """A text that scrolls has the focus."""
    REVIEW = "review"
    """The Review pane."""
    COMPOSE = "compose"
    """The Compose pane."""
    FILES = "attachments"
    """The list of attachments has the focus."""
    ACCOUNTS = "from"
    """The choice of account has the focus."""
    OUTBOX = "outbox"
    """The Outbox pane."""
    SENT = "sent"
    """The Sent pane."""
    DRAFTS = "drafts"
    """The Drafts pane."""
    SET_UP = "new account"
    """The pane where an account is set up."""
    PICKS = "choices"
    """A list of choices has the focus."""
    STEPPER = "choice"
    """A choice on one line has the focus."""
    WELCOME = "no account yet"
    """What stands in the place of mail before there is an account."""
    RELEASE = "release dialog"
    """The question before mail leaves."""
    REASON = "reason dialog"
    """Asks for words to the author."""
    CONFIRM = "question"
    """A question with yes and no."""
    PATH = "file dialog"
    """Asks for a file to attach."""
    LEAVING = "leaving"
    """The question before the app ends while mail has not left yet."""
    PICTURE = "pictures"
    """The pictures of a mail."""
    HELP = "help"
    """The help screen and other pages over the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What one key, or a few that mean the same, does in one place."""

    id: str
    """Stable name; ``[keys]`` in ``config.toml`` changes keys by it."""
    keys: str
    """Textual's names, separated by commas; the first is the one shown."""
    action: str
    label: str
    """A word or two for the footer; the row of keys cannot wrap."""
    help: str
    """A sentence for the help screen."""
    scope: Scope
    show: bool = True
    """Whether the footer has room for it."""
    priority: bool = False
    """Works while a field has the focus and while a dialog is open."""


def _keys(scope: Scope, *rows: tuple[str, str, str, str, str]) -> tuple[Key, ...]:
    """Return keys of one scope; a label in brackets stays out of the footer."""
    return tuple(
        Key(
            id=id_,
            keys=keys,
            action=action,
            label=label.strip("()"),
            help=text,
            scope=scope,
            show=not label.startswith("("),
        )
        for id_, keys, action, label, text in rows
    )


KEYS: Final[tuple[Key, ...]] = (
    Key(
        id="app.help",
        keys="question_mark",
        action="app.keys",
        label="help",
        help="Show the keys of this pane.",
        scope=Scope.APP,
    ),
    Key(
        id="app.help-in-fields",
        keys="f1",
        action="app.keys",
        label="help",
        help="Show the keys of this pane, from within a field too.",
        scope=Scope.APP,
        priority=True,
    ),
    Key(
        id="app.quit",
        keys="ctrl+q",
        action="app.leave",
        label="quit",
        help="Save what is being written, and leave.",
        scope=Scope.APP,
        show=False,
        priority=True,
    ),
    *_keys(
        Scope.APP,
        ("app.how-to-quit", "ctrl+c", "app.tell_how_to_leave", "(how to quit)",
         "Say which key leaves."),
    ),
    *_keys(
        Scope.REVIEW,
        ("review.approve", "a", "act('approve')", "approve…",
         "Look at who gets it and what was found, then release it."),
        ("review.approve", "a", "act('release')", "release…",
         "Release what is approved already."),
        ("review.request-changes", "r", "act('request_changes')", "changes…",
         "Send it back to its author with a reason."),
        ("review.reject", "x", "act('reject')", "reject…",
         "Say no, with a reason."),
        ("review.edit", "e", "act('edit')", "edit",
         "Change it yourself; it must be approved afterwards."),
    ),
    *_keys(
        Scope.OUTBOX,
        ("outbox.retry", "t", "act('retry')", "try now",
         "Try it again now."),
        ("outbox.hold", "p", "act('hold')", "hold",
         "Keep it from leaving until you resume it."),
        ("outbox.hold", "p", "act('resume')", "resume",
         "Let a held mail go on."),
        ("outbox.confirm", "A", "act('confirm')", "arrived…",
         "Of unknown fate: say that it arrived."),
        ("outbox.resend", "S", "act('resend')", "send again…",
         "Of unknown fate: send it again; it may arrive twice."),
        ("outbox.give-up", "Z", "act('give_up')", "give up…",
         "Of unknown fate: stop trying."),
        ("outbox.cancel", "X", "act('cancel')", "cancel…",
         "Withdraw it; it will not be sent."),
        ("outbox.edit", "e", "act('take_back')", "edit",
         "Withdraw it and open it as a draft again."),
    ),
    *_keys(
        Scope.SENT,
        ("sent.retry", "t", "act('retry')", "try again",
         "Try it again for those who did not get it."),
        ("sent.edit", "e", "act('take_back')", "edit again",
         "Open a cancelled mail as a draft again."),
    ),
    *_keys(
        Scope.DRAFTS,
        ("drafts.edit", "e", "act('edit')", "edit",
         "Go on writing it in Compose."),
        ("drafts.send", "s", "act('send')", "send…",
         "Look at who gets it and what was found, then send it."),
        ("drafts.request-review", "R", "act('request_review')", "ask for review",
         "Ask a person to decide about it."),
        ("drafts.undo-reject", "U", "act('undo_reject')", "take back the no",
         "Take a rejection back: it waits for review again."),
        ("drafts.discard", "X", "act('discard')", "discard…",
         "Throw it away; its record stays."),
    ),
    *_keys(
        Scope.COMPOSE,
        ("compose.send", "ctrl+s,y", "send", "send…",
         "Check it, look at who gets it, then send it."),
        ("compose.save", "ctrl+o,f2,p", "save", "save",
         "Keep it as a draft; find it again under Drafts."),
        ("compose.attach", "f5,ctrl+t,a", "attach", "attach",
         "Attach a file, frozen as it is now."),
        ("compose.preview", "f6,v", "preview", "preview",
         "Show what the receiver will see."),
        ("compose.next-tab", "l", "tab(1)", "next tab",
         "Show the next tab of the preview."),
        ("compose.previous-tab", "h", "tab(-1)", "(previous tab)",
         "Show the tab of the preview before."),
        ("compose.keys", "escape", "key_mode", "keys",
         "Leave the field, so that single keys work."),
        ("compose.html", "f8", "other_part", "text/HTML",
         "Edit the other part of the body."),
        ("compose.write", "e,enter", "write", "write",
         "Go back into the body."),
        ("compose.discard", "X", "discard", "discard…",
         "Throw this draft away; its record stays."),
    ),
    *_keys(
        Scope.FILES,
        ("files.remove", "delete,backspace,d", "remove", "remove",
         "Take this attachment off."),
        ("files.previous", "left,up,h,k", "step(-1)", "(previous)",
         "Choose the attachment before."),
        ("files.next", "right,down,l,j", "step(1)", "(next)",
         "Choose the next attachment."),
    ),
    *_keys(
        Scope.ACCOUNTS,
        ("from.next", "space,right,down", "step(1)", "next account",
         "Send from the next account."),
        ("from.previous", "left,up", "step(-1)", "(previous account)",
         "Send from the account before."),
    ),
    *_keys(
        Scope.LIST,
        ("list.open", "enter", "open", "read",
         "Open the mail to read it."),
        ("list.down", "j,down", "move(1)", "(down)",
         "Go to the next mail."),
        ("list.up", "k,up", "move(-1)", "(up)",
         "Go to the mail before."),
        ("list.top", "g,home", "move_to_top", "(top)",
         "Go to the first mail."),
        ("list.bottom", "G,end", "move_to_bottom", "(bottom)",
         "Go to the last mail."),
        ("list.page-down", "pagedown,ctrl+f", "page(1)", "(page down)",
         "Go a page down."),
        ("list.page-up", "pageup,ctrl+b", "page(-1)", "(page up)",
         "Go a page up."),
    ),
    *_keys(
        Scope.READING,
        ("reading.next-tab", "l", "tab(1)", "next tab",
         "Show the next tab: text, HTML, links, parts, headers and so on."),
        ("reading.previous-tab", "h", "tab(-1)", "(previous tab)",
         "Show the tab before."),
        ("reading.pictures", "i", "pictures", "pictures",
         "Show the pictures in the mail; nothing is fetched."),
        ("reading.next", "J", "other(1)", "(next mail)",
         "Read the next mail."),
        ("reading.previous", "K", "other(-1)", "(mail before)",
         "Read the mail before."),
        ("reading.back", "q,escape", "back", "list",
         "Go back to the list."),
    ),
    *_keys(
        Scope.TEXT,
        ("text.down", "j,down", "scroll_lines(1)", "(down)",
         "Scroll a line down."),
        ("text.up", "k,up", "scroll_lines(-1)", "(up)",
         "Scroll a line up."),
        ("text.page-down", "pagedown,space,ctrl+f", "scroll_pages(1)", "(page down)",
         "Scroll a page down."),
        ("text.page-up", "pageup,ctrl+b", "scroll_pages(-1)", "(page up)",
         "Scroll a page up."),
        ("text.top", "g,home", "scroll_to_top", "(top)",
         "Go to the beginning."),
        ("text.bottom", "G,end", "scroll_to_bottom", "(bottom)",
         "Go to the end."),
    ),
    *_keys(
        Scope.PANE,
        ("pane.new", "m", "new_mail", "new mail",
         "Write a new mail."),
        ("pane.undo", "u,alt+u", "undo", "(take back)",
         "Take back what was released last, while the strip shows it."),
        ("pane.review", "1,alt+1", "go('review')", "(review)",
         "Review: what waits for a decision."),
        ("pane.compose", "2,alt+2", "go('compose')", "(compose)",
         "Compose: write mail."),
        ("pane.outbox", "3,alt+3", "go('outbox')", "(outbox)",
         "Outbox: what is on its way, and why it waits."),
        ("pane.sent", "4,alt+4", "go('sent')", "(sent)",
         "Sent: what the provider took, and what was cancelled."),
        ("pane.drafts", "f3,alt+d", "go('drafts')", "(drafts)",
         "Drafts: what was postponed, sent back or rejected."),
        ("pane.add-account", "f9", "add_account", "(add an account)",
         "Set a new account up, or go on with one."),
        ("pane.redraw", "ctrl+l", "redraw", "(redraw)",
         "Draw the screen again."),
    ),
    *_keys(
        Scope.SET_UP,
        ("set-up.next", "enter,ctrl+s", "next", "next",
         "Take what stands here, and go on."),
        ("set-up.back", "ctrl+b", "step_back", "a step back",
         "Ask the step before again; its answers are still there."),
        ("set-up.leave", "escape", "leave", "leave, kept",
         "Leave; what was answered is kept for another time."),
        ("set-up.anew", "ctrl+n", "anew", "begin anew",
         "Forget what was answered, and begin with another address."),
        ("set-up.down", "down", "down", "(next field)",
         "Go to the next field."),
        ("set-up.up", "up", "up", "(field before)",
         "Go to the field before."),
    ),
    *_keys(
        Scope.PICKS,
        ("picks.down", "down,j", "move(1)", "(down)",
         "Go to the next choice."),
        ("picks.up", "up,k", "move(-1)", "(up)",
         "Go to the choice before."),
        ("picks.page-down", "pagedown", "move(8)", "(page down)",
         "Go eight choices down."),
        ("picks.page-up", "pageup", "move(-8)", "(page up)",
         "Go eight choices up."),
    ),
    *_keys(
        Scope.STEPPER,
        ("stepper.next", "space,right", "step(1)", "change",
         "Take the next choice."),
        ("stepper.previous", "left", "step(-1)", "(choice before)",
         "Take the choice before."),
    ),
    *_keys(
        Scope.WELCOME,
        ("welcome.add", "a,enter", "add_account", "add an account",
         "Set an account up."),
        ("welcome.demo", "d", "demo", "try the demo",
         "Leave, and try everything with a mail server inside."),
    ),
    *_keys(
        Scope.RELEASE,
        ("release.yes", "y", "decide", "release",
         "Approve these exact bytes and release them."),
        ("release.no", "escape,q", "keep", "back",
         "Go back; nothing happens."),
    ),
    *_keys(
        Scope.REASON,
        ("reason.send", "ctrl+s", "decide", "send it",
         "Say it to the author."),
        ("reason.keep", "escape", "keep", "back",
         "Go back; nothing happens."),
    ),
    *_keys(
        Scope.CONFIRM,
        ("confirm.yes", "y", "decide", "yes",
         "Do it."),
        ("confirm.no", "escape,n,q", "keep", "back",
         "Go back; nothing happens."),
    ),
    *_keys(
        Scope.PATH,
        ("path.attach", "enter", "take", "attach",
         "Attach this file."),
        ("path.complete", "tab", "complete", "complete",
         "Complete the name as far as it is clear."),
        ("path.keep", "escape", "keep", "back",
         "Go back without attaching."),
    ),
    *_keys(
        Scope.LEAVING,
        ("leaving.wait", "w", "wait", "wait, then leave",
         "Leave as soon as the mail is handed over."),
        ("leaving.go-on", "b", "go_on", "keep sending",
         "Leave, and have the machine keep sending: installs a service of yours."),
        ("leaving.now", "q", "now", "leave now",
         "Leave at once; the fate of mail in the middle may stay unknown."),
        ("leaving.stay", "escape", "keep", "stay",
         "Go back to the app."),
    ),
    *_keys(
        Scope.PICTURE,
        ("picture.next", "l,right,j,down,space", "step(1)", "next",
         "Show the next picture."),
        ("picture.previous", "h,left,k,up", "step(-1)", "previous",
         "Show the picture before."),
        ("picture.close", "escape,q,i", "keep", "close",
         "Go back to the mail."),
    ),
    *_keys(
        Scope.HELP,
        ("help.close", "escape,q,question_mark,enter", "keep", "close",
         "Go back."),
    ),
)  # fmt: skip
"""In the order of the footer, within each place."""

_RANK: Final = {(key.id, key.action): place for place, key in enumerate(KEYS)}
_NAMES: Final = {
    "question_mark": "?",
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "backspace": "Backspace",
    "space": "Space",
    "tab": "Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
}
_PLACEHOLDER: Final = re.compile(r"\{([a-z.-]+)\}")
_MODIFIERS: Final = {"ctrl": "Ctrl-", "alt": "Alt-", "shift": "Shift-"}


def bindings(*scopes: Scope) -> list[Binding]:
    """Return Textual's bindings for ``scopes``, in the order of the table."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label,
            show=key.show,
            priority=key.priority,
            id=key.id,
        )
        for key in KEYS
        if key.scope in scopes
    ]


def without(theirs: Iterable[BindingType], *keys: str) -> list[BindingType]:
    """Return a Textual widget's own bindings but those for ``keys``."""
    return [one for one in theirs if not (isinstance(one, Binding) and one.key in keys)]


def rank(binding: Binding) -> int:
    """Return where ``binding`` stands in the table; foreign ones come last."""
    return _RANK.get((binding.id or "", binding.action), len(KEYS))


def shown(key: str) -> str:
    """Return ``key`` as people write it: ``ctrl+s`` is ``Ctrl-s``."""
    *modifiers, name = key.split("+")
    prefix = "".join(_MODIFIERS.get(one, f"{one}-") for one in modifiers)
    plain = name.upper() if _is_function_key(name) else name
    return prefix + _NAMES.get(name, plain)


def named(id_: str, changed: Mapping[str, str]) -> str:
    """Return the first key of the action ``id_``, as people write it."""
    keys = next(key.keys for key in KEYS if key.id == id_)
    return shown(changed.get(id_, keys).split(",")[0])


def filled(text: str, changed: Mapping[str, str]) -> str:
    """Return ``text`` with every ``{id}`` replaced by that action's key."""
    return _PLACEHOLDER.sub(lambda found: named(found[1], changed), text)


def help_lines(
    scopes: Iterable[Scope], changed: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """Return heading, keys and sentence of every key in ``scopes``.

    Args:
        scopes: Places, in the order in which they are explained.
        changed: The person's own keys by id, as ``remap`` accepted them.
    """
    return tuple(
        (scope.value, _all_shown(changed.get(key.id, key.keys)), key.help)
        for scope in scopes
        for key in KEYS
        if key.scope is scope
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """What became of the person's own keys."""

    accepted: Mapping[str, str]
    """Textual's names by id."""
    problems: tuple[str, ...]
    """One sentence for each change that was left out."""


def remap(wanted: Mapping[str, str]) -> Remap:
    """Return which of the person's keys can be used, and why not the others.

    A key that already means something else in the same place is refused, as
    pressing it would do what the person did not ask for.
    """
    accepted: dict[str, str] = {}
    problems: list[str] = []
    for id_, keys in wanted.items():
        problem = _problem(id_, keys, accepted)
        if problem:
            problems.append(problem)
        else:
            accepted[id_] = keys
    return Remap(accepted=accepted, problems=tuple(problems))


def _problem(id_: str, keys: str, accepted: Mapping[str, str]) -> str:
    scopes = {key.scope for key in KEYS if key.id == id_}
    if not scopes:
        return f"keys.{id_}: there is no such action."
    for name in keys.split(","):
        if not _is_key(name):
            return f"keys.{id_}: {name!r} is not a key."
        other = _taken(id_, name, scopes, accepted)
        if other:
            return f"keys.{id_}: {shown(name)} already means {other}."
    return ""


def _taken(id_: str, name: str, scopes: set[Scope], accepted: Mapping[str, str]) -> str:
    for key in KEYS:
        if key.id != id_ and key.scope in scopes:
            used = accepted.get(key.id, key.keys)
            if name in used.split(","):
                return key.id
    return ""


def _is_key(name: str) -> bool:
    *modifiers, plain = name.split("+")
    if not set(modifiers) <= set(_MODIFIERS):
        return False
    is_character = len(plain) == 1 and plain.isprintable() and not plain.isspace()
    return is_character or plain in _NAMES or _is_function_key(plain)


def _is_function_key(name: str) -> bool:
    return name[:1] == "f" and name[1:].isdecimal()


def _all_shown(keys: str) -> str:
    return " ".join(shown(key) for key in keys.split(","))
