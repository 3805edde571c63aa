"""What programs that are set up by variables would send through. Pure.

Read are the variables that their own documentation names: mailatlas, fluxmail,
amsdal-mail, Django (its settings, as they are often given) and Amazon's tools. A
password in a variable stays there; what is written is the variable's name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tuimail.settings.importing.candidate import (
    Candidate,
    env,
    is_yes,
    port_of,
    sender_of,
    tls_of,
)

Environ = Mapping[str, str]
_USUAL: Final = {
    "host": "HOST", "port": "PORT", "user": "USERNAME", "password": "PASSWORD",
}  # fmt: skip
_STAYS: Final = "The variables have to be set wherever tuimail sends."


def from_variables(environ: Environ) -> Iterator[Candidate]:
    """Yield an account for each program that the variables set up."""
    for name, read in _READERS.items():
        try:
            yield from read(environ)
        except ValueError as error:
            yield Candidate(
                name=name, provider="smtp", source=_source(name), problem=str(error)
            )


def _source(name: str) -> str:
    return f"{_PREFIXES[name]}*"


def _smtp(
    environ: Environ,
    name: str,
    prefix: str,
    words: Mapping[str, str],
    *,
    port: int,
    tls: str,
    senders: tuple[str, ...] = (),
) -> Candidate:
    """Return an account at a mail server.

    Args:
        environ: Where everything stands.
        name: What it could be called.
        prefix: How the variables begin.
        words: How they go on: ``host``, ``port``, ``user``, ``password``.
        port: Where none is named.
        tls: How the connection is protected.
        senders: Variables that may say whom mail is from.
    """
    said = {key: environ.get(f"{prefix}{word}", "") for key, word in words.items()}
    options: dict[str, str | int | bool] = {
        "host": said["host"],
        "port": port_of(said["port"], what=f"{prefix}{words['port']}", default=port),
        "tls": tls,
    }
    if said["user"]:
        options["username"] = said["user"]
    secret = env(environ, f"{prefix}{words['password']}") if said["user"] else ""
    return Candidate(
        name=name,
        provider="smtp",
        source=f"{prefix}*",
        address=sender_of(*(environ.get(one, "") for one in senders), said["user"]),
        options=options,
        secret=secret,
        notes=(_STAYS,) if secret else (),
    )


def _mailatlas(environ: Environ) -> Iterator[Candidate]:
    prefix = "MAILATLAS_"
    usual = "smtp" if environ.get(f"{prefix}SMTP_HOST") else ""
    provider = environ.get(f"{prefix}SEND_PROVIDER", usual)
    if provider == "cloudflare":
        yield _mailatlas_cloudflare(environ, f"{prefix}CLOUDFLARE_")
    elif provider == "gmail":
        yield Candidate(
            name="mailatlas",
            provider="gmail",
            source=f"{prefix}*",
            problem="Its token is of no use to others; sign in: tuimail auth gmail",
        )
    elif provider == "smtp":
        is_ssl = is_yes(environ, f"{prefix}SMTP_SSL")
        is_starttls = is_yes(environ, f"{prefix}SMTP_STARTTLS", default=True)
        tls = tls_of(is_implicit=is_ssl, is_starttls=is_starttls)
        yield _smtp(environ, "mailatlas", f"{prefix}SMTP_", _USUAL, port=587, tls=tls)


def _mailatlas_cloudflare(environ: Environ, prefix: str) -> Candidate:
    options = {"account_id": environ.get(f"{prefix}ACCOUNT_ID", "")}
    if environ.get(f"{prefix}API_BASE"):
        options["url"] = environ[f"{prefix}API_BASE"]
    return Candidate(
        name="mailatlas",
        provider="cloudflare",
        source=f"{prefix}*",
        options=options,
        secret=env(environ, f"{prefix}API_TOKEN"),
        notes=(_STAYS,),
    )


def _fluxmail(environ: Environ) -> Iterator[Candidate]:
    prefix = "FLUXMAIL_"
    kind = environ.get(f"{prefix}TYPE", "smtp").lower()
    if kind == "outlook":
        yield Candidate(
            name="fluxmail",
            provider="outlook",
            source=f"{prefix}*",
            address=sender_of(environ.get(f"{prefix}USERNAME", "")),
        )
    elif environ.get(f"{prefix}HOST"):
        tls = tls_of(
            is_implicit=is_yes(environ, f"{prefix}SSL"),
            is_starttls=is_yes(environ, f"{prefix}TLS"),
        )
        host = {f"{prefix}HOST": environ[f"{prefix}HOST"].partition(":")[0]}
        yield _smtp({**environ, **host}, "fluxmail", prefix, _USUAL, port=25, tls=tls)


def _amsdal(environ: Environ) -> Iterator[Candidate]:
    prefix = "AMSDAL_EMAIL_"
    kind = environ.get(f"{prefix}BACKEND", "")
    if kind in {"console", "dummy"}:
        yield Candidate(name="amsdal", provider=kind, source=f"{prefix}*")
    elif kind == "ses":
        yield _ses(environ, "amsdal", f"{prefix}*, AWS_*")
    elif kind == "smtp" or environ.get(f"{prefix}HOST"):
        tls = tls_of(is_implicit=is_yes(environ, f"{prefix}USE_SSL"),
                     is_starttls=is_yes(environ, f"{prefix}USE_TLS"))  # fmt: skip
        words = _USUAL | {"user": "USER"}
        yield _smtp(environ, "amsdal", prefix, words, port=587, tls=tls)


_DJANGO_BACKENDS: Final = {"console": "console", "dummy": "dummy", "locmem": "dummy"}


def _django(environ: Environ) -> Iterator[Candidate]:
    prefix, sender = "EMAIL_", environ.get("DEFAULT_FROM_EMAIL", "")
    kind = environ.get("EMAIL_BACKEND", "").removesuffix(".EmailBackend")
    kind = kind.removeprefix("django.core.mail.backends.")
    if kind in _DJANGO_BACKENDS:
        yield Candidate(
            name="django",
            provider=_DJANGO_BACKENDS[kind],
            source="EMAIL_BACKEND",
            address=sender_of(sender),
        )
    elif kind not in {"", "smtp"}:
        yield Candidate(
            name="django",
            provider="smtp",
            source="EMAIL_BACKEND",
            problem=f"Its backend “{kind[:80]}” does not send by SMTP.",
        )
    elif environ.get("EMAIL_HOST"):
        tls = tls_of(is_implicit=is_yes(environ, "EMAIL_USE_SSL"),
                     is_starttls=is_yes(environ, "EMAIL_USE_TLS"))  # fmt: skip
        words = _USUAL | {"user": "HOST_USER", "password": "HOST_PASSWORD"}
        senders = ("DEFAULT_FROM_EMAIL", "SERVER_EMAIL")
        yield _smtp(environ, "django", prefix, words, port=25, tls=tls, senders=senders)


def _aws(environ: Environ) -> Iterator[Candidate]:
    if environ.get("AMSDAL_EMAIL_BACKEND") == "ses":
        return
    if environ.get("AWS_ACCESS_KEY_ID") or environ.get("AWS_PROFILE"):
        yield _ses(environ, "ses", "AWS_*")


def _ses(environ: Environ, name: str, source: str) -> Candidate:
    """Return an account at Amazon, which finds its keys as all of its tools do."""
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION", "")
    profile = environ.get("AWS_PROFILE", "")
    said = {"region": region, "profile": profile}
    return Candidate(
        name=name,
        provider="ses",
        source=source,
        options={key: value for key, value in said.items() if value},
        notes=("Its keys are found as Amazon's own tools find them.", _STAYS),
        problem="" if region else "AWS_REGION does not say which region.",
    )


_PREFIXES: Final = {
    "mailatlas": "MAILATLAS_",
    "fluxmail": "FLUXMAIL_",
    "amsdal": "AMSDAL_EMAIL_",
    "django": "EMAIL_",
    "ses": "AWS_",
}
_READERS: Final[Mapping[str, Callable[[Environ], Iterator[Candidate]]]] = {
    "mailatlas": _mailatlas,
    "fluxmail": _fluxmail,
    "amsdal": _amsdal,
    "django": _django,
    "ses": _aws,
}
