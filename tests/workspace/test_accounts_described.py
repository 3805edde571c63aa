"""Accounts said in words: planned, tried out, added with everything they can have."""

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from tests.settings.conftest import FakeKeyring
from tests.settings.test_prompts import Person
from tests.workspace.conftest import Desk, Script, account
from tuimail.core.pacing import Limits
from tuimail.core.submission import AccountFault
from tuimail.errors import (
    AddressError,
    ConfigurationError,
    SecretError,
    TemporarySecretError,
)
from tuimail.providers.base import AccountCheck
from tuimail.settings.oauth import OAuth
from tuimail.settings.prompts import Prompts
from tuimail.workspace.describing import AccountWords, described
from tuimail.workspace.holding import hold_account
from tuimail.workspace.workspace import Workspace

OAUTH = {"token_url": "https://login.example.org/token", "client_id": "tuimail"}


def words(**changes: Any) -> AccountWords:
    values: dict[str, Any] = {
        "name": "home",
        "provider": "fake",
        "address": "Mara <mara@example.net>",
    }
    return values | changes  # type: ignore[return-value]  # the tests know


class TestDescribed:
    @pytest.mark.parametrize(
        ("key", "value"), [("client_secret", "hunter2"), ("client_id", "")]
    )
    def test_what_no_file_could_say_is_refused_and_not_repeated(
        self, key: str, value: str
    ) -> None:
        with pytest.raises(ConfigurationError) as refused:
            described(words(secret="oauth:", oauth=OAUTH | {key: value}))

        assert refused.value.field == key
        assert "hunter2" not in str(refused.value) + refused.value.hint

    def test_everything_that_can_be_said_is_taken(self) -> None:
        found = described(
            words(
                reply_to="team@example.net",
                signature="Mara\r\n",
                identities=[
                    {"address": "R <r@example.net>", "signature": "R"},
                    {"address": "two@example.net", "reply_to": "r@example.net"},
                ],
                options={"host": "smtp.example.net"},
                secret="oauth:",
                oauth=OAUTH,
                limits={"per_day": 50, "connections": 2, "recipients_per_message": 9},
                max_message_bytes=20_000,
                on_unknown="resend",
                noninteractive_send="block",
            )
        )

        assert found.address.name == "Mara"
        assert found.signature == "Mara"
        assert [one.signature for one in found.others] == ["R", ""]
        assert found.oauth == OAuth(**OAUTH)
        assert found.limits == Limits(per_day=50)
        assert (found.connections, found.recipients_per_message) == (2, 9)
        assert (found.on_unknown, found.noninteractive_send) == ("resend", "block")
        assert found.max_message_bytes == 20_000

    def test_a_name_given_apart_takes_the_place_of_the_one_in_the_address(self) -> None:
        assert described(words(sender_name="M. Lin")).address.name == "M. Lin"

    def test_tokens_may_be_given_as_they_came_from_signing_in(self) -> None:
        oauth = OAuth(**OAUTH)

        assert described(words(secret="oauth:", oauth=oauth)).oauth is oauth

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"limits": {"per_day": 0}}, "per_day"),
            ({"limits": {"per_dya": 5}}, "per_dya"),
            ({"limits": {"warm_up_growth_percent": 5}}, "warm_up_growth_percent"),
            ({"max_message_bytes": 5}, "max_message_bytes"),
            ({"on_unknown": "hope"}, "on_unknown"),
            ({"noninteractive_send": "perhaps"}, "noninteractive_send"),
            ({"signature": "a\x00"}, "signature"),
            ({"identities": [{"address": "nobody"}]}, "address"),
            ({"identities": [{"name": "Mara"}]}, "name"),
            ({"oauth": OAUTH}, "oauth"),
            ({"secret": "oauth:"}, "oauth"),
            ({"secret": "hunter2"}, "password"),
            ({"oauth": OAUTH | {"token_url": "http://a"}, "secret": "oauth:"},
             "token_url"),
            ({"oauth": OAUTH | {"client_secret": "prompt:"}, "secret": "oauth:"},
             "client_secret"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_named(self, said: Mapping[str, Any], field: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            described(words(**said))

        assert caught.value.field == field
        assert caught.value.hint
        assert "hunter2" not in f"{caught.value} {caught.value.hint}"

    @pytest.mark.parametrize("key", ["address", "reply_to"])
    def test_an_address_is_one(self, key: str) -> None:
        with pytest.raises(AddressError):
            described(words(**{key: "nobody"}))


class TestAdded:
    def test_what_was_said_is_in_the_file_and_read_again(
        self, desk: Desk, workspace: Workspace
    ) -> None:
        said = words(limits={"per_hour": 5}, identities=[{"address": "r@example.net"}])
        view = workspace.accounts.add(**said)

        written = tomllib.loads(desk.config.with_name("accounts.toml").read_text())
        assert written["accounts"]["home"]["per_hour"] == 5
        assert workspace.config.account("home") == described(said)
        assert view.identities == ("r@example.net",)

    def test_a_keyring_that_takes_nothing_leaves_no_account(
        self, workspace: Workspace
    ) -> None:
        with pytest.raises(SecretError, match="no desktop keyring") as caught:
            workspace.accounts.add(**words(secret="keyring:"), secret_value="hunter2")

        assert [one.name for one in workspace.accounts.views()] == ["work"]
        assert "prompt:" in caught.value.hint

    def test_a_name_that_is_taken_changes_no_password(
        self, workspace: Workspace, desktop: FakeKeyring
    ) -> None:
        with pytest.raises(ConfigurationError):
            workspace.accounts.add(
                **words(name="work", secret="keyring:"), secret_value="hunter2"
            )

        assert desktop.kept == {}

    def test_a_default_of_the_persons_own_file_is_theirs_to_change(
        self, desk: Desk, workspace: Workspace
    ) -> None:
        desk.config.write_text('default_account = "work"\n')

        with pytest.raises(ConfigurationError, match="is the default in") as caught:
            workspace.accounts.add(**words(), make_default=True)
        assert 'default_account = "home"' in caught.value.hint
        assert workspace.accounts.add(**words()).name == "home"

    def test_no_variable_becomes_the_default_of_the_file(self, desk: Desk) -> None:
        environ = {"TUIMAIL_ADDRESS": "eve@example.org", "TUIMAIL_PROVIDER": "fake"}
        with Workspace.open(
            desk.root, config_path=desk.config, actor="person:mara", door="cli",
            environ=environ,
        ) as workspace:  # fmt: skip
            workspace.accounts.add(**words())

        with desk.open() as later:
            assert later.config.default_account == "work"


class TestTriedOut:
    def test_what_is_planned_is_tested_with_the_password_in_memory(
        self, desk: Desk, workspace: Workspace, provider: Script
    ) -> None:
        before = desk.config.with_name("accounts.toml").read_bytes()
        planned = workspace.accounts.planned(**words(secret="keyring:"))
        check = workspace.accounts.try_out(planned, "hunter2")

        made = provider.made[-1].account
        assert check.ok
        assert made is not None
        assert made.secret() == "hunter2"
        assert made.renew_secret is None
        assert desk.config.with_name("accounts.toml").read_bytes() == before
        assert "hunter2" not in repr(provider.made[-1].account)

    def test_no_password_is_none(self, workspace: Workspace, provider: Script) -> None:
        workspace.accounts.try_out(workspace.accounts.planned(**words()), "")

        made = provider.made[-1].account
        assert made is not None
        assert made.secret() is None

    def test_a_provider_that_cannot_be_made_is_an_answer(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        planned = workspace.accounts.planned(**words())

        def missing(_name: str) -> None:
            raise ConfigurationError("It wants more.", hint="pip install tuimail[ses]")

        monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", missing)
        check = workspace.accounts.try_out(planned)

        assert (check.ok, check.error) == (False, "It wants more.")
        assert check.fault is not None
        assert check.fault.value == "settings"
        assert check.hint == "pip install tuimail[ses]"


class TestPrompts:
    """A password that is typed each time."""

    @staticmethod
    def opened(desk: Desk, prompts: Prompts) -> Workspace:
        desk.save(account(secret="prompt:"), account("other"))
        return Workspace.open(
            desk.root, config_path=desk.config, actor="person:mara", door="cli",
            environ={}, prompts=prompts,
        )  # fmt: skip

    def test_it_is_asked_before_the_account_is_tested(
        self, desk: Desk, provider: Script
    ) -> None:
        prompts = Prompts(lambda _question: "hunter2")
        with self.opened(desk, prompts) as workspace:
            workspace.accounts.test("work")

        made = provider.made[-1].account
        assert made is not None
        assert made.secret() == "hunter2"

    def test_only_who_needs_it_is_asked(self, desk: Desk) -> None:
        person = Person("x")
        with self.opened(desk, Prompts(person)) as workspace:
            workspace.accounts.ask_ahead("other")
            workspace.accounts.ask_ahead()
            workspace.accounts.ask_ahead("work")

        assert len(person.asked) == 1

    def test_one_that_the_server_refused_while_sending_is_typed_again(
        self, desk: Desk
    ) -> None:
        prompts = Prompts(Person("x"))
        with self.opened(desk, prompts) as workspace:
            workspace.accounts.ask_ahead()
            stores = workspace._stores
            with stores.database.transaction():
                hold_account(stores, "work", reason="535", fault=AccountFault.LOGIN)

        with pytest.raises(TemporarySecretError):
            prompts.secret("work")

    def test_one_that_is_refused_is_asked_again(
        self, desk: Desk, provider: Script, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refused(_self: object) -> AccountCheck:
            return AccountCheck(ok=False, endpoint="x", fault=AccountFault.LOGIN)

        monkeypatch.setattr(provider.kind, "check", refused)
        person = Person("x")
        with self.opened(desk, Prompts(person)) as workspace:
            workspace.accounts.test("work")
            workspace.accounts.test("work")

        assert len(person.asked) == 2
