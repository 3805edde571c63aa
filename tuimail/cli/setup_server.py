"""The question where mail leaves: what was found, a service, or a server typed in."""

from typing import TYPE_CHECKING, Final

from tuimail.workspace.setting_up import Setup, Step
from tuimail.workspace.setup_ways import typed_server
from tuimail.workspace.setup_words import HELP, consent, kinds, question, source, where

if TYPE_CHECKING:
    from tuimail.cli.setting_up import Wizard
    from tuimail.settings.discovery.found import Asked, Found

OTHER: Final = "other"
SERVICE: Final = "service"
AGAIN: Final = "again"
_IMPLICIT_PORT: Final = 465
_NO_LOGIN: Final = "-"
_ENCRYPTION: Final = ("implicit", "starttls", "none")


def ask_server(wizard: "Wizard", setup: Setup) -> Setup:
    """Look for the server, and have one chosen."""
    if setup.way is not None and setup.redoing is None:
        return _settle(wizard, setup)
    if setup.service and setup.way is None:
        return wizard.desk.service(setup, setup.service)
    if setup.search is None and not setup.service:
        return _look(wizard, setup)
    return _choose(wizard, setup)


def pick_service(wizard: "Wizard", *, extra: tuple[str, ...] = ()) -> str:
    """Return the key of a service, by its number or a part of its name."""
    services = wizard.desk.services()
    programs = [one for one in services if one.provider != "smtp"]
    wizard.console.say(
        *(f"  {place:>2}  {one.title}" for place, one in enumerate(programs, start=1)),
        *(f"      {one}" for one in extra),
    )
    while True:
        typed = wizard.ask.text(
            "Which, or the name of any other service", explained=HELP[Step.SERVER]
        )
        if typed in extra:
            return typed
        if typed.isdecimal() and 0 < int(typed[:9]) <= len(programs):
            return programs[int(typed) - 1].key
        meant = [one for one in services if typed.casefold() in one.title.casefold()]
        exact = [one for one in meant if one.title.casefold() == typed.casefold()]
        if typed and len(exact or meant) == 1:
            return (exact or meant)[0].key
        titles = ", ".join(one.title for one in meant) if typed else ""
        wizard.console.say(f"  {f'Which: {titles}?' if titles else 'Not known here.'}")


def _look(wizard: "Wizard", setup: Setup) -> Setup:
    domain = setup.address.rpartition("@")[2]
    wizard.console.say(f"  Looking for the server of {domain} …")

    def tell(asked: "Asked") -> None:
        who, outcome = source(asked)
        wizard.console.say(f"  {who:<15} {outcome}")

    return wizard.desk.search(setup, tell)


def _choose(wizard: "Wizard", setup: Setup) -> Setup:
    found = setup.search.found if setup.search else ()
    if not found:
        wizard.console.say("  Nothing was found out about it.")
    answer = wizard.ask.number(
        f"Which, {OTHER} server, {SERVICE} from a list, or {AGAIN}",
        [_line(one) for one in found],
        others=(OTHER, SERVICE, AGAIN),
        default="1" if found else OTHER,
        explained=HELP[Step.SERVER],
    )
    if answer == AGAIN:
        return _look(wizard, setup)
    if answer == SERVICE:
        return wizard.desk.service(setup.unchosen(), pick_service(wizard))
    if answer == OTHER:
        return setup.choose(_typed(wizard, setup))
    return setup.choose(found[int(answer) - 1])


def _line(found: "Found") -> str:
    if not found.can_send:
        return f"{found.title}: takes no mail from other programs"
    foreign = "; NOT OF THIS DOMAIN" if found.is_foreign else ""
    place = where(found)
    title = "" if place.startswith(found.title) else f"; {found.title}"
    return f"{place}{foreign}; {kinds(found)}{title}  ({found.asked})"


def _typed(wizard: "Wizard", setup: Setup) -> "Found":
    """Ask for a server by its name."""
    ask, domain = wizard.ask, setup.address.rpartition("@")[2]
    host = ask.text("Server", default=f"smtp.{domain}", explained=question("host").help)
    port = ask.text(
        "Port", default=str(_IMPLICIT_PORT), explained=question("port").help
    )
    default = "implicit" if port == str(_IMPLICIT_PORT) else "starttls"
    tls = ask.choice(
        f"Encryption, {', '.join(_ENCRYPTION)}", _ENCRYPTION, default=default
    )
    name = ask.text(
        f"Log in as, or {_NO_LOGIN} for no login",
        default=setup.address,
        explained=question("username").help,
    )
    return typed_server(
        {
            "host": host,
            "port": int(port) if port.isdecimal() and port.isascii() else port,
            "tls": tls,
            "username": "" if name == _NO_LOGIN else name,
        }
    )


def _settle(wizard: "Wizard", setup: Setup) -> Setup:
    """Ask what is left about the way out that was chosen."""
    if setup.needs_consent:
        wizard.console.say(f"  {consent(setup)}")
        is_agreed = wizard.ask.yes("Log in there", default=False)
        return setup.agree() if is_agreed else setup.unchosen()
    options = setup.chosen.options
    answers: dict[str, str | int | bool] = {}
    for key in setup.asks:
        words = question(key)
        typed = wizard.ask.text(
            words.label, default=str(options.get(key, "")), explained=words.help
        )
        is_number = isinstance(options.get(key), int) and typed.isdecimal()
        answers[key] = int(typed) if is_number else typed
    return setup.with_options(answers)
