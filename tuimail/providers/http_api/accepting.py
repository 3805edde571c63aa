"""What a service described by data cannot be told exactly, refused by name.

Asked when a draft is approved, so that nothing is left out in silence later.

Pure.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.service import ServiceOptions
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.features import Feature, refuse_features, refuse_smtputf8
from tuimail.providers.http_api.asking import (
    Attachments,
    HeaderRules,
    Limits,
    Metadata,
    PartsRules,
    Service,
    Tags,
    is_among,
)
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.naming import can_show
from tuimail.providers.http_api.saying import metadata_json
from tuimail.providers.sayable import Sayable, further_headers, refuse_unsayable


def refuse(definition: Definition, draft: Draft, envelope: Envelope) -> None:
    """Refuse the first thing that cannot be said.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    title = definition.title
    refuse_features(envelope.service, provider=title, does=_does(definition.service))
    refuse_smtputf8(draft, envelope, provider=title)
    refuse_unsayable(draft, envelope, _sayable(definition), provider=title)
    found = next(_unsayable(definition, draft, envelope), None)
    if found is not None:
        raise UnsupportedFeatureError(
            f"{title} {found.what}.", hint=found.hint, field=found.field
        )


class _Unsayable(NamedTuple):
    field: str
    what: str
    hint: str


def _does(service: Service) -> frozenset[Feature]:
    can = {
        Feature.TRACK_OPENS: service.track_opens,
        Feature.TRACK_CLICKS: service.track_clicks,
    }
    return frozenset(feature for feature, switch in can.items() if switch is not None)


def _sayable(definition: Definition) -> Sayable:
    limits, parts = definition.limits, definition.parts
    if parts is None:
        return Sayable(
            most_recipients=limits.recipients,
            most_bytes=limits.bytes,
            may_say=partial(_may_pass, definition.headers),
        )
    files = definition.attachments
    shape = definition.addresses.shape
    return Sayable(
        is_told=True,
        most_recipients=limits.recipients,
        most_bytes=limits.bytes,
        has_cc=parts.cc is not None,
        has_bcc=parts.bcc is not None,
        has_sender_name=(parts.sender_shape or shape) != "bare",
        has_recipient_names=shape != "bare",
        most_reply_to=_most_reply_to(parts),
        has_both_bodies=parts.bodies is not None
        or None not in {parts.text, parts.html},
        has_attachments=files is not None,
        has_inline=files is not None and files.content_id is not None,
        may_say=partial(_may_say, definition.headers),
    )


def _most_reply_to(parts: PartsRules) -> int | None:
    if parts.is_reply_to_header:
        return None
    if parts.reply_to is None:
        return 0
    return 1 if parts.reply_to_form == "one" else None


def _may_say(rules: HeaderRules, name: str, value: str) -> bool:
    if name.lower() in rules.own:
        return True
    if rules.path is None or (rules.is_ascii and "=?" in value):
        return False
    return _may_pass(rules, name, value)


def _may_pass(rules: HeaderRules, name: str, _value: str) -> bool:
    """Return whether a header does nothing but stand there."""
    small = name.lower()
    return is_among(small, rules.allowed) and not is_among(small, rules.forbidden)


def _unsayable(
    definition: Definition, draft: Draft, envelope: Envelope
) -> Iterator[_Unsayable]:
    if definition.parts is not None:
        yield from _about_people(definition, definition.parts, draft)
        yield from _about_headers(definition.headers, draft)
        if draft.body.html and not (definition.parts.html or definition.parts.bodies):
            yield _Unsayable("html", "takes no HTML", _OTHERWISE.format("html"))
        if definition.attachments is not None:
            yield from _about_files(definition.attachments, draft)
    yield from _about_blanks(definition.limits, draft)
    yield from _about_service(definition.service, envelope.service)


def _about_people(
    definition: Definition, parts: PartsRules, draft: Draft
) -> Iterator[_Unsayable]:
    if parts.is_to_needed and not draft.to:
        yield _Unsayable("to", "needs somebody in To", "Name somebody in to.")
    yield from _too_many_people(definition.limits, draft)
    yield from _about_names(definition, parts, draft)


def _too_many_people(limits: Limits, draft: Draft) -> Iterator[_Unsayable]:
    for field, most, count in (
        ("cc", limits.cc, len(draft.cc)), ("bcc", limits.bcc, len(draft.bcc)),
    ):  # fmt: skip
        if most is not None and count > most:
            yield _Unsayable(
                field,
                f"takes {most} in {field}, and there are {count}",
                "Name fewer, or send through another account.",
            )


def _about_names(
    definition: Definition, parts: PartsRules, draft: Draft
) -> Iterator[_Unsayable]:
    reply_to = "encoded" if parts.is_reply_to_header else parts.reply_to_shape
    named = (
        ("from-name", (draft.sender,), parts.sender_shape),
        ("to", draft.to, None),
        ("cc", draft.cc, None),
        ("reply-to", draft.reply_to, reply_to),
    )
    for field, addresses, shape in named:
        for address in addresses:
            if not can_show(address.name, definition.addresses, shape):
                yield _not_shown(field, address)
    pattern = parts.reply_to_names
    for address in draft.reply_to:
        if pattern is not None and not re.fullmatch(pattern, address.name):
            yield _not_shown("reply-to", address)


def _not_shown(field: str, address: Address) -> _Unsayable:
    return _Unsayable(
        field,
        f"cannot show the name of {address.text} as it is",
        "Write the name in other characters, or leave it out.",
    )


def _about_headers(rules: HeaderRules, draft: Draft) -> Iterator[_Unsayable]:
    if rules.form != "object":
        return
    counted = Counter(name.lower() for _, name, _ in further_headers(draft))
    for name, count in counted.items():
        if count > 1:
            yield _Unsayable(
                "header",
                f"takes one header {name}, and there are {count}",
                "Leave the others out.",
            )


def _about_files(rules: Attachments, draft: Draft) -> Iterator[_Unsayable]:
    count = len(draft.attachments)
    if rules.most is not None and count > rules.most:
        yield _Unsayable(
            "attach",
            f"takes {rules.most} files, and there are {count}",
            "Attach fewer, or send through another account.",
        )
    for one in draft.attachments:
        is_taken = not rules.types or one.content_type.lower() in rules.types
        ending = one.name.lower().rpartition(".")[2]
        if not is_taken or (rules.endings and ending not in rules.endings):
            yield _Unsayable(
                "inline" if one.is_inline else "attach",
                f"does not take the file {one.name} ({one.content_type})",
                "Leave it out, pack it into another kind, or send through another "
                "account.",
            )


def _about_blanks(limits: Limits, draft: Draft) -> Iterator[_Unsayable]:
    for field, text in _filled_in(draft) if limits.fills_in else ():
        for mark in limits.fills_in:
            if mark in text:
                yield _Unsayable(
                    field,
                    f"takes {mark} in the {field} for a blank, and fills it in",
                    "Write it otherwise, or send through another account.",
                )


def _filled_in(draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield all texts that services look for blanks in, with their fields."""
    body = draft.body
    yield from (("subject", draft.subject), ("text", body.text), ("html", body.html))
    yield "from-name", f"{draft.sender.name} {draft.sender.text}"
    named = (("to", draft.to), ("cc", draft.cc), ("reply-to", draft.reply_to))
    for field, addresses in named:
        yield from ((field, f"{one.name} {one.text}") for one in addresses)
    yield from (("header", value) for _, value in draft.headers)
    yield from ((field, value) for field, _, value in further_headers(draft))


def _about_service(rules: Service, asked: ServiceOptions) -> Iterator[_Unsayable]:
    if rules.tags is not None:
        yield from _about_tags(rules.tags, asked.tags)
    if rules.metadata is not None and asked.metadata:
        yield from _about_metadata(rules.metadata, asked.metadata)


def _about_tags(rules: Tags, tags: tuple[str, ...]) -> Iterator[_Unsayable]:
    most = 1 if rules.form == "one" else rules.most
    if most is not None and len(tags) > most:
        yield _too_many("tag", "tags", most, len(tags))
    for tag in tags:
        if _is_unfit(tag, rules.longest, rules.pattern):
            yield _unfit("tag", tag)


def _about_metadata(
    rules: Metadata, pairs: tuple[tuple[str, str], ...]
) -> Iterator[_Unsayable]:
    if rules.most is not None and len(pairs) > rules.most:
        yield _too_many("meta", "names of metadata", rules.most, len(pairs))
    for name, value in pairs:
        if _is_unfit(name, rules.longest_name, rules.pattern):
            yield _unfit("meta", name)
        if _is_unfit(value, rules.longest, rules.pattern):
            yield _unfit("meta", value)
    size = len(metadata_json(pairs))
    if rules.most_bytes is not None and size > rules.most_bytes:
        yield _Unsayable(
            "meta",
            f"takes {rules.most_bytes} bytes of metadata, and there are {size}",
            "Leave some out.",
        )


def _is_unfit(text: str, longest: int | None, pattern: str | None) -> bool:
    is_long = longest is not None and len(text) > longest
    return is_long or (pattern is not None and not re.fullmatch(pattern, text))


def _too_many(field: str, what: str, most: int, count: int) -> _Unsayable:
    number = "one" if most == 1 else str(most)
    return _Unsayable(
        field, f"takes {number} of {what}, and there are {count}", "Leave some out."
    )


def _unfit(field: str, value: str) -> _Unsayable:
    return _Unsayable(
        field,
        f"does not take “{value[:60]}” as {field}: it is too long, or has characters "
        "that it does not know",
        "Write it otherwise, or leave it out.",
    )


_OTHERWISE = "Leave {} out, or send through another account."
