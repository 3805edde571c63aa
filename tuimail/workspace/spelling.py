"""Asks hunspell which words are right, where it is installed.

Another program, run for each look, with nothing but words on its standard input. It
may take as long as its dictionaries do to load, so faces ask beside their loop.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tuimail.errors import ConfigurationError

PROGRAM: Final = "hunspell"
SECONDS: Final = 5.0
"""How long it may take; a dictionary loads in a tenth of one."""
MOST_SUGGESTIONS: Final = 9
_OWN_WORDS: Final = "words.txt"


def wrong(words: Iterable[str], languages: str) -> frozenset[str]:
    """Return which of ``words`` no dictionary has.

    Args:
        words: Each without blanks.
        languages: Names of dictionaries, with commas between; empty for that of the
            environment.

    Raises:
        ConfigurationError: It is not there, has no such dictionary, or fails.
    """
    asked = "".join(f"{word}\n" for word in words)
    return (
        frozenset(_answer(("-l",), asked, languages).split()) if asked else frozenset()
    )


def suggestions(word: str, languages: str) -> tuple[str, ...]:
    """Return what could be meant by ``word``, the likeliest first; errors as above."""
    for line in _answer(("-a",), f"^{word}\n", languages).splitlines():
        if line.startswith("& "):
            listed = line.partition(": ")[2].split(", ")
            return tuple(one.strip() for one in listed[:MOST_SUGGESTIONS])
    return ()


def own_words(config: Path) -> frozenset[str]:
    """Return the words that the person said are right."""
    try:
        return frozenset(config.with_name(_OWN_WORDS).read_text("utf-8").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def learn(config: Path, word: str) -> None:
    """Take ``word`` for right from now on.

    Raises:
        ConfigurationError: It cannot be written down.
    """
    path = config.with_name(_OWN_WORDS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{word}\n")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            hint="The word is right until you leave.",
            field="spelling",
        ) from error


def _answer(how: tuple[str, ...], asked: str, languages: str) -> str:
    named = ("-d", languages) if languages else ()
    try:
        done = subprocess.run(  # noqa: S603 - names of languages were checked
            (PROGRAM, *how, "-i", "utf-8", *named),
            input=asked,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise _failed("is not installed", "Install hunspell and a dictionary.") from (
            error
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed("gave no answer", "Try it: echo word | hunspell -l") from error
    if done.returncode:
        what = f"has no dictionary “{languages}”" if languages else "has no dictionary"
        raise _failed(what, 'See what there is: hunspell -D; then spelling = "en_US"')
    return done.stdout


def _failed(what: str, hint: str) -> ConfigurationError:
    return ConfigurationError(
        f"The spelling was not looked at: hunspell {what}.",
        hint=hint,
        field="spelling",
    )
