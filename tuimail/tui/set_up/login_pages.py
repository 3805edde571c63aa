"""The pages about logging in: a password, signing in at a service, the test.

Pure.
"""

from typing import Final

from tuimail.settings.discovery.found import Login
from tuimail.tui import wording
from tuimail.tui.set_up.server_pages import advice, asked_field
from tuimail.tui.set_up.values import (
    HOLD,
    PASSWORD,
    RETRY,
    SERVER,
    Around,
    Choice,
    Field,
    Page,
    View,
)
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace import setup_words
from tuimail.workspace.setting_up import SIGN_IN, Setup
from tuimail.workspace.setup_words import LOGINS, PLACES, Place
from tuimail.workspace.signing_in import Way

IN_THE_APP: Final[tuple[Place, ...]] = tuple(
    one for one in PLACES if one.prefix != "prompt:"
)
"""The app draws on the terminal, so that nobody can be asked each time."""
WAYS: Final = {
    Way.BROWSER: "a browser on this machine",
    Way.PASTE: "a browser elsewhere; its last address is pasted here",
    Way.DEVICE: "a code that is typed on another device",
}


def keyring(setup: Setup, around: Around) -> Page:
    """Return the page that waits for the keyring."""
    del setup, around
    return Page(
        view=View.KEYRING,
        notes=(
            Paragraph(text="Asking the keyring of this machine …"),
            Paragraph(
                text="It may want to be unlocked, in a window of its own.",
                kind=Kind.MUTED,
            ),
        ),
    )


def login(setup: Setup, around: Around) -> Page:
    """Return the page that asks for what the server wants to see."""
    way = setup.chosen
    login = login_of(setup, around)
    fields: list[Field] = []
    if len(way.logins) > 1:
        kinds = tuple(Choice(key=one.value, text=LOGINS[one]) for one in way.logins)
        fields.append(Field(id="login", label="With", value=login.value, choices=kinds))
    of_login = _sign_in_fields if login in SIGN_IN else _password_fields
    return Page(
        view=View.LOGIN,
        notes=advice(way),
        fields=(*fields, *of_login(setup, around)),
    )


def signing_in(setup: Setup, around: Around) -> Page:
    """Return the page that waits for the person in a browser."""
    del setup
    sign_in = around.sign_in
    if sign_in is None:
        return Page(view=View.SIGNING_IN)
    if sign_in.way is Way.DEVICE:
        url, code = wording.line(sign_in.verification_url), sign_in.user_code
        return Page(
            view=View.SIGNING_IN,
            notes=(
                Paragraph(text=f"Open {url} on any device, and type there:"),
                Paragraph(text=""),
                Paragraph(text=wording.line(code), kind=Kind.HEADING),
                Paragraph(text=""),
                Paragraph(text="This goes on by itself afterwards.", kind=Kind.MUTED),
            ),
        )
    notes = (
        Paragraph(text="Sign in with a browser at this address:"),
        Paragraph(text=wording.line(sign_in.url), kind=Kind.HEADING),
    )
    if sign_in.way is Way.BROWSER:
        last = Paragraph(text="This goes on by itself afterwards.", kind=Kind.MUTED)
        return Page(view=View.SIGNING_IN, notes=(*notes, Paragraph(text=""), last))
    pasted = Field(
        id="pasted",
        label="Address",
        help="It ends at a page that cannot be shown; that page's address.",
    )
    return Page(view=View.SIGNING_IN, notes=notes, fields=(pasted,))


def testing(setup: Setup, around: Around) -> Page:
    """Return the page that waits for the login."""
    where = wording.line(setup_words.where(setup.chosen))
    return Page(
        view=View.TESTING,
        notes=(
            Paragraph(text=f"Logging in at {where} …"),
            Paragraph(text="With what is kept; nothing is sent.", kind=Kind.MUTED),
            *_reached(around),
        ),
    )


def failed(setup: Setup, around: Around) -> Page:
    """Return the page about a login that failed."""
    trial, way = setup.tested, setup.chosen
    said = setup_words.about_test(trial) if trial else ()
    notes = [
        *_reached(around),
        Paragraph(text="The test failed. The server, or what was tried, said:"),
        *(Paragraph(text=wording.line(line), kind=Kind.BLOCK) for line in said),
    ]
    if trial is not None and trial.hint:
        notes.append(Paragraph(text=f"→ {wording.line(trial.hint)}"))
    if way.help_url:
        notes.append(Paragraph(text=f"→ {wording.line(way.help_url)}"))
    return Page(
        view=View.FAILED,
        notes=tuple(notes),
        choices=(
            Choice(key=PASSWORD, text="Log in another way, or type it again"),
            Choice(key=RETRY, text="Try the same once more"),
            Choice(key=SERVER, text="Choose another server"),
            Choice(key=HOLD, text="Save it held", more="nothing leaves until you say"),
        ),
    )


def _reached(around: Around) -> tuple[Paragraph, ...]:
    """Return what the test has done so far, a line each."""
    steps = map(setup_words.step, dict.fromkeys(around.reached))
    return tuple(
        Paragraph(label=what, text=outcome, kind=Kind.GOOD) for what, outcome in steps
    )


def login_of(setup: Setup, around: Around) -> Login:
    """Return which kind of login stands on the page."""
    logins = setup.chosen.logins
    wanted = around.values.get("login", setup.login.value if setup.login else "")
    return next((one for one in logins if one.value == wanted), logins[0])


def place_of(setup: Setup, around: Around) -> Place:
    """Return which place for a password stands on the page."""
    offered = places(around)
    kept = [one.prefix for one in offered if setup.secret.startswith(one.prefix)]
    wanted = around.values.get("place", kept[0] if setup.secret and kept else "")
    return next((one for one in offered if one.prefix == wanted), offered[0])


def places(around: Around) -> tuple[Place, ...]:
    """Return where a password can be kept here."""
    return IN_THE_APP[1:] if around.problem else IN_THE_APP


def _password_fields(setup: Setup, around: Around) -> tuple[Field, ...]:
    place, offered = place_of(setup, around), places(around)
    return (
        *_username(setup, around),
        Field(
            id="place",
            label="Kept where",
            value=place.prefix,
            choices=tuple(Choice(key=one.prefix, text=one.title) for one in offered),
            help=wording.line(around.problem),
        ),
        _secret(setup, around, place),
    )


def _username(setup: Setup, around: Around) -> tuple[Field, ...]:
    if not setup.asks_username:
        return ()
    now = str(setup.chosen.options.get("username", ""))
    value = around.values.get("username", now)
    return (asked_field("username", value),)


def _secret(setup: Setup, around: Around, place: Place) -> Field:
    if place.question is None:
        label = LOGINS[login_of(setup, around)]
        where = f"Goes into the keyring as “tuimail/{setup.name}”, and nowhere else."
        if around.has_entry:
            where = setup_words.already_there(setup)
        return Field(id="secret", label=label, is_secret=True, help=where)
    is_same = setup.secret.startswith(place.prefix)
    kept = setup.secret.removeprefix(place.prefix) if is_same else ""
    return Field(
        id="reference",
        label=place.question.label,
        value=around.values.get("reference", wording.line(kept)),
        help=place.question.help,
    )


def _sign_in_fields(setup: Setup, around: Around) -> tuple[Field, ...]:
    del setup
    values = around.values
    default = Way.PASTE if around.is_far else Way.BROWSER
    fields = [
        Field(
            id="client",
            label="Client ID",
            value=values.get("client", ""),
            help=f"Or the file that has it. {around.where_to_register}",
        ),
        Field(
            id="client_secret",
            label="Its secret",
            value=values.get("client_secret", ""),
            help="Where it is: env:NAME, command:… or file:PATH. Empty for none, or "
            "where the file has it.",
        ),
        Field(
            id="way",
            label="By",
            value=values.get("way", default.value),
            choices=tuple(Choice(key=one.value, text=WAYS[one]) for one in around.ways),
        ),
    ]
    if around.problem:
        fields.append(
            Field(
                id="token_file",
                label="Kept in",
                value=values.get("token_file", wording.line(around.token_file)),
                help=f"{wording.line(around.problem)} Only you can read that file.",
            )
        )
    return tuple(fields)
