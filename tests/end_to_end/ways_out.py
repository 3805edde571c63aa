"""Every way out of ours, with a secret planted for each, and what can happen there."""

import base64
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from tests.end_to_end.planting import (
    GONE,
    HELD,
    SECRET,
    USER,
    Case,
    Place,
    Scene,
    Serving,
)
from tests.end_to_end.talkers import (
    Answer,
    beside,
    breaking_off,
    few,
    nobody,
    only,
    page,
    scenes,
    talkative,
    web,
)
from tests.providers.atmos.fake_atmos import DID, FakeAtmos
from tests.providers.cloudflare.fake_cloudflare import FakeCloudflare
from tests.providers.gmail.fake_gmail import FakeGmail, failure
from tests.providers.graph.fake_graph import FakeGraph
from tests.providers.http_api.fakes import FAKES
from tests.providers.http_api.fakes import Fake as Service
from tests.providers.http_api.test_own_service import example, said_yes
from tests.providers.ses.fake_ses import FakeSes
from tests.providers.temp_email.fake_temp_email import FakeTempEmail
from tuimail.testing import Close, Received, Respond, Say, ScriptedSmtpServer

ACCESS: Final = "planted-8c1f/access.Hunter+2="
REFRESH: Final = "planted-8c1f-refresh-Hunter"
ROTATED: Final = "planted-8c1f-rotated-Hunter"
CLIENT: Final = "planted-8c1f/client&Hunter="
SESSION: Final = "planted-8c1f/session/Hunter+2="
KEY_ID: Final = "AKIDEXAMPLE"
WRONG: Final = "another"
OPEN: Final = frozenset({"deferred", "unknown", "held", "error"})


def lines(**values: str | int | bool) -> str:
    """Return settings as TOML has them."""
    return "\n".join(f"{name} = {json.dumps(one)}" for name, one in values.items())


def smtp_server(
    said: str = "", *, logins: Mapping[str, str] | None = None, **script: Any
) -> Serving:
    """Return a mail server that says this to a login, or whatever is in its script."""
    acts = {"auth": Say(said)} if said else {}
    known = logins or {USER: SECRET}
    return lambda: ScriptedSmtpServer(
        {**acts, **{name.replace("_", "-"): act for name, act in script.items()}},
        logins=known,
        methods="PLAIN LOGIN",
    )


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def smtp_scenes(user: str) -> dict[str, Scene]:
    """Return what can happen at a login, and after it."""
    knows = {user: SECRET}
    plain = encoded(f"\0{user}\0{SECRET}")

    def says(said: str = "", **script: Any) -> Serving:
        return smtp_server(said, logins=knows, **script)

    return {
        "takes": Scene(server=says(), works=True, ends=GONE),
        "wrong-key": Scene(server=says(f"535 5.7.8 Not {SECRET}, {user}"), ends=HELD),
        "in-base64": Scene(server=says(f"535 5.7.8 What is {plain}?"), ends=HELD),
        "in-part": Scene(server=says(f"454 4.7.0 {plain[9:40]} in vain"), ends=OPEN),
        "breaks-off": Scene(server=says(auth=Close()), ends=OPEN),
        "garbage": Scene(server=says(f"Welcome {SECRET}"), ends=OPEN),
        "refuses": Scene(
            server=says(mail=Say("550 5.7.1 Not from there")), works=True, ends=OPEN
        ),
    }


def _smtp(place: Place) -> str:
    return lines(
        provider="smtp",
        host="127.0.0.1",
        port=place.server.port,
        tls="none",
        username=USER,
        allow_clear_auth=True,
    )


SMTP: Final = Case(name="smtp", account=_smtp, scenes=smtp_scenes(USER))


def _declared(service: type[Service]) -> Callable[[Place], str]:
    def account(place: Place) -> str:
        path = service.send if service.name == "mailtrap" else ""
        return lines(
            provider=service.name,
            url=place.url + path,
            check_url=place.url,
            **service.options,
        )

    return account


def services() -> tuple[Case, ...]:
    """Return the ten services, which have one engine."""
    cases = [
        Case(
            name=service.name,
            account=_declared(service),
            scenes=scenes(service(SECRET), service(WRONG), key=SECRET),
        )
        for service in FAKES
    ]
    return (cases[0], *(replace(one, scenes=few(one.scenes)) for one in cases[1:]))


class Post:
    """The service of the docs' example."""

    def __init__(self, key: str) -> None:
        self.key = key

    def answer(self, received: Received) -> Respond:
        if received.headers["authorization"] != f"Token {self.key}":
            return Respond(status=401, body={"error": {"code": "no", "text": "No."}})
        if received.method == "GET":
            return Respond(body={"team": {"name": "blue", "left_today": 17}})
        return said_yes(received)


OWN: Final = Case(
    name="http_api",
    account=lambda place: lines(
        provider="http_api",
        url=place.url,
        definition=str(place.folder / "post.toml"),
        team="blue",
    ),
    scenes=scenes(Post(SECRET), Post(WRONG), key=SECRET),
    files={"post.toml": example()},
)
CLOUDFLARE: Final = Case(
    name="cloudflare",
    account=lambda place: lines(
        provider="cloudflare", url=place.url, account_id="abc123"
    ),
    scenes=scenes(FakeCloudflare(SECRET), FakeCloudflare(WRONG), key=SECRET),
)


def _atmos(place: Place) -> str:
    return lines(
        provider="atmos",
        url=place.url,
        did=DID,
        smtp_host="127.0.0.1",
        smtp_port=place.server.smtp.port,
    )


def _with_smtp(found: Mapping[str, Scene]) -> dict[str, Scene]:
    """Return the same, with a mail server that is as it should be."""
    good = smtp_server(logins={DID: SECRET})
    return {name: replace(one, server=beside(one.server, good))
            for name, one in found.items()}  # fmt: skip


def _behind_api(found: Mapping[str, Scene]) -> dict[str, Scene]:
    """Return the same at the mail server of a relay whose API is as it should be."""
    api = web(FakeAtmos(SECRET).answer)
    return {name: replace(one, server=beside(api, one.server))
            for name, one in found.items()}  # fmt: skip


ATMOS: Final = (
    Case(
        name="atmos",
        account=_atmos,
        scenes=_with_smtp(scenes(FakeAtmos(SECRET), FakeAtmos(WRONG), key=SECRET)),
    ),
    Case(
        name="atmos-smtp",
        account=_atmos,
        scenes=_behind_api(smtp_scenes(DID)),
        flags=("--cc", "cy@example.net"),
    ),
)


def _token(address: str) -> str:
    """Return a token like those that the service gives (RFC 7519)."""
    middle = json.dumps({"address": address}).encode()
    return f"eyJhbGciOiJIUzI1NiJ9.{encoded(middle.decode())}.planted-8c1f_Hunter-2"


JWT: Final = _token("ada@example.org").replace("=", "")


def _temp_email(name: str, mode: str, key: str) -> Case:
    def known(word: str, site: str = SECRET) -> FakeTempEmail:
        return FakeTempEmail(word, site_password=site)

    secret = json.dumps({"key": key, "site_password": SECRET})
    found = scenes(known(key), known(WRONG), key=key)
    outside = scenes(known(key), known(key, WRONG), key=SECRET)
    return Case(
        name=name,
        account=lambda place: lines(provider="temp_email", url=place.url, mode=mode),
        scenes={**found, "wrong-site": outside["wrong-key"]},
        secrets=(secret, key, SECRET),
    )


TEMP_EMAIL: Final = (
    _temp_email("temp_email", "address", JWT),
    _temp_email("temp_email-external", "external", JWT),
    _temp_email("temp_email-admin", "admin", "planted-8c1f/admin Hunter&2"),
)


def _ses(place: Place) -> str:
    return lines(
        provider="ses", url=place.url, region="eu-central-1", access_key_id=KEY_ID
    )


def _ses_profile(place: Place) -> str:
    return lines(
        provider="ses", url=place.url, region="eu-central-1", profile="planted"
    )


def _signed(found: Mapping[str, Scene]) -> dict[str, Scene]:
    """Return the same where the key only signs, so that nobody can repeat it."""
    return {name: replace(found[name], is_shown=False)
            for name in ("takes", "wrong-key")}  # fmt: skip


def _first(found: Mapping[str, Scene]) -> dict[str, Scene]:
    """Return a few; Amazon's client takes half a second for each."""
    return {name: found[name] for name in ("takes", "wrong-key", "breaks-off")}


SES: Final = (
    Case(
        name="ses",
        account=_ses,
        scenes=_signed(scenes(FakeSes(KEY_ID), FakeSes(WRONG), key=KEY_ID)),
    ),
    Case(
        name="ses-session",
        account=_ses_profile,
        scenes=_first(scenes(FakeSes(KEY_ID), FakeSes(WRONG), key=SESSION)),
        password="none",
        secrets=(SECRET, SESSION),
        files={
            "aws": f"[planted]\naws_access_key_id = {KEY_ID}\n"
            f"aws_secret_access_key = {SECRET}\naws_session_token = {SESSION}\n",
            "aws-config": "",
        },
        environ={
            "AWS_SHARED_CREDENTIALS_FILE": "{folder}/aws",
            "AWS_CONFIG_FILE": "{folder}/aws-config",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
    ),
)


def _granted(_received: Received) -> Respond:
    return Respond(
        body={"access_token": ACCESS, "expires_in": 3599, "refresh_token": ROTATED}
    )


def with_tokens(answer: Answer, tokens: Answer = _granted) -> Serving:
    """Return a service that hands out the tokens for itself."""
    return web(lambda one: (tokens if one.target == "/token" else answer)(one))


def _oauth_scenes(good: Any, wrong: Any) -> dict[str, Scene]:
    """Return what can happen with an API, and at the service that has its tokens."""

    def refuses(received: Received) -> Respond:
        return talkative(wrong.answer(received), received)

    def no(received: Received, error: str = "invalid_grant") -> Respond:
        shown = received.body.decode()
        return Respond(status=400, body={"error": error, "error_description": shown})

    usual = scenes(good, wrong, key=ACCESS)
    answers: dict[str, Answer] = {
        "takes": good.answer,
        "wrong-key": refuses,
        "breaks-off": breaking_off(ACCESS),
        "garbage": lambda received: Respond(body=page(received)),
        "parrot": lambda received: only(good.answer(received), ACCESS),
    }
    tokens: dict[str, Answer] = {
        "no-token": no,
        "odd-error": lambda received: no(received, REFRESH),
        "odd-token": lambda received: Respond(body=page(received)),
        "parrot-token": lambda received: only(_granted(received), REFRESH),
        "token-breaks-off": breaking_off(REFRESH),
        "token-fails": lambda received: Respond(status=500, body=page(received)),
    }
    found = {name: replace(usual[name], server=with_tokens(one))
             for name, one in answers.items()}  # fmt: skip
    return found | {
        name: Scene(server=with_tokens(good.answer, one), ends=OPEN)
        for name, one in tokens.items()
    }


def _oauth(provider: str, path: str = "") -> Callable[[Place], str]:
    def account(place: Place) -> str:
        files = f"file:{place.folder}"
        return lines(provider=provider, url=place.url + path) + (
            f'\noauth = {{ token_url = "{place.url}/token", client_id = "tuimail", '
            f'client_secret = "{files}/client", '
            f'refresh_token = "{files}/refresh-{place.scene}" }}'
        )

    return account


def _oauth_case(provider: str, found: dict[str, Scene], path: str = "") -> Case:
    files = {f"refresh-{name}": f"{REFRESH}\n" for name in found}
    return Case(
        name=provider,
        account=_oauth(provider, path),
        scenes=found,
        secrets=(ACCESS, REFRESH, ROTATED, CLIENT),
        password="oauth:",
        files={**files, "client": f"{CLIENT}\n"},
    )


def _gmail_scenes() -> dict[str, Scene]:
    """Return what can happen at Gmail; also once an upload was begun."""
    odd: dict[str, dict[str, Any]] = {
        "upload-refused": {"at_content": failure(400, "x", f"Invalid To {ACCESS}")},
        "upload-garbage": {"after_taking": Respond(body=f"<p>{ACCESS}</p>")},
        "upload-parrot": {"after_taking": Respond(body={"id": ACCESS})},
        "upload-cut": {"after_taking": breaking_off(ACCESS)},
        "upload-elsewhere": {
            "at_content": Respond(status=308, headers={"Location": f"/?{ACCESS}"})
        },
    }
    found = {}
    for name, act in odd.items():
        ((where, what),) = act.items()
        fake = FakeGmail(token=ACCESS, **{where: _acts(what)})
        ends = OPEN | GONE
        found[name] = Scene(server=with_tokens(fake.answer), works=True, ends=ends)
    good, wrong = FakeGmail(token=ACCESS), FakeGmail(token=WRONG)
    return _oauth_scenes(good, wrong) | found


def _acts(what: Any) -> Any:
    return what(None) if callable(what) else what


OAUTH: Final = (
    _oauth_case("gmail", _gmail_scenes()),
    _oauth_case(
        "graph",
        _oauth_scenes(FakeGraph(ACCESS), FakeGraph(WRONG)),
        path="/v1.0",
    ),
)
IN_VARIABLES: Final = {
    "TUIMAIL_ADDRESS": "eve@example.org",
    "TUIMAIL_SMTP_HOST": "127.0.0.1",
    "TUIMAIL_SMTP_USERNAME": "eve",
    "TUIMAIL_SMTP_PASSWORD": SECRET,
}
"""An account beside the others; its password is in the environment itself."""
TELLS: Final = "#!/bin/sh\ncat > /dev/null\nenv\ntr '\\0' '\\n' < /proc/$PPID/cmdline\n"
"""A program that tells all that it knows."""
PROGRAMS: Final = {
    "takes": f"{TELLS}exit 0\n",
    "wrong-key": f"{TELLS}exit 77\n",
    "breaks-off": f"{TELLS}kill -9 $$\n",
    "garbage": f"{TELLS}exit 1\n",
}


def _sendmail(place: Place) -> str:
    return lines(
        provider="sendmail", command=f"/bin/sh {place.folder}/sendmail-{place.scene}"
    )


def _maildrop(place: Place) -> str:
    folder = place.folder / "home" / place.scene
    with suppress(FileExistsError):
        if place.scene == "takes":
            folder.mkdir()
    return lines(provider="maildrop", folder=str(folder))


def _here(name: str, **fields: Any) -> Case:
    """Return a way out that shows nobody a secret; one is in the environment."""
    usual: dict[str, Any] = {
        "account": lambda _place: lines(provider=name),
        "scenes": {
            "takes": Scene(server=nobody, works=True, ends=GONE, is_shown=False)
        },
        "password": "none",
        "environ": IN_VARIABLES,
    }
    return Case(name=name, **(usual | fields))


def _alone(ends: frozenset[str], *, works: bool | None = True) -> Scene:
    return Scene(server=nobody, works=works, ends=ends, is_shown=False)


HERE: Final = (
    _here(
        "sendmail",
        account=_sendmail,
        scenes={
            "takes": _alone(GONE),
            "wrong-key": _alone(HELD),
            "breaks-off": _alone(OPEN),
            "garbage": _alone(OPEN),
        },
        files={f"sendmail-{name}": text for name, text in PROGRAMS.items()},
    ),
    _here(
        "maildrop",
        account=_maildrop,
        scenes={"takes": _alone(GONE), "gone": _alone(HELD, works=False)},
    ),
    _here("console"),
    _here("dummy"),
    _here(
        "outlook", scenes={"elsewhere": _alone(frozenset(), works=False)}, password=""
    ),
    _here(
        "tests.end_to_end.crashing:Crashing",
        scenes={
            "crashes": _alone(frozenset({"held", "deferred", "unknown"}), works=None)
        },
        password="",
    ),
)
CASES: Final[tuple[Case, ...]] = (
    SMTP, *services(), OWN, CLOUDFLARE, *ATMOS, *TEMP_EMAIL, *SES, *OAUTH, *HERE,
)  # fmt: skip
"""Every way out of ours."""
