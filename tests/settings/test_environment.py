"""Settings from variables: every one of them is known, and a misspelt one refused."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import tuimail
from tuimail.errors import ConfigurationError
from tuimail.settings.account import OWN_KEYS, AccountSettings
from tuimail.settings.config import load
from tuimail.settings.oauth import KEYS as OAUTH_KEYS
from tuimail.settings.variables import (
    OF_AN_ACCOUNT,
    OF_OAUTH,
    VARIABLES,
    key_of,
    provider_prefix,
)

ADDRESS = {"TUIMAIL_ADDRESS": "ada@example.org"}
OAUTH = {
    "TUIMAIL_OAUTH_TOKEN_URL": "https://login.example.org/token",
    "TUIMAIL_OAUTH_CLIENT_ID": "tuimail",
}
PACKAGE = Path(tuimail.__file__).parent
PROVIDERS = sorted(one.name for one in entry_points(group="tuimail.providers"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def account(config: Path, **variables: str) -> AccountSettings:
    return load(config, ADDRESS | variables).account()


class TestTheTable:
    def test_every_setting_of_an_account_has_a_variable(self) -> None:
        assert {key_of(one.name) for one in OF_AN_ACCOUNT} == set(OWN_KEYS) - {"oauth"}

    def test_everything_about_tokens_has_one(self) -> None:
        assert {key_of(one.name) for one in OF_OAUTH} == {
            f"oauth_{key}" for key in OAUTH_KEYS
        }

    def test_every_variable_in_the_code_is_in_the_table(self) -> None:
        known = {one.name for one in VARIABLES}
        text = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
        found = set(re.findall(r"\bTUIMAIL_[A-Z]+(?:_[A-Z]+)*\b", text))
        of_smtp = {"TUIMAIL_SMTP_HOST", "TUIMAIL_SMTP_TLS"}

        of_django = {"TUIMAIL_ACCOUNT"}

        assert found - of_smtp - of_django <= known

    def test_every_variable_says_what_it_means(self) -> None:
        assert all(one.meaning and "|" not in one.meaning for one in VARIABLES)


class TestAnAccount:
    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_each_provider_has_variables_of_its_own(
        self, config: Path, provider: str
    ) -> None:
        prefix = provider_prefix(provider)
        found = account(
            config,
            TUIMAIL_PROVIDER=provider,
            **{f"{prefix}SOME_URL": "https://x.example", f"{prefix}PASSWORD": "s"},
        )

        assert (found.provider, found.secret) == (provider, f"env:{prefix}PASSWORD")
        assert found.options == {"some_url": "https://x.example"}

    @pytest.mark.parametrize(
        ("provider", "prefix"),
        [
            ("temp_email", "TUIMAIL_TEMP_EMAIL_"),
            ("http_api", "TUIMAIL_HTTP_API_"),
            ("my.mail:Provider", "TUIMAIL_MY_MAIL_PROVIDER_"),
        ],
    )
    def test_a_name_of_several_words_is_written_with_underscores(
        self, provider: str, prefix: str
    ) -> None:
        assert provider_prefix(provider) == prefix

    def test_everything_can_be_said(self, config: Path) -> None:
        found = account(
            config,
            TUIMAIL_PASSWORD="file:/run/secrets/mail",
            TUIMAIL_IDENTITIES='"Doe, J" <j@example.org>, two@example.org',
            TUIMAIL_RECIPIENTS_PER_MESSAGE="5",
            TUIMAIL_SMTP_HOST="smtp.example.org",
        )

        assert found.secret == "file:/run/secrets/mail"
        assert [one.address.text for one in found.others] == [
            "j@example.org",
            "two@example.org",
        ]
        assert found.recipients_per_message == 5

    def test_tokens_are_set_up_by_variables_alone(self, config: Path) -> None:
        more = {
            "TUIMAIL_OAUTH_CLIENT_SECRET": "hunter2",
            "TUIMAIL_OAUTH_REFRESH_TOKEN": "file:/run/secrets/token",
        }
        found = account(config, TUIMAIL_PROVIDER="gmail", **OAUTH, **more)

        assert found.secret == "oauth:"
        assert found.oauth is not None
        assert found.oauth.client_secret == "env:TUIMAIL_OAUTH_CLIENT_SECRET"
        assert found.oauth.refresh_token == "file:/run/secrets/token"
        assert "hunter2" not in str(found)

    def test_a_password_and_where_one_is_are_not_both_taken(self, config: Path) -> None:
        both = {"TUIMAIL_PASSWORD": "keyring:", "TUIMAIL_SMTP_PASSWORD": "hunter2"}

        with pytest.raises(ConfigurationError, match="are both set") as caught:
            account(config, **both)
        assert "hunter2" not in f"{caught.value} {caught.value.hint}"

    @pytest.mark.parametrize(
        ("word", "tls"), [("true", "implicit"), ("1", "implicit"), ("no", None)]
    )
    def test_ssl_alone_is_enough(
        self, config: Path, word: str, tls: str | None
    ) -> None:
        found = account(config, TUIMAIL_SMTP_HOST="a.example", TUIMAIL_SMTP_SSL=word)

        assert found.options.get("tls") == tls
        assert "ssl" not in found.options

    @pytest.mark.parametrize(
        ("ssl", "tls"), [("yes", "starttls"), ("yes", "none"), ("no", "implicit")]
    )
    def test_what_contradicts_itself_about_tls_is_refused(
        self, config: Path, ssl: str, tls: str
    ) -> None:
        with pytest.raises(ConfigurationError, match="TUIMAIL_SMTP_TLS says") as caught:
            account(config, TUIMAIL_SMTP_SSL=ssl, TUIMAIL_SMTP_TLS=tls)

        assert caught.value.field == "TUIMAIL_SMTP_SSL"

    @pytest.mark.parametrize(("ssl", "tls"), [("1", "implicit"), ("no", "starttls")])
    def test_both_may_say_the_same(self, config: Path, ssl: str, tls: str) -> None:
        found = account(config, TUIMAIL_SMTP_SSL=ssl, TUIMAIL_SMTP_TLS=tls)

        assert found.options == {"tls": tls}

    def test_a_command_comes_from_a_file_only(self, config: Path) -> None:
        """Who sets variables for a program could have anything run."""
        with pytest.raises(ConfigurationError, match="TUIMAIL_PASSWORD is a command"):
            account(config, TUIMAIL_PASSWORD="command:pass show mail")

    def test_a_password_where_a_reference_belongs_is_not_repeated(
        self, config: Path
    ) -> None:
        with pytest.raises(ConfigurationError) as caught:
            account(config, TUIMAIL_PASSWORD="hunter2")

        assert "hunter2" not in f"{caught.value} {caught.value.hint}"

    def test_a_file_has_no_account_of_that_name_beside_it(self, config: Path) -> None:
        config.write_text(
            '[accounts.environment]\nprovider = "dummy"\naddress = "eve@example.org"\n'
        )

        with pytest.raises(ConfigurationError, match="is in a file and in"):
            account(config)


class TestMisspelt:
    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("TUIMAIL_ADRESS", "TUIMAIL_ADDRESS"),
            ("TUIMAIL_PROVIDERS", "TUIMAIL_PROVIDER"),
            ("TUIMAIL_PERDAY", "TUIMAIL_PER_DAY"),
            ("TUIMAIL_UNDO_SECOND", "TUIMAIL_UNDO_SECONDS"),
            ("TUIMAIL_OAUTH_CLIENTID", "TUIMAIL_OAUTH_CLIENT_ID"),
            ("TUIMAIL_STMP_HOST", "TUIMAIL_SMTP_HOST"),
            ("TUIMAIL_WORKSPCE", "TUIMAIL_WORKSPACE"),
        ],
    )
    def test_what_looks_like_a_setting_is_refused(
        self, config: Path, name: str, meant: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=f"{name} means nothing") as caught:
            load(config, {name: "x"})

        assert caught.value.field == name
        assert f"Did you mean {meant}?" in caught.value.hint

    @pytest.mark.parametrize(
        "name",
        [
            "TUIMAIL_WORKSPACE", "TUIMAIL_LOG", "TUIMAIL_FAULT", "TUIMAIL_BENCH_PEERS",
            "TUIMAIL_RESEND_PASSWORD", "TUIMAIL_", "TUIMAILER_ADDRESS", "ADRESS",
        ],
    )  # fmt: skip
    def test_what_is_somebody_elses_is_left_alone(
        self, config: Path, name: str
    ) -> None:
        assert load(config, {name: "x"}).accounts == ()

    def test_what_is_the_accounts_own_is_not_its_providers(self, config: Path) -> None:
        with pytest.raises(ConfigurationError, match="means nothing") as caught:
            account(config, TUIMAIL_SMTP_PER_DAY="5")

        assert caught.value.hint == "Did you mean TUIMAIL_PER_DAY?"

    def test_tokens_without_an_address_are_half_an_account(self, config: Path) -> None:
        with pytest.raises(ConfigurationError, match="TUIMAIL_ADDRESS is not"):
            load(config, OAUTH)
