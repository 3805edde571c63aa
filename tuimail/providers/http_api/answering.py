"""The tables of a file that say what an answer means. Pure."""

from typing import Literal

from msgspec import field

from tuimail.providers.http_api.strict import (
    Count,
    HeaderName,
    Path,
    Regex,
    Scalar,
    Strict,
    UrlPath,
)

Taken = Literal["sent", "queued"]
"""What a yes means."""
Kind = Literal["sent", "queued", "deferred", "refused", "unknown"]
Class = Literal[
    "deferred", "refused", "bad_address", "unknown", "login", "quota", "settings"
]
"""What an error means: for the mail, or (the last three) for its whole account."""


class Each(Strict, frozen=True, kw_only=True):
    """Lists of objects, one for each recipient."""

    lists: tuple[Path, ...]
    address: Path
    id: Path | None = None
    status: Path | None = None
    kinds: dict[str, Kind] = field(default_factory=dict)
    """By status; one that is not here says nothing."""
    text: Path | None = None


class Counts(Strict, frozen=True, kw_only=True):
    """Where only numbers are told, of recipients."""

    taken: Path
    refused: Path


class Words(Strict, frozen=True, kw_only=True):
    """Where only a sentence names those whom a yes is not for."""

    path: Path
    pattern: Regex
    """Its first group lists them, with commas."""
    yes: tuple[Regex, ...]
    """Sentences that are a yes for everybody; any other says nothing."""


class Answer(Strict, frozen=True, kw_only=True):
    """What a yes looks like."""

    statuses: tuple[int, ...] = ()
    """Empty for 200 to 299."""
    means: Taken = "queued"
    id: Path | None = None
    id_header: HeaderName | None = None
    must: dict[Path, Scalar] = field(default_factory=dict)
    """What has to be there, word for word."""
    never: tuple[Path, ...] = ()
    """What no yes has, unless it is empty: who says yes and no says nothing."""
    ids: Path | None = None
    """A list of ids, in the order To, Cc, Bcc."""
    one_id_at: Regex | None = None
    """Which servers, by ``name:port``, have one id for all; any other has one each."""
    recipients: Each | None = None
    """Everybody; who is not there is unknown."""
    refused: Each | None = None
    """Those it is not taken for; who is not there has the yes of all. What begins a
    path of its lists and is there at all has to be as the path says."""
    counts: Counts | None = None
    words: Words | None = None


class ErrorRow(Strict, frozen=True, kw_only=True):
    """One row of the table of errors; the first that fits decides."""

    statuses: tuple[int, ...] = ()
    """Empty for any but 200 to 299."""
    codes: tuple[str, ...] = ()
    """Empty for any, and where the answer need not have the service's form."""
    means: Class
    hours: Count | None = None
    """So long nothing will be different, where that is known."""


class Errors(Strict, frozen=True, kw_only=True):
    """What a no looks like."""

    needs: tuple[Path, ...]
    """What the service's own errors have, each of them one of these at least."""
    codes: tuple[Path, ...] = ()
    """Where its words for what is wrong are."""
    rows: tuple[ErrorRow, ...] = ()
    wait_header: HeaderName | None = None
    """Says how long to wait, where it is not ``Retry-After``."""
    wait_form: Literal["seconds", "epoch"] = "seconds"


class Check(Strict, frozen=True, kw_only=True):
    """A request that changes nothing, to see whether the account works."""

    path: UrlPath
    url: str | None = None
    """The beginning of its address, where that is not ``url``."""
    needs: tuple[Path, ...]
    """What a good answer has, one of these at least."""
    good_codes: tuple[str, ...] = ()
    """Errors that prove the key all the same, such as of one that may only send."""
    capabilities: Path | None = None
    """A list of words."""
    limits: dict[str, Path] = field(default_factory=dict)
    """Numbers by the name they are shown under."""
    hint: str = ""
    """What to look at when it fails."""
