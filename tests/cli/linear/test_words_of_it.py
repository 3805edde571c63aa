"""Numbers of mails, hints in the words of the dialogue, and what is said of mails."""

import io
import os
from dataclasses import dataclass

import pytest

from tests.core.corpus import rows
from tuimail.cli.linear.hints import in_dialogue
from tuimail.cli.linear.numbers import Numbers
from tuimail.cli.linear.telling import who_sends
from tuimail.cli.linear.voice import Voice
from tuimail.core.display import is_inert
from tuimail.errors import NotFoundError, UsageError


def test_a_mail_keeps_its_number() -> None:
    numbers = Numbers()

    first, second = numbers.of("aa"), numbers.of("bb")

    assert (first, second, numbers.of("aa")) == (1, 2, 1)
    assert [numbers.mail(typed, verb="read") for typed in ("1", "#2", "02")] == [
        "aa", "bb", "bb",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.0", "٣", "1" * 10])
def test_what_is_no_number_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        Numbers().mail(typed, verb="read")

    assert refused.value.hint.endswith("read 1")


@pytest.mark.parametrize("typed", ["0", "2", "999999999"])
def test_a_number_that_no_mail_has_is_refused(typed: str) -> None:
    numbers = Numbers()
    numbers.of("aa")

    with pytest.raises(NotFoundError):
        numbers.mail(typed, verb="read")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Look at it: tuimail show 0abc", "Look at it: read 1"),
        ("Decide about it first: tuimail review 0abc", "Decide about it first: read 1"),
        ("Say: tuimail approve 0abc --as NAME", "Say: approve 1"),
        ("Do: tuimail request-changes 0abc", "Do: changes 1"),
        ("See what there is: tuimail list", "See what there is: list"),
        (
            "Say: tuimail resolve 0abc --sent|--resend|--give-up",
            "Say: arrived 1, resend 1 or give-up 1",
        ),
        (
            (
                "Now: tuimail show 0abc --attempts; tuimail resolve 0abc --sent, "
                "--resend or --give-up"
            ),
            "Now: read 1; arrived 1, resend 1 or give-up 1",
        ),
        (
            "It sends again: tuimail accounts resume cf",
            "It sends again: resume-account cf",
        ),
        ("Nobody: tuimail outbox run --drain", "Nobody: tuimail outbox run --drain"),
        ("Add: tuimail accounts add --help", "Add: tuimail accounts add --help"),
        ("Send through it: tuimail list-all", "Send through it: tuimail list-all"),
    ],
)
def test_hints_name_what_is_typed_here(said: str, heard: str) -> None:
    numbers = Numbers()
    numbers.of("0abc")

    assert in_dialogue(said, numbers) == heard


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("here", "Mail is sent from here."),
        ("held by serve, pid 412", "serve, pid 412 sends."),
        ("starting", "Nobody sends: starting."),
    ],
)
def test_who_sends_is_a_sentence(state: str, said: str) -> None:
    assert who_sends(state) == said


def test_no_line_acts_on_a_terminal_or_pretends_to_be_two() -> None:
    out = io.StringIO()

    Voice(out).say("a\nNote: 1 is sent.\x1b[2J\r\x9b")

    assert out.getvalue().count("\n") == 1
    assert not {"\x1b", "\r", "\x9b"} & set(out.getvalue())


def test_nothing_from_the_corpus_acts_on_the_terminal() -> None:
    texts = [row.values[0]["input"]["value"] for row in rows("terminal")]
    out = io.StringIO()

    Voice(out).say(*texts)
    Voice(out).note(*texts)
    Voice(out).ask(texts[0])

    lines = out.getvalue().split("\n")
    assert len(lines) > 2 * len(texts)
    assert [line for line in lines if not is_inert(line)] == []


def test_a_prompt_waits_until_the_line_has_carried_it() -> None:
    far, near = os.openpty()

    with os.fdopen(near, "w", encoding="utf-8") as out:
        Voice(out).prompt()
        heard = os.read(far, 100)

    os.close(far)
    assert heard == b"> "


def test_signs_can_be_those_of_a_typewriter() -> None:
    out = io.StringIO()

    Voice(out, plain=lambda text: text.replace("…", ".")).ask("Who…")

    assert out.getvalue() == "Who. "


@dataclass
class Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_that_has_gone_is_noticed_once() -> None:
    voice = Voice(Gone())

    voice.say("a")
    voice.note("b")

    assert voice.is_gone
