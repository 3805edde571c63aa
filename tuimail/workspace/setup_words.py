"""How the steps of setting an account up are said; all faces use the same words.

What comes from outside (titles, servers' names) is handed through as it is, so
that a face has to make it fit for its screen.

Pure.
"""

from collections.abc import Callable, Mapping
from typing import Final

from tuimail.core.address import parse_address, wire_address
from tuimail.core.values import dataclass
from tuimail.settings.discovery.found import Asked, Found, Login, Source
from tuimail.settings.oauth import OAUTH
from tuimail.workspace.setting_up import Setup, Step, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked for, and what helps to answer it."""

    label: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where a password can be kept."""

    prefix: str
    """How references to it begin; ``keyring:`` and ``prompt:`` are whole."""
    title: str
    question: Question | None = None
    """What else has to be known; None where nothing."""


STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "resolved": ("Name", "has an address"),
    "connected": ("Server", "connected"),
    "tls": ("TLS", "the line is encrypted, and the certificate is good"),
    "auth": ("Login", "accepted"),
    "reply.read": ("Answer", "read"),
}
"""What a test has tried, by the stage that it reached, and what came of it."""
TITLES: Final[Mapping[Step, str]] = {
    Step.ADDRESS: "Address",
    Step.SERVER: "Server",
    Step.LOGIN: "Login",
    Step.TEST: "Test",
    Step.IDENTITY: "Identity",
    Step.HABITS: "Habits",
    Step.MAIL: "First mail",
    Step.OVER: "Done",
}
HELP: Final[Mapping[Step, str]] = {
    Step.ADDRESS: "The address that mail is from, such as ada@example.org. Its server "
    "is looked for by that. The name is for you: mail is sent with --account NAME.",
    Step.SERVER: "Where mail leaves. What tuimail knows itself comes first, then what "
    "the provider's own pages and name servers say. The address is not sent "
    "anywhere, only its domain.",
    Step.LOGIN: "What the server wants to see. It goes into the keyring of this "
    "machine or stays where you say; tuimail's own files have no password, ever.",
    Step.TEST: "tuimail logs in with what is kept, as it will when it sends, and "
    "sends nothing. accounts.toml is not touched before that went well.",
    Step.IDENTITY: "What people see: your name, where their answers go, and what "
    "stands below your mail. Each may be left empty.",
    Step.HABITS: "Scripts use the account without a person at a terminal. “review” "
    "lets their mail wait for you, “block” refuses it. Agents' mail waits always.",
    Step.MAIL: "The account is saved. A mail to yourself shows that it works, on the "
    "same way as every other mail.",
    Step.OVER: "Nothing is left to be asked.",
}
PLACES: Final[tuple[Place, ...]] = (
    Place(prefix="keyring:", title="the keyring of this machine"),
    Place(
        prefix="command:",
        title="a command prints it",
        question=Question(
            label="Command",
            help="Its first line is the password: pass show mail/ada, for example. "
            "Without a shell.",
        ),
    ),
    Place(
        prefix="file:",
        title="a file has it",
        question=Question(
            label="File",
            help="The first line is the password. Nobody but you may read the file: "
            "chmod 600.",
        ),
    ),
    Place(
        prefix="env:",
        title="a variable has it",
        question=Question(
            label="Variable",
            help="Its name, without $. It has to be set wherever tuimail runs.",
        ),
    ),
    Place(prefix="prompt:", title="it is asked for each time"),
)
ASKED: Final[Mapping[str, Question]] = {
    "account_id": Question(
        label="Account ID",
        help="32 letters and digits; Cloudflare shows it beside the account.",
    ),
    "ca_file": Question(
        label="Certificates",
        help="A file with the authority (PEM) that signed the server's own "
        "certificate. Empty: those that this machine trusts.",
    ),
    "did": Question(label="DID", help="The member's, as did:plc:… or did:web:…"),
    "domain": Question(
        label="Domain", help="As it is set up at the service, such as mg.example.org."
    ),
    "host": Question(label="Server", help="Its name, such as smtp.example.org."),
    "port": Question(
        label="Port", help="465 for TLS from the first byte, 587 for STARTTLS."
    ),
    "project_id": Question(label="Project ID", help="The service shows it."),
    "region": Question(label="Region", help="Such as eu-west-1."),
    "tls": Question(
        label="Encryption",
        help="implicit, starttls or none. Empty: as usual with that port.",
    ),
    "url": Question(
        label="Address of the site", help="Such as https://mail.example.org."
    ),
    "username": Question(
        label="Log in as", help="Mostly the whole address; some want another name."
    ),
}
LOGINS: Final[Mapping[Login, str]] = {
    Login.PASSWORD: "Password",
    Login.APP_PASSWORD: "App password",
    Login.AUTHORIZATION_CODE: "Authorization code",
    Login.TOKEN: "Key",
    Login.BRIDGE: "Password of the bridge",
    Login.GOOGLE: "Sign in with Google",
    Login.MICROSOFT: "Sign in with Microsoft",
    Login.NONE: "Nothing",
}
SOURCES: Final[Mapping[Source, str]] = {
    Source.PRESET: "Known here",
    Source.AUTOCONFIG: "Autoconfig",
    Source.WELL_KNOWN: "Its own page",
    Source.ISPDB: "Thunderbird",
    Source.SRV: "Services (DNS)",
    Source.MX: "Mail in (DNS)",
    Source.GUESS: "Usual names",
}
_TLS: Final = {"implicit": "TLS", "starttls": "STARTTLS", "none": "no encryption"}
_IMPLICIT_PORT: Final = 465


def question(key: str) -> Question:
    """Return how a setting of a provider is asked for."""
    label = key.replace("_", " ").capitalize()
    return ASKED.get(key, Question(label=label, help="The service shows it."))


def where(way: Found) -> str:
    """Return where mail leaves by ``way``: ``smtp.example.org:465, TLS``."""
    options = way.options
    if way.provider != "smtp":
        named = [str(options[key]) for key in _NAMES if key in options]
        return ", ".join((way.title, *named))
    port = options.get("port", _IMPLICIT_PORT)
    default = "implicit" if port == _IMPLICIT_PORT else "starttls"
    tls = _TLS.get(str(options.get("tls", default)), "")
    return f"{options.get('host', '')}:{port}, {tls}".rstrip(", ")


def kinds(way: Found) -> str:
    """Return what ``way`` wants to see: ``app password or sign in with Google``."""
    return " or ".join(LOGINS[one][:1].lower() + LOGINS[one][1:] for one in way.logins)


def source(asked: Asked) -> tuple[str, str]:
    """Return who was asked, in a word or two, and what came of it."""
    return SOURCES[asked.source], f"{asked.outcome} ({asked.what})"


def step(stage: str) -> tuple[str, str]:
    """Return what a test has just tried, in a word or two, and what came of it."""
    return STEPS.get(stage, (stage, "done"))


def consent(setup: Setup) -> str:
    """Return the sentence that a person says yes to before a password leaves."""
    way = setup.chosen
    host = str(way.options.get("host") or way.title)
    if setup.is_in_clear and not way.is_foreign:
        return (
            f"{host} is this machine, and nothing is encrypted there: every program "
            "here that may listen could read your password."
        )
    domain = wire_address(parse_address(setup.address, field="address")).partition("@")
    return (
        f"{host} does not belong to {domain[2]}, and tuimail does not know it. Your "
        "password would go there."
    )


def already_there(setup: Setup) -> str:
    """Return what becomes of an entry of its name that the keyring has already."""
    return (
        f"The keyring has “tuimail/{setup.name}” already: Enter alone takes what is "
        "there; what you type takes its place once the account is saved."
    )


def kept_in(setup: Setup) -> str:
    """Return where the password of ``setup`` is, for people."""
    if setup.login is Login.NONE:
        return "needs none"
    if setup.secret == OAUTH:
        return f"signed in at {setup.oauth.host}" if setup.oauth else "signed in"
    if setup.secret == "keyring:":  # noqa: S105 - a reference, not a password
        return f"in the keyring as “tuimail/{setup.name}”"
    return setup.secret


def about_test(tested: Trial) -> tuple[str, ...]:
    """Return what a test found, in lines for people."""
    if not tested.is_good:
        return (tested.error,) if tested.error else ()
    took = f" in {tested.latency_ms} ms" if tested.latency_ms else ""
    lines = [f"Logged in at {tested.endpoint}{took}; nothing was sent."]
    lines += [_limit(key, value) for key, value in tested.limits.items()]
    if tested.offers:
        lines.append(f"It offers: {', '.join(tested.offers)}.")
    return tuple(lines)


def summary(setup: Setup) -> tuple[tuple[Step, str], ...]:
    """Return each finished step before the one that is asked, in one line."""
    before = tuple(Step)[: tuple(Step).index(setup.step)]
    return tuple((one, _SUMS[one](setup)) for one in before if setup.is_done(one))


def all_answers(setup: Setup) -> tuple[tuple[Step, str], ...]:
    """Return every step that has its answer, or can be asked again, in one line."""
    habits = f"mail of scripts: {setup.noninteractive_send}"
    answers = ((one, _SUMS[one](setup)) for one in Step if setup.is_done(one))
    return (*answers, (Step.HABITS, habits))


def _address(setup: Setup) -> str:
    return f"{setup.address}, account “{setup.name}”"


def _server(setup: Setup) -> str:
    return where(setup.chosen)


def _limit(key: str, value: int) -> str:
    if key == "size_bytes":
        return f"It takes messages of up to {value / 1_000_000:.0f} MB."
    return f"It says: {key.replace('_', ' ')} {value}."


def _login(setup: Setup) -> str:
    name = setup.chosen.options.get("username")
    return f"as {name}, {kept_in(setup)}" if name else kept_in(setup)


def _test(setup: Setup) -> str:
    if setup.held_reason:
        return "failed; the account will be held"
    return f"logged in, {setup.tested.latency_ms} ms" if setup.tested else ""


def _identity(setup: Setup) -> str:
    parts = [setup.sender_name or "no name"]
    if setup.reply_to:
        parts.append(f"answers to {setup.reply_to}")
    if setup.signature:
        parts.append("with a signature")
    return ", ".join(parts)


def _habits(setup: Setup) -> str:
    return f"saved; mail of scripts: {setup.noninteractive_send}"


def _mail(setup: Setup) -> str:
    return "sent" if setup.mail_id else "not wanted"


_SUMS: Final[Mapping[Step, Callable[[Setup], str]]] = {
    Step.ADDRESS: _address,
    Step.SERVER: _server,
    Step.LOGIN: _login,
    Step.TEST: _test,
    Step.IDENTITY: _identity,
    Step.HABITS: _habits,
    Step.MAIL: _mail,
}
_NAMES: Final = ("account_id", "region", "domain", "url", "did", "project_id")
