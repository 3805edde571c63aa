"""``accounts add`` on a terminal: questions, answers, and what comes of them."""

import getpass
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest

from tests.cli.conftest import Answer, Shell
from tests.faults.network import authority_in
from tests.faults.server import MailServer
from tests.settings.conftest import FakeKeyring, no_keyring
from tuimail.cli import setup_login
from tuimail.settings import keyrings
from tuimail.settings.discovery import finding
from tuimail.settings.discovery.found import Asked, Found, Login, Search, Source
from tuimail.settings.discovery.presets import preset
from tuimail.settings.oauth import OAuth
from tuimail.testing import Say
from tuimail.workspace.signing_in import SignIn, SignInDesk, Way

ADDRESS = "ada@example.org"
PASSWORD = "correct horse"
ENTRY = ("tuimail", "example")
PAGE = "https://autoconfig.example.org/mail/config-v1.1.xml"
OFFLINE = Search(found=(), asked=())


@dataclass
class Terminal:
    """A person at a terminal, who answers line by line."""

    shell: Shell
    server: MailServer
    passwords: list[str] = field(default_factory=list)

    def __call__(self, *lines: str) -> Answer:
        """Run the wizard with these answers, and then the end of input."""
        return self.shell(
            "accounts",
            "add",
            stdin="".join(f"{line}\n" for line in lines),
            terminal=True,
            shown=True,
        )

    def type_unseen(self, _question: str) -> str:
        if not self.passwords:
            raise EOFError
        return self.passwords.pop(0)

    @property
    def folder(self) -> Path:
        return self.shell.folder / "settings"

    def account(self, name: str = "example") -> dict[str, Any]:
        return self.shell("accounts", "show", name, "--json").json


@pytest.fixture
def found(tmp_path: Path, server: MailServer) -> Found:
    return Found(
        title="Example Mail",
        provider="smtp",
        options={
            "host": "127.0.0.1", "port": server.port, "tls": "implicit",
            "username": ADDRESS, "ca_file": str(tmp_path / "ca.pem"),
        },
        logins=(Login.PASSWORD,),
        source=Source.AUTOCONFIG,
        asked=PAGE,
        advice="Example Mail wants the password of the mailbox.",
        help_url="https://example.org/help",
    )  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    context = authority_in(tmp_path).context()
    with MailServer(tls=context, logins={ADDRESS: PASSWORD}) as running:
        yield running


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what is found out about any address."""

    def say(*found: Found, asked: Sequence[Asked] = ()) -> None:
        async def find(
            _address: str, *, progress: Callable[[Asked], None], **_: object
        ) -> Search:
            for one in asked:
                progress(one)
            return Search(found=found, asked=tuple(asked))

        monkeypatch.setattr(finding, "find", find)

    say()
    return say


@pytest.fixture
def ada(
    tuimail: Shell,
    server: MailServer,
    found: Found,
    finds: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    asked = Asked(source=Source.AUTOCONFIG, what=PAGE, outcome="1 server")
    finds(found, asked=(asked,))
    terminal = Terminal(tuimail, server, [PASSWORD])
    monkeypatch.setattr(getpass, "getpass", terminal.type_unseen)
    return terminal


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a keyring."""
    keyring.set_keyring(no_keyring())
    monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", frozenset[str]())


TO_THE_TEST = (ADDRESS, "", "1", "", "1")
AFTER_IT = ("Ada Lovelace", "", "", "", "y")


def test_an_address_and_a_password_make_an_account_and_a_first_mail(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    answer = ada(*TO_THE_TEST, *AFTER_IT)

    assert answer.code == 0, answer
    assert ada.account()["sender_name"] == "Ada Lovelace"
    assert ada.account()["is_default"]
    assert desktop.kept == {ENTRY: PASSWORD}
    assert [one.recipients for one in ada.server.deliveries] == [(ADDRESS,)]
    assert "Sent: the server took it" in answer.talk
    assert not (ada.folder / "accounts-unfinished.toml").exists()


def test_each_source_is_shown_with_what_came_of_it(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    talk = ada(*TO_THE_TEST).talk

    assert PAGE in talk
    assert "1 server" in talk
    assert "Example Mail wants the password of the mailbox." in talk
    assert "https://example.org/help" in talk
    assert desktop.fails is None


@pytest.mark.usefixtures("desktop")
def test_the_steps_are_numbered(ada: Terminal) -> None:
    talk = ada(*TO_THE_TEST, *AFTER_IT).talk

    titles = [line for line in talk.splitlines() if line.startswith("Step ")]
    assert titles[0] == "Step 1 of 7: Address"
    assert titles[-1] == "Step 7 of 7: First mail"
    assert len(titles) == 7


def test_a_wrong_password_is_said_in_the_servers_words_and_asked_again(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    ada.passwords[:] = ["wrong", PASSWORD]

    answer = ada(*TO_THE_TEST, "password", "", "1", *AFTER_IT)

    assert "535" in answer.talk
    assert "user name or the password is wrong" in answer.talk
    assert answer.code == 0
    assert desktop.kept == {ENTRY: PASSWORD}


@pytest.mark.usefixtures("desktop")
def test_what_gmail_wants_is_said_when_it_refuses(
    ada: Terminal, found: Found, finds: Callable[..., None]
) -> None:
    gmail = preset("gmail-smtp").found("ada@gmail.com")
    finds(replace(gmail, options=found.options))
    ada.server.script["login"] = Say("535 5.7.8 Username and Password not accepted")

    talk = ada(*TO_THE_TEST).talk

    assert "535 5.7.8 Username and Password not accepted" in talk
    assert "a normal password never works" in talk


def test_leaving_keeps_the_answers_and_says_how_to_go_on(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    left = ada(ADDRESS, "")

    assert left.code == 130
    assert "tuimail accounts add" in left.talk
    assert not (ada.folder / "accounts.toml").exists()
    again = ada("", "1", "", "1", *AFTER_IT)
    assert "This was left unfinished" in again.talk
    assert f"{ADDRESS}, account “example”" in again.talk
    assert again.code == 0
    assert desktop.kept == {ENTRY: PASSWORD}


def test_ctrl_c_leaves_as_the_end_of_input_does(
    ada: Terminal, desktop: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_question: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(getpass, "getpass", interrupt)

    left = ada(*TO_THE_TEST)

    assert left.code == 130
    assert "Nothing was added yet" in left.talk
    assert desktop.kept == {}


def test_a_password_that_failed_is_taken_out_again_by_leaving(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    ada.passwords[:] = ["wrong"]

    ada(*TO_THE_TEST)

    assert desktop.kept == {}


def test_what_was_proven_needs_no_password_the_next_time(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    ada(*TO_THE_TEST)

    assert ENTRY not in desktop.kept
    assert ada("", *AFTER_IT).code == 0
    assert desktop.kept == {ENTRY: PASSWORD}


def test_one_can_begin_anew(ada: Terminal, desktop: FakeKeyring) -> None:
    ada(*TO_THE_TEST)
    ada.passwords[:] = [PASSWORD]

    talk = ada("n", "eve@example.net", "eve").talk

    assert desktop.kept == {}
    assert "Looking for the server of example.net" in talk


def test_a_failed_test_can_be_saved_held_and_offers_no_mail(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    ada.passwords[:] = ["wrong"]

    answer = ada(*TO_THE_TEST, "hold", "Ada", "", "", "")

    assert answer.code == 0
    assert "535" in ada.account()["held_reason"]
    assert "tuimail accounts resume example" in answer.talk
    assert desktop.kept == {ENTRY: "wrong"}


@pytest.mark.usefixtures("desktop")
def test_a_test_can_be_tried_again(ada: Terminal) -> None:
    ada.server.script["login"] = [Say("454 4.7.0 later"), Say("454 4.7.0 later")]

    talk = ada(*TO_THE_TEST, "maybe", "retry").talk

    assert talk.count("454 4.7.0 later") == 2
    assert "try again in some minutes" in talk
    assert "It may be retry, password, server, hold." in talk


@pytest.mark.usefixtures("desktop")
def test_another_server_can_be_chosen_after_a_failure(ada: Terminal) -> None:
    ada.passwords[:] = ["wrong", PASSWORD]

    talk = ada(*TO_THE_TEST, "server", "other", "127.0.0.1", "1").talk

    assert "Server [smtp.example.org]:" in talk


@pytest.mark.usefixtures("desktop")
def test_a_foreign_server_gets_no_password_without_a_yes(
    ada: Terminal, found: Found, finds: Callable[..., None]
) -> None:
    finds(replace(found, is_foreign=True))

    refused = ada(ADDRESS, "", "1", "")
    agreed = ada("", "1", "y", "", "1", *AFTER_IT)

    assert "NOT OF THIS DOMAIN" in refused.talk
    assert "does not belong to example.org" in refused.talk
    assert "password of the mailbox" not in refused.talk
    assert agreed.code == 0, agreed


@pytest.mark.usefixtures("desktop")
def test_a_server_can_be_typed_in(ada: Terminal, finds: Callable[..., None]) -> None:
    """The test then fails: nobody knows this server's authority."""
    finds()

    talk = ada(
        *(ADDRESS, "", "", "127.0.0.1", str(ada.server.port), "implicit", ""),
        *("1",),
    ).talk

    assert "Nothing was found out about it" in talk
    assert "did not prove who it is" in talk


@pytest.mark.usefixtures("desktop")
def test_a_server_without_a_login_is_tested_at_once(
    ada: Terminal, finds: Callable[..., None]
) -> None:
    finds()

    talk = ada(ADDRESS, "", "", "127.0.0.1", "1", "none", "-").talk

    assert "Login" not in talk.replace("Logging", "")
    assert "connection failed" in talk.casefold()


@pytest.mark.usefixtures("desktop")
def test_a_service_is_picked_from_the_list_without_an_address(ada: Terminal) -> None:
    ada.passwords[:] = ["re_123"]

    talk = ada("", "?", "nobody", "a", "resend", ADDRESS, "").talk

    assert "Cloudflare Email Service" in talk
    assert "Not known here." in talk
    assert "Which: " in talk
    assert "Resend wants an API key" in talk


@pytest.mark.usefixtures("desktop")
def test_a_service_is_picked_by_its_number(ada: Terminal) -> None:
    talk = ada("", "1", ADDRESS, "").talk

    assert "Step 3 of 7: Login" in talk


@pytest.mark.usefixtures("desktop")
def test_what_only_the_person_knows_of_a_service_is_asked(ada: Terminal) -> None:
    talk = ada("", "cloudflare email service", ADDRESS, "", "?", "0" * 32).talk

    assert "Account ID" in talk
    assert "32 letters and digits" in talk
    assert "Cloudflare wants an API token" in talk


@pytest.mark.usefixtures("desktop")
def test_a_service_can_be_taken_instead_of_what_was_found(ada: Terminal) -> None:
    talk = ada(ADDRESS, "", "service", "postmark").talk

    assert "Postmark wants" in talk


@pytest.mark.usefixtures("desktop")
def test_it_can_be_looked_for_again(ada: Terminal) -> None:
    talk = ada(ADDRESS, "", "again").talk

    assert talk.count("Looking for the server of example.org") == 2


@pytest.mark.usefixtures("desktop")
def test_a_service_that_takes_no_mail_from_programs_is_refused(
    ada: Terminal, found: Found, finds: Callable[..., None]
) -> None:
    finds(replace(found, title="Tuta", can_send=False, advice="It has no SMTP."))

    talk = ada(ADDRESS, "", "1").talk

    assert "takes no mail from other programs" in talk
    assert "It has no SMTP." in talk


@pytest.mark.usefixtures("desktop")
def test_the_demo_is_opened_from_the_list(
    ada: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.cli.demo.open_demo", lambda _call: 42)

    assert ada("", "demo").code == 42


@pytest.mark.usefixtures("bare")
def test_a_machine_without_a_keyring_is_told_its_choices(ada: Terminal) -> None:
    file = ada.shell.folder / "password"
    file.touch(mode=0o600)
    file.write_text(PASSWORD)

    answer = ada(ADDRESS, "", "1", "", "?", "2", "?", str(file), *AFTER_IT)

    assert "no desktop keyring" in answer.talk
    assert "a command prints it" in answer.talk
    assert "1  the keyring of this machine" not in answer.talk
    assert answer.code == 0, answer
    assert ada.account()["password"] == f"file:{file}"


@pytest.mark.usefixtures("bare")
def test_a_password_may_be_asked_for_each_time(ada: Terminal) -> None:
    ada.passwords[:] = [PASSWORD, PASSWORD]

    answer = ada(ADDRESS, "", "1", "", "4", *AFTER_IT)

    assert answer.code == 0, answer
    assert ada.account()["password"] == "prompt:"


def test_enter_takes_what_the_keyring_has_already(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    desktop.kept[ENTRY] = PASSWORD
    ada.passwords[:] = [""]

    assert ada(*TO_THE_TEST, *AFTER_IT).code == 0
    assert desktop.kept == {ENTRY: PASSWORD}


def test_nothing_typed_is_no_password(ada: Terminal, desktop: FakeKeyring) -> None:
    ada.passwords[:] = [""]

    talk = ada(*TO_THE_TEST).talk

    assert "Nothing was typed" in talk
    assert desktop.kept == {}


@pytest.mark.usefixtures("desktop")
def test_a_step_back_asks_the_one_before_again(ada: Terminal) -> None:
    talk = ada(ADDRESS, "home", "<", "", "").talk

    assert f"Address, or Enter for a list of services [{ADDRESS}]:" in talk
    assert "Name of the account [home]:" in talk


@pytest.mark.usefixtures("desktop")
def test_a_step_back_from_a_password_chooses_the_server_again(ada: Terminal) -> None:
    ada.passwords[:] = ["<"]

    talk = ada(*TO_THE_TEST).talk

    assert talk.count("Step 2 of 7: Server") == 2


@pytest.mark.usefixtures("desktop")
def test_a_step_back_from_a_question_in_a_list_works_too(ada: Terminal) -> None:
    talk = ada(ADDRESS, "", "<").talk

    assert talk.count("Step 1 of 7: Address") == 2


def test_the_end_of_input_at_a_password_leaves(
    ada: Terminal, desktop: FakeKeyring
) -> None:
    ada.passwords.clear()

    assert ada(*TO_THE_TEST).code == 130
    assert desktop.kept == {}


@pytest.mark.usefixtures("desktop")
def test_question_marks_explain(ada: Terminal) -> None:
    talk = ada("?", ADDRESS, "?").talk

    assert "only its domain" not in talk
    assert "Its server is looked for by that" in talk


@pytest.mark.usefixtures("desktop")
def test_bad_answers_are_asked_again_with_the_reason(ada: Terminal) -> None:
    talk = ada("ada", ADDRESS, "my work", ADDRESS, "", "7", "1").talk

    assert "is not a name for an account" in talk
    assert "Write one mailbox" in talk
    assert "It may be 1, other, service, again." in talk


@pytest.mark.usefixtures("desktop")
def test_identity_and_habits_are_asked(ada: Terminal) -> None:
    ada(*TO_THE_TEST, "Ada", "team@example.org", "Ada", "Engines", "", "review", "n")

    with ada.shell.open() as workspace:
        account = workspace.config.account("example")
    assert account.signature == "Ada\nEngines"
    assert account.reply_to is not None
    assert account.reply_to.text == "team@example.org"
    assert account.noninteractive_send == "review"


@pytest.mark.usefixtures("desktop", "account")
def test_a_second_account_is_the_default_only_if_wanted(ada: Terminal) -> None:
    answer = ada(*TO_THE_TEST, "Ada", "", "", "", "perhaps", "n", "n")

    assert "Answer y or n." in answer.talk
    assert answer.code == 0
    assert not ada.account()["is_default"]
    assert ada.server.deliveries == ()


@pytest.fixture
def account(ada: Terminal) -> str:
    ada.shell("accounts", "add", "main", "--address", "eve@example.net",
              "--provider", "console")  # fmt: skip
    return "main"


@pytest.mark.usefixtures("desktop")
def test_how_long_mail_can_be_taken_back_is_shown_and_not_written(
    ada: Terminal,
) -> None:
    talk = ada(*TO_THE_TEST, *AFTER_IT).talk

    assert "undo_seconds = 10 in config.toml" in talk
    assert not (ada.folder / "config.toml").exists()


@pytest.mark.usefixtures("desktop")
def test_a_mail_that_does_not_leave_is_said_with_the_reason(ada: Terminal) -> None:
    ada.server.script["rcpt:1"] = Say("550 5.1.1 no such user")

    answer = ada(*TO_THE_TEST, *AFTER_IT)

    assert answer.code == 0
    assert "It is error: " in answer.talk
    assert "tuimail show" in answer.talk


@pytest.mark.usefixtures("desktop")
def test_leaving_before_the_first_mail_says_that_the_account_is_saved(
    ada: Terminal,
) -> None:
    left = ada(*TO_THE_TEST, *AFTER_IT[:-1])

    assert "The account “example” is saved." in left.talk
    assert ada("", "n").code == 0


@pytest.mark.usefixtures("desktop")
def test_leaving_at_once_leaves_nothing(ada: Terminal) -> None:
    assert "Nothing was added." in ada().talk
    assert not (ada.folder / "accounts-unfinished.toml").exists()


@pytest.mark.usefixtures("desktop")
def test_a_second_wizard_says_that_it_keeps_nothing(ada: Terminal) -> None:
    ada(ADDRESS, "")
    with ada.shell.open() as workspace:
        first = workspace.setting_up.begin()

        second = ada("eve@example.net", "")

        assert "is not kept" in second.talk
        assert "Nothing was added." in second.talk
        assert first.load().address == ADDRESS
        first.close()


@pytest.mark.parametrize(
    ("words", "terminal", "shown"),
    [((), False, True), ((), True, False), (("--json",), True, True)],
)
def test_without_a_terminal_a_name_is_wanted(
    tuimail: Shell, *, words: tuple[str, ...], terminal: bool, shown: bool
) -> None:
    answer = tuimail("accounts", "add", *words, terminal=terminal, shown=shown)

    assert answer.code == 2


@pytest.mark.usefixtures("desktop")
def test_what_servers_say_cannot_act_on_the_terminal(
    ada: Terminal, found: Found, finds: Callable[..., None]
) -> None:
    evil = "\x1b]0;pwned\x07\u202e"
    finds(
        replace(found, title=f"{evil}Mail", advice=f"{evil}advice"),
        asked=(Asked(source=Source.MX, what=f"{evil}mx", outcome=f"{evil}none"),),
    )
    ada.server.script["login"] = Say("535 5.7.8 \x1b[2J\x1b[>q")

    talk = ada(*TO_THE_TEST).talk

    assert "\x1b" not in talk
    assert "\x07" not in talk
    assert "\u202e" not in talk
    assert "␛" in talk


OAUTH = OAuth(token_url="https://oauth2.example.org/token", client_id="me")


@dataclass
class Signing:
    """What the desk for signing in was asked, and how it ends."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    pasted: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def begin(self, service: str, *, way: Way, **values: Any) -> SignIn:
        self.asked.append({"service": service, "way": way, **values})
        sign_in = SignIn(way, OAUTH, self._finish)
        sign_in.url = "" if way is Way.DEVICE else "https://accounts.example.org/"
        sign_in.user_code = "ABCD-EFGH" if way is Way.DEVICE else ""
        sign_in.verification_url = "https://example.org/device"
        sign_in._offer = self.pasted.append
        return sign_in

    def _finish(self, limit: timedelta) -> OAuth:
        assert limit == setup_login.PATIENCE
        return OAUTH


@pytest.fixture
def signing(monkeypatch: pytest.MonkeyPatch) -> Signing:
    made = Signing()

    def begin(_desk: SignInDesk, service: str, **values: Any) -> SignIn:
        return made.begin(service, **values)

    monkeypatch.setattr(SignInDesk, "begin", begin)
    monkeypatch.setattr("tuimail.tui.browsing.open_browser", made.opened.append)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return made


def way_with(found: Found, *logins: Login) -> Found:
    return replace(found, logins=logins)


@pytest.mark.usefixtures("desktop")
def test_one_signs_in_with_a_browser_here(
    ada: Terminal, found: Found, finds: Callable[..., None], signing: Signing
) -> None:
    finds(way_with(found, Login.GOOGLE, Login.APP_PASSWORD))

    talk = ada(ADDRESS, "", "1", "1", "?", "me", "?", "", "").talk

    assert signing.opened == ["https://accounts.example.org/"]
    assert signing.asked[0]["service"] == "gmail"
    assert signing.asked[0]["client_id"] == "me"
    assert "console.cloud.google.com" in talk
    assert "Logging in" in talk


@pytest.mark.usefixtures("desktop")
def test_one_signs_in_elsewhere_and_pastes_where_it_ends(
    ada: Terminal,
    found: Found,
    finds: Callable[..., None],
    signing: Signing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "far away")
    finds(way_with(found, Login.GOOGLE))

    ada(ADDRESS, "", "1", "me", "", "", "http://localhost/?code=1")

    assert signing.pasted == ["http://localhost/?code=1"]
    assert signing.opened == []


@pytest.mark.usefixtures("bare")
def test_one_signs_in_with_a_code_and_keeps_what_lasts_in_a_file(
    ada: Terminal, found: Found, finds: Callable[..., None], signing: Signing
) -> None:
    finds(way_with(found, Login.MICROSOFT))

    talk = ada(ADDRESS, "", "1", "me", "", "", "device").talk

    assert "ABCD-EFGH" in talk
    assert signing.asked[0]["refresh_token_at"].endswith("/settings/example.token")
    assert "no desktop keyring" in talk
