"""What the HTML fetches, runs, asks for, or has too much of.

No mail program runs a script or sends a form without asking, and receivers'
filters know that: what has one is taken for an attack. So these are findings even
where nothing could happen.

Pure.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tuimail.core.checks import hidden
from tuimail.core.checks.several import each, listed
from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.html.facts import HtmlFacts
from tuimail.core.patterns import regex
from tuimail.errors import FieldError

_TELLING: Final = regex(
    r"[?#;].|/(?=[^/?#]{0,99}\d)(?=[^/?#]{0,99}[A-Za-z])[\w.~%=-]{16}"
)
"""A query, or a part of the path that is made for one reader."""


def check(html: HtmlFacts, draft: Draft) -> Iterator[Finding]:
    """Find what is in the HTML besides text and links."""
    yield from hidden.check(html.read, draft.body.html)
    yield from _fetched(html.read.fetched)
    yield from _pixels(html.pixels)
    yield from _active(html.active)
    yield from _forms(html.forms)
    yield from _diversions(html)


def check_pictures(wanted: Sequence[str], draft: Draft) -> Iterator[Finding]:
    """Find pictures that the HTML shows and that are not there, and the reverse.

    Args:
        wanted: The Content-IDs that the HTML shows; none where there is none.
        draft: What is checked.
    """
    yield from _missing(wanted, draft.attachments)
    yield from _unused(wanted, draft.attachments)


def too_complex(error: FieldError) -> Finding:
    """Return what to say of HTML that could not be looked at."""
    return Finding(
        code="html.too-complex",
        severity=Severity.BLOCK,
        field="html",
        message=f"{error} Nobody can check what it shows.",
        hint=error.hint,
    )


def _fetched(addresses: Sequence[str]) -> Iterator[Finding]:
    if addresses:
        yield Finding(
            code="html.remote-content",
            severity=Severity.INFO,
            field="html",
            message="To show the mail, programs would fetch "
            f"{_things(len(addresses))} from elsewhere, and tell who reads it.",
            hint="Attach pictures instead of linking them.",
            place=" ".join(addresses[:5])[:PLACE_LIMIT],
        )


def _pixels(addresses: Sequence[str]) -> Iterator[Finding]:
    """What could tell readers apart is worth a look; a spacer is an old habit."""
    telling = [address for address in addresses if _TELLING.search(address)]
    if not addresses:
        return
    yield Finding(
        code="html.tracking-pixel",
        severity=Severity.WARNING if telling else Severity.INFO,
        field="html",
        message=f"The HTML has {_things(len(addresses), 'picture')} that nobody sees"
        + (", made to report who reads the mail, and when." if telling else "."),
        hint="Remove it, unless the readers agreed to be watched.",
        place=(telling or addresses)[0][:PLACE_LIMIT],
    )


def _active(active: Sequence[str]) -> Iterator[Finding]:
    if active:
        yield Finding(
            code="html.active-content",
            severity=Severity.WARNING,
            field="html",
            message=f"The HTML has what a program could run: {listed(active)}.",
            hint="Remove it: no mail program runs it, and filters refuse such mail.",
            place=active[0][:PLACE_LIMIT],
        )


def _forms(actions: Sequence[str]) -> Iterator[Finding]:
    if actions:
        target = next(filter(None, actions), "")
        yield Finding(
            code="html.form",
            severity=Severity.WARNING,
            field="html",
            message="The HTML asks the reader to fill in a form"
            + (f", which goes to {target[:80]}." if target else "."),
            hint="Link a page with the form instead; filters take forms for phishing.",
            place=target[:PLACE_LIMIT],
        )


def _diversions(html: HtmlFacts) -> Iterator[Finding]:
    for code, addresses, message, hint in (
        (
            "html.base",
            html.bases,
            "The HTML says that all its short addresses belong to {}.",
            "Remove the base element, and write every address in full.",
        ),
        (
            "html.meta-refresh",
            html.refreshes,
            "The HTML asks the reader's program to load another page: {}.",
            "Remove the meta element.",
        ),
        (
            "html.data-uri-link",
            html.data_links,
            "A link carries the page that it opens in its own address: {}.",
            "Link a page that has a place on the web, or attach it.",
        ),
    ):
        if addresses:
            yield Finding(
                code=code,
                severity=Severity.WARNING,
                field="html",
                message=message.format(addresses[0][:80]),
                hint=hint,
                place=addresses[0][:PLACE_LIMIT],
            )


def _missing(
    wanted: Sequence[str], attached: Sequence[Attachment]
) -> Iterator[Finding]:
    known = {_key(one.content_id): one.content_id for one in attached if one.is_inline}
    alike = {key.casefold(): content_id for key, content_id in known.items()}

    def say(content_id: str) -> Finding:
        near = alike.get(content_id.casefold())
        return Finding(
            code="html.missing-cid",
            severity=Severity.WARNING,
            field="html",
            message=f"The HTML shows the inline image {content_id[:80]!r}, "
            "which is not attached.",
            hint=_how_to_show(content_id[:80], near),
            place=f"cid:{content_id}"[:PLACE_LIMIT],
        )

    yield from each((one for one in wanted if _key(one) not in known), say)


def _how_to_show(content_id: str, near: str | None) -> str:
    if near:
        return f"Write cid:{near}, because case counts."
    if not content_id:
        return "Write after cid: which attached image is meant, or remove it."
    return f"Attach it with --inline {content_id}=PATH, or remove it."


def _unused(wanted: Sequence[str], attached: Sequence[Attachment]) -> Iterator[Finding]:
    used = set(map(_key, wanted))

    def say(image: Attachment) -> Finding:
        return Finding(
            code="html.unused-inline",
            severity=Severity.INFO,
            field="inline",
            message=f"The inline image {image.content_id!r} is nowhere in the HTML; "
            "programs show it below the mail, or not at all.",
            hint=f'Put <img src="cid:{image.content_id}"> where it belongs, '
            "or attach it as a file.",
            place=image.name[:PLACE_LIMIT],
        )

    unused = (a for a in attached if a.is_inline and _key(a.content_id) not in used)
    yield from each(unused, say)


def _key(content_id: str) -> str:
    """Return the same for what programs take for the same (RFC 2392 §2).

    Only the part that is a domain is not told apart by case.
    """
    left, at, right = content_id.rpartition("@")
    return f"{left}{at}{right.lower()}" if at else content_id


def _things(number: int, what: str = "thing") -> str:
    return f"one {what}" if number == 1 else f"{number} {what}s"
