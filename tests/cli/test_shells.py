"""What shells complete: each real one is given the same lines; mail is a stub's."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tuimail.cli.shells import bash, fish, zsh

STUB: Final = r"""#!/bin/sh
if [ "$1" = --workspace ]; then name=${2##*/}; shift 2; fi
case $1 in
  list) printf '4f%s\tdraft\n5a%s\tsent\n' "$name" "$name" ;;
  accounts) printf 'work\tsmtp\nhome\tsmtp\n' ;;
  reviewers) printf 'ana\tsigns\n' ;;
  template) printf '$(touch ran).txt\ta\n' ;;
esac
"""
LINES: Final = {
    "tuimail acc": {"accept", "accounts"},
    "tuimail accounts im": {"import-env"},
    "tuimail --workspace /tmp accounts im": {"import-env"},
    "tuimail --workspace /tmp/x show 4": {"4fx"},
    "tuimail send --prio": {"--priority"},
    "tuimail send --priority ": {"high", "normal", "low"},
    "tuimail send --category b": {"bulk"},
    "tuimail send --qu": {"--quiet"},
    "tuimail --ver": {"--version"},
    "tuimail list --status he": {"held"},
    "tuimail show 4": {"4f"},
    "tuimail send --account ": {"work", "home"},
    "tuimail send --account=ho": {"home"},
    "tuimail send --in-reply-to ": set(),
    "tuimail approve 4f --as ": {"ana"},
    "tuimail send --text-file let": {"letter.txt"},
    "tuimail backup fold": {"folder"},
    "tuimail --config let": {"letter.txt"},
    "tuimail completion ": {"bash", "fish", "zsh"},
    "tuimail send --subject ": set(),
    "tuimail outbox ru": {"run"},
    "tuimail sendmail -oe": {"-oeq"},
    "tuimail schema acc": {"accept", "accounts"},
    "tuimail schema accounts import-": {"import-env"},
}
"""What is typed before the tabulator, and what is offered."""
TRICKY: Final = {
    "tuimail send --attach my": "my letter.pdf ",
    "tuimail template show ": r"\$\(touch\ ran\).txt ",
}
"""What has spaces in it, or a command, is one word of bash, and is not run."""
IN_BASH: Final = """compopt() { :; }; set -u
try() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tuimail
  printf '%s ' ${COMPREPLY[@]+"${COMPREPLY[@]}"}; echo
}
"""
ZSHRC: Final = r"""setopt nounset
autoload -Uz compinit; compinit -u -D
source ./script
compadd() {
  local -a hits
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- "HIT "$^hits
  builtin compadd "$@"
}
try() { _main_complete; print ENDED; compstate[insert]=; compstate[list]=; }
zle -C try complete-word try
bindkey '^I' try
print READY
"""
IN_ZSH: Final = r"""zmodload zsh/zpty
zpty shell 'zsh -d -i'
zpty -r shell out '*READY*'
for line; do
  zpty -w -n shell "$line"$'\t'
  zpty -r shell out '*ENDED*'
  print -r -- "LINE $line"
  print -r -- "${out//$'\r'/}"
  zpty -w -n shell $'\x15'
done
"""
"""A shell on a terminal of its own, where somebody types and presses the tabulator."""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with some files, and a stub of the program below it."""
    for name in ("letter.txt", "my letter.pdf"):
        (tmp_path / name).touch()
    for name in ("folder", "bin"):
        (tmp_path / name).mkdir()
    stub = tmp_path / "bin" / "tuimail"
    stub.write_text(STUB)
    stub.chmod(0o700)
    return tmp_path


def _told(desk: Path, *command: str) -> str:
    """Return what a shell prints, which says nothing on stderr."""
    done = subprocess.run(
        command,
        cwd=desk,
        env={"PATH": f"{desk}/bin:/usr/bin:/bin", "HOME": str(desk), "TERM": "dumb",
             "ZDOTDIR": str(desk), "XDG_CONFIG_HOME": str(desk)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def _needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(shell, path="/usr/bin:/bin") is None, reason=f"needs {shell}"
    )


def test_bash_completes_verbs_flags_values_and_ids(desk: Path) -> None:
    """It takes ``--flag=value`` for three words."""
    typed = [
        [word for word in re.split(r" |(=)", line) if word is not None]
        for line in [*LINES, *TRICKY]
    ]
    tries = ["try " + " ".join(map(repr, words)) for words in typed]

    shown = _told(
        desk, "bash", "--norc", "-c", "\n".join([bash.script(), IN_BASH, *tries])
    ).splitlines()

    found = [set(line.split()) for line in shown[: len(LINES)]]
    assert dict(zip(LINES, found, strict=True)) == LINES
    assert shown[len(LINES) :] == list(TRICKY.values())
    assert not (desk / "ran").exists()


@_needs("fish")
def test_fish_completes_verbs_flags_values_and_ids(desk: Path) -> None:
    tries = [f"echo LINE {line!r}; complete -C {line!r}" for line in [*LINES, *TRICKY]]

    shown = _told(desk, "fish", "--no-config", "-c", "\n".join([fish.script(), *tries]))

    found = [
        {_offered(line.partition("\t")[0].rstrip("/")) for line in part.splitlines()}
        for part in _parts(shown)
    ]
    assert dict(zip(LINES, found, strict=False)) == LINES
    assert found[len(LINES) :] == [{"my letter.pdf"}, {"$(touch ran).txt"}]
    assert not (desk / "ran").exists()


@_needs("zsh")
def test_zsh_completes_verbs_flags_values_and_ids(desk: Path) -> None:
    (desk / "script").write_text(zsh.script())
    (desk / ".zshrc").write_text(ZSHRC)

    shown = _told(desk, "zsh", "-f", "-c", IN_ZSH, "zsh", *LINES, *TRICKY)

    found = [set(re.findall(r"HIT (.*)", part)) for part in _parts(shown)]
    assert dict(zip(LINES, found, strict=False)) == LINES
    assert found[len(LINES) :] == [{r"my\ letter.pdf"}, {r"\$\(touch\ ran\).txt"}]
    assert not (desk / "ran").exists()


def _parts(shown: str) -> list[str]:
    """Return what was printed for each line, without the line."""
    return [part.partition("\n")[2] for part in shown.split("LINE ")[1:]]


def _offered(word: str) -> str:
    """Return what is offered for a value, where a shell says the flag with it."""
    return re.sub(r"^--[a-z-]+=", "", word)
