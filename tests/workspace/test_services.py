"""What is written for systemd and launchd, and which commands follow."""

import plistlib
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.workspace.conftest import account
from tuimail.errors import ConfigurationError, StoreError
from tuimail.settings.config import Config
from tuimail.settings.oauth import OAuth
from tuimail.workspace.keepers import Machine, Ran, this_machine
from tuimail.workspace.services import Service, needs_environment

ROOT = Path("/home/mara/.local/share/tuimail")
CONFIG = Path("/home/mara/.config/tuimail/config.toml")


@dataclass
class Commands:
    """Takes commands, and answers as it was told to."""

    fails: tuple[str, ...] = ()
    """Words of commands that fail."""
    is_running: bool = False
    seen: list[str] = field(default_factory=list)

    def __call__(self, command: Sequence[str]) -> Ran:
        text = " ".join(command)
        self.seen.append(text)
        if "is-active" in command or "print" in command:
            return Ran(0 if self.is_running else 3, "")
        if any(word in command for word in self.fails):
            return Ran(1, "Failed to connect to bus")
        self.is_running |= "enable" in command or "bootstrap" in command
        self.is_running &= "stop" not in command and "bootout" not in command
        return Ran(0, "")

    @property
    def given(self) -> list[str]:
        """Commands that change something."""
        asks = ("is-active", "launchctl print")
        return [one for one in self.seen if not any(ask in one for ask in asks)]


@dataclass
class Home:
    """A person's home, on a machine of one kind."""

    folder: Path
    commands: Commands = field(default_factory=Commands)
    platform: str = "linux"
    user_id: int = 1000
    programs: tuple[str, ...] = ("systemctl", "launchctl")
    environ: dict[str, str] = field(default_factory=dict)
    executable: str = "/usr/bin/python3"

    def machine(self) -> Machine:
        return Machine(
            platform=self.platform,
            environ=self.environ,
            home=self.folder,
            user_id=self.user_id,
            executable=self.executable,
            which=lambda name: name if name in self.programs else None,
            run=self.commands,
        )

    def service(self, root: Path = ROOT, config: Path = CONFIG) -> Service:
        return Service(self.machine(), root=root, config=config)

    @property
    def unit(self) -> Path:
        return self.folder / ".config" / "systemd" / "user" / "tuimail.service"

    @property
    def agent(self) -> Path:
        folder = self.folder / "Library" / "LaunchAgents"
        return folder / "org.tuimail.sender.plist"

    def run_systemd(self) -> None:
        """Have a session of the person run one."""
        private = self.folder / "run" / "systemd" / "private"
        private.parent.mkdir(parents=True)
        private.touch()
        self.environ["XDG_RUNTIME_DIR"] = str(self.folder / "run")


@pytest.fixture
def linux(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def mac(tmp_path: Path) -> Home:
    return Home(tmp_path, platform="darwin")


def words_of(unit: str) -> list[str]:
    """Read a command as systemd does (systemd.syntax(7), systemd.service(5))."""
    line = next(one for one in unit.splitlines() if one.startswith("ExecStart="))
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line.removeprefix("ExecStart="))
    return [_read_back(word, is_first=not at) for at, word in enumerate(words)]


def _read_back(word: str, *, is_first: bool) -> str:
    plain = re.sub(
        r"\\x([0-9a-f]{2})|\\(.)",
        lambda found: chr(int(found[1], 16)) if found[1] else found[2],
        word,
    )
    plain = plain.replace("%%", "%")
    return plain if is_first else plain.replace("$$", "$")


# systemd ------------------------------------------------------------------------


def test_the_unit_runs_the_sender_for_this_workspace(linux: Home) -> None:
    words = words_of(linux.service().content())

    assert words == [
        "/usr/bin/python3", "-P", "-m", "tuimail", "--workspace", str(ROOT),
        "--config", str(CONFIG), "serve",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["my mail", 'a"b', "a\\b", "100%", "%h", "$HOME", "${HOME}", "a;b", "ü", "a\nb"],
)
def test_no_name_becomes_more_than_one_word(linux: Home, name: str) -> None:
    unit = linux.service(root=Path("/home") / name).content()

    assert words_of(unit)[5] == f"/home/{name}"
    assert len(words_of(unit)) == 9
    assert sum(line.startswith("ExecStart=") for line in unit.splitlines()) == 1


def test_pythons_own_path_may_have_any_name(linux: Home) -> None:
    """Variables are not filled in there, so a dollar stands for itself."""
    linux.executable = "/opt/my $python 100%/bin/python3"

    assert words_of(linux.service().content())[0] == linux.executable


def test_the_unit_gives_the_sender_time_to_hear_the_last_answer(linux: Home) -> None:
    """Ten minutes after the last dot; until then nobody knows what became of it."""
    lines = linux.service().content().splitlines()

    assert "TimeoutStopSec=660" in lines
    assert "KillMode=mixed" in lines
    assert {"Restart=on-failure", "SuccessExitStatus=130"} <= set(lines)


def test_paths_in_the_unit_are_absolute(linux: Home) -> None:
    unit = linux.service(root=Path("mail"), config=Path("config.toml")).content()

    assert words_of(unit)[5] == str(Path.cwd() / "mail")
    assert words_of(unit)[7] == str(Path.cwd() / "config.toml")


def test_installing_writes_the_unit_and_starts_it(linux: Home) -> None:
    status = linux.service().install()

    assert linux.unit.read_text() == linux.service().content()
    assert stat.S_IMODE(linux.unit.stat().st_mode) == 0o600
    assert linux.commands.given == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now tuimail.service",
    ]
    assert (status.kind, status.workspace) == ("systemd", str(ROOT))
    assert status.is_running


def test_the_folder_for_settings_may_be_elsewhere(linux: Home, tmp_path: Path) -> None:
    linux.environ["XDG_CONFIG_HOME"] = str(tmp_path / "settings")

    linux.service().install()

    path = tmp_path / "settings" / "systemd" / "user" / "tuimail.service"
    assert path.exists()


def test_a_relative_folder_for_settings_counts_for_nothing(linux: Home) -> None:
    """As the XDG base directory specification has it."""
    linux.environ["XDG_CONFIG_HOME"] = "settings"

    assert linux.service().status().path == linux.unit


def test_installing_it_again_does_nothing(linux: Home) -> None:
    linux.service().install()
    linux.commands.seen.clear()

    linux.service().install()

    assert linux.commands.given == []


def test_installing_it_again_starts_it_where_it_does_not_run(linux: Home) -> None:
    linux.service().install()
    linux.commands.is_running = False
    linux.commands.seen.clear()

    assert linux.service().install().is_running


def test_a_unit_of_another_python_is_replaced_and_started_again(linux: Home) -> None:
    """The sender that runs may take ten minutes to end; nobody waits for it."""
    linux.service().install()
    linux.commands.seen.clear()
    linux.executable = "/usr/bin/python3.13"

    linux.service().install()

    assert words_of(linux.unit.read_text())[0] == "/usr/bin/python3.13"
    assert linux.commands.given == [
        "systemctl --user daemon-reload",
        "systemctl --user enable tuimail.service",
        "systemctl --user --no-block restart tuimail.service",
    ]


def test_uninstalling_stops_it_and_removes_the_unit(linux: Home) -> None:
    linux.service().install()
    linux.commands.seen.clear()

    status = linux.service().uninstall()

    assert not linux.unit.exists()
    assert linux.commands.given == [
        "systemctl --user disable tuimail.service",
        "systemctl --user --no-block stop tuimail.service",
        "systemctl --user daemon-reload",
    ]
    assert (status.workspace, status.is_running) == ("", False)


# launchd ------------------------------------------------------------------------


def test_the_agent_runs_the_sender_for_this_workspace(mac: Home) -> None:
    values = plistlib.loads(mac.service(root=Path("/my <mail>")).content().encode())

    assert values["ProgramArguments"] == [
        "/usr/bin/python3", "-P", "-m", "tuimail", "--workspace", "/my <mail>",
        "--config", str(CONFIG), "serve",
    ]  # fmt: skip
    assert values["RunAtLoad"] is True
    assert values["KeepAlive"] == {"SuccessfulExit": False}
    assert values["ExitTimeOut"] == 660


def test_installing_writes_the_agent_and_loads_it(mac: Home) -> None:
    status = mac.service().install()

    assert mac.agent.read_text() == mac.service().content()
    assert mac.commands.given == [
        "launchctl enable gui/1000/org.tuimail.sender",
        f"launchctl bootstrap gui/1000 {mac.agent}",
    ]
    assert (status.kind, status.workspace) == ("launchd", str(ROOT))


def test_an_agent_of_another_python_is_loaded_anew(mac: Home) -> None:
    mac.service().install()
    mac.commands.seen.clear()
    mac.executable = "/opt/python3"

    mac.service().install()

    assert mac.commands.given[0] == "launchctl bootout gui/1000/org.tuimail.sender"
    assert mac.commands.given[-1].startswith("launchctl bootstrap gui/1000 ")


def test_uninstalling_unloads_the_agent(mac: Home) -> None:
    mac.service().install()

    mac.service().uninstall()

    assert not mac.agent.exists()
    assert mac.commands.given[-1] == "launchctl bootout gui/1000/org.tuimail.sender"


@pytest.mark.parametrize(
    "text",
    [
        "not a property list",
        "<plist",
        plistlib.dumps(["a list"]).decode(),
        plistlib.dumps({"Label": "com.example.other"}).decode(),
        plistlib.dumps({"Label": "org.tuimail.sender"}).decode(),
        plistlib.dumps(
            {"Label": "org.tuimail.sender", "ProgramArguments": ["--workspace"]}
        ).decode(),
    ],
)
def test_an_agent_of_somebody_else_is_left_alone(mac: Home, text: str) -> None:
    mac.agent.parent.mkdir(parents=True)
    mac.agent.write_text(text)

    for act in (mac.service().install, mac.service().uninstall):
        with pytest.raises(ConfigurationError, match="was not written by tuimail"):
            act()

    assert mac.agent.read_text() == text


# What is refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["[Unit]\nDescription=mine\n", "Workspace=/no/json\n", "Workspace=7\n"]
)
def test_a_unit_of_somebody_else_is_left_alone(linux: Home, text: str) -> None:
    linux.unit.parent.mkdir(parents=True)
    linux.unit.write_text(text)

    for act in (linux.service().install, linux.service().uninstall):
        with pytest.raises(ConfigurationError, match="was not written by tuimail"):
            act()

    assert linux.unit.read_text() == text
    assert linux.commands.given == []


def test_a_unit_for_another_workspace_is_left_alone(linux: Home) -> None:
    """Else mail there would stay, and nobody would say so."""
    linux.service(root=Path("/home/mara/my work")).install()
    before = linux.unit.read_text()

    for act in (linux.service().install, linux.service().uninstall):
        with pytest.raises(ConfigurationError, match="another workspace") as refused:
            act()
        assert refused.value.hint == (
            "Remove that one first: "
            "tuimail --workspace '/home/mara/my work' serve --uninstall"
        )

    assert linux.unit.read_text() == before


def test_a_machine_without_either_is_told_apart(linux: Home) -> None:
    linux.programs = ()

    assert linux.service().status().kind == ""
    for act in (linux.service().install, linux.service().uninstall):
        with pytest.raises(ConfigurationError, match="neither systemd nor launchd"):
            act()


def test_on_another_machine_the_unit_can_still_be_looked_at(linux: Home) -> None:
    linux.programs = ()

    assert linux.service().content().startswith("# Written by")


def test_root_has_to_say_that_it_is_meant(linux: Home) -> None:
    linux.user_id = 0

    with pytest.raises(ConfigurationError, match="You are root"):
        linux.service().install()

    assert not linux.unit.exists()
    assert linux.service().install(as_root=True).is_running


def test_a_service_that_cannot_be_started_says_what_the_machine_said(
    linux: Home,
) -> None:
    linux.commands.fails = ("enable",)

    with pytest.raises(ConfigurationError) as refused:
        linux.service().install()

    assert str(refused.value) == (
        f"{linux.unit} is written, but “systemctl --user enable --now "
        "tuimail.service” failed: Failed to connect to bus."
    )


def test_a_machine_that_says_nothing_is_quoted_by_its_exit_code(linux: Home) -> None:
    linux.commands = Commands()
    silent: Callable[[Sequence[str]], Ran] = lambda _command: Ran(4, "")  # noqa: E731
    machine = linux.machine()
    service = Service(
        Machine(
            platform="linux", environ={}, home=linux.folder, user_id=1,
            executable="python3", which=machine.which, run=silent,
        ),
        root=ROOT, config=CONFIG,
    )  # fmt: skip

    with pytest.raises(ConfigurationError, match=r"failed: exit code 4\."):
        service.install()


def test_what_is_not_installed_cannot_be_uninstalled(linux: Home) -> None:
    with pytest.raises(ConfigurationError, match="is not installed"):
        linux.service().uninstall()


def test_a_unit_that_cannot_be_read_is_told(linux: Home) -> None:
    linux.unit.mkdir(parents=True)

    with pytest.raises(ConfigurationError, match="cannot be read"):
        linux.service().status()


def test_a_folder_that_cannot_be_made_is_told(linux: Home) -> None:
    (linux.folder / ".config").write_text("")

    with pytest.raises((StoreError, ConfigurationError)):
        linux.service().install()


# Whether to offer it ------------------------------------------------------------


def test_it_is_offered_where_it_is_likely_to_work(linux: Home) -> None:
    assert not linux.service().can_be_offered()
    linux.run_systemd()

    assert linux.service().can_be_offered()


def test_it_is_not_offered_to_root(linux: Home) -> None:
    linux.run_systemd()
    linux.user_id = 0

    assert not linux.service().can_be_offered()


def test_it_is_not_offered_while_it_runs(linux: Home) -> None:
    linux.run_systemd()
    linux.service().install()

    assert not linux.service().can_be_offered()
    linux.commands.is_running = False
    assert linux.service().can_be_offered()


def test_it_is_not_offered_where_another_workspace_has_it(linux: Home) -> None:
    linux.run_systemd()
    linux.service(root=Path("/elsewhere")).install()

    assert not linux.service().can_be_offered()


def test_it_is_not_offered_where_the_machine_has_nothing(linux: Home) -> None:
    linux.programs = ()

    assert not linux.service().can_be_offered()


def test_launchd_always_runs(mac: Home) -> None:
    assert mac.service().can_be_offered()


def test_accounts_that_need_variables_are_named() -> None:
    accounts = (
        account("work", secret="keyring:"),
        account("other", secret="env:PASSWORD"),
        account("typed", secret="prompt:"),
        account(
            "tokens",
            secret="oauth:",
            oauth=OAuth(
                token_url="https://login.example.org/token",
                client_id="tuimail",
                client_secret="env:SECRET",
            ),
        ),
        account("environment"),
    )

    found = needs_environment(Config(accounts=accounts))
    assert found == ("other", "typed", "tokens", "environment")


# The real machine ----------------------------------------------------------------


def test_commands_are_run_without_a_shell(tmp_path: Path) -> None:
    run = this_machine({}).run

    assert run(["echo", "a;  b"]) == Ran(0, "a; b")
    assert run(["ls", str(tmp_path / "$HOME")]).code
    assert run([str(tmp_path / "nothing")]).code == -1


def test_this_machine_is_the_one_that_runs_this(home: Path) -> None:
    machine = this_machine({"A": "b"})

    assert (machine.home, machine.environ) == (home, {"A": "b"})
