"""What bash completes with."""

from typing import Final

from tuimail.cli.reference import verbs
from tuimail.cli.shells.parts import (
    ASKED,
    GLOBAL_FLAGS,
    filled,
    first_words,
    flags_of,
    joined,
    kinds,
    quoted,
    second_words,
)

_SCRIPT: Final = """\
# Completion of tuimail for bash:
#   tuimail completion bash >> ~/.bash_completion

_tuimail_flags() {
  case $1 in
@FLAGS@
  esac
}

# What the value of a flag of a verb is one of; without a flag, a word of the verb.
_tuimail_kind() {
  case "$1 $2" in
@KINDS@
  esac
}

_tuimail_values() {
  case $1 in
@ASKED@
    'words '*) printf '%s\\n' ${1#words } ;;
  esac
}

# Take the lines that begin with the word; nothing in them is run or expanded.
_tuimail_offer() {
  local line
  while IFS= read -r line; do
    [[ $line == "$cur"* ]] && COMPREPLY+=("$line")
  done
}

_tuimail_quoted() {
  local line
  while IFS= read -r line; do printf '%q\\n' "$line"; done
}

# Find the verb, and where to ask what there is; "--flag=value" is three words here.
_tuimail_read() {
  local word quotes=[\\\\\\\\\\"\\']
  verb= where=()
  while [ $# -gt 0 ]; do
    word=$1; shift
    case $word in
      --workspace|--config)
        [ "${1-}" = = ] && shift
        [ $# -gt 0 ] && where+=("$word" "${1//$quotes/}") && shift
        continue ;;
      -*) continue ;;
    esac
    if [ -n "$verb" ]; then
      case "$verb $word" in
        @TWO@) verb="$verb $word" ;;
      esac
      return
    fi
    verb=$word
  done
}

_tuimail_ask() {
  tuimail ${where[@]+"${where[@]}"} "$@" 2>/dev/null | cut -f1
}

_tuimail() {
  local cur=${COMP_WORDS[COMP_CWORD]} before= verb where kind= IFS=$' \\t\\n'
  [ "$COMP_CWORD" -gt 1 ] && before=${COMP_WORDS[COMP_CWORD-1]}
  if [ "$cur" = = ]; then
    cur=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  _tuimail_read "${COMP_WORDS[@]:1:COMP_CWORD-1}"
  COMPREPLY=()
  case $before in
    --workspace) kind=folders ;;
    --config) kind=files ;;
    --*) kind=$(_tuimail_kind "$verb" "$before") ;;
  esac
  if [ -z "$kind" ]; then
    case $cur in
      -*) COMPREPLY=( $(compgen -W "$(_tuimail_flags "$verb") @GLOBAL@" -- "$cur") )
          return ;;
    esac
    case $verb in
      '') COMPREPLY=( $(compgen -W '@FIRST@' -- "$cur") ); return ;;
@SECOND@
    esac
    kind=$(_tuimail_kind "$verb" '')
  fi
  case $kind in
    files) compopt -o filenames 2>/dev/null
           _tuimail_offer < <(compgen -f -- "$cur") ;;
    folders) compopt -o filenames 2>/dev/null
             _tuimail_offer < <(compgen -d -- "$cur") ;;
    text|'') ;;
    *) _tuimail_offer < <(_tuimail_values "$kind" | _tuimail_quoted) ;;
  esac
}

complete -F _tuimail tuimail
"""


def script() -> str:
    """Return the script for bash."""
    known = verbs()
    return filled(
        _SCRIPT,
        FLAGS="\n".join(
            f"    {quoted(verb.name)}) printf '%s' {joined(flags_of(verb))} ;;"
            for verb in known
        ),
        KINDS=kinds(known),
        ASKED="\n".join(
            f"    {kind}) _tuimail_ask {command} ;;" for kind, command in ASKED.items()
        ),
        TWO="|".join(quoted(verb.name) for verb in known if " " in verb.name),
        GLOBAL=" ".join(GLOBAL_FLAGS),
        FIRST=" ".join(first_words(known)),
        SECOND="\n".join(
            f"      {first}) COMPREPLY=( $(compgen -W {quoted(' '.join(more))} -- "
            '"$cur") ); return ;;'
            for first, more in second_words(known).items()
        ),
    )
