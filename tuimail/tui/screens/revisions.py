"""All versions of a draft: what each says, what it changed, and back to one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from tuimail.core.address import format_address
from tuimail.core.draft import Draft
from tuimail.core.origin import PERSON_PREFIX
from tuimail.tui import comparing, editing, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.picks import Picks
from tuimail.tui.widgets.prose import Kind, Paragraph, paragraphs_of
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import RevisionLine
from tuimail.workspace.writing import Typed

Read = Callable[[int, Callable[[Draft], None]], None]
"""Asks for what a revision says, and hands it to whoever is given."""


class Way(StrEnum):
    """A way to look at a version."""

    CHANGED = "changed"
    """What it changed of the one before."""
    SINCE = "since"
    """What changed since."""
    SAYS = "says"
    """What it says."""


_ORDER: Final = tuple(Way)
_READING: Final = (Paragraph(text="Reading …", kind=Kind.MUTED),)
_FIRST: Final = Paragraph(text="The first version.", kind=Kind.MUTED)
_NEWEST: Final = Paragraph(text="This is what it says now.", kind=Kind.MUTED)
_TYPED: Final = (
    "Typed into revision {}, and in no revision: somebody else made the next one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One line of the list."""

    revision: int
    typed: Typed | None = None
    """Where it is no revision: what was typed into that one and is in none."""
    at: datetime
    author: str
    subject: str
    finding_count: int = 0


def versions(
    lines: Sequence[RevisionLine], earlier: Sequence[Typed]
) -> tuple[Version, ...]:
    """Return all versions of a draft, newest first."""
    cut = [
        Version(
            revision=one.number,
            at=one.created_at,
            author=one.author,
            subject=one.subject,
            finding_count=one.finding_count,
        )
        for one in lines
    ]
    subjects = {one.number: one.subject for one in lines}
    typed = [
        Version(
            revision=one.revision,
            typed=one,
            at=one.saved_at,
            author="",
            subject=one.fields.get("subject", subjects.get(one.revision, "")),
        )
        for one in earlier
    ]
    return tuple(sorted([*cut, *typed], key=_age, reverse=True))


def _age(version: Version) -> tuple[datetime, bool]:
    """Return when it was made; what is in no revision is the newer of two."""
    return version.at, version.typed is not None


class RevisionsScreen(Over[Version]):
    """Lists all versions of a draft, and returns the one to go back to."""

    AUTO_FOCUS = "Picks"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REVISIONS)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.REVISIONS, Scope.PICKS, Scope.TEXT)
    TITLE_TEXT = "What it said before"
    DEFAULT_CSS = """
    RevisionsScreen #box { width: 96%; max-width: 130; height: 90%; }
    RevisionsScreen #versions { height: 1fr; layout: horizontal; }
    RevisionsScreen Picks { width: 38; height: 1fr; }
    RevisionsScreen.-wide Picks { width: 48; }
    RevisionsScreen #box #version {
        width: 1fr;
        height: 1fr;
        padding: 0 0 0 1;
        border-left: solid $panel;
    }
    RevisionsScreen.-narrow #versions { layout: vertical; }
    RevisionsScreen.-narrow Picks { width: 1fr; height: 30%; min-height: 2; }
    RevisionsScreen.-narrow #box #version {
        padding: 0;
        border-left: none;
        border-top: solid $panel;
    }
    """

    def __init__(self, listed: Sequence[Version], *, now: datetime, read: Read) -> None:
        """List versions.

        Args:
            listed: All there are, newest first.
            now: The time, to say when they were made.
            read: Asks for what a revision says.
        """
        super().__init__()
        self._listed = listed
        self._now = now
        self._read = read
        self._drafts: dict[int, Draft] = {}
        self._way = Way.CHANGED

    def content(self) -> ComposeResult:
        newest = max(one.revision for one in self._listed)
        choices = [
            Choice(
                key=str(place),
                text=_line(one, self._now, is_newest=one.revision == newest),
                more=wording.subject(one.subject),
            )
            for place, one in enumerate(self._listed)
        ]
        with Container(id="versions"):
            yield Picks(choices, id="picked")
            yield TextView(id="version")

    def on_mount(self) -> None:
        self.watch(self.query_one(Picks), "place", self._look)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "take" and self.is_mounted:
            return not self._is_newest(self._chosen)
        return super().check_action(action, parameters)

    def action_compare(self) -> None:
        self._way = _ORDER[(_ORDER.index(self._way) + 1) % len(_ORDER)]
        self._look()

    def action_take(self) -> None:
        self.dismiss(self._chosen)

    @on(Picks.Taken)
    def _clicked(self, message: Picks.Taken) -> None:
        message.stop()
        if not self._is_newest(self._chosen):
            self.action_take()

    @property
    def _chosen(self) -> Version:
        return self._listed[self.query_one(Picks).place]

    def _is_newest(self, version: Version) -> bool:
        newest = max(one.revision for one in self._listed)
        return version.typed is None and version.revision == newest

    def _look(self) -> None:
        self.refresh_bindings()
        chosen = self._chosen
        wanted = {chosen.revision, *self._compared(chosen)}
        missing = sorted(wanted - self._drafts.keys())
        view = self.query_one(TextView)
        if missing:
            view.show(_READING)
            self._read(missing[0], partial(self._was_read, missing[0]))
        else:
            view.show(self._told(chosen))

    def _was_read(self, number: int, draft: Draft) -> None:
        self._drafts[number] = draft
        if self.is_attached:
            self._look()

    def _compared(self, version: Version) -> tuple[int, ...]:
        """Return which revisions have to be read to show ``version``."""
        if self._way is Way.SAYS:
            return ()
        if self._way is Way.SINCE:
            return (max(one.revision for one in self._listed),)
        is_first = version.typed is not None or version.revision == 1
        return () if is_first else (version.revision - 1,)

    def _told(self, version: Version) -> tuple[Paragraph, ...]:
        says = self._says(version)
        others = [self._drafts[number] for number in self._compared(version)]
        number = version.revision
        if self._way is Way.SINCE:
            if self._is_newest(version):
                return (_NEWEST,)
            what = "What changed since, up to what it says now."
            return comparing.between(says, others[0], what=what)
        if self._way is Way.SAYS:
            return _said(says)
        if version.typed is not None:
            what = _TYPED.format(number)
            return comparing.between(self._drafts[number], says, what=what)
        if not others:
            return (_FIRST, *_said(says))
        what = f"What revision {number} changed."
        return comparing.between(others[0], says, what=what)

    def _says(self, version: Version) -> Draft:
        draft = self._drafts[version.revision]
        if version.typed is None:
            return draft
        return editing.read_into(draft, version.typed.fields)


def _line(version: Version, now: datetime, *, is_newest: bool) -> str:
    """Return number, time and author of a version; safe text."""
    at = wording.clock(version.at, now)
    if version.typed is not None:
        return f"typed  {at}  in no revision"
    who = wording.line(version.author.removeprefix(PERSON_PREFIX))
    word = "  now" if is_newest else ""
    return f"{version.revision:>5}  {at}  {who}{word}"


def _said(draft: Draft) -> tuple[Paragraph, ...]:
    """Return what a version says, for reading; safe text."""
    people = {"To": draft.to, "Cc": draft.cc, "Bcc": draft.bcc}
    fields = {
        label: ", ".join(map(format_address, several))
        for label, several in people.items()
        if several
    }
    fields["Subject"] = draft.subject
    files = (
        Paragraph(label="File", text=wording.line(one.name))
        for one in draft.attachments
    )
    body = draft.body.text or draft.body.html
    return (
        *(
            Paragraph(label=name, text=wording.line(one))
            for name, one in fields.items()
        ),
        *files,
        Paragraph(text=""),
        *paragraphs_of(wording.said(body)),
    )
