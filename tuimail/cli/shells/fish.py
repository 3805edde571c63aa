"""What fish completes with."""

from collections.abc import Iterator
from typing import Final

from tuimail.cli.reference import Verb, verbs
from tuimail.cli.shells.parts import (
    ASKED,
    GLOBAL_FLAGS,
    filled,
    first_words,
    quoted,
    second_words,
)

_SCRIPT: Final = """\
# Completion of tuimail for fish:
#   tuimail completion fish > ~/.config/fish/completions/tuimail.fish

function __tuimail_verb
  set -l found
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
    else if contains -- $word --workspace --config
      set skip 1
    else if not string match -q -- '-*' $word
      set -a found $word
    end
  end
  if contains -- "$found[1..2]" @TWO@
    echo "$found[1..2]"
  else
    echo "$found[1]"
  end
end

# What there is, asked where the words before the cursor say.
function __tuimail_ask
  set -l where
  set -l flag
  for word in (commandline -opc)[2..-1]
    if test -n "$flag"
      set -a where $flag $word
      set flag
    else if contains -- $word --workspace --config
      set flag $word
    else if string match -qr -- '^--(workspace|config)=' $word
      set -a where $word
    end
  end
  tuimail $where $argv 2>/dev/null | cut -f1
end

function __tuimail_is
  test "$argv[1]" = (__tuimail_verb)
end

complete -c tuimail -f
"""


def script() -> str:
    """Return the script for fish."""
    known = verbs()
    two = " ".join(quoted(verb.name) for verb in known if " " in verb.name)
    lines = [*_fish_verbs(known)]
    for verb in known:
        where = f"complete -c tuimail -n '__tuimail_is {_in_quotes(verb.name)}'"
        lines += [f"{where} {one}" for one in _fish_taken(verb)]
    for flag, (kind, said) in GLOBAL_FLAGS.items():
        value = _fish_value(kind, ()) if kind else ""
        lines.append(
            f"complete -c tuimail -l {flag[2:]} {value} -d {_fish_quoted(said)}"
        )
    return filled(_SCRIPT, TWO=two) + "\n".join(lines) + "\n"


def _fish_verbs(known: tuple[Verb, ...]) -> Iterator[str]:
    for word, said in first_words(known).items():
        yield (
            f"complete -c tuimail -n '__tuimail_is \"\"' -a {word} "
            f"-d {_fish_quoted(said)}"
        )
    for first, more in second_words(known).items():
        for word, said in more.items():
            yield (
                f"complete -c tuimail -n '__tuimail_is {first}' -a {word} "
                f"-d {_fish_quoted(said)}"
            )


def _fish_taken(verb: Verb) -> Iterator[str]:
    for one in verb.words[:1]:
        if one.kind or one.choices:
            yield _fish_value(one.kind, one.choices).replace("-x ", "", 1)
    for one in verb.flags:
        value = _fish_value(one.kind, one.choices) if one.metavar else ""
        for flag in one.flags:
            yield f"{_fish_flag(flag)} {value} -d {_fish_quoted(one.help)}"


def _fish_flag(flag: str) -> str:
    """Return a flag as fish is told it: long, short, or long behind one dash."""
    if flag.startswith("--"):
        return f"-l {flag[2:]}"
    return f"-s {flag[1:]}" if len(flag) == len("-t") else f"-o {flag[1:]}"


def _fish_value(kind: str, choices: tuple[str, ...]) -> str:
    if choices:
        return f"-x -a {_fish_quoted(' '.join(choices))}"
    if kind in ASKED:
        return f"-x -a '(__tuimail_ask {ASKED[kind]})'"
    return {"files": "-r -F", "folders": "-x -a '(__fish_complete_directories)'"}.get(
        kind, "-x"
    )


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in_quotes(text: str) -> str:
    return f'"{text}"'
