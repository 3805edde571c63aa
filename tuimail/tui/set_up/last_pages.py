"""The last pages: who one is, who else may send, and a mail to oneself.

Pure.
"""

from typing import Final

from tuimail.tui import wording
from tuimail.tui.set_up.values import (
    DROP,
    NO,
    SAVE,
    YES,
    Around,
    Choice,
    Field,
    Page,
    View,
)
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace import setup_words
from tuimail.workspace.setting_up import ANSWERS, Setup, Step
from tuimail.workspace.views import Row

_PARTS: Final = (Step.IDENTITY, Step.SERVER, Step.LOGIN, Step.HABITS)
"""What can be changed of an account; its name stands in mail that waits for it."""
_TITLE_CELLS: Final = 8
_SCRIPTS: Final = {
    "allow": "send it",
    "review": "let it wait for you",
    "block": "refuse it",
}


def parts(setup: Setup, around: Around) -> Page:
    """Return the page about what of an account is to be changed."""
    del around
    said = dict(setup_words.all_answers(setup))
    offered = [step for step in _PARTS if step is not Step.LOGIN or setup.needs_secret]
    return Page(
        view=View.PARTS,
        choices=(
            *(
                Choice(
                    key=step.value,
                    text=f"{setup_words.TITLES[step]:<{_TITLE_CELLS}}",
                    more=wording.line(said.get(step, "")),
                )
                for step in offered
            ),
            Choice(key=SAVE, text="Save the changes"),
            Choice(key=DROP, text="Leave it as it was"),
        ),
    )


def identity(setup: Setup, around: Around) -> Page:
    """Return the page about what people see of the sender."""
    values = around.values
    good = (
        setup_words.about_test(setup.tested)
        if setup.tested and setup.is_good and setup.tested.endpoint
        else ()
    )
    return Page(
        view=View.IDENTITY,
        notes=tuple(
            Paragraph(text=wording.line(line), kind=Kind.GOOD) for line in good[:2]
        ),
        fields=(
            Field(
                id="sender_name",
                label="Your name",
                value=values.get("sender_name", setup.sender_name),
                help="What people see beside the address; may be left empty.",
            ),
            Field(
                id="reply_to",
                label="Answers go to",
                value=values.get("reply_to", setup.reply_to),
                help="Empty: to the address itself.",
            ),
            Field(
                id="signature",
                label="Signature",
                value=values.get("signature", setup.signature),
                help="Below mail that flags write; in the app, what is typed is sent.",
                is_long=True,
            ),
        ),
    )


def habits(setup: Setup, around: Around) -> Page:
    """Return the page about who else may send."""
    values, seconds = around.values, around.undo_seconds
    fields = [
        Field(
            id="noninteractive_send",
            label="Scripts",
            value=values.get("noninteractive_send", setup.noninteractive_send),
            choices=tuple(Choice(key=one, text=_SCRIPTS[one]) for one in ANSWERS),
            help="What becomes of your mail that is sent without a terminal.",
        )
    ]
    if around.has_default:
        default = values.get("is_default", YES if setup.is_default else NO)
        fields.append(
            Field(
                id="is_default",
                label="Default",
                value=default,
                choices=(Choice(key=NO, text="no"), Choice(key=YES, text="yes")),
                help="Whether mail that names no account leaves through this one.",
            )
        )
    return Page(
        view=View.HABITS,
        notes=(
            Paragraph(
                text=f"What you send here can be taken back for {seconds} seconds. "
                f"Another time: undo_seconds = {seconds} in config.toml, which tuimail "
                "never writes.",
                kind=Kind.MUTED,
            ),
        ),
        fields=tuple(fields),
        choices=(
            Choice(key=YES, text="Go on" if setup.replaces else "Save the account"),
        ),
    )


def mail(setup: Setup, around: Around) -> Page:
    """Return the page that offers a mail to oneself."""
    del around
    address = wording.line(setup.address)
    if setup.held_reason:
        return Page(
            view=View.MAIL,
            notes=(
                Paragraph(
                    text="The account is saved and held. It sends nothing until you "
                    f"resume it: tuimail accounts resume {setup.name}",
                    kind=Kind.WARNING,
                ),
            ),
            choices=(Choice(key=NO, text="Done"),),
        )
    return Page(
        view=View.MAIL,
        notes=(
            Paragraph(text=f"The account “{setup.name}” is saved.", kind=Kind.GOOD),
        ),
        choices=(
            Choice(
                key=YES,
                text="Send a mail to yourself, at once",
                more=f"to {address}",
            ),
            Choice(key=NO, text="Done"),
        ),
    )


def mailed(setup: Setup, around: Around) -> Page:
    """Return the page about what became of it."""
    del setup
    return Page(
        view=View.MAILED,
        notes=(_fate(around.row),),
        choices=(Choice(key=NO, text="Done"),),
    )


def _fate(row: Row | None) -> Paragraph:
    if row is None:
        return Paragraph(text="The mail to yourself is on its way …")
    if row.status == "sent":
        text = "The mail to yourself is sent: the server took it."
        return Paragraph(text=text, kind=Kind.GOOD)
    reason = wording.line(row.reason)
    if row.status in {"ready", "sending"} and not reason:
        return Paragraph(text=f"The mail to yourself is {row.status} …")
    text = f"The mail to yourself is {row.status}: {reason}"
    return Paragraph(text=text, kind=Kind.WARNING)
