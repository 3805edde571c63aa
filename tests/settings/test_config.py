from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tuimail.core.address import parse_address
from tuimail.errors import ConfigurationError
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import Config, load, load_accounts, save_accounts
from tuimail.settings.oauth import OAuth

WORK = """
[accounts.work]
provider = "smtp"
address = "Ada Lovelace <ada@example.org>"
password = "keyring:"
noninteractive_send = "review"
host = "smtp.example.org"
port = 465
allow_clear_auth = false
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def written(config: Path, own: str = "", accounts: str = "") -> Path:
    for path, text in ((config, own), (config.with_name("accounts.toml"), accounts)):
        path.write_text(text)
        path.chmod(0o600)
    return config


def account(name: str = "work", **changes: object) -> AccountSettings:
    values: dict[str, object] = {
        "name": name,
        "provider": "smtp",
        "address": parse_address("Ada Lovelace <ada@example.org>", field="address"),
        "options": {"host": "smtp.example.org", "port": 465, "username": "ada"},
        "secret": "keyring:",
    }
    return AccountSettings(**(values | changes))  # type: ignore[arg-type]  # by name


def test_files_that_are_not_there_are_empty(config: Path) -> None:
    assert load(config, {}) == Config(source=config)


def test_everything_that_can_be_said_is_read(config: Path) -> None:
    top = 'theme = "dusk"\nundo_seconds = 5\n[keys]\n"review.approve" = "ctrl+a"\n'
    found = load(written(config, top + WORK), {})

    (work,) = found.accounts
    assert work.name == found.default_account == "work"
    assert work.address.text == "ada@example.org"
    assert work.address.name == "Ada Lovelace"
    assert work.secret == "keyring:"
    assert work.noninteractive_send == "review"
    assert work.options == {
        "host": "smtp.example.org",
        "port": 465,
        "allow_clear_auth": False,
    }
    assert found.theme == "dusk"
    assert found.undo == timedelta(seconds=5)
    assert found.keys == {"review.approve": "ctrl+a"}


def test_accounts_of_both_files_are_there(config: Path) -> None:
    second = WORK.replace("accounts.work", "accounts.home")
    found = load(written(config, WORK, f'default_account = "home"\n{second}'), {})

    assert [one.name for one in found.accounts] == ["work", "home"]
    assert found.default_account == "home"


def test_the_persons_own_default_wins(config: Path) -> None:
    second = WORK.replace("accounts.work", "accounts.home")
    own, ours = 'default_account = "work"\n', 'default_account = "home"\n'

    assert load(written(config, own + WORK, ours + second), {}).account().name == "work"


def test_an_account_is_in_one_file_only(config: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"in .*config\.toml and in "):
        load(written(config, WORK, WORK), {})


@pytest.mark.parametrize(
    ("text", "field", "hint"),
    [
        ("thmee = 'x'", "thmee", "Did you mean theme?"),
        ("zzz = 1", "zzz", "There are: accounts, aliases, compose"),
        ("theme = 3", "theme", 'theme = "…"'),
        ("undo_seconds = '10'", "undo_seconds", "undo_seconds = 10"),
        ("undo_seconds = true", "undo_seconds", "undo_seconds = 10"),
        ("notify = 'no'", "notify", "notify = false"),
        ("undo_seconds = -1", "undo_seconds", "between 0 and 3600"),
        ("undo_seconds = 4000", "undo_seconds", "between 0 and 3600"),
        ("keys = 3", "keys", "[keys]"),
        ("keys.approve = 3", "approve", 'approve = "…"'),
        ("accounts = 3", "accounts", "[accounts]"),
        ("accounts.work = 3", "work", "[accounts.work]"),
        ("[accounts.'a b']", "a b", "letters, digits"),
        ("[accounts.work]", "provider", 'provider = "…"'),
        ("[accounts.work]\nprovider = 'smtp'", "address", 'address = "…"'),
        (WORK.replace("ada@", "ada@@"), "address", ""),
        (WORK.replace("review", "revue"), "noninteractive_send", "allow, review"),
        (WORK + "tags = ['a']", "tags", "one of these"),
        (WORK + "ratio = 1.5", "ratio", "one of these"),
        (WORK.replace("keyring:", "hunter2"), "password", "env:NAME"),
        (WORK + "[zzz]", "zzz", "There are"),
        ("default_account = 'workk'\n" + WORK, "default_account", "work?"),
        ("default_account = 'work'", "default_account", "There are: none."),
    ],
)
def test_what_is_wrong_is_named_with_its_file(
    config: Path, text: str, field: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.toml") as raised:
        load(written(config, text), {})

    assert raised.value.field == field
    assert hint in raised.value.hint


def test_a_password_itself_is_not_repeated(config: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(written(config, WORK.replace("keyring:", "hunter2")), {})

    assert "hunter2" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o602])
def test_a_command_comes_only_from_a_file_that_is_closed(
    config: Path, mode: int
) -> None:
    """Who can write the file could have anything run."""
    written(config, WORK.replace("keyring:", "command:pass show mail"))
    config.chmod(mode)

    with pytest.raises(ConfigurationError, match="others may") as raised:
        load(config, {})
    assert raised.value.hint == f"Close it: chmod 600 {config}"


def test_a_command_from_a_closed_file_is_taken(config: Path) -> None:
    written(config, WORK.replace("keyring:", "command:pass show mail"))

    assert load(config, {}).account().secret == "command:pass show mail"


PROGRAMS = {
    "provider": 'provider = "own.module:Class"\n',
    "command": 'provider = "sendmail"\ncommand = "/usr/sbin/sendmail"\n',
}


@pytest.mark.parametrize("key", PROGRAMS)
@pytest.mark.parametrize("mode", [0o660, 0o602])
def test_code_comes_only_from_a_file_that_nobody_else_writes(
    config: Path, key: str, mode: int
) -> None:
    written(config, f'[accounts.work]\naddress = "ada@example.org"\n{PROGRAMS[key]}')
    config.chmod(mode)

    with pytest.raises(ConfigurationError, match="others may write") as raised:
        load(config, {})
    assert raised.value.field == key
    assert f"chmod 600 {config}" in raised.value.hint


@pytest.mark.parametrize("key", PROGRAMS)
def test_code_may_be_named_where_others_may_only_read(config: Path, key: str) -> None:
    written(config, f'[accounts.work]\naddress = "ada@example.org"\n{PROGRAMS[key]}')
    config.chmod(0o644)

    assert load(config, {}).account().name == "work"


def test_an_open_client_secret_command_is_refused_as_a_password_is(
    config: Path,
) -> None:
    tokens = 'token_url = "https://login.example.org", client_id = "t"'
    told = f'oauth = {{ {tokens}, client_secret = "command:pass show client" }}\n'
    written(config, WORK.replace("keyring:", "oauth:") + told)
    config.chmod(0o644)

    with pytest.raises(ConfigurationError, match="others may") as raised:
        load(config, {})
    assert raised.value.field == "client_secret"


def test_the_environment_beats_the_file(config: Path) -> None:
    written(config, f'theme = "dusk"\nundo_seconds = 5\n{WORK}')
    environ = {
        "TUIMAIL_THEME": "dawn",
        "TUIMAIL_UNDO_SECONDS": "0",
        "TUIMAIL_DEFAULT_ACCOUNT": "work",
    }
    found = load(config, environ)

    assert (found.theme, found.undo) == ("dawn", timedelta(0))


@pytest.mark.parametrize("text", ["", "ten", "-1", "1.5", "٣", "9" * 30])
def test_a_number_in_a_variable_is_a_number(config: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="TUIMAIL_UNDO_SECONDS"):
        load(config, {"TUIMAIL_UNDO_SECONDS": text})


@pytest.mark.parametrize(
    ("name", "text"),
    [("TUIMAIL_DEFAULT_ACCOUNT", "workk"), ("TUIMAIL_UNDO_SECONDS", "4000")],
)
def test_a_wrong_variable_is_named_and_not_the_file(
    config: Path, name: str, text: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"in {name} is .*{text}"):
        load(written(config, WORK), {name: text})


def test_variables_alone_make_an_account(config: Path) -> None:
    environ = {
        "TUIMAIL_ADDRESS": "ada@example.org",
        "TUIMAIL_SMTP_HOST": "smtp.example.org",
        "TUIMAIL_SMTP_PORT": "587",
        "TUIMAIL_SMTP_PASSWORD": "hunter2",
        "TUIMAIL_NONINTERACTIVE_SEND": "block",
        "UNRELATED": "x",
    }
    found = load(config, environ).account()

    assert found.name == "environment"
    assert found.options == {"host": "smtp.example.org", "port": "587"}
    assert found.secret == "env:TUIMAIL_SMTP_PASSWORD"
    assert found.noninteractive_send == "block"


def test_variables_never_mix_with_an_account_of_a_file(config: Path) -> None:
    """Else a variable could send a stored password to another server."""
    environ = {
        "TUIMAIL_ADDRESS": "eve@example.org",
        "TUIMAIL_SMTP_HOST": "evil.example",
    }
    found = load(written(config, WORK), environ)

    assert found.account("work").options["host"] == "smtp.example.org"
    assert found.account().name == "environment"
    assert found.account().secret == ""


def test_another_provider_has_variables_of_its_own(config: Path) -> None:
    environ = {
        "TUIMAIL_PROVIDER": "console",
        "TUIMAIL_ADDRESS": "ada@example.org",
        "TUIMAIL_SMTP_HOST": "smtp.example.org",
    }
    found = load(config, environ).account()

    assert (found.provider, found.options) == ("console", {})


@pytest.mark.parametrize(
    "name",
    [
        "TUIMAIL_SMTP_HOST", "TUIMAIL_PROVIDER", "TUIMAIL_NONINTERACTIVE_SEND",
        "TUIMAIL_PER_DAY", "TUIMAIL_PASSWORD", "TUIMAIL_REPLY_TO",
        "TUIMAIL_OAUTH_CLIENT_SECRET",
    ],
)  # fmt: skip
def test_half_an_account_in_variables_is_refused(config: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is set") as raised:
        load(config, {name: "smtp"})

    assert raised.value.field == "TUIMAIL_ADDRESS"


def test_an_account_in_variables_is_checked_like_any_other(config: Path) -> None:
    said = r"in TUIMAIL_ADDRESS is no address: .* has no @\.$"
    with pytest.raises(ConfigurationError, match=said):
        load(config, {"TUIMAIL_ADDRESS": "nobody"})


def test_an_account_is_found_by_name_or_by_default() -> None:
    found = Config(accounts=(account("work"), account("home")), default_account="home")

    assert found.account("work").name == "work"
    assert found.account().name == "home"


def test_a_name_that_no_account_has_is_shown_short_and_acts_on_no_terminal() -> None:
    config = Config(accounts=(account("work"),))

    with pytest.raises(ConfigurationError) as raised:
        config.account("\x1b[2J\ud800" + "a" * 1000)

    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 120


@pytest.mark.parametrize(
    ("found", "name", "says", "hint"),
    [
        (Config(), "", "no account to send from", "accounts add"),
        (Config(accounts=(account("work"),)), "workk", "“workk”", "Did you mean work?"),
        (
            Config(accounts=(account("work"), account("home"))),
            "",
            "none is the default",
            "work, home",
        ),
    ],
)
def test_an_account_that_is_not_there_is_named(
    found: Config, name: str, says: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError, match=says) as raised:
        found.account(name)

    assert hint in raised.value.hint
    assert raised.value.field == "account"


def test_what_is_saved_is_read_again(config: Path) -> None:
    path = config.with_name("accounts.toml")
    plain = account("play", provider="dummy", options={}, secret="")
    guarded = account("work", noninteractive_send="block")
    save_accounts(path, [plain, guarded], "work")

    assert load(config, {}).accounts == (plain, guarded) == load_accounts(path)
    assert load(config, {}).default_account == "work"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not config.exists()


def test_a_command_is_written_into_a_file_that_is_not_there_yet(config: Path) -> None:
    path = config.with_name("accounts.toml")

    save_accounts(path, [account(secret="command:pass show mail")], "work")

    assert load_accounts(path)[0].secret == "command:pass show mail"


def test_what_could_not_be_read_again_does_not_take_the_old_file_s_place(
    config: Path,
) -> None:
    path = config.with_name("accounts.toml")
    save_accounts(path, [account()], "work")
    wrong = OAuth(
        token_url="https://login.example.org", client_id="t", client_secret="hunter2"
    )

    with pytest.raises(ConfigurationError, match="client_secret") as raised:
        save_accounts(path, [account(secret="oauth:", oauth=wrong)], "work")

    assert "hunter2" not in f"{raised.value} {raised.value.hint}{path.read_text()}"
    assert load_accounts(path) == (account(),)


def test_no_default_need_be_saved(config: Path) -> None:
    save_accounts(
        config.with_name("accounts.toml"), [account("work"), account("home")], ""
    )

    assert load(config, {}).default_account == ""


def test_only_our_own_file_is_changed(config: Path) -> None:
    written(config, WORK)

    assert load_accounts(config.with_name("accounts.toml")) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "a b"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "../x"}, "name"),
        ({"secret": "hunter2"}, "password"),
        ({"options": {"password": "hunter2"}}, "password"),
        ({"options": {"provider": "dummy"}}, "provider"),
    ],
)
def test_an_account_that_could_not_be_read_again_is_never_made(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        account(**change)

    assert raised.value.field == field
    assert "hunter2" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"provider": "ses"},
        {"address": parse_address("eve@example.org", field="address")},
        {"options": {"host": "evil.example", "port": 465, "username": "ada"}},
        {"options": {"host": "smtp.example.org", "port": 25, "username": "ada"}},
        {"options": {"host": "smtp.example.org", "port": 465, "username": "eve"}},
        {"options": {}},
    ],
)
def test_another_way_out_has_another_fingerprint(change: dict[str, Any]) -> None:
    assert account(**change).fingerprint != account().fingerprint


def test_the_fingerprint_stays_the_same_between_releases() -> None:
    """Approvals are stored with it, and with signs that were written as escapes."""
    elsewhere = account(options={"host": "smtp.bücher.example", "port": 587})

    assert elsewhere.fingerprint == (
        "3c3c2e9b86c4f49bf3438ed6037680589d313306ad078bd3c607481bf996e14c"
    )


def test_mending_how_a_server_is_reached_keeps_the_fingerprint() -> None:
    options = {
        "port": "465",
        "host": "smtp.example.org",
        "username": "ada",
        "ca_file": "ca.pem",
    }

    assert account(options=options, secret="env:X").fingerprint == account().fingerprint


class TestIdentities:
    MORE = """
[accounts.work]
provider = "smtp"
address = "Ada <ada@example.org>"
reply_to = "team@example.org"
signature = "Ada\\nAnalytical Engines\\n"
max_message_bytes = 25000000
[[accounts.work.identities]]
address = "Reports <reports@example.org>"
signature = "The reports"
[[accounts.work.identities]]
address = "noreply@example.org"
reply_to = "ada@example.org"
"""

    def test_an_account_may_send_as_several(self, config: Path) -> None:
        (work,) = load(written(config, self.MORE), {}).accounts

        own, reports, silent = work.identities
        assert own.reply_to == parse_address("team@example.org", field="reply_to")
        assert own.signature == "Ada\nAnalytical Engines"
        assert reports.signature == "The reports"
        assert reports.reply_to is None
        assert silent.reply_to == parse_address("ada@example.org", field="reply_to")
        assert work.max_message_bytes == 25_000_000
        assert work.options == {}

    def test_the_one_of_an_address_is_found(self, config: Path) -> None:
        (work,) = load(written(config, self.MORE), {}).accounts

        found = work.identity_of(parse_address("reports@example.org", field="from"))

        assert found is not None
        assert found.address.name == "Reports"
        assert not work.identity_of(parse_address("bob@example.org", field="from"))

    @pytest.mark.parametrize("written_as", ["Ada@example.org", "ADA@Example.ORG"])
    def test_the_one_of_an_address_is_found_in_whatever_capitals(
        self, config: Path, written_as: str
    ) -> None:
        (work,) = load(written(config, self.MORE), {}).accounts

        found = work.identity_of(parse_address(written_as, field="from"))

        assert found is not None
        assert found.address.text == "ada@example.org"

    def test_they_are_written_as_they_were_read(self, config: Path) -> None:
        (work,) = load(written(config, self.MORE), {}).accounts
        accounts = config.with_name("accounts.toml")
        config.write_text("")

        save_accounts(accounts, [work], "")

        assert load_accounts(accounts) == (work,)

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ('identities = "a@b.c"', "not a list of tables"),
            ("identities = [1]", "not a list of tables"),
            (
                'identities = [{address = "a@b.c", name = "A"}]',
                r"identities\[1\]\.name",
            ),
            ('identities = [{signature = "A"}]', "address .* is missing"),
            ('identities = [{address = "a"}]', "is no address"),
            ('reply_to = "nobody"', "is no address"),
            ('signature = "a\\u0000"', "contains"),
            (f'signature = "{"a" * 10_001}"', "10001 characters"),
            ("max_message_bytes = 12", "max_message_bytes"),
        ],
    )
    def test_what_is_wrong_with_one_is_named(
        self, config: Path, line: str, says: str
    ) -> None:
        text = f'[accounts.a]\nprovider = "smtp"\naddress = "a@b.c"\n{line}\n'

        with pytest.raises(ConfigurationError, match=says):
            load(written(config, text), {})

    def test_variables_can_say_the_same(self, config: Path) -> None:
        environ = {
            "TUIMAIL_ADDRESS": "ada@example.org",
            "TUIMAIL_REPLY_TO": "team@example.org",
            "TUIMAIL_SIGNATURE": "Ada",
            "TUIMAIL_MAX_MESSAGE_BYTES": "1000000",
        }

        (found,) = load(config, environ).accounts

        assert found.reply_to is not None
        assert (found.signature, found.max_message_bytes) == ("Ada", 1_000_000)


# Switches ---------------------------------------------------------------------


def test_notices_are_told_everywhere_unless_somebody_says_no(config: Path) -> None:
    assert load(config, {}).notify is True
    written(config, "notify = false\n")

    assert load(config, {}).notify is False


@pytest.mark.parametrize(
    ("word", "is_on"),
    [
        *((word, True) for word in ("1", "True", "yes", "ON")),
        *((word, False) for word in ("0", "false", "No", "off")),
    ],
)
def test_a_variable_beats_the_file(config: Path, word: str, *, is_on: bool) -> None:
    written(config, f"notify = {str(not is_on).lower()}\n")

    assert load(config, {"TUIMAIL_NOTIFY": word}).notify is is_on


@pytest.mark.parametrize("word", ["", "maybe", "2"])
def test_a_switch_that_is_neither_is_refused(config: Path, word: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(config, {"TUIMAIL_NOTIFY": word})

    assert refused.value.field == "TUIMAIL_NOTIFY"
    assert refused.value.hint == "It may be 1, true, yes, on, 0, false, no, off."
