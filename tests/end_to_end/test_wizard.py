"""An account set up in a terminal, from its address to a mail that arrived.

The provider's page, its mail server and the keyring are real enough: HTTPS and
SMTP over TLS by an authority of this test, on the loopback.
"""

from email import message_from_bytes

import pytest

from tests.end_to_end.terminal import Terminal
from tests.end_to_end.world import ADDRESS, PASSWORD, World, begin_in_app

pytestmark = pytest.mark.slow

ENTRY = "tuimail/example"


def answer(wizard: Terminal, question: str, *typed: str) -> None:
    """Wait for a question on the last line, and answer it."""
    wizard.wait_until(
        lambda _text: question in wizard.cursor_line, what=f"the question {question!r}"
    )
    wizard.type("".join(typed))
    wizard.press("enter")


def choose_server(wizard: Terminal, address: str = ADDRESS) -> None:
    answer(wizard, "list of services:", address)
    answer(wizard, "Name of the account [")
    answer(wizard, "Which, other server", "1")


def log_in(wizard: Terminal, password: str) -> None:
    answer(wizard, "Log in as [")
    answer(wizard, "Where is it kept [1]:")
    answer(wizard, "goes into the keyring", password)


def finish(wizard: Terminal) -> None:
    answer(wizard, "Your name:", "Ada Lovelace")
    answer(wizard, "Answers go to")
    answer(wizard, "Signature")
    answer(wizard, "Scripts without a terminal")
    answer(wizard, "Send a mail to yourself", "y")
    wizard.wait_for("Sent: the server took it")
    wizard.wait_for_end()


def finish_in_app(app: Terminal) -> None:
    app.wait_for("nowhere else")
    app.type(PASSWORD)
    app.press("enter")
    app.wait_for("Logged in at smtp.example.org:465")
    app.type("Ada Lovelace")
    app.press("ctrl+s")
    app.wait_for("Empty: to the address itself.")
    app.press("ctrl+s")
    app.wait_for("Save the account")
    app.press("enter")
    app.wait_for("is saved.")
    app.press_until("enter", "The mail to yourself")
    app.wait_for("is sent: the server took it")
    app.press("enter")
    app.wait_for("Nothing to review.")
    app.press("ctrl+q")
    app.wait_for_end()


def arrived(world: World, address: str = ADDRESS) -> None:
    """Look at what came of it, from outside."""
    (caught,) = world.caught
    message = message_from_bytes(caught.content)
    assert caught.recipients == (address,)
    assert message["From"] == f"Ada Lovelace <{address}>"
    assert message["Subject"] == f"tuimail can send as {address}"
    assert list(world.tuimail.statuses().values()) == ["sent"]
    assert PASSWORD not in world.accounts
    assert not world.unfinished.exists()


def secret_nowhere(world: World) -> None:
    """No file beside the keyring has a password in it."""
    for path in world.tuimail.folder.rglob("*"):
        if path.is_file() and path.name != "keyring.json":
            assert PASSWORD.encode() not in path.read_bytes(), path


def test_an_account_is_set_up_in_a_terminal_and_its_mail_arrives(world: World) -> None:
    with world.terminal("accounts", "add") as wizard:
        choose_server(wizard)
        shown = wizard.text
        log_in(wizard, PASSWORD)
        finish(wizard)

    arrived(world)
    secret_nowhere(world)
    assert wizard.exit_code == 0
    assert "autoconfig.example.org/mail/config-v1.1.xml" in shown
    assert world.asked
    assert ADDRESS not in "".join(world.asked)
    assert world.keyring == {ENTRY: PASSWORD}
    assert PASSWORD.encode() not in wizard.written
    assert 'host = "smtp.example.org"' in world.accounts


def test_a_wrong_password_is_refused_in_the_servers_words_then_corrected(
    world: World,
) -> None:
    with world.terminal("accounts", "add") as wizard:
        choose_server(wizard)
        log_in(wizard, "not the one")
        wizard.wait_for("535 5.7.8 Authentication credentials invalid")
        wizard.wait_for("The user name or the password is wrong.")
        before = world.accounts
        answer(wizard, "retry, password, server, or hold:", "password")
        log_in(wizard, PASSWORD)
        finish(wizard)

    arrived(world)
    assert before == ""
    assert world.keyring == {ENTRY: PASSWORD}


def test_offline_our_own_table_is_enough(world: World) -> None:
    world = world.offline()
    with world.terminal("accounts", "add") as wizard:
        answer(wizard, "list of services:", "ada@fastmail.com")
        answer(wizard, "Name of the account [fastmail]:")
        answer(wizard, "Which, other server", "1")
        wizard.wait_for("Fastmail")
        advice = wizard.text
        answer(wizard, "Log in as [ada@fastmail.com]", ADDRESS)
        answer(wizard, "Where is it kept [1]:")
        answer(wizard, "goes into the keyring", PASSWORD)
        finish(wizard)

    arrived(world, "ada@fastmail.com")
    assert "app password" in advice.casefold()
    assert world.asked == []


def test_a_machine_without_a_network_can_save_the_account_held(world: World) -> None:
    world = world.offline()
    world.settings["ports"] = {}
    with world.terminal("accounts", "add") as wizard:
        answer(wizard, "list of services:", "ada@fastmail.com")
        answer(wizard, "Name of the account")
        answer(wizard, "Which, other server", "1")
        log_in(wizard, PASSWORD)
        wizard.wait_for("Name or service not known")
        answer(wizard, "retry, password, server, or hold:", "hold")
        answer(wizard, "Your name:", "Ada")
        answer(wizard, "Answers go to")
        answer(wizard, "Signature")
        answer(wizard, "Scripts without a terminal")
        wizard.wait_for("tuimail accounts resume fastmail")
        wizard.wait_for_end()

    shown = world.tuimail.run("accounts", "show", "fastmail", "--json").document
    assert "Name or service not known" in shown["held_reason"]
    assert world.keyring == {"tuimail/fastmail": PASSWORD}


def test_begun_in_a_terminal_it_is_finished_in_the_app(world: World) -> None:
    with world.terminal("accounts", "add") as wizard:
        choose_server(wizard)
        wizard.wait_for("Step 3 of 7")
        wizard.press("ctrl+d")
        wizard.wait_for("Go on where you are with: tuimail accounts add")
        wizard.wait_for_end()
    left = (wizard.exit_code, world.accounts, world.keyring)
    with world.terminal() as app:
        app.wait_for("No account yet.")
        app.press("a")
        app.wait_for("Step 3 of 7")
        finish_in_app(app)

    arrived(world)
    secret_nowhere(world)
    assert left == (130, "", {})
    assert world.keyring == {ENTRY: PASSWORD}
    assert PASSWORD.encode() not in app.written


def test_begun_in_the_app_it_is_finished_in_a_terminal(world: World) -> None:
    """At the smallest size that is fully usable."""
    with world.terminal(columns=80, rows=24) as app:
        app.wait_for("No account yet.")
        begin_in_app(app, "not the one")
        app.wait_for("535 5.7.8 Authentication credentials invalid")
        in_keyring = world.keyring
        app.press("escape")
        app.wait_for("No account yet.")
        app.press("ctrl+q")
        app.wait_for_end()
    left, taken_out = world.accounts, world.keyring
    with world.terminal("accounts", "add") as wizard:
        answer(wizard, "Go on with that", "y")
        log_in(wizard, PASSWORD)
        finish(wizard)

    arrived(world)
    assert list(in_keyring.values()) == ["not the one"]
    assert ENTRY not in in_keyring
    assert taken_out == {}
    assert left == ""


def test_killed_at_a_password_it_is_gone_on_with(world: World) -> None:
    with world.terminal("accounts", "add") as wizard:
        choose_server(wizard)
        answer(wizard, "Log in as [")
        wizard.wait_for("Where is it kept")
    with world.terminal("accounts", "add") as wizard:
        answer(wizard, "Go on with that")
        log_in(wizard, PASSWORD)
        finish(wizard)

    arrived(world)
