"""Whether what looks like a secret is one: checksums, and what people put instead.

Pure.
"""

import base64
import binascii
import json
import re
import zlib
from typing import Final

from tuimail.core.finding import Severity
from tuimail.core.patterns import regex

PASSWORD_LETTERS: Final = 6
TOKEN_LETTERS: Final = 16
_MIXED_LETTERS: Final = 20
"""Letters of both cases without a digit are a key from this length."""
_DIGITS_IN_A_TABLE: Final = 2
_LEAST_DISTINCT: Final = 6
_MADE_UP_DISTINCT: Final = 2
"""``xxxx`` and ``0000`` stand for a value."""

_BASE_62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_GITHUB_LENGTH: Final = 40
_CHECKSUM_LENGTH: Final = 6

_KEY_MATERIAL: Final = regex(r"[A-Za-z0-9+/]{16,}|[A-Za-z0-9+/]{4,}={1,2}")
_MATERIAL_WITHIN: Final = 600

_STANDS_FOR_ONE: Final = regex(
    r"your|example|change.?me|placeholder|redacted|dummy|insert|xxx|\*{3}|•{3}|\.{3}|…"
    r"|_{4}|<|>|\{\{|\$\{|\$\(|%\(|\\u",
    re.IGNORECASE,
)
_PLAIN_STAND_IN: Final = regex(
    r"(?:my|the|a|db|some|user|old|new)?[_-]?"
    r"(?:pass(?:word|wd|phrase|code)?|passwort|pwd|pw|secret|token|key|none|null|nil"
    r"|true|false|undefined|test|string|str|bytes|optional|required|hidden|unknown)"
    r"[_-]?(?:here)?",
    re.IGNORECASE,
)
_REFERENCE: Final = regex(
    r"\$[A-Z_{(]|[/~@%]\w*[/.%]|\./|\w{1,20}://|(?:arn|op|vault|env|ref|file):"
    r"|[&$]?[A-Za-z_][\w!?]*(?:(?:\.|->|::)[A-Za-z_][\w!?]*)*[(\[]|\w+[(\[]|[{\[(]",
)
"""Code that says where the value is, and not the value."""
_CODE: Final = regex(
    r"[&*$]?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:[!?]\.|->|::)[\w.:>!?-]+"
    r"|(?:[a-z_]+\d?\.)+[a-z_]+\d?(?:[A-Z]\w*)?"
    r"|[:@$](?:[a-z]+\d?|[a-z]+(?:_[a-z0-9]+)+|[a-z]+\d?(?:[A-Z][a-z]+)+\d?)"
    r"|\$[a-z_]\w*-"
    r"|![A-Za-z]+(?:[:/]\w*)?"
    r"|[a-z_]+(?::[\w,.-]+)?(?:\|[a-z_]+(?::[\w,.-]+)?)+"
    r"|[a-z0-9_.@-]+(?:/[a-z0-9_.@-]+){2,}"
)
"""Members of objects, variables, tags of YAML, lists of rules, paths."""
_IDEOGRAPH: Final = regex("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
"""Nobody can type these where a password is asked for; they are prose."""
_METHOD: Final = regex(
    r"(?:oauth|openid|saml|ldap|ntlm|wpa|tls|sha|md|base|aes|rsa|ed|hmac|argon|bcrypt"
    r"|scrypt|pbkdf)[-_]?\d{1,5}[a-z]{0,2}(?:[-_/+][a-z0-9]{1,8}){0,4}",
    re.IGNORECASE,
)
"""How one logs in, or how passwords are kept."""
_WORDS: Final = regex(r"[A-Za-z]+(?:[._/:-]+[A-Za-z]+\d?)+(?:[._-]\d)?[._:-]?")
_CAMEL_CASE: Final = regex(r"(?:[a-z]+|[A-Z]{2,4})?(?:[A-Z][a-z]+)*(?:[A-Z]{1,4})?\d?")
_NO_VALUE: Final = regex(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\S*|v?\d+(?:\.\d+)+\S*"
    r"|\d+-?[a-z]{1,12}|\d{1,3}-?[a-z]{1,12}(?:-[a-z]{1,12}){1,3}"
    r"|[a-z0-9]{1,10}(?:[.-][a-z0-9]{1,10}){2,}|[^\s@]+@[^\s@]+\.[a-z]+",
    re.IGNORECASE,
)
"""Dates, versions, amounts, names with hyphens, addresses."""
_NONE: Final = (_PLAIN_STAND_IN, _NO_VALUE, _CODE, _METHOD)
_LETTER: Final = regex(r"[^\W\d_]")
_DIGIT: Final = regex(r"\d")
_SYMBOL: Final = regex(r"[!$%&*#@^+=?~]")
_IN_A_URL: Final = regex(r"[?&#/%][\w.-]{0,60}\Z")
_BY_DESIGN_IN_URLS: Final = regex(r"pwd|.*token|.*key", re.IGNORECASE)


def token(match: re.Match[str]) -> Severity | None:
    """Judge what has a prefix that nothing else has."""
    return None if _is_made_up(match["secret"]) else Severity.WARNING


def sandbox_token(match: re.Match[str]) -> Severity | None:
    """Judge what opens a place for tests."""
    return None if _is_made_up(match["secret"]) else Severity.INFO


def random_token(match: re.Match[str]) -> Severity | None:
    """Judge what has a prefix that words have too: ``sk-hynix-…`` is a headline."""
    longest = _longest_part(match["secret"])
    is_random = len(longest) >= TOKEN_LETTERS and _is_random(longest)
    return token(match) if is_random else None


def telegram_token(match: re.Match[str]) -> Severity | None:
    """Judge what is known by its length alone."""
    return token(match) if _is_random(match["secret"].partition(":")[2]) else None


def always_block(_match: re.Match[str]) -> Severity | None:
    """Judge what cannot be taken for anything else."""
    return Severity.BLOCK


def private_key(match: re.Match[str]) -> Severity | None:
    """Judge the first line of a key: without a key below, it is only spoken of."""
    below = match.string[match.end() : match.end() + _MATERIAL_WITHIN]
    material = _KEY_MATERIAL.search(below.partition("-----END")[0])
    is_key = material is not None and not _is_made_up(material.group())
    return Severity.BLOCK if is_key else Severity.INFO


def aws_access_key(match: re.Match[str]) -> Severity | None:
    """Judge an access key; the one in every manual ends in ``EXAMPLE``."""
    return Severity.INFO if match["secret"].endswith("EXAMPLE") else token(match)


def github_token(match: re.Match[str]) -> Severity | None:
    """Judge a token that ends in a CRC-32 of the rest, in base 62.

    Longer ones are of a later kind, whose checksum is not published.
    """
    text = match["secret"]
    body, checksum = text[4:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    is_wrong = _base_62(zlib.crc32(body.encode())) != checksum
    is_noted = len(text) == _GITHUB_LENGTH and is_wrong and not _is_made_up(text)
    return Severity.INFO if is_noted else token(match)


def jwt(match: re.Match[str]) -> Severity | None:
    """Judge by whether the first part is a JOSE header (RFC 7515 §4)."""
    first = match["secret"].partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(f"{first}==="))
    except (binascii.Error, ValueError, RecursionError):
        return None
    is_header = isinstance(header, dict) and "alg" in header
    return Severity.WARNING if is_header else None


def url_password(match: re.Match[str]) -> Severity | None:
    """Judge what stands between a user and a host."""
    value = match["secret"]
    is_value = not (
        _STANDS_FOR_ONE.search(value)
        or _PLAIN_STAND_IN.fullmatch(value)
        or value.startswith(("$", "{", "[", "%", ":"))
        or value == match["user"]
    )
    return Severity.WARNING if is_value else None


def password(match: re.Match[str]) -> Severity | None:
    """Judge what is called a password: people choose short ones."""
    value = _bare(match["secret"])
    is_value = (
        len(value) >= PASSWORD_LETTERS
        and _LETTER.search(value)
        and (_DIGIT.search(value) or _SYMBOL.search(value))
        and not _stands_for_one(value)
        and not _is_made_for_urls(match)
        and not _is_next_label(match)
    )
    return Severity.WARNING if is_value else None


def password_in_a_table(match: re.Match[str]) -> Severity | None:
    """Judge a cell beside one that says *password*.

    Its kind or its length may stand there as well, so it has to look like one.
    """
    value = match["secret"]
    is_mixed = value != value.lower() and value != value.upper()
    digits = len(_DIGIT.findall(value))
    is_chosen = bool(_SYMBOL.search(value)) or is_mixed
    return password(match) if digits >= _DIGITS_IN_A_TABLE and is_chosen else None


def assigned_token(match: re.Match[str]) -> Severity | None:
    """Judge what is called a key, token or secret."""
    value = _bare(match["secret"])
    is_value = (
        len(value) >= TOKEN_LETTERS
        and _is_random(value)
        and not _stands_for_one(value)
        and not _is_made_for_urls(match)
    )
    return Severity.WARNING if is_value else None


def _bare(value: str) -> str:
    return value.strip("\"'`").rstrip(".,:)?!*_|")


def _stands_for_one(value: str) -> bool:
    return bool(
        _STANDS_FOR_ONE.search(value)
        or _REFERENCE.match(value)
        or " " in value.strip()
        or _IDEOGRAPH.search(value)
        or _WORDS.fullmatch(value)
        or any(shape.fullmatch(value) for shape in _NONE)
    )


def _is_random(value: str) -> bool:
    """Return whether nobody would take ``value`` for words."""
    if len(set(value)) < _LEAST_DISTINCT or not _LETTER.search(value):
        return False
    if _DIGIT.search(value):
        return True
    is_mixed = value != value.lower() and value != value.upper()
    words = re.split("[_-]", value)
    is_code = all(_CAMEL_CASE.fullmatch(word) for word in words)
    return is_mixed and len(value) >= _MIXED_LETTERS and not is_code


def _is_made_for_urls(match: re.Match[str]) -> bool:
    """Return whether this is a parameter that links have by design.

    Meetings have ``?pwd=…``, and a link that confirms something ``?token=…``.
    """
    before = match.string[max(match.start() - 61, 0) : match.start()]
    is_in_url = _IN_A_URL.search(before) is not None
    return is_in_url and _BY_DESIGN_IN_URLS.fullmatch(match["key"]) is not None


def _is_next_label(match: re.Match[str]) -> bool:
    """Return whether this is the next line of a form whose field is empty."""
    between = match.string[match.end("key") : match.start("secret")]
    return "\n" in between and match["secret"].endswith(":")


def _is_made_up(value: str) -> bool:
    return len(set(_longest_part(value).lower())) <= _MADE_UP_DISTINCT


def _longest_part(value: str) -> str:
    return max(re.split("[-_.:]", value), key=len)


def _base_62(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = _BASE_62[digit] + text
    return text.rjust(_CHECKSUM_LENGTH, "0")
