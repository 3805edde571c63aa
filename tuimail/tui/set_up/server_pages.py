"""The pages about where mail leaves: the address, what was found, a server typed in.

Pure.
"""

from collections.abc import Sequence
from typing import Final

from tuimail.settings.discovery.found import Asked, Found
from tuimail.tui import wording
from tuimail.tui.set_up.values import (
    AGAIN,
    DEMO,
    FIND,
    NO,
    OTHER,
    SERVICE,
    YES,
    Around,
    Choice,
    Field,
    Page,
    View,
)
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace import setup_words
from tuimail.workspace.setting_up import Setup, Step
from tuimail.workspace.setup_words import question

_TLS: Final = (
    Choice(key="implicit", text="TLS from the first byte"),
    Choice(key="starttls", text="STARTTLS"),
    Choice(key="none", text="no encryption"),
)


def address(setup: Setup, around: Around) -> Page:
    """Return the page that asks for the address."""
    service = _title(setup.service, around)
    notes = [Paragraph(text=setup_words.HELP[Step.ADDRESS], kind=Kind.MUTED)]
    if service:
        notes.append(Paragraph(text=f"Its mail leaves through {service}."))
    first = Choice(key=FIND, text="Go on" if service else "Find its server")
    return Page(
        view=View.ADDRESS,
        notes=tuple(notes),
        fields=(
            Field(
                id="address",
                label="Address",
                value=around.values.get("address", setup.address),
                help="Only what is behind the @ is looked up.",
            ),
            Field(
                id="name",
                label="Account",
                value=around.values.get("name", setup.name),
                help="What you call it; made from the address if left empty.",
            ),
        ),
        choices=(
            first,
            Choice(key=SERVICE, text="Pick a service from a list"),
            Choice(key=DEMO, text="Leave, and try the demo"),
        ),
    )


def looking(setup: Setup, around: Around) -> Page:
    """Return the page that waits for the sources."""
    domain = wording.line(setup.address.rpartition("@")[2])
    head = Paragraph(text=f"Looking for the server of {domain} …")
    return Page(view=View.LOOKING, notes=(head, *_sources(around.looked)))


def server(setup: Setup, around: Around) -> Page:
    """Return the page with what was found."""
    del around
    found = setup.search.found if setup.search else ()
    asked = setup.search.asked if setup.search else ()
    notes = list(_sources(asked))
    if not found:
        notes.append(Paragraph(text="Nothing was found out about it."))
    return Page(
        view=View.SERVER,
        notes=tuple(notes),
        choices=(
            *(_found(number, one) for number, one in enumerate(found)),
            Choice(key=OTHER, text="Another server, typed in"),
            Choice(key=SERVICE, text="A service from a list"),
            Choice(key=AGAIN, text="Look again"),
        ),
    )


def typed(setup: Setup, around: Around) -> Page:
    """Return the page for a server that the person names."""
    values, domain = around.values, setup.address.rpartition("@")[2]
    port = values.get("port", "465")
    tls = values.get("tls") or ("implicit" if port == "465" else "starttls")
    return Page(
        view=View.TYPED,
        fields=(
            asked_field("host", values.get("host", f"smtp.{domain}")),
            asked_field("port", port),
            Field(id="tls", label="Encryption", value=tls, choices=_TLS),
            Field(
                id="username",
                label="Log in as",
                value=values.get("username", setup.address),
                help="Empty where the server wants no login.",
            ),
            asked_field("ca_file", values.get("ca_file", "")),
        ),
    )


def services(setup: Setup, around: Around) -> Page:
    """Return the page with the services that tuimail knows."""
    del setup
    return Page(
        view=View.SERVICES,
        choices=tuple(
            Choice(key=one.key, text=wording.line(one.title)) for one in around.services
        ),
    )


def asked(setup: Setup, around: Around) -> Page:
    """Return the page for what only the person knows of the way out."""
    known = {key: _typed(value) for key, value in setup.chosen.options.items()}
    values = known | dict(around.values)
    return Page(
        view=View.ASKED,
        notes=advice(setup.chosen),
        fields=tuple(asked_field(key, values.get(key, "")) for key in setup.asks),
    )


def _typed(value: str | int | bool) -> str:
    """Return a setting as it is typed."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def consent(setup: Setup, around: Around) -> Page:
    """Return the page that asks for a yes."""
    del around
    said = wording.line(setup_words.consent(setup))
    return Page(
        view=View.CONSENT,
        notes=(Paragraph(text=said, kind=Kind.WARNING),),
        choices=(
            Choice(key=NO, text="No, choose another"),
            Choice(key=YES, text="Yes, log in there"),
        ),
    )


def _found(number: int, found: Found) -> Choice:
    if not found.can_send:
        text = f"{found.title}: takes no mail from other programs"
        return Choice(key=str(number), text=wording.line(text))
    place = setup_words.where(found)
    title = "" if place.startswith(found.title) else f", {found.title}"
    foreign = ", NOT OF THIS DOMAIN" if found.is_foreign else ""
    return Choice(
        key=str(number),
        text=wording.line(f"{place}{foreign}"),
        more=wording.line(f"{setup_words.kinds(found)}{title}"),
    )


def _sources(asked: Sequence[Asked]) -> tuple[Paragraph, ...]:
    said = map(setup_words.source, asked)
    return tuple(
        Paragraph(label=who, text=wording.line(outcome), kind=Kind.MUTED)
        for who, outcome in said
    )


def asked_field(key: str, value: str) -> Field:
    """Return the field for a provider's setting."""
    words = question(key)
    return Field(id=key, label=words.label, value=wording.line(value), help=words.help)


def advice(way: Found) -> tuple[Paragraph, ...]:
    """Return what a service wants, in its own paragraph."""
    kept = [one for one in (way.advice, way.help_url) if one]
    return tuple(Paragraph(text=wording.line(one)) for one in kept)


def _title(key: str, around: Around) -> str:
    titles = {one.key: one.title for one in around.services}
    return wording.line(titles.get(key, key))
