"""The tables of a file that say how a message is told. Pure."""

from typing import Literal

from msgspec import field

from tuimail.providers.http_api.strict import (
    Count,
    HeaderName,
    HeaderValue,
    Regex,
    Scalar,
    Strict,
    Target,
    UrlPath,
)

Shape = Literal["object", "text", "encoded", "plain", "bare"]
"""How one address is told: an object with keys of their own, ``Name <a@b>``, the
same with the name as an encoded word (RFC 2047) where it needs one, the same
without quotes, or the address alone."""


class Request(Strict, frozen=True, kw_only=True):
    """Where and how a message is handed over."""

    path: UrlPath
    """After ``url``; may have places such as ``{domain}``, filled by options."""
    body: Literal["json", "form"] = "json"
    headers: dict[HeaderName, HeaderValue] = field(default_factory=dict)
    """Beside the key and what HTTP needs."""
    fixed: dict[Target, Scalar] = field(default_factory=dict)
    """Told with every message, as it is."""
    idempotency_header: HeaderName | None = None
    """Where a key goes under which the service takes a message once."""


class Key(Strict, frozen=True, kw_only=True):
    """How the account's key is shown."""

    header: HeaderName = "Authorization"
    prefix: HeaderValue = ""
    """Before the key, such as ``"Bearer "``."""
    user: str | None = None
    """Of HTTP's basic authentication, whose password the key is then; may have
    places, as ``path`` has."""


class Option(Strict, frozen=True, kw_only=True):
    """A setting of the account that the service needs, beside the usual ones."""

    meaning: str
    """What it is, for the one who left it out."""
    default: str = ""
    """Empty where there is none."""
    is_needed: bool = False
    pattern: Regex = r"[^\s/?#]+"
    field: Target | None = None
    """Where it goes in the body, if it does."""
    header: HeaderName | None = None
    """In which header it goes, if it does."""


class Addresses(Strict, frozen=True, kw_only=True):
    """How addresses are told."""

    shape: Shape = "object"
    email: Target = "email"
    name: Target = "name"
    """Left out where there is no name."""
    names: Regex | None = None
    """What a name has to be like."""


class PartsRules(Strict, frozen=True, kw_only=True):
    """Where each part of a message goes in the body; left out: cannot be said."""

    sender: Target
    sender_shape: Shape | None = None
    to: Target
    cc: Target | None = None
    bcc: Target | None = None
    lists: Literal["list", "joined"] = "list"
    """Several addresses: a list, or one text with commas."""
    is_to_needed: bool = True
    """Whether somebody has to be in To."""
    reply_to: Target | None = None
    reply_to_form: Literal["list", "joined", "one"] = "list"
    reply_to_shape: Shape | None = None
    reply_to_names: Regex | None = None
    is_reply_to_header: bool = False
    """In the place of all that: told as a header field, names as encoded words."""
    subject: Target
    text: Target | None = None
    html: Target | None = None
    bodies: Target | None = None
    """In the place of both: a list of objects with a type and a value."""
    body_type: str = "type"
    body_value: str = "value"
    is_text_always_said: bool = False
    """An empty text is told where there is none: else the service makes one."""


class MimeRules(Strict, frozen=True, kw_only=True):
    """Where the message goes as it is."""

    path: Target
    form: Literal["text", "base64", "file"]
    """As JSON text, as base64, or as a file of a form."""
    to: Target
    """Everybody who is to get it."""
    lists: Literal["list", "joined"] = "list"


class Attachments(Strict, frozen=True, kw_only=True):
    """How a file is told: which key of its object says what."""

    path: Target
    content: str
    """In base64."""
    filename: str
    content_type: str | None = None
    disposition: str | None = None
    """A key whose value is ``attachment`` or ``inline``."""
    content_id: str | None = None
    """Left out: the service cannot show a file within the HTML."""
    content_id_prefix: str = ""
    inline_path: Target | None = None
    """Where files for the HTML go, if elsewhere."""
    most: Count | None = None
    types: tuple[str, ...] = ()
    """Those it takes; empty for any."""
    endings: tuple[str, ...] = ()
    """Of the file names it takes, in small letters; empty for any."""


class OwnField(Strict, frozen=True, kw_only=True):
    """A header field that has a place of its own."""

    path: Target
    form: Literal["text", "words"] = "text"
    """As it is, or as the list of its words."""


class HeaderRules(Strict, frozen=True, kw_only=True):
    """How header fields beyond the usual ones are told."""

    path: Target | None = None
    """Left out: only those with a place of their own can be."""
    form: Literal["object", "list"] = "object"
    """In an object none can be there twice."""
    name: str = "name"
    value: str = "value"
    allowed: tuple[str, ...] = ("*",)
    """Names in small letters; one that ends in ``*`` stands for all that begin so."""
    forbidden: tuple[str, ...] = ()
    """Of those that are allowed."""
    is_ascii: bool = False
    """Whether the service spoils values that are not ASCII."""
    own: dict[str, OwnField] = field(default_factory=dict)
    """By name in small letters."""


class Tags(Strict, frozen=True, kw_only=True):
    """Where tags go."""

    path: Target
    form: Literal["list", "one"] = "list"
    most: Count | None = None
    longest: Count | None = None
    """Characters of one."""
    pattern: Regex | None = None


class Metadata(Strict, frozen=True, kw_only=True):
    """Where names and values go that come back in reports."""

    path: Target
    form: Literal["object", "json", "pairs", "fields"] = "object"
    """An object; its JSON as text; a list of objects with ``name`` and ``value``;
    or fields of a form whose names begin with the path."""
    most: Count | None = None
    longest_name: Count | None = None
    longest: Count | None = None
    """Characters of a value."""
    most_bytes: Count | None = None
    """Of all of it as JSON."""
    pattern: Regex | None = None
    """Of names and values alike."""


class Switch(Strict, frozen=True, kw_only=True):
    """Where a yes or no goes."""

    path: Target
    yes: Scalar = True
    no: Scalar = False


class Service(Strict, frozen=True, kw_only=True):
    """What it can be asked beside sending."""

    tags: Tags | None = None
    metadata: Metadata | None = None
    track_opens: Switch | None = None
    track_clicks: Switch | None = None


class Limits(Strict, frozen=True, kw_only=True):
    """What is too much."""

    recipients: Count | None = None
    """To, Cc and Bcc together."""
    cc: Count | None = None
    bcc: Count | None = None
    bytes: Count | None = None
    """Of the message as rendered."""
    fills_in: tuple[str, ...] = ()
    """What begins a blank that the service would fill in by itself, in subject,
    text or HTML."""


def is_among(name: str, names: tuple[str, ...]) -> bool:
    """Return whether ``name`` is one of ``names``, of which some end in ``*``."""
    return any(
        name.startswith(one[:-1]) if one.endswith("*") else name == one for one in names
    )
