"""A signature under what somebody wrote, where readers' programs look for it.

In plain text it follows a line with two hyphens and a space (RFC 3676 §4.3), by
which programs know what to leave out of an answer.

Pure.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tuimail.core.patterns import regex

SEPARATOR: Final = "-- "
_SIGNED: Final = regex(r"^--[ ]?$", re.MULTILINE)


def is_signed(text: str) -> bool:
    """Return whether ``text`` has a signature under it."""
    return _first_separator(text) is not None


def unsigned(text: str) -> str:
    """Return ``text`` without the signature under it."""
    found = _first_separator(text)
    return text[: found.start()] if found else text


def _first_separator(text: str) -> re.Match[str] | None:
    """Return where a signature begins; most text has no two hyphens at all."""
    return _SIGNED.search(text) if "--" in text else None


def signed_text(text: str, signature: str) -> str:
    """Return ``text`` with ``signature`` under it."""
    if not signature:
        return text
    start = f"{text.rstrip()}\n\n" if text.strip() else "\n"
    return f"{start}{SEPARATOR}\n{signature}\n"


def resigned_text(text: str, signature: str, known: Iterable[str]) -> str:
    """Return ``text`` with ``signature`` in the place of one of ``known``.

    What is under it and was written by hand stays, and then nothing is put there:
    nobody signs twice. An empty signature takes away the one that is there.
    """
    found = _place_of(text, known)
    if found is None:
        return text if is_signed(text) else signed_text(text, signature)
    start, end = found
    if signature:
        return f"{text[:start]}{SEPARATOR}\n{signature}{text[end:]}"
    before, after = text[:start].rstrip("\n"), text[end:].strip("\n")
    return "\n\n".join(part for part in (before, after) if part) + "\n" * bool(before)


def signature_under(text: str, known: Iterable[str]) -> str:
    """Return which of ``known`` is under ``text``; empty where none is."""
    found = _place_of(text, known)
    if found is None:
        return ""
    start, end = found
    return text[start:end].split("\n", 1)[1]


def following(signature: str, known: Sequence[str]) -> str:
    """Return what comes after ``signature``: each of ``known``, then none."""
    each = [*dict.fromkeys(one for one in known if one), ""]
    return each[(each.index(signature) + 1) % len(each)]


def resigned_html(source: str, signature: str, known: Iterable[str]) -> str:
    """Return HTML with ``signature`` in the place of one of ``known``."""
    for block in (_html_block(one) for one in known if one):
        if block in source:
            return source.replace(block, _html_block(signature) if signature else "")
    return source


def _place_of(text: str, known: Iterable[str]) -> tuple[int, int] | None:
    """Return where a signature that is known begins and ends, line before it too."""
    longest = sorted({one for one in known if one}, key=len, reverse=True)
    for separator in reversed(list(_SIGNED.finditer(text))):
        for one in longest:
            end = separator.end() + 1 + len(one)
            is_there = text.startswith(f"\n{one}", separator.end())
            if is_there and text[end : end + 1] in {"", "\n"}:
                return separator.start(), end
    return None


def _html_block(signature: str) -> str:
    import html  # noqa: PLC0415 - brings every entity

    lines = "<br>\n".join(html.escape(line) for line in signature.split("\n"))
    return f'\n<div class="signature">{SEPARATOR}<br>\n{lines}</div>\n'


def signed_html(source: str, signature: str) -> str:
    """Return HTML with ``signature`` at the end of what is shown."""
    if not signature or not source.strip():
        return source
    block = _html_block(signature)
    end = source.lower().rfind("</body")
    return source + block if end < 0 else source[:end] + block + source[end:]
