"""Signing in: from the desk to a service, and the tokens that come of it."""

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import keyring
import pytest
from keyring.errors import KeyringLocked

from tests.faults.web import WebServer
from tests.settings.conftest import FakeKeyring, no_keyring
from tests.settings.sign_in.fake_service import (
    ACCESS,
    ADA,
    CLIENT,
    CLIENT_SECRET,
    REFRESH,
    FakeService,
    service_at,
)
from tests.workspace.conftest import BILLING, NOW, Desk, account
from tuimail.errors import (
    ConfigurationError,
    NotAllowedError,
    SecretError,
    TuimailError,
    UsageError,
)
from tuimail.settings import keyrings
from tuimail.settings.access_tokens import AccessToken, keep_access_token
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.services import Service
from tuimail.workspace.signing_in import SignIn, SignInDesk, Way, Write
from tuimail.workspace.workspace import Workspace

SOON, NEVER = timedelta(seconds=10), timedelta(0)
ENTRY = ("tuimail", "home")
SECRET_ENTRY = ("tuimail", "home (client secret)")
WORK = ("tuimail", "work")


@pytest.fixture
def fake() -> FakeService:
    return FakeService()


@pytest.fixture
def service(fake: FakeService) -> Iterator[Service]:
    with WebServer(answer=fake.answer) as server:
        yield service_at(server.url)


@pytest.fixture
def signing(workspace: Workspace, service: Service, desktop: FakeKeyring) -> SignInDesk:
    return SignInDesk(workspace._stores, services={"gmail": service})


def begin(signing: SignInDesk, **said: Any) -> SignIn:
    usual = {"account": "home", "address": ADA, "client_id": CLIENT}
    return signing.begin("gmail", **(usual | said))


def test_a_browser_here_comes_back_by_itself(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    sign_in = begin(signing)
    target = fake.visit(sign_in.url)
    threading.Thread(target=lambda: urlopen(target, timeout=10).close()).start()

    oauth = sign_in.wait(SOON)

    assert oauth.client_id == CLIENT
    assert oauth.scope == "send"
    assert desktop.kept == {ENTRY: REFRESH}


def test_the_address_of_a_browser_elsewhere_is_pasted(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    sign_in = begin(signing, way=Way.PASTE, provider="smtp")
    sign_in.paste(f"  {fake.visit(sign_in.url)}\n")

    assert sign_in.wait(SOON).scope == "mail"
    assert desktop.kept == {ENTRY: REFRESH}


def test_a_code_is_typed_on_another_device(
    signing: SignInDesk,
    desktop: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
    fake: FakeService,
) -> None:
    monkeypatch.setattr(
        "tuimail.settings.sign_in.device._pause", lambda _wait, stop: stop.is_set()
    )
    fake.pending = 2
    sign_in = begin(signing, way=Way.DEVICE)

    assert sign_in.user_code == "WDJB-MJHT"
    assert sign_in.verification_url == "https://example.org/device"
    sign_in.wait(timedelta(minutes=1))
    assert desktop.kept == {ENTRY: REFRESH}
    with pytest.raises(UsageError, match="nothing to paste"):
        sign_in.paste("https://example.org")


def test_a_token_can_be_kept_in_a_file(
    signing: SignInDesk, fake: FakeService, tmp_path: Path, desktop: FakeKeyring
) -> None:
    path = tmp_path / "token"
    sign_in = begin(signing, refresh_token_at=f"file:{path}")
    sign_in.paste(fake.visit(sign_in.url))

    sign_in.wait(SOON)

    assert path.read_text() == f"{REFRESH}\ntuimail account: home\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert desktop.kept == {}


@pytest.fixture
def client_file(tmp_path: Path) -> Path:
    """What Google gives out."""
    path = tmp_path / "client.json"
    inside = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
    path.write_text(json.dumps({"installed": inside}))
    return path


def test_the_secret_of_the_program_is_kept_once_somebody_signed_in(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring, client_file: Path
) -> None:
    sign_in = begin(signing, client_id="", client_file=client_file)
    before = dict(desktop.kept)
    sign_in.paste(fake.visit(sign_in.url))

    oauth = sign_in.wait(SOON)

    assert before == {}
    assert (oauth.client_id, oauth.client_secret) == (CLIENT, "keyring:")
    assert fake.forms[-1]["client_secret"] == CLIENT_SECRET
    assert desktop.kept == {ENTRY: REFRESH, SECRET_ENTRY: CLIENT_SECRET}


def test_the_secret_of_the_program_stays_nowhere_where_nobody_signs_in(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring, client_file: Path
) -> None:
    sign_in = begin(signing, client_id="", client_file=client_file)
    sign_in.paste(fake.visit(sign_in.url, code="another"))

    with pytest.raises(SecretError):
        sign_in.wait(SOON)
    assert desktop.kept == {}


def test_a_client_without_a_secret_needs_no_keyring(
    signing: SignInDesk, desktop: FakeKeyring, tmp_path: Path
) -> None:
    path = tmp_path / "client.json"
    path.write_text(json.dumps({"installed": {"client_id": CLIENT}}))
    desktop.fails = KeyringLocked()

    sign_in = begin(
        signing,
        client_id="",
        client_file=path,
        refresh_token_at=f"file:{tmp_path / 'token'}",
    )
    sign_in.cancel()

    assert (sign_in.oauth.client_id, sign_in.oauth.client_secret) == (CLIENT, "")


def test_a_clients_secret_without_a_keyring_says_what_to_type(
    signing: SignInDesk, client_file: Path, tmp_path: Path
) -> None:
    keyring.set_keyring(no_keyring())

    with pytest.raises(SecretError, match="no desktop keyring here") as caught:
        begin(
            signing,
            client_id="",
            client_file=client_file,
            refresh_token_at=f"file:{tmp_path / 'token'}",
        )

    assert f"--client-id {CLIENT} --client-secret file:PATH" in caught.value.hint
    assert CLIENT_SECRET not in f"{caught.value} {caught.value.hint}"


def test_a_client_is_given_once(signing: SignInDesk, client_file: Path) -> None:
    with pytest.raises(UsageError, match="given twice"):
        begin(signing, client_file=client_file)


@pytest.mark.parametrize("problem", [KeyringLocked(), RuntimeError()])
def test_a_keyring_that_keeps_nothing_is_known_before_anybody_signs_in(
    signing: SignInDesk, desktop: FakeKeyring, problem: Exception, fake: FakeService
) -> None:
    desktop.fails = problem

    with pytest.raises(SecretError, match="keyring of this machine") as caught:
        begin(signing, way=Way.DEVICE)

    assert "--token-file FILE" in caught.value.hint
    assert fake.forms == []


def test_a_secret_that_cannot_be_read_is_known_before_anybody_signs_in(
    signing: SignInDesk,
) -> None:
    with pytest.raises(SecretError, match="variable NOPE"):
        begin(signing, client_secret="env:NOPE")


def add(workspace: Workspace) -> Write:
    """Return what writes the account ``home``."""

    def write(oauth: OAuth, within: AbstractContextManager[None]) -> object:
        return workspace.accounts.add(
            name="home",
            provider="fake",
            address=ADA,
            secret="oauth:",
            oauth=oauth,
            within=within,
        )

    return write


def test_of_two_sign_ins_for_one_new_account_the_first_stays(
    workspace: Workspace, signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    first = begin(signing, write=add(workspace))
    second = begin(signing, client_id="another", write=add(workspace))
    first.paste(fake.visit(first.url))
    first.wait(SOON)
    fake.gives = {"access_token": "x", "refresh_token": "of-the-second"}
    second.paste(fake.visit(second.url))

    with pytest.raises(ConfigurationError, match="There is an account 'home' already"):
        second.wait(SOON)
    assert desktop.kept == {ENTRY: REFRESH}
    assert workspace.accounts.view("home").name == "home"


def test_an_account_that_came_meanwhile_keeps_what_it_has(
    workspace: Workspace, signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    """Also where the account is written later."""
    sign_in = begin(signing)
    workspace.accounts.add(
        name="home",
        provider="fake",
        address=ADA,
        secret="keyring:",
        secret_value="a password",
    )
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(ConfigurationError, match="an account “home” already"):
        sign_in.wait(SOON)
    assert desktop.kept == {ENTRY: "a password"}


def test_nobody_signs_in_for_a_new_account_whose_name_is_taken(
    signing: SignInDesk,
) -> None:
    with pytest.raises(ConfigurationError, match="an account “work” already"):
        begin(signing, account="work")


def test_an_account_that_cannot_be_written_leaves_no_token(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring, client_file: Path,
    workspace: Workspace,
) -> None:  # fmt: skip
    sign_in = begin(
        signing, client_id="", client_file=client_file, write=add(workspace)
    )
    workspace._stores.settings.accounts_path.write_text("x =")
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(ConfigurationError, match="not valid TOML"):
        sign_in.wait(SOON)
    assert desktop.kept == {}


@pytest.mark.usefixtures("desktop")
def test_a_disk_that_is_full_at_the_end_leaves_no_token(
    signing: SignInDesk, fake: FakeService, workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise ConfigurationError("No space left.")

    path = tmp_path / "token"
    sign_in = begin(signing, refresh_token_at=f"file:{path}", write=add(workspace))
    monkeypatch.setattr("tuimail.workspace.accounts.save_accounts", full)
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(ConfigurationError, match="No space left"):
        sign_in.wait(SOON)
    assert not path.exists()


def test_a_keyring_that_hangs_at_the_end_writes_no_account(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring, workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def hang(_account: str, _secret: str, *, limit: timedelta) -> None:
        raise SecretError("The keyring of this machine did not answer.")

    sign_in = begin(signing, write=add(workspace))
    monkeypatch.setattr(keyrings, "set_password", hang)
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(SecretError, match="did not answer"):
        sign_in.wait(SOON)
    assert [one.name for one in workspace.accounts.views()] == ["work"]


@pytest.mark.parametrize("name", ["config.toml", "accounts.toml"])
def test_no_token_goes_where_the_settings_are(
    signing: SignInDesk, desk: Desk, name: str
) -> None:
    path = desk.config.with_name(name)
    path.unlink(missing_ok=True)

    with pytest.raises(SecretError, match="is for the settings"):
        begin(signing, account="other", refresh_token_at=f"file:{path}")


def test_a_file_that_is_something_else_is_refused_before_anybody_signs_in(
    signing: SignInDesk, client_file: Path, fake: FakeService
) -> None:
    with pytest.raises(SecretError, match="is there already"):
        begin(signing, way=Way.DEVICE, refresh_token_at=f"file:{client_file}")
    assert fake.forms == []


@pytest.mark.parametrize("name", ["", "  "])
def test_a_token_file_has_a_name(signing: SignInDesk, name: str) -> None:
    with pytest.raises(UsageError, match="has no name"):
        begin(signing, refresh_token_at=f"file:{name}")


def test_a_token_file_is_found_from_everywhere(
    signing: SignInDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    sign_in = begin(signing, refresh_token_at="file:token")
    sign_in.cancel()

    assert sign_in.oauth.refresh_token == f"file:{tmp_path / 'token'}"


def test_a_consent_for_less_is_said_and_not_kept(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    fake.gives = {"access_token": "x", "refresh_token": "y", "scope": "openid"}
    sign_in = begin(signing)
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(SecretError, match="let us in, but not for send") as caught:
        sign_in.wait(SOON)
    assert caught.value.field == "scope"
    assert desktop.kept == {}


def test_a_service_that_is_down_is_tried_again_by_the_person(
    signing: SignInDesk, fake: FakeService
) -> None:
    fake.gives = {}
    sign_in = begin(signing)
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(SecretError) as caught:
        sign_in.wait(SOON)
    assert caught.value.hint == "Try again."


def test_an_address_of_another_sign_in_is_refused_at_once(
    signing: SignInDesk, fake: FakeService
) -> None:
    sign_in, other = begin(signing), begin(signing)

    with pytest.raises(SecretError, match="does not belong to this sign-in"):
        sign_in.paste(fake.visit(other.url))
    sign_in.cancel()
    other.cancel()


def test_a_wrong_code_is_refused_by_the_service(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    sign_in = begin(signing)
    sign_in.paste(fake.visit(sign_in.url, code="another"))

    with pytest.raises(SecretError, match=r"answers 400 \(invalid_grant\)"):
        sign_in.wait(SOON)
    assert desktop.kept == {}


def test_a_person_who_says_no_is_taken_at_the_word(
    signing: SignInDesk, fake: FakeService
) -> None:
    sign_in = begin(signing)

    with pytest.raises(SecretError, match="access_denied"):
        sign_in.paste(fake.visit(sign_in.url, error="access_denied"))
    sign_in.cancel()


def test_a_service_that_gives_no_lasting_token_is_no_use(
    signing: SignInDesk, fake: FakeService, desktop: FakeKeyring
) -> None:
    fake.gives = {"access_token": ACCESS}
    sign_in = begin(signing)
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(SecretError, match="no token that lasts"):
        sign_in.wait(SOON)
    assert desktop.kept == {}


def test_nobody_is_waited_for_for_ever(signing: SignInDesk) -> None:
    with pytest.raises(SecretError, match="Nobody signed in in time"):
        begin(signing).wait(NEVER)


def test_a_sign_in_can_be_cancelled_twice(signing: SignInDesk) -> None:
    sign_in = begin(signing)

    sign_in.cancel()
    sign_in.cancel()

    with pytest.raises(SecretError, match="Nobody signed in"):
        sign_in.wait(SOON)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"client_id": ""}, "client-id"),
        ({"provider": "ses"}, "provider"),
        ({"client_id": "two\nlines"}, "client_id"),
        ({"refresh_token_at": "env:TOKEN"}, "refresh_token"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_opened(
    signing: SignInDesk, said: dict[str, str], field: str
) -> None:
    with pytest.raises(TuimailError) as caught:
        begin(signing, **said)

    assert getattr(caught.value, "field", "") == field


def test_a_service_that_nobody_knows_is_named(signing: SignInDesk) -> None:
    with pytest.raises(UsageError, match="Nobody signs in at “yahoo”"):
        signing.begin("yahoo", account="work", client_id=CLIENT)


def test_a_service_without_codes_says_what_else_there_is(
    workspace: Workspace, desktop: FakeKeyring
) -> None:
    bare = service_at("https://example.org", device_url="")
    signing = SignInDesk(workspace._stores, services={"gmail": bare})

    with pytest.raises(UsageError, match="gives no codes") as caught:
        begin(signing, way=Way.DEVICE)
    assert "--paste" in caught.value.hint


def signed_in(desk: Desk, service: Service, **changes: Any) -> None:
    oauth = OAuth(token_url=service.token_url, client_id=CLIENT, scope="send")
    settings: dict[str, Any] = {"secret": "oauth:", "oauth": oauth}
    desk.save(account(**(settings | changes)))


def test_an_account_signs_in_again_as_it_is_set_up(
    desk: Desk, signing: SignInDesk, service: Service, fake: FakeService,
    desktop: FakeKeyring,
) -> None:  # fmt: skip
    signed_in(desk, service)

    sign_in = signing.begin_again("work", way=Way.PASTE)
    sign_in.paste(fake.visit(sign_in.url))

    sign_in.wait(SOON)
    assert desktop.kept == {WORK: REFRESH}


def test_an_account_that_names_no_scope_is_asked_for_the_least(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring,
    fake: FakeService,
) -> None:  # fmt: skip
    oauth = OAuth(token_url=service.token_url, client_id=CLIENT)
    signed_in(desk, service, oauth=oauth, provider="smtp", options={"host": "x"})

    sign_in = signing.begin_again("work")
    sign_in.paste(fake.visit(sign_in.url))

    assert parse_qs(urlsplit(sign_in.url).query)["scope"] == ["mail"]
    assert sign_in.wait(SOON) == oauth, "what is written stays as it is"


def test_an_account_is_not_signed_in_where_it_does_not_belong(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring
) -> None:
    signed_in(desk, service)

    with pytest.raises(UsageError, match="signs in at Example") as caught:
        signing.begin_again("work", service="microsoft")
    assert caught.value.hint == "Sign in again: tuimail auth gmail work"


def test_an_account_that_went_meanwhile_gets_no_token(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring,
    fake: FakeService,
) -> None:  # fmt: skip
    signed_in(desk, service)
    sign_in = signing.begin_again("work")
    desk.save(account("other"))
    sign_in.paste(fake.visit(sign_in.url))

    with pytest.raises(ConfigurationError, match="was changed meanwhile"):
        sign_in.wait(SOON)
    assert desktop.kept == {}


@pytest.mark.parametrize("place", ["", "file:/nonexistent/token"])
def test_a_place_that_takes_nothing_is_known_before_one_signs_in_again(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring, place: str
) -> None:
    oauth = OAuth(token_url=service.token_url, client_id=CLIENT, refresh_token=place)
    signed_in(desk, service, oauth=oauth)
    desktop.fails = KeyringLocked()

    with pytest.raises(SecretError) as caught:
        signing.begin_again("work")
    assert "--token-file" not in caught.value.hint


def test_who_is_signed_in_is_told(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring
) -> None:
    signed_in(desk, service)

    assert [one.is_signed_in for one in signing.status()] == [False]
    assert "the keyring has no token" in signing.status()[0].problem
    desktop.kept[WORK] = REFRESH
    found = signing.status()[0]
    assert (found.account, found.service, found.problem) == ("work", "Example", "")
    assert found.is_signed_in


def test_until_when_its_token_lasts_is_told_where_one_is_kept(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring
) -> None:
    signed_in(desk, service)
    desktop.kept[WORK] = REFRESH
    ends_at = NOW + timedelta(hours=1)
    token = AccessToken(text="opaque", got_at=NOW, ends_at=ends_at)

    before = signing.status()[0].until
    keep_access_token("work", token, REFRESH)

    assert (before, signing.status()[0].until) == (None, ends_at)


def test_the_ways_to_sign_in_are_those_of_its_service(
    desk: Desk, signing: SignInDesk, service: Service
) -> None:
    signed_in(desk, service)
    known = signing.ways("work")
    oauth = OAuth(token_url="https://login.example.net/token", client_id=CLIENT)
    signed_in(desk, service, oauth=oauth)

    assert (Way.BROWSER in known, Way.DEVICE in known) == (
        True, bool(service.device_url),
    )  # fmt: skip
    assert signing.ways("work") == ()


def test_an_account_with_a_password_signs_in_nowhere(signing: SignInDesk) -> None:
    assert signing.status() == ()
    for act in (signing.begin_again, signing.logout):
        with pytest.raises(ConfigurationError, match="does not sign in anywhere"):
            act("work")


def test_signing_out_forgets_and_tells_the_service(
    desk: Desk,
    signing: SignInDesk,
    service: Service,
    fake: FakeService,
    desktop: FakeKeyring,
) -> None:
    signed_in(desk, service)
    desktop.kept[WORK] = REFRESH
    desktop.kept["tuimail", "work (access token)"] = "{}"

    assert signing.logout("work")

    assert fake.revoked == [REFRESH]
    assert desktop.kept == {}
    assert not signing.logout("work"), "there was nothing to tell"


def test_signing_out_of_a_service_that_is_not_known_forgets_here(
    desk: Desk, signing: SignInDesk, service: Service, desktop: FakeKeyring
) -> None:
    oauth = OAuth(token_url="https://login.example.net/token", client_id=CLIENT)
    signed_in(desk, service, oauth=oauth)
    desktop.kept[WORK] = REFRESH

    assert signing.status()[0].service == "login.example.net"
    assert not signing.logout("work")
    assert desktop.kept == {}
    with pytest.raises(ConfigurationError, match=r"login\.example\.net is not known"):
        signing.begin_again("work")


def test_a_token_in_a_file_is_forgotten_there(
    desk: Desk,
    signing: SignInDesk,
    service: Service,
    tmp_path: Path,
) -> None:
    path = tmp_path / "token"
    path.write_text(REFRESH)
    path.chmod(0o600)
    oauth = OAuth(
        token_url=service.token_url, client_id=CLIENT, refresh_token=f"file:{path}"
    )
    signed_in(desk, service, oauth=oauth)

    assert signing.status()[0].is_signed_in
    signing.logout("work")

    assert not path.exists()
    assert not signing.status()[0].is_signed_in


def test_no_program_signs_in_or_out(workspace: Workspace, signing: SignInDesk) -> None:
    with workspace.acting_as(BILLING, door="mcp"):
        with pytest.raises(NotAllowedError):
            begin(signing)
        with pytest.raises(NotAllowedError):
            signing.begin_again("work")
        with pytest.raises(NotAllowedError):
            signing.logout("work")


def test_what_a_way_out_needs_beside_is_known(signing: SignInDesk) -> None:
    assert signing.options_for("gmail", address=ADA) == ("gmail", {})
    provider, options = signing.options_for("gmail", provider="smtp", address=ADA)
    assert (provider, options["username"], options["auth"]) == ("smtp", ADA, "oauth")
