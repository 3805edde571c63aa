"""Setting an account up: a real server behind TLS, a keyring that is not there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keyring
import pytest

from tests.faults.network import authority_in
from tests.faults.server import MailServer
from tests.settings.conftest import FakeKeyring, no_keyring
from tuimail.core.preview import preview
from tuimail.errors import (
    ConfigurationError,
    NotAllowedError,
    NotFoundError,
    SecretError,
)
from tuimail.settings import keyrings
from tuimail.settings.discovery import finding
from tuimail.settings.discovery.found import Asked, Found, Login, Search, Source
from tuimail.settings.oauth import OAuth
from tuimail.testing import Say
from tuimail.workspace.own_entries import moved
from tuimail.workspace.sending import drain
from tuimail.workspace.setting_up import Setup, Step
from tuimail.workspace.setup_desk import SetupDesk
from tuimail.workspace.setup_ways import typed_server
from tuimail.workspace.signing_in import SignInDesk, Way
from tuimail.workspace.unfinished import NAME, Unfinished
from tuimail.workspace.workspace import Workspace

ADDRESS = "ada@example.org"
PASSWORD = "correct horse"
ENTRY = ("tuimail", "example")


@dataclass
class Place:
    """A folder, a mail server behind TLS, and a workspace between them."""

    folder: Path
    server: MailServer
    ca_file: Path
    actor: str = "person:ada"

    @property
    def accounts(self) -> Path:
        return self.folder / "accounts.toml"

    def open(self, environ: Mapping[str, str] | None = None) -> Workspace:
        return Workspace.open(
            self.folder / "workspace",
            config_path=self.folder / "config.toml",
            actor=self.actor,
            door="app",
            on_terminal=True,
            environ=environ or {},
        )

    def way(self, **changes: Any) -> Found:
        options: dict[str, str | int] = {
            "host": "127.0.0.1", "port": self.server.port, "tls": "implicit",
            "username": ADDRESS, "ca_file": str(self.ca_file),
        }  # fmt: skip
        return typed_server(options | changes)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    authority = authority_in(tmp_path)
    server = MailServer(tls=authority.context(), logins={ADDRESS: PASSWORD})
    with server:
        yield Place(tmp_path, server, authority.file)


@pytest.fixture
def workspace(place: Place) -> Iterator[Workspace]:
    with place.open() as opened:
        yield opened


@pytest.fixture
def desk(workspace: Workspace) -> SetupDesk:
    return workspace.setting_up


@pytest.fixture
def unfinished(desk: SetupDesk) -> Iterator[Unfinished]:
    begun = desk.begin()
    yield begun
    begun.close()


@pytest.fixture
def chosen(place: Place) -> Setup:
    addressed = Setup().with_address(ADDRESS, name="", taken=())
    return addressed.choose(place.way())


def introduced(setup: Setup) -> Setup:
    return setup.with_identity(sender_name="Ada Lovelace")


def test_a_password_is_tested_from_where_it_is_kept(
    desk: SetupDesk, chosen: Setup, desktop: FakeKeyring, place: Place
) -> None:
    stored = desk.store(chosen, PASSWORD)
    (own,) = desktop.kept
    desktop.kept[own] = "another"

    assert stored.secret == "keyring:"
    assert not desk.test(stored).is_good
    desktop.kept[own] = PASSWORD
    assert desk.test(stored).is_good
    assert place.server.deliveries == ()


def test_a_test_says_the_servers_words_and_what_to_do(
    desk: SetupDesk, chosen: Setup, desktop: FakeKeyring, place: Place
) -> None:
    place.server.script["login"] = Say("535 5.7.139 basic authentication is disabled")

    trial = desk.test(desk.store(chosen, PASSWORD)).tested

    assert trial is not None
    assert trial.error == "535 5.7.139 basic authentication is disabled"
    assert "Sign in with Microsoft" in trial.hint
    assert desktop.kept


@pytest.mark.usefixtures("desktop")
def test_a_server_that_offers_no_login_is_no_wrong_password(
    desk: SetupDesk, chosen: Setup, place: Place
) -> None:
    place.server.scripted.logins.clear()

    trial = desk.test(desk.store(chosen, PASSWORD)).tested

    assert trial is not None
    assert trial.error == "The server offers no login."
    assert trial.hint == "Log in another way, or look at server and port."


def test_nothing_is_written_before_the_test_went_well(
    desk: SetupDesk, chosen: Setup, desktop: FakeKeyring, place: Place
) -> None:
    tested = desk.test(desk.store(chosen, "wrong"))

    assert [*desktop.kept.values()] == ["wrong"]
    assert ENTRY not in desktop.kept
    assert tested.step is Step.TEST
    assert not place.accounts.exists()
    with pytest.raises(ValueError, match="not tested"):
        desk.save(tested)


def test_what_works_is_written_with_who_it_is(
    desk: SetupDesk, workspace: Workspace, chosen: Setup, desktop: FakeKeyring
) -> None:
    tested = desk.test(desk.store(chosen, PASSWORD))
    habits = introduced(tested).with_habits(
        noninteractive_send="review", is_default=True
    )

    saved = desk.save(habits)

    account = workspace.config.account("example")
    assert account.address.name == "Ada Lovelace"
    assert account.noninteractive_send == "review"
    assert account.secret == "keyring:"
    assert saved.step is Step.MAIL
    assert desktop.kept == {ENTRY: PASSWORD}
    assert workspace.accounts.view("example").held_reason == ""


def test_an_account_saved_though_the_test_failed_is_held_with_the_reason(
    desk: SetupDesk, workspace: Workspace, chosen: Setup, desktop: FakeKeyring
) -> None:
    failed = desk.test(desk.store(chosen, "wrong"))

    desk.save(introduced(failed.held()))

    held = workspace.accounts.view("example").held_reason
    assert "the test failed: 535" in held
    assert desktop.kept == {ENTRY: "wrong"}


def test_a_name_that_was_taken_meanwhile_is_refused(
    desk: SetupDesk, chosen: Setup, desktop: FakeKeyring, place: Place
) -> None:
    assert desktop.kept == {}
    ready = introduced(desk.test(desk.store(chosen, PASSWORD)))
    desk.save(ready)

    with pytest.raises(ConfigurationError, match="already"):
        desk.save(ready)


@pytest.mark.usefixtures("desktop")
def test_what_was_changed_elsewhere_meanwhile_is_not_written_over(
    desk: SetupDesk, workspace: Workspace, chosen: Setup
) -> None:
    desk.save(introduced(desk.test(desk.store(chosen, PASSWORD))))
    before = desk.of_account("example")
    wanted = before.with_identity(sender_name="Ada King")
    workspace.accounts.change("example", {"signature": "Ada"})

    with pytest.raises(ConfigurationError, match="changed elsewhere meanwhile"):
        desk.save(wanted, before=before)

    now = desk.of_account("example")
    desk.save(now.with_identity(sender_name="Ada King", signature="Ada"), before=now)
    account = workspace.config.account("example")
    assert (account.address.name, account.signature) == ("Ada King", "Ada")


def test_a_mail_to_oneself_goes_the_way_of_all_mail(
    desk: SetupDesk,
    workspace: Workspace,
    chosen: Setup,
    desktop: FakeKeyring,
    place: Place,
) -> None:
    saved = desk.save(introduced(desk.test(desk.store(chosen, PASSWORD))))

    mailed = desk.mail(saved)
    assert desk.mail_row(mailed).status == "ready"
    drain(place.open)

    (delivery,) = place.server.deliveries
    assert desk.mail_row(mailed).status == "sent"
    assert delivery.recipients == (ADDRESS,)
    assert dict(preview(delivery.content).headers)["Subject"].endswith(ADDRESS)
    assert workspace.drafts.row(mailed.mail_id).origin.actor == "person:ada"
    assert desktop.kept


def test_a_password_that_is_not_proven_is_taken_out_when_the_person_leaves(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    failed = desk.test(desk.store(chosen, "wrong"))

    left = desk.leave(unfinished, failed)

    assert desktop.kept == {}
    assert left.step is Step.LOGIN
    assert unfinished.load() == left


def test_a_password_that_was_proven_stays_for_another_time(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    tested = desk.test(desk.store(chosen, PASSWORD))

    left = desk.leave(unfinished, tested.back(Step.SERVER))

    assert desktop.kept == {("tuimail", left.entry): PASSWORD}
    assert left.step is Step.IDENTITY
    assert desk.resume(unfinished) == left


def test_a_password_that_somebody_else_put_there_stays(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    desktop.kept[ENTRY] = PASSWORD
    referred = desk.refer(chosen, "keyring:")

    assert desk.test(referred).is_good
    desk.leave(unfinished, referred)
    assert desktop.kept == {ENTRY: PASSWORD}


def test_beginning_anew_leaves_nothing_behind(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    tested = desk.keep(unfinished, chosen, desk.test(desk.store(chosen, PASSWORD)))

    assert desk.give_up(unfinished, tested) == Setup()
    assert desktop.kept == {}
    assert unfinished.load() == Setup()


def test_a_password_under_a_name_that_was_changed_is_taken_out(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    stored = desk.store(chosen, PASSWORD)

    desk.keep(unfinished, stored, stored.with_address(ADDRESS, name="home", taken=()))

    assert desktop.kept == {}


def test_a_saved_password_is_never_taken_out(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    ready = introduced(desk.test(desk.store(chosen, PASSWORD)))

    desk.keep(unfinished, ready, desk.save(ready))

    assert desktop.kept == {ENTRY: PASSWORD}


def test_of_two_wizards_with_one_name_the_second_takes_nothing_of_the_first(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    second = desk.begin()
    other = desk.test(desk.store(chosen, PASSWORD))
    desk.save(introduced(desk.test(desk.store(chosen, PASSWORD))))

    desk.leave(second, other)

    assert desktop.kept == {ENTRY: PASSWORD}
    with pytest.raises(ConfigurationError, match="already"):
        desk.save(introduced(other))
    assert unfinished.is_kept
    second.close()


def test_a_name_that_is_taken_by_now_is_asked_for_again_and_its_password_stays(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    tested = desk.test(desk.store(chosen, PASSWORD))
    left = desk.leave(unfinished, tested)
    desk.save(introduced(desk.test(desk.store(chosen, PASSWORD))))

    again = desk.resume(unfinished)

    assert again.step is Step.ADDRESS
    named = again.with_address(ADDRESS, name="second", taken={"example"})
    assert named.step is Step.IDENTITY
    desk.save(introduced(named))
    assert desktop.kept == {ENTRY: PASSWORD, ("tuimail", "second"): PASSWORD}
    with pytest.raises(ConfigurationError, match="by now"):
        desk.test(left)


def test_what_the_keyring_had_under_the_name_survives_leaving_and_a_failure(
    desk: SetupDesk,
    unfinished: Unfinished,
    chosen: Setup,
    desktop: FakeKeyring,
    place: Place,
) -> None:
    desktop.kept[ENTRY] = "of before"
    ready = introduced(desk.test(desk.store(chosen, PASSWORD)))
    place.accounts.mkdir()

    assert desk.has_entry(chosen)
    with pytest.raises(ConfigurationError):
        desk.save(ready)
    assert desktop.kept[ENTRY] == "of before"
    desk.leave(unfinished, ready.without_secret())
    desk.keep(unfinished, ready, ready.without_secret())
    assert desktop.kept == {ENTRY: "of before"}


def test_a_name_that_the_keyring_does_not_know_has_nothing_after_a_failure(
    desk: SetupDesk, chosen: Setup, desktop: FakeKeyring, place: Place
) -> None:
    ready = introduced(desk.test(desk.store(chosen, PASSWORD)))
    place.accounts.mkdir()

    with pytest.raises(ConfigurationError):
        desk.save(ready)

    assert desktop.kept == {("tuimail", ready.entry): PASSWORD}


def test_a_reference_to_another_accounts_password_is_dropped_with_the_name(
    chosen: Setup,
) -> None:
    referred = chosen.with_secret_reference("keyring:").unnamed()

    assert referred.secret == ""
    assert chosen.with_secret_reference("env:PW").unnamed().secret == "env:PW"


def test_tokens_are_moved_to_the_name_with_the_clients_secret(
    desktop: FakeKeyring,
) -> None:
    oauth = OAuth(
        token_url="https://oauth2.example.org/token",
        client_id="me",
        client_secret="keyring:",
    )
    for entry in ("own", "own (client secret)"):
        desktop.kept["tuimail", entry] = entry

    with moved("own", "example", oauth):
        pass

    assert desktop.kept == {
        ENTRY: "own",
        ("tuimail", "example (client secret)"): "own (client secret)",
    }


def test_tokens_are_taken_out_with_the_clients_secret(
    desk: SetupDesk, unfinished: Unfinished, chosen: Setup, desktop: FakeKeyring
) -> None:
    google = replace(place_free(chosen), logins=(Login.GOOGLE,))
    oauth = OAuth(token_url="https://oauth2.example.org/token", client_id="me")
    signed_in = chosen.choose(google).signed_in(oauth, entry="own")
    for entry in ("own", "own (client secret)"):
        desktop.kept["tuimail", entry] = "secret"

    desk.leave(unfinished, signed_in)

    assert desktop.kept == {}


def place_free(setup: Setup) -> Found:
    assert setup.way is not None
    return setup.way


@pytest.mark.usefixtures("desktop")
def test_a_keyring_that_works_has_no_problem(desk: SetupDesk, chosen: Setup) -> None:
    assert desk.keyring_problem(chosen) == ""


def test_a_machine_without_a_keyring_says_so(
    desk: SetupDesk, chosen: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(no_keyring())
    monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", frozenset[str]())

    assert "no desktop keyring" in desk.keyring_problem(chosen)
    with pytest.raises(SecretError):
        desk.store(chosen, PASSWORD)


def test_a_password_elsewhere_is_referred_to(place: Place, chosen: Setup) -> None:
    with place.open({"PW": PASSWORD}) as workspace:
        desk = workspace.setting_up

        tested = desk.test(desk.refer(chosen, "env:PW"))
        with pytest.raises(SecretError):
            desk.refer(chosen, "hunter2")

    assert tested.is_good


def test_app_passwords_lose_the_blanks_that_they_are_shown_with(
    desk: SetupDesk, chosen: Setup, desktop: FakeKeyring
) -> None:
    way = replace(place_free(chosen), logins=(Login.APP_PASSWORD,))

    desk.store(chosen.choose(way), "abcd efgh ijkl mnop")
    desk.store(chosen, "abcd efgh ijkl mnop")

    assert [*desktop.kept.values()] == ["abcdefghijklmnop", "abcd efgh ijkl mnop"]


@pytest.mark.usefixtures("desktop")
def test_settings_that_the_provider_refuses_fail_the_test(
    desk: SetupDesk, place: Place, chosen: Setup
) -> None:
    setup = chosen.choose(place.way(tls="sometimes"))

    trial = desk.test(desk.store(setup, PASSWORD)).tested

    assert trial is not None
    assert "tls" in trial.error
    assert trial.hint


def test_an_agent_sets_nothing_up(place: Place) -> None:
    with place.open() as workspace, workspace.acting_as("agent:billing", door="http"):
        desk = workspace.setting_up
        with pytest.raises(NotAllowedError):
            desk.begin()


def test_names_of_accounts_and_of_another_wizard_are_taken(
    desk: SetupDesk, place: Place, chosen: Setup
) -> None:
    first = desk.begin()
    first.keep(chosen)
    second = desk.begin()

    assert desk.taken(first) == frozenset()
    assert desk.taken(second) == {"example"}
    assert not desk.has_default
    assert desk.undo.total_seconds() == 10
    first.close()
    second.close()


def test_services_for_programs_come_first(desk: SetupDesk) -> None:
    providers = [one.provider for one in desk.services()]

    assert "resend" in providers
    assert "smtp" not in providers[: providers.index("smtp")]
    assert set(providers[providers.index("smtp") :]) == {"smtp"}
    assert "" not in providers


def test_a_service_is_the_way_out_once_there_is_an_address(desk: SetupDesk) -> None:
    named = desk.service(Setup(), "resend")

    assert named.way is None
    addressed = named.with_address(ADDRESS, name="", taken=())
    found = desk.service(addressed, named.service)
    assert found.way is not None
    assert found.way.provider == "resend"
    with pytest.raises(NotFoundError):
        desk.service(Setup(), "nobody")


def test_every_service_is_a_way_out_that_can_be_gone_on_with(desk: SetupDesk) -> None:
    addressed = Setup().with_address(ADDRESS, name="", taken=())

    for one in desk.services():
        setup = desk.service(addressed, one.key)
        assert setup.way is not None
        if setup.step is Step.SERVER:
            asked = [key for key in setup.way.asks if key != "username"]
            values = {key: "1025" if key == "port" else "x" for key in asked}
            setup = setup.with_options(values)
        if setup.needs_consent:
            setup = setup.agree()
        assert setup.step in {Step.LOGIN, Step.TEST}, one.key


def test_what_is_found_is_told_as_it_comes(
    desk: SetupDesk, chosen: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(source=Source.SRV, what="_submissions", outcome="nothing there")

    async def find(
        address: str, *, progress: Callable[[Asked], None], **_: object
    ) -> Search:
        assert address == ADDRESS
        progress(asked)
        return Search(found=(), asked=(asked,))

    monkeypatch.setattr(finding, "find", find)
    told: list[Asked] = []

    setup = desk.search(chosen, told.append)

    assert told == [asked]
    assert setup.search == Search(found=(), asked=(asked,))
    assert desk.search(chosen).search == setup.search


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the desk for signing in was asked for."""
    asked: list[dict[str, Any]] = []

    def begin(_desk: SignInDesk, service: str, **values: Any) -> str:
        asked.append({"service": service, **values})
        return "a sign-in"

    monkeypatch.setattr(SignInDesk, "begin", begin)
    return asked


def test_signing_in_is_asked_for_by_account_address_and_provider(
    desk: SetupDesk, chosen: Setup, begun: list[dict[str, Any]]
) -> None:
    way = replace(place_free(chosen), logins=(Login.MICROSOFT,))

    desk.begin_sign_in(
        chosen.choose(way),
        client="0123",
        client_secret="env:CLIENT",
        way=Way.DEVICE,
        token_file="/tmp/token",
    )

    assert begun == [
        {
            "service": "microsoft",
            "account": "example",
            "address": ADDRESS,
            "client_id": "0123",
            "client_secret": "env:CLIENT",
            "client_file": None,
            "provider": "smtp",
            "way": Way.DEVICE,
            "refresh_token_at": "file:/tmp/token",
        }
    ]


def test_a_clients_file_is_handed_on(
    desk: SetupDesk, chosen: Setup, begun: list[dict[str, Any]], tmp_path: Path
) -> None:
    way = replace(place_free(chosen), logins=(Login.GOOGLE,))
    file = tmp_path / "client.json"
    file.touch()

    desk.begin_sign_in(chosen.choose(way), client=str(file), way=Way.BROWSER)

    assert begun[0]["client_file"] == file
    assert begun[0]["client_id"] == ""
    assert begun[0]["refresh_token_at"] == ""


def test_nobody_signs_in_where_a_password_is_wanted(
    desk: SetupDesk, chosen: Setup
) -> None:
    with pytest.raises(ValueError, match="Nobody signs in"):
        desk.begin_sign_in(chosen, client="me", way=Way.BROWSER)


def test_a_mail_needs_a_way_out_and_so_does_an_account(desk: SetupDesk) -> None:
    with pytest.raises(ValueError, match="no way out"):
        desk.mail(Setup(address=ADDRESS))
    with pytest.raises(ValueError, match="no way out"):
        desk.test(Setup())


def test_the_unfinished_file_stands_beside_the_accounts(
    desk: SetupDesk, place: Place, unfinished: Unfinished, chosen: Setup
) -> None:
    desk.keep(unfinished, Setup(), chosen)

    assert (place.accounts.parent / NAME).exists()
