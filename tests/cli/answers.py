"""Holds what commands answer against what ``tuimail schema VERB`` says they do."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tuimail.cli.schemas.verbs import ANSWERS, schema_of


def misfit(verb: str, document: object) -> str:
    """Return where an answer is not as the schema says; empty where it is.

    A field that the schema does not know is one, too: nothing comes unsaid.
    """
    if verb not in ANSWERS:
        return ""
    error = best_match(_closed(verb).iter_errors(document))
    return "" if error is None else f"{verb}: {error.json_path}: {error.message[:300]}"


@cache
def _closed(verb: str) -> Draft202012Validator:
    schema: dict[str, Any] = schema_of(verb)
    for part in schema["$defs"].values():
        part["additionalProperties"] = False
    return Draft202012Validator(schema)
