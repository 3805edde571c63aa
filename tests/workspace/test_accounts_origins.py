"""Where each setting of an account came from."""

from tests.workspace.conftest import Desk
from tuimail.workspace.workspace import Workspace

CONFIG = """\
default_account = "mine"

[accounts.mine]
provider = "fake"
address = "Mara <mara@example.org>"
password = "oauth:"
host = "smtp.example.org"
oauth = { token_url = "https://login.example.org/t", client_id = "x" }
[[accounts.mine.identities]]
address = "two@example.org"
"""
VARIABLES = {
    "TUIMAIL_ADDRESS": "ada@example.org",
    "TUIMAIL_PROVIDER": "smtp",
    "TUIMAIL_PER_DAY": "5",
    "TUIMAIL_IDENTITIES": "two@example.org",
    "TUIMAIL_SMTP_HOST": "smtp.example.org",
    "TUIMAIL_SMTP_SSL": "yes",
    "TUIMAIL_OAUTH_TOKEN_URL": "https://login.example.org/t",
    "TUIMAIL_OAUTH_CLIENT_ID": "x",
}


def sources(workspace: Workspace, name: str = "") -> dict[str, str]:
    return {one.key: one.source for one in workspace.accounts.origins(name)}


def opened(desk: Desk, environ: dict[str, str]) -> Workspace:
    return Workspace.open(
        desk.root,
        config_path=desk.config,
        actor="person:mara",
        door="cli",
        environ=environ,
    )


def test_a_setting_of_a_file_is_on_a_line(desk: Desk, workspace: Workspace) -> None:
    desk.config.write_text(CONFIG)

    found = sources(workspace)

    assert found["provider"] == f"{desk.config}:4"
    assert found["host"] == f"{desk.config}:7"
    assert found["oauth.client_id"] == f"{desk.config}:8"
    assert found["identities[1].address"] == f"{desk.config}:10"
    assert found["default_account"] == f"{desk.config}:1"
    assert found["on_unknown"] == "default"


def test_what_was_added_is_in_our_own_file(desk: Desk, workspace: Workspace) -> None:
    accounts = desk.config.with_name("accounts.toml")

    found = sources(workspace, "work")

    assert found["host"].startswith(f"{accounts}:")
    assert found["default_account"] == f"{accounts}:1"


def test_a_setting_of_a_variable_names_it(desk: Desk) -> None:
    with opened(desk, VARIABLES) as workspace:
        origins = workspace.accounts.origins()
    found = {one.key: one.source for one in origins}

    assert found["address"] == found["default_account"] == "TUIMAIL_ADDRESS"
    assert found["per_day"] == "TUIMAIL_PER_DAY"
    assert found["identities[1].address"] == "TUIMAIL_IDENTITIES"
    assert found["tls"] == "TUIMAIL_SMTP_SSL"
    assert found["oauth.client_id"] == "TUIMAIL_OAUTH_CLIENT_ID"
    assert found["password"] == "default"
    assert {one.key: one.value for one in origins}["tls"] == "implicit"


def test_a_variable_says_which_is_the_default(desk: Desk) -> None:
    with opened(desk, VARIABLES | {"TUIMAIL_DEFAULT_ACCOUNT": "work"}) as workspace:
        found = sources(workspace)

    assert found["default_account"] == "TUIMAIL_DEFAULT_ACCOUNT"


def test_the_only_account_is_the_default_by_that(
    desk: Desk, workspace: Workspace
) -> None:
    accounts = desk.config.with_name("accounts.toml")
    text = accounts.read_text()
    accounts.write_text(text.replace('default_account = "work"\n', ""))

    assert sources(workspace)["default_account"] == "the only account"
