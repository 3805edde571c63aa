"""What zsh completes with."""

from typing import Final

from tuimail.cli.reference import Verb, verbs
from tuimail.cli.shells.parts import (
    ASKED,
    GLOBAL_FLAGS,
    filled,
    first_words,
    kinds,
    quoted,
    second_words,
)

_SCRIPT: Final = """\
#compdef tuimail
# Completion of tuimail for zsh, in a folder of $fpath:
#   tuimail completion zsh > ~/.zfunc/_tuimail

_tuimail_described() {
  case $1 in
@FLAGS@
  esac
}

@KIND_FUNCTION@

_tuimail_asked() {
  local -a found
  found=( ${(f)"$(tuimail $where $=1 2>/dev/null)"} )
  compadd -- ${found%%$'\\t'*}
}

_tuimail_of_kind() {
  case $1 in
    files) _files ;;
    folders) _files -/ ;;
@ASKED@
    'words '*) compadd -- ${=1#words } ;;
  esac
}

_tuimail() {
  local word first verb kind skip i before=$words[CURRENT-1] cur=$words[CURRENT]
  local -a described where
  for (( i = 2; i < CURRENT; i++ )); do
    word=$words[i]
    if [[ -n $skip ]]; then where+=( $skip ${(Q)word} ) skip=; continue; fi
    case $word in
      --workspace|--config) skip=$word ;;
      --workspace=*|--config=*) where+=( ${(Q)word} ) ;;
      -*) ;;
      *) if [[ -z $first ]]; then first=$word verb=$word
         else
           case "$first $word" in
             @TWO@) verb="$first $word" ;;
           esac
           break
         fi ;;
    esac
  done
  if [[ $cur == --*=* ]]; then
    before=${cur%%=*}
    compset -P 1 '*='
  fi
  case $before in
    --workspace) kind=folders ;;
    --config) kind=files ;;
    --*) kind=$(_tuimail_kind "$verb" "$before") ;;
  esac
  if [[ -z $kind ]]; then
    if [[ $cur == -* ]]; then
      described=( ${(f)"$(_tuimail_described "$verb")"} @GLOBAL@ )
      _describe -o option described
      return
    fi
    case $verb in
      '') described=( @FIRST@ ); _describe verb described; return ;;
@SECOND@
    esac
    kind=$(_tuimail_kind "$verb" '')
  fi
  _tuimail_of_kind "$kind"
}

if [[ $funcstack[1] == _tuimail ]]; then
  _tuimail "$@"
else
  compdef _tuimail tuimail
fi
"""


def script() -> str:
    """Return the script for zsh."""
    known = verbs()
    function = f'_tuimail_kind() {{\n  case "$1 $2" in\n{kinds(known)}\n  esac\n}}'
    return filled(
        _SCRIPT,
        FLAGS="\n".join(
            f"    {quoted(verb.name)}) print -rl -- {_described(verb)} ;;"
            for verb in known
        ),
        KIND_FUNCTION=function,
        ASKED="\n".join(
            f"    {kind}) _tuimail_asked {quoted(command)} ;;"
            for kind, command in ASKED.items()
        ),
        TWO="|".join(quoted(verb.name) for verb in known if " " in verb.name),
        GLOBAL=" ".join(
            quoted(f"{flag}:{said}") for flag, (_, said) in GLOBAL_FLAGS.items()
        ),
        FIRST=" ".join(
            quoted(f"{name}:{_colonless(said)}")
            for name, said in first_words(known).items()
        ),
        SECOND="\n".join(
            f"      {first}) described=( "
            + " ".join(
                quoted(f"{word}:{_colonless(said)}") for word, said in more.items()
            )
            + " ); _describe verb described; return ;;"
            for first, more in second_words(known).items()
        ),
    )


def _described(verb: Verb) -> str:
    pairs = ((flag, one.help) for one in verb.flags for flag in one.flags)
    return " ".join(quoted(f"{flag}:{_colonless(said)}") for flag, said in pairs)


def _colonless(text: str) -> str:
    return text.replace("\\", "").replace(":", r"\:")
