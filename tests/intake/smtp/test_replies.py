"""Replies: complete, in ASCII, and harmless whatever they quote."""

import pytest

from tuimail import errors
from tuimail.intake.smtp.replies import complete, lines, refusal


@pytest.mark.parametrize(
    ("reply", "whole"),
    [
        ("220 localhost ESMTP tuimail", "220 localhost ESMTP tuimail"),
        ("334 Go on", "334 Go on"),
        ("354 Go on", "354 Go on"),
        ("250 OK", "250 2.0.0 OK"),
        ("250 2.1.5 OK", "250 2.1.5 OK"),
        ("500 Error", "500 5.5.2 Error"),
        ("599 1.2 is a number", "599 5.0.0 1.2 is a number"),
        ("500 \x1b]0;x\x07", "500 5.5.2 \\u241b]0;x\\u2407"),
        ("500 caf\u00e9 \u201cx\u201d\u2026", '500 5.5.2 caf\\xe9 "x"...'),
    ],
)
def test_a_reply_is_made_complete(reply: str, whole: str) -> None:
    assert complete(reply) == whole


def test_a_long_reply_is_cut() -> None:
    reply = complete("500 " + "x" * 5_000)

    assert reply.startswith("500 5.5.2 xxx")
    assert 300 < len(reply) < 512


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (errors.AuthenticationError("x"), "535 5.7.8 x"),
        (errors.PolicyError("x"), "550 5.7.1 x"),
        (errors.SuppressedError("x"), "550 5.7.1 x"),
        (errors.NotAllowedError("x"), "550 5.7.1 x"),
        (errors.AddressError("x"), "553 5.1.3 x"),
        (errors.FieldError("x"), "554 5.6.0 x"),
        (errors.NotComposableError("x"), "554 5.6.0 x"),
        (errors.UnsupportedFeatureError("x"), "554 5.3.3 x"),
        (errors.KeyConflictError("k", "id"), "554-5.0.0 The key"),
        (errors.TooManyError("x", wait_seconds=1), "451 4.7.1 x"),
        (errors.WorkspaceBusyError("x"), "451 4.3.0 x"),
        (errors.DamagedWorkspaceError("x"), "451 4.3.0 x"),
        (errors.ReadOnlyWorkspaceError("x"), "451 4.3.0 x"),
        (errors.FullDiskError("x"), "452 4.3.1 x"),
        (errors.ConfigurationError("x"), "451 4.3.5 x"),
        (errors.TuimailError("x"), "554 5.0.0 x"),
    ],
)
def test_each_error_has_a_code_that_says_whether_to_come_again(
    error: errors.TuimailError, reply: str
) -> None:
    assert refusal(error).startswith(reply)


def test_a_hint_stands_on_a_line_of_its_own() -> None:
    error = errors.FieldError("It has a NUL.", hint="Remove it.")

    assert refusal(error) == "554-5.6.0 It has a NUL.\r\n554 5.6.0 Remove it."


def test_no_line_is_longer_than_a_server_may_say() -> None:
    """RFC 5321 §4.5.3.1.5: 512 octets, the code and the line end among them."""
    reply = lines("550", "5.7.1", "word " * 500, "x" * 2_000)

    assert all(len(line) <= 510 for line in reply.split("\r\n"))
    assert reply.split("\r\n")[-1].startswith("550 5.7.1 ")


def test_an_error_without_words_is_a_reply_too() -> None:
    assert lines("550", "5.7.1", "") == "550 5.7.1 "


def test_a_line_end_in_a_sentence_makes_no_reply_of_its_own() -> None:
    """What a sentence quotes may be a stranger's."""
    reply = refusal(errors.FieldError("a\r\n250 2.0.0 Ok: queued as 1"))

    assert "\r\n250" not in reply
