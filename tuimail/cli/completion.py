"""The verb that prints what shells complete verbs, flags and values with.

The scripts are static: a key press starts no Python, except where what there is
has to be asked for (ids of mail, names of accounts).
"""

from collections.abc import Callable, Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.cli.shells import bash, fish, zsh

SHELLS: Final[Mapping[str, Callable[[], str]]] = {
    "bash": bash.script,
    "fish": fish.script,
    "zsh": zsh.script,
}


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "shell", choices=sorted(SHELLS), metavar="SHELL", help=", ".join(sorted(SHELLS))
    )


def _completion(call: Call) -> int:
    shell: str = call.options.shell
    script = SHELLS[shell]()
    if call.console.is_json:
        call.console.document({"shell": shell, "script": script})
    else:
        call.console.raw(script.encode())
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "completion": Command(
        arguments=_arguments,
        run=_completion,
        examples=(
            "tuimail completion bash >> ~/.bash_completion",
            "tuimail completion zsh > ~/.zfunc/_tuimail",
            "tuimail completion fish > ~/.config/fish/completions/tuimail.fish",
        ),
    ),
}
