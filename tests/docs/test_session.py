"""The shell and the readers of the docs notice what is wrong."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.docs import programs, reading
from tests.docs.session import Session

LIST = "$ tuimail accounts list\nwork  smtp  ada@example.org  default\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{LIST}reports smtp ci@example.org\n",
        f"{LIST}…\n",
        '$ tuimail accounts list --json\n{"accounts": [{"name": "work"}, {}]}\n',
        "$ printf 'one two' > made.txt\n$ cat made.txt\none two\n",
        "$ export NAME=made.txt\n$ printf x > made.txt\n$ cat $NAME # it is x\nx\n",
        "$ tuimail show 0000\ntuimail: …\n…\n$ echo $?\n1\n",
    ],
)
def test_what_is_so_passes(shell: Shell, text: str) -> None:
    Session(shell).run(text)


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        f"{LIST}reports smtp ci@example.com\n",
        '$ tuimail accounts list --json\n{"accounts": [{"name": "home"}, {}]}\n',
        '$ tuimail accounts list --json\n{"nothing": 1}\n',
        "$ tuimail accounts lst\n",
        "$ tuimail show 0000\n",
        "$ tuimail show 0000\ntuimail: …\n…\n$ echo $?\n0\n",
    ],
)
def test_what_is_not_so_fails(shell: Shell, text: str) -> None:
    with pytest.raises(AssertionError):
        Session(shell).run(text)


def test_an_id_means_one_mail_on_the_whole_page(shell: Shell) -> None:
    session = Session(shell)
    draft = "$ tuimail submit --to bob@example.net --subject {} --text Hi\nid: {}\n…\n"
    session.run(draft.format("One", "06h033yjjsynfjxx"))
    session.run(draft.format("Two", "06h033ym893p4tk0"))

    session.run('$ tuimail show 06h033yjjsynfjxx --json\n{"subject": "One"}\n')
    with pytest.raises(AssertionError):
        session.run('$ tuimail show 06h033ym893p4tk0 --json\n{"subject": "One"}\n')


@pytest.mark.parametrize(
    "text",
    [
        "tuimail sned --to bob@example.net",
        "git log | tuimail send --too bob@example.net",
        "TOKEN=x tuimail outbox run --drain --often",
        "export TUIMAIL_ADRESS=ada@example.org",
    ],
)
def test_a_command_that_is_none_is_found_in_lines_for_a_shell(text: str) -> None:
    with pytest.raises(Exception, match=r"sned|--too|--often|ADRESS"):
        reading.read_shell(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('colour = "dusk"', "colour"),
        ('[keys]\n"compose.sned" = "f9"', "compose.sned"),
        ("version = 1\n[defaults]\nagent = 1", "agent"),
        ("[accounts.work]\n# …\nper_dya = 5", "per_dya"),
        ('dark = true\nprimary = "nothing"', "primary"),
        ('[mcp_servers.one]\ncommand = "tuimail"\nargs = ["mpc"]', "mpc"),
    ],
)
def test_settings_that_are_none_are_found(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(Exception, match=key):
        reading.read_toml(text, tmp_path)


def test_what_a_program_prints_is_compared_with_the_remark_behind_it() -> None:
    programs.run("print(1 + 1)  # 2", {}, place="page.md:1")

    with pytest.raises(AssertionError):
        programs.run("print(1 + 1)  # 3", {}, place="page.md:1")
