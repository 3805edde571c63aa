"""The words of a sendmail command, as programs write them."""

from typing import Any

import pytest

from tuimail.errors import UsageError
from tuimail.intake.sendmail.words import Mode, Wishes, read_words

BOB = ("bob@example.net",)


@pytest.mark.parametrize(
    ("typed", "wishes"),
    [
        ("bob@example.net", {}),
        ("-- bob@example.net", {}),
        ("-bm bob@example.net", {}),
        ("-oem -oi -f a@b -- bob@example.net", {"ignores_dots": True, "sender": "a@b"}),
        ("-oem -oi -fa@b bob@example.net", {"ignores_dots": True, "sender": "a@b"}),
        ("-r a@b bob@example.net", {"sender": "a@b"}),
        ("-f <> bob@example.net", {"sender": "<>"}),
        ("-i -F Ada bob@example.net", {"ignores_dots": True, "name": "Ada"}),
        (
            "-FCronDaemon -i -B8BITMIME -oem bob@example.net",
            {"ignores_dots": True, "name": "CronDaemon"},
        ),
        ("-ti bob@example.net", {"takes_header": True, "ignores_dots": True}),
        ("-it bob@example.net", {"takes_header": True, "ignores_dots": True}),
        ("-ot bob@example.net", {"takes_header": True}),
        ("-v bob@example.net", {"is_verbose": True}),
        ("-oeq bob@example.net", {"is_quiet": True}),
        ("-eq bob@example.net", {"is_quiet": True}),
        ("-q30m -d0.1 -qf bob@example.net", {}),
        ("-q bob@example.net", {}),
        ("-n -G -U -m -s -c -T bob@example.net", {}),
        ("-O DeliveryMode=b -C /x -X /y -h 3 -L tag -p SMTP:x bob@example.net", {}),
        ("-A c -D x -M id -Q x -om -odb -ep bob@example.net", {}),
        (
            "-N success,delay -R hdrs -V id1 bob@example.net",
            {"note": "Asked for reports: NOTIFY=success,delay; RET=hdrs; ENVID=id1"},
        ),
    ],
)
def test_flags_mean_what_they_mean_elsewhere(
    typed: str, wishes: dict[str, Any]
) -> None:
    assert read_words(typed.split()) == Wishes(recipients=BOB, **wishes)


@pytest.mark.parametrize(
    ("typed", "mode"),
    [
        ("-bs", Mode.SMTP),
        ("-bs -odi", Mode.SMTP),
        ("-bi", Mode.NOTHING),
        ("-I", Mode.NOTHING),
        ("-q", Mode.NOTHING),
        ("-q15m", Mode.NOTHING),
        ("-t", Mode.MESSAGE),
    ],
)
def test_some_do_something_else(typed: str, mode: Mode) -> None:
    assert read_words(typed.split()).mode is mode


def test_several_recipients_may_stand_in_one_word() -> None:
    wishes = read_words(["Bob <bob@example.net>", "a@b, c@d"])

    assert wishes.recipients == ("Bob <bob@example.net>", "a@b", "c@d")


@pytest.mark.parametrize("word", ["-X/etc/passwd", "-bs", "-t", "-q"])
def test_a_recipient_is_never_a_flag(word: str) -> None:
    """A program that names what a stranger typed cannot be made to do more."""
    assert read_words(["-i", "bob@example.net", word]).recipients == (*BOB, word)
    assert read_words(["-i", "--", word]).recipients == (word,)


@pytest.mark.parametrize(
    ("typed", "field", "hint"),
    [
        ("", "recipient", "-t"),
        ("-i", "recipient", "-t"),
        ("-q -i", "recipient", "-t"),
        ("-y bob@example.net", "y", "sendmail"),
        ("-f", "f", "sendmail"),
        ("--to=bob@example.net", "to", "sendmail"),
        ("-bp", "b", "tuimail list"),
        ("-bd", "b", "tuimail serve --smtp"),
        ("-bv bob@example.net", "b", "sendmail"),
    ],
)
def test_what_is_not_understood_is_refused(typed: str, field: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_words(typed.split())

    assert refused.value.field == field
    assert hint in refused.value.hint
