"""Which documents each verb answers with."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli.schemas import mails, others
from tuimail.cli.schemas.shape import Schema, Shape, schema
from tuimail.errors import NotFoundError

_RECORD: Final = (mails.RECORD,)
_ACCOUNT: Final = (others.ACCOUNT,)
NONE: Final[Mapping[str, str]] = {
    "": "opens the app",
    "--linear": "is a dialogue",
    "compose": "opens the app",
    "mcp": "speaks MCP, whose messages have schemas of their own",
    "schema": "answers with a JSON Schema, of draft 2020-12",
}
"""Verbs that answer with no document of ours, and what they do instead."""
ANSWERS: Final[Mapping[str, tuple[Shape, ...]]] = {
    "send": (mails.RECORD, mails.RECORDS, mails.DRY_RUN, mails.DRY_RUNS),
    "bulk": (others.BULK, others.BULK_LOOKED_AT),
    "submit": (mails.HANDED_IN, mails.RECORDS),
    "import": (others.IMPORTED,),
    "export": (others.EXPORTED,),
    "sendmail": (others.TAKEN_BY_SENDMAIL,),
    "list": (mails.MAILS,),
    "search": (mails.MAILS,),
    "show": (mails.PAGE,),
    "edit": _RECORD,
    "discard": _RECORD,
    "review": (mails.MAILS, mails.PAGE),
    "approve": _RECORD,
    "request-changes": _RECORD,
    "reject": _RECORD,
    "accept": _RECORD,
    "assign": _RECORD,
    "release": _RECORD,
    "outbox": (mails.MAILS,),
    "outbox run": (others.DRAINED,),
    "retry": _RECORD,
    "cancel": _RECORD,
    "hold": _RECORD,
    "resume": _RECORD,
    "plan": _RECORD,
    "reroute": _RECORD,
    "resolve": _RECORD,
    "accounts list": (others.ACCOUNTS,),
    "accounts show": _ACCOUNT,
    "accounts add": _ACCOUNT,
    "accounts test": (others.TESTED,),
    "accounts default": _ACCOUNT,
    "accounts set": _ACCOUNT,
    "accounts hold": _ACCOUNT,
    "accounts resume": _ACCOUNT,
    "accounts remove": (others.REMOVED,),
    "accounts import-env": (others.FOUND,),
    "auth gmail": (others.SIGNED_IN,),
    "auth microsoft": (others.SIGNED_IN,),
    "auth status": (others.SIGN_INS,),
    "auth logout": (others.SIGNED_OUT,),
    "template list": (others.TEMPLATES,),
    "template show": (others.TEMPLATE_SOURCE,),
    "template render": (others.RENDERED,),
    "clients add": (others.ADDED_CLIENT,),
    "clients list": (others.CLIENTS,),
    "clients rotate": (others.ADDED_CLIENT,),
    "clients revoke": (others.ADDED_CLIENT,),
    "reviewers add": (others.ONE_REVIEWER,),
    "reviewers list": (others.REVIEWERS,),
    "reviewers remove": (others.ONE_REVIEWER,),
    "policy show": (others.POLICY,),
    "policy test": (others.TESTED_POLICY,),
    "policy lint": (others.REMARKS,),
    "policy adopt": (others.POLICY,),
    "doctor": (others.DOCTOR,),
    "backup": (others.BACKUP,),
    "serve": (others.SERVICE_STATUS, others.SERVICE_CONTENT),
    "purge": (others.PURGED,),
    "suppress add": (others.SUPPRESSION,),
    "suppress list": (others.SUPPRESSIONS,),
    "suppress remove": (others.SUPPRESSION,),
    "audit verify": (others.AUDIT,),
    "audit head": (others.HEAD,),
    "audit export": (others.JOURNAL,),
    "demo": (others.DEMO,),
    "desktop show": (others.DESKTOP,),
    "desktop install": (others.DESKTOP,),
    "desktop remove": (others.DESKTOP,),
    "docs": (others.LEAVES, others.LEAF_TEXT),
    "man": (others.MANUAL,),
    "completion": (others.SCRIPT,),
}
"""Verb to what it answers; any of them may answer with an error instead."""


def schema_of(verb: str) -> Schema:
    """Return the JSON Schema of what ``tuimail VERB --json`` prints.

    Raises:
        NotFoundError: There is no such verb, or it answers with no document.
    """
    found = ANSWERS.get(verb)
    if found is None:
        why = NONE.get(verb)
        raise NotFoundError(
            f"tuimail {verb[:60]} {why}."
            if why
            else f"There is no verb {verb[:60]!r}.",
            hint="See the verbs: tuimail --help",
            field="verb",
        )
    return schema((*found, others.ERROR), title=f"tuimail {verb} --json")
