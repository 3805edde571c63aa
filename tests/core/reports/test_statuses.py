"""What is believed of the fields about each recipient."""

import pytest

from tuimail.core.reports.report import Action, Fate
from tuimail.core.reports.statuses import (
    ADDRESS_LIMIT,
    FATES_LIMIT,
    NAME_LIMIT,
    REPLY_LIMIT,
    read_fates,
)

WHO = "Final-Recipient: rfc822; ana@example.net\n"


def fate(*lines: str) -> Fate:
    (found,) = fates(WHO + "\n".join(lines))
    return found


def fates(text: str) -> tuple[Fate, ...]:
    return read_fates(text)[1]


@pytest.mark.parametrize(
    ("lines", "action"),
    [
        (("Action: FAILED",), Action.FAILED),
        (("Action: delivered (to mailbox)", "Status: 5.0.0"), Action.DELIVERED),
        (("Action: expanded",), Action.EXPANDED),
        (("Status: 5.2.2",), Action.FAILED),
        (("Status: 4.2.2",), Action.DELAYED),
        (("Action: fehlgeschlagen", "Status: 5.2.2"), Action.FAILED),
        (("Diagnostic-Code: smtp; 550 5.1.1 no",), Action.FAILED),
    ],
)
def test_the_action_is_a_word_or_follows_from_the_code(
    lines: tuple[str, ...], action: Action
) -> None:
    assert fate(*lines).action is action


@pytest.mark.parametrize(
    "text",
    [
        WHO,
        WHO + "Action: lost",
        WHO + "Status: 2.0.0",
        WHO + "Diagnostic-Code: smtp; no such user, failed, 550",
        "Action: failed",
        "Final-Recipient: rfc822;\nAction: failed",
        "Final-Recipient: rfc822; nobody\nAction: failed",
        f"Final-Recipient: {'a' * ADDRESS_LIMIT}@b\nAction: failed",
        "",
    ],
)
def test_who_is_about_nobody_or_says_nothing_is_left_out(text: str) -> None:
    assert fates(text) == ()


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("Status: 5.1.1 (no such mailbox)",), "5.1.1"),
        (("Status: 550 5.1.1",), "5.1.1"),
        (("Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.1.1 x"), "5.1.1"),
        (("Status: 5.0.0", "Diagnostic-Code: smtp; 450 4.1.1 x"), "5.0.0"),
        (("Status: 5.7.1", "Diagnostic-Code: smtp; 550 5.1.1 x"), "5.7.1"),
        (("Status: 15.1.1",), ""),
        (("Status: 5.1.1234",), ""),
        (("Status: 3.1.1",), ""),
        (("Status: none",), ""),
    ],
)
def test_the_code_that_says_most_is_taken(lines: tuple[str, ...], status: str) -> None:
    assert fate("Action: failed", *lines).status == status


@pytest.mark.parametrize(
    ("action", "status", "is_hard"),
    [
        ("failed", "5.1.1", True),
        ("failed", "5.1.2", True),
        ("failed", "5.1.3", True),
        ("failed", "5.1.6", True),
        ("failed", "5.1.10", True),
        ("failed", "5.2.1", True),
        ("failed", "5.2.2", False),
        ("failed", "5.1.8", False),
        ("failed", "5.7.1", False),
        ("failed", "4.1.1", False),
        ("failed", "5.0.0", False),
        ("delayed", "5.1.1", False),
        ("delivered", "5.1.1", False),
    ],
)
def test_only_what_is_about_the_mailbox_is_hard(
    action: str, status: str, *, is_hard: bool
) -> None:
    assert fate(f"Action: {action}", f"Status: {status}").is_hard is is_hard


@pytest.mark.parametrize(
    "written",
    [
        "ana@Example.NET",
        "rfc822;ana@example.net",
        "RFC822 ; <ana@example.net>",
        "unknown; ana@example.net",
    ],
)
def test_an_address_is_compared_however_it_is_written(written: str) -> None:
    (found,) = fates(f"Final-Recipient: {written}\nAction: failed")

    assert found.wire_addresses == ("ana@example.net",)


def test_capitals_before_the_at_are_kept() -> None:
    """Two mailboxes may differ in nothing else (RFC 5321 §2.4)."""
    (found,) = fates("Final-Recipient: rfc822; Ana@Example.NET\nAction: failed")

    assert found.wire_addresses == ("Ana@example.net",)


def test_what_is_no_address_by_our_grammar_is_compared_as_it_is() -> None:
    (found,) = fates("Final-Recipient: rfc822; A..b@X\nAction: failed")

    assert found.wire_addresses == ("A..b@X",)


def test_a_number_that_is_no_character_stays_as_it_is() -> None:
    (found,) = fates("Final-Recipient: utf-8; \\x{FFFFFF}@x\nAction: failed")

    assert found.addresses == ("\\x{FFFFFF}@x",)


def test_half_a_surrogate_pair_can_be_stored() -> None:
    (found,) = fates("Final-Recipient: utf-8; \\x{D800}@x\nAction: failed")

    assert found.addresses == ("\\ud800@x",)


def test_an_empty_line_that_was_forgotten_is_seen() -> None:
    found = fates(
        "Reporting-MTA: dns; mx\n"
        "Original-Recipient: rfc822; a@x\nFinal-Recipient: rfc822; b@x\n"
        "Action: failed\n"
        "Original-Recipient: rfc822; c@x\nFinal-Recipient: rfc822; d@x\n"
        "Action: delayed\n"
    )

    assert [(one.addresses, one.action, one.server) for one in found] == [
        (("a@x", "b@x"), Action.FAILED, "mx"),
        (("c@x", "d@x"), Action.DELAYED, "mx"),
    ]


def test_a_folded_line_ends_no_group() -> None:
    (found,) = fates(
        f"{WHO}Diagnostic-Code: smtp; 550 x\n Final-Recipient: rfc822; b@x\n"
        "Action: failed"
    )

    assert found.reply == "550 x Final-Recipient: rfc822; b@x"


def test_of_a_field_that_is_there_twice_the_first_counts() -> None:
    assert fate("Action: delayed", "Action: failed").action is Action.DELAYED


def test_text_is_cut_and_harmless() -> None:
    found = fate(
        "Action: failed",
        "Remote-MTA: dns; " + "m" * 300,
        "Diagnostic-Code: smtp; 550 \x1b[2J\u2028\x00 " + "x" * 1500,
    )

    assert found.reply.startswith(r"550 \x1b[2J xxx")
    assert len(found.reply) == REPLY_LIMIT
    assert len(found.server) == NAME_LIMIT


def test_the_digest_is_of_all_that_is_said() -> None:
    one = fate("Action: delayed", "Last-Attempt-Date: Mon")
    same = fate("Action:   delayed", "LAST-ATTEMPT-DATE:Mon", "")
    other = fate("Action: delayed", "Last-Attempt-Date: Tue")

    assert one.digest == same.digest
    assert one.digest != other.digest


def test_the_same_words_of_another_server_are_another_report() -> None:
    text = f"\n\n{WHO}Action: failed"

    (one,), (other,) = (
        fates(f"Reporting-MTA: a{text}"),
        fates(f"Reporting-MTA: b{text}"),
    )

    assert one.digest != other.digest


def test_more_recipients_than_any_mail_has_are_left_out() -> None:
    text = "\n\n".join([f"{WHO}Action: failed"] * (FATES_LIMIT + 1))

    assert len(fates(text)) == FATES_LIMIT


def test_the_envelope_id_is_of_the_whole_message() -> None:
    envelope_id, _ = read_fates(f"Original-Envelope-Id: 17 \n\n{WHO}Action: failed")

    assert envelope_id == "17"
