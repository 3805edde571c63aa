"""Hunspell is asked, where it is there; whatever it does, it is told in a sentence."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.workspace import spelling

Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a program called hunspell where programs are looked for."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def write(script: str) -> None:
        path = tmp_path / "hunspell"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return write


def test_words_that_no_dictionary_has_are_returned(install: Install) -> None:
    install('echo "$@" >&2; grep -v "^the$"')

    assert spelling.wrong(["the", "teh", "wrold"], "en_US") == {"teh", "wrold"}


def test_languages_are_named_only_where_there_are_some(install: Install) -> None:
    install('cat >/dev/null; echo "$@" | tr " " "\\n"')

    assert "-d" not in spelling.wrong(["x"], "")
    assert {"-d", "en_US,de_DE"} <= spelling.wrong(["x"], "en_US,de_DE")


def test_nobody_is_asked_about_nothing(install: Install) -> None:
    install("exit 1")

    assert spelling.wrong([], "en_US") == frozenset()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("& teh 3 1: the, eh, t eh", ("the", "eh", "t eh")),
        ("& x 20 1: " + ", ".join("abcdefghijkl"), tuple("abcdefghi")),
        ("# xqzx 1", ()),
        ("*", ()),
    ],
)
def test_suggestions_are_read_as_hunspell_writes_them(
    install: Install, answer: str, expected: tuple[str, ...]
) -> None:
    install(f'cat >/dev/null; echo "@(#) Hunspell"; echo "{answer}"')

    assert spelling.suggestions("teh", "") == expected


@pytest.mark.parametrize(
    ("script", "languages", "sentence"),
    [
        ("exit 1", "xx_XX", "no dictionary “xx_XX”"),
        ("exit 1", "", "no dictionary"),
        ("sleep 9", "", "no answer"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(
    install: Install,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    languages: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(spelling, "SECONDS", 0.2)
    install(f"exec {script}" if "sleep" in script else f"cat >/dev/null; {script}")

    with pytest.raises(ConfigurationError, match=sentence) as caught:
        spelling.wrong(["x"], languages)

    assert caught.value.hint


def test_a_program_that_is_not_there_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigurationError, match="not installed") as caught:
        spelling.wrong(["x"], "")

    assert "Install hunspell" in caught.value.hint


def test_words_that_were_learnt_are_right_from_then_on(tmp_path: Path) -> None:
    config = tmp_path / "new" / "config.toml"

    before = spelling.own_words(config)
    spelling.learn(config, "Mara")
    spelling.learn(config, "Größe")

    assert before == frozenset()
    assert spelling.own_words(config) == {"Mara", "Größe"}


def test_a_word_that_cannot_be_written_down_is_told(tmp_path: Path) -> None:
    (tmp_path / "words.txt").mkdir()

    with pytest.raises(ConfigurationError, match="cannot be written"):
        spelling.learn(tmp_path / "config.toml", "Mara")

    assert spelling.own_words(tmp_path / "config.toml") == frozenset()


@pytest.mark.skipif(
    not any(Path(p, "hunspell").exists() for p in os.get_exec_path()),
    reason="hunspell is not installed here",
)
def test_the_real_hunspell_understands_what_it_is_asked() -> None:
    try:
        found = spelling.wrong(["receive", "recieve", "doesn't"], "en_US")
    except ConfigurationError as error:
        pytest.skip(str(error))

    assert found == {"recieve"}
    assert "receive" in spelling.suggestions("recieve", "en_US")
