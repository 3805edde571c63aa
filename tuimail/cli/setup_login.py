"""The question how to log in: a password and where it is, or signing in."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tuimail.core.values import replace
from tuimail.workspace.setting_up import SIGN_IN, Setup, Step
from tuimail.workspace.setup_desk import own_entry
from tuimail.workspace.setup_ways import TYPED
from tuimail.workspace.setup_words import (
    HELP,
    LOGINS,
    PLACES,
    Place,
    already_there,
    question,
)
from tuimail.workspace.signing_in import SignIn, Way

if TYPE_CHECKING:
    from tuimail.cli.setting_up import Wizard

PATIENCE: Final = timedelta(minutes=10)
"""For a person who signs in."""
_FAR: Final = "SSH_CONNECTION"
"""Set where the terminal is not on the machine that one sits at."""
_WAYS: Final = {
    "browser": Way.BROWSER,
    "paste": Way.PASTE,
    "device": Way.DEVICE,
}


def ask_login(wizard: "Wizard", setup: Setup) -> Setup:
    """Say what the server wants, and ask for that."""
    way = setup.chosen
    wizard.console.say(*(f"  {one}" for one in (way.advice, way.help_url) if one))
    if len(way.logins) > 1:
        setup = _kind(wizard, setup)
    if setup.login in SIGN_IN:
        return _sign_in(wizard, setup)
    return _password(wizard, _named(wizard, setup))


def _kind(wizard: "Wizard", setup: Setup) -> Setup:
    logins = setup.chosen.logins
    now = logins.index(setup.login) + 1 if setup.login in logins else 1
    answer = wizard.ask.number(
        "How",
        [LOGINS[one] for one in logins],
        default=str(now),
        explained=HELP[Step.LOGIN],
    )
    return setup.by(logins[int(answer) - 1])


def _named(wizard: "Wizard", setup: Setup) -> Setup:
    """Ask whom the server knows, where it knows its customers by a name."""
    is_known = setup.chosen.asked == TYPED and setup.redoing is None
    if is_known or not setup.asks_username:
        return setup
    words = question("username")
    name = wizard.ask.text(
        words.label,
        default=str(setup.chosen.options.get("username", "")),
        explained=words.help,
    )
    return setup if not name else _renamed(setup, name)


def _renamed(setup: Setup, name: str) -> Setup:
    again = setup.redoing
    named = setup.with_options({"username": name})
    return named if again is None else named.back(Step.LOGIN)


def _password(wizard: "Wizard", setup: Setup) -> Setup:
    place = _place(wizard, setup)
    if place.question is not None:
        typed = wizard.ask.text(
            place.question.label,
            default=setup.secret.removeprefix(place.prefix) if setup.secret else "",
            explained=place.question.help,
        )
        return wizard.desk.refer(setup, f"{place.prefix}{typed}")
    if place is not PLACES[0]:
        return wizard.desk.refer(setup, place.prefix)
    if wizard.desk.has_entry(setup):
        wizard.console.say(f"  {already_there(setup)}")
    label = LOGINS[setup.login] if setup.login else "Password"
    typed = wizard.ask.password(f"{label} (goes into the keyring, nowhere else)")
    if typed:
        return wizard.desk.store(setup, typed)
    return wizard.desk.refer_to_keyring(setup)


def _place(wizard: "Wizard", setup: Setup) -> Place:
    """Ask where it is kept; the keyring, unless there is none."""
    problem = wizard.desk.keyring_problem(setup)
    places = PLACES[1:] if problem else PLACES
    if problem:
        wizard.console.say(f"  {problem}")
    answer = wizard.ask.number(
        "Where is it kept",
        [one.title for one in places],
        default=str(_now(setup, places)),
        explained=HELP[Step.LOGIN],
    )
    return places[int(answer) - 1]


def _now(setup: Setup, places: tuple[Place, ...]) -> int:
    kept = [n for n, one in enumerate(places, 1) if setup.secret.startswith(one.prefix)]
    return kept[0] if setup.secret and kept else 1


def _sign_in(wizard: "Wizard", setup: Setup) -> Setup:
    ask, desk = wizard.ask, wizard.desk
    entry = own_entry(setup)
    setup = replace(setup, entry=entry)
    client = ask.text(
        "Client ID, or the file that has it", explained=desk.where_to_register(setup)
    )
    secret = ask.text(
        "Where its secret is: env:NAME, command:… or file:PATH; Enter for none",
        explained="Google gives one out, which is in its file already.",
    )
    problem = desk.keyring_problem(setup)
    token_file = _token_file(wizard, setup, problem) if problem else ""
    words = tuple(word for word, way in _WAYS.items() if desk.has_way(setup, way))
    default = "paste" if _FAR in wizard.call.environ else "browser"
    word = ask.choice(
        f"Sign in by {', '.join(words)}",
        words,
        default=default,
        explained="browser: on this machine. paste: anywhere, and the address that it "
        "ends at is pasted here. device: a code from here is typed there.",
    )
    sign_in = desk.begin_sign_in(
        setup,
        client=client,
        client_secret=secret,
        way=_WAYS[word],
        token_file=token_file,
    )
    try:
        _tell(wizard, sign_in)
        return setup.signed_in(
            sign_in.wait(PATIENCE), entry="" if token_file else entry
        )
    finally:
        sign_in.cancel()


def _token_file(wizard: "Wizard", setup: Setup, problem: str) -> str:
    wizard.console.say(f"  {problem}")
    return wizard.ask.text(
        "File for what lasts of the sign-in",
        default=wizard.desk.token_file(setup),
        explained="Only you can read it. It takes the place of the keyring.",
    )


def _open(url: str) -> None:
    from tuimail.tui.browsing import open_browser  # noqa: PLC0415 - loads subprocess

    open_browser(url)


def _tell(wizard: "Wizard", sign_in: SignIn) -> None:
    if sign_in.way is Way.DEVICE:
        wizard.console.say(
            f"  Open {sign_in.verification_url} on any device, and type there: "
            f"{sign_in.user_code}"
        )
        return
    wizard.console.say("  Sign in with a browser at this address:", sign_in.url)
    if sign_in.way is Way.BROWSER:
        _open(sign_in.url)
    else:
        pasted = wizard.ask.text("It ends at a page that cannot be shown; its address")
        sign_in.paste(pasted)
