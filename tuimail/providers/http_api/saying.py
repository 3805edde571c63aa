"""From a message and whom it is for to what a service is told.

The one rule kept here: what is told is made from the approved bytes, from what was
approved beside them and from the account's settings, and from nothing else.

Pure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from tuimail.core.address import Address
from tuimail.core.message import Envelope
from tuimail.core.service import ServiceOptions
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.http_api import naming
from tuimail.providers.http_api.asking import (
    Attachments,
    HeaderRules,
    Metadata,
    MimeRules,
    PartsRules,
    Switch,
    Tags,
)
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.paths import Tree, inside, put
from tuimail.providers.http_api.wire import Encoded, File, Verbatim
from tuimail.providers.parts import Attached, Parts, parts_of, refuse_others


def tree_of(
    definition: Definition,
    fields: Mapping[str, str],
    content: bytes,
    envelope: Envelope,
) -> Tree:
    """Return what ``definition``'s service is told.

    Args:
        definition: What the service is like.
        fields: What the account's settings put into the body, by path.
        content: The approved bytes.
        envelope: Whom this attempt is for.

    Raises:
        UnsupportedFeatureError: The message has a form that cannot be told.
    """
    tree: Tree = {}
    for path, value in (*definition.request.fixed.items(), *fields.items()):
        put(tree, path, value)
    if definition.parts is not None:
        _say_parts(tree, definition, definition.parts, parts_of(content, envelope))
    elif definition.mime is not None:
        _say_mime(tree, definition, definition.mime, content, envelope)
    _say_service(tree, definition, envelope.service)
    return tree


def _say_mime(
    tree: Tree,
    definition: Definition,
    rules: MimeRules,
    content: bytes,
    envelope: Envelope,
) -> None:
    if rules.form == "text" and not content.isascii():
        raise _untold("a message that is not ASCII", "message")
    people = [_address(one.wire_address) for one in envelope.recipients]
    _say_people(tree, definition, rules.to, people, rules.lists)
    put(tree, rules.path, _MIME[rules.form](content))


_MIME = {"text": Verbatim, "base64": Encoded, "file": File}


def _address(wire: str) -> Address:
    local, _, domain = wire.rpartition("@")
    return Address(local=local, domain=domain)


def _say_parts(
    tree: Tree, definition: Definition, rules: PartsRules, parts: Parts
) -> None:
    refuse_others(parts, provider=definition.title)
    addresses = definition.addresses
    put(tree, rules.sender, naming.told(parts.sender, addresses, rules.sender_shape))
    people = ((rules.to, parts.to), (rules.cc, parts.cc), (rules.bcc, parts.bcc))
    for path, named in people:
        _say_people(tree, definition, path, named, rules.lists)
    _say_reply_to(tree, definition, rules, parts.reply_to)
    put(tree, rules.subject, parts.subject)
    _say_bodies(tree, rules, parts)
    for attached in parts.attachments:
        if definition.attachments is None:
            raise _untold("files", "attach")
        _say_file(tree, definition.attachments, attached)
    headers = parts.headers
    if rules.is_reply_to_header and parts.reply_to:
        answers_to = naming.joined(parts.reply_to, addresses, "encoded")
        headers = (("Reply-To", answers_to), *headers)
    _say_headers(tree, definition.headers, headers)


def _say_people(
    tree: Tree,
    definition: Definition,
    path: str | None,
    people: Sequence[Address],
    form: str,
) -> None:
    if not people:
        return
    if path is None:
        raise _untold(f"copies, as for {people[0].text}", "cc")
    rules = definition.addresses
    if form == "joined":
        put(tree, path, naming.joined(people, rules))
    else:
        put(tree, path, [naming.told(one, rules) for one in people])


def _say_reply_to(
    tree: Tree, definition: Definition, rules: PartsRules, people: Sequence[Address]
) -> None:
    if rules.is_reply_to_header or not people:
        return
    if rules.reply_to is None:
        raise _untold("where answers go", "reply-to")
    addresses, shape = definition.addresses, rules.reply_to_shape
    if rules.reply_to_form == "joined":
        put(tree, rules.reply_to, naming.joined(people, addresses, shape))
        return
    found = [naming.told(one, addresses, shape) for one in people]
    put(tree, rules.reply_to, found[0] if rules.reply_to_form == "one" else found)


def _say_bodies(tree: Tree, rules: PartsRules, parts: Parts) -> None:
    text = parts.text
    if text is None and (rules.is_text_always_said or parts.html is None):
        text = ""
    if rules.bodies is None:
        for path, one in ((rules.text, text), (rules.html, parts.html)):
            if one is None:
                continue
            if path is None:
                raise _untold("HTML", "html")
            put(tree, path, one)
        return
    put(
        tree,
        rules.bodies,
        [
            {rules.body_type: kind, rules.body_value: one}
            for kind, one in (("text/plain", text), ("text/html", parts.html))
            if one is not None
        ],
    )


def _say_file(tree: Tree, rules: Attachments, attached: Attached) -> None:
    is_shown = attached.is_inline and bool(attached.content_id)
    file: Tree = {}
    if rules.content_type is not None:
        file[rules.content_type] = attached.content_type
    file[rules.filename] = attached.filename
    if rules.disposition is not None:
        file[rules.disposition] = "inline" if is_shown else "attachment"
    if is_shown:
        if rules.content_id is None:
            raise _untold("pictures in HTML", "inline")
        file[rules.content_id] = rules.content_id_prefix + attached.content_id
    file[rules.content] = Encoded(attached.content)
    path = rules.inline_path if is_shown else None
    _append(tree, path or rules.path, file)


def _say_headers(
    tree: Tree, rules: HeaderRules, headers: Iterable[tuple[str, str]]
) -> None:
    for name, value in headers:
        own = rules.own.get(name.lower())
        if own is not None:
            put(tree, own.path, value.split() if own.form == "words" else value)
        elif rules.path is None:
            raise _untold(f"the header {name}", "header")
        elif rules.form == "list":
            _append(tree, rules.path, {rules.name: name, rules.value: value})
        else:
            inside(tree, rules.path)[name] = value


def _append(tree: Tree, path: str, value: object) -> None:
    """Put ``value`` at the end of the list that is at ``path``."""
    put(tree, f"{path}.0", value)


def _untold(what: str, field: str) -> UnsupportedFeatureError:
    """Return what is raised where leaving something out would be the alternative."""
    return UnsupportedFeatureError(
        f"The service cannot be told {what}.",
        hint="Send it through another account.",
        field=field,
    )


def _say_service(tree: Tree, definition: Definition, asked: ServiceOptions) -> None:
    rules = definition.service
    if rules.tags is not None and asked.tags:
        _say_tags(tree, rules.tags, asked.tags)
    if rules.metadata is not None and asked.metadata:
        _say_metadata(tree, rules.metadata, asked.metadata)
    _say_switch(tree, rules.track_opens, asked.track_opens)
    _say_switch(tree, rules.track_clicks, asked.track_clicks)


def _say_tags(tree: Tree, rules: Tags, tags: Sequence[str]) -> None:
    put(tree, rules.path, tags[0] if rules.form == "one" else list(tags))


def _say_metadata(
    tree: Tree, rules: Metadata, pairs: Sequence[tuple[str, str]]
) -> None:
    if rules.form == "fields":
        tree.update({f"{rules.path}{name}": value for name, value in pairs})
    else:
        put(tree, rules.path, _metadata(rules.form, pairs))


def _metadata(form: str, pairs: Sequence[tuple[str, str]]) -> object:
    if form == "pairs":
        return [{"name": name, "value": value} for name, value in pairs]
    return metadata_json(pairs) if form == "json" else dict(pairs)


def metadata_json(pairs: Sequence[tuple[str, str]]) -> str:
    """Return ``pairs`` as the text of a JSON object, in ASCII."""
    return json.dumps(dict(pairs), separators=(",", ":"))


def _say_switch(tree: Tree, rules: Switch | None, wish: bool | None) -> None:  # noqa: FBT001 - three answers
    if rules is not None and wish is not None:
        put(tree, rules.path, rules.yes if wish else rules.no)
