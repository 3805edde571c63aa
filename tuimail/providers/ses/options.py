"""What an account at Amazon SES may say about itself, checked. Pure."""

from pathlib import Path
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.providers import options
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.options import base_url


@dataclass(frozen=True, slots=True, kw_only=True)
class SesOptions:
    """One account in one region."""

    region: str
    profile: str = ""
    """In the AWS configuration of the person; empty for what AWS looks at first."""
    access_key_id: str = ""
    """Whose secret key is the account's password; empty for AWS's own chain."""
    configuration_set: str = ""
    url: str = ""
    """Of an endpoint other than the region's own."""
    ca_file: Path | None = None
    """Whom to trust instead of the system's authorities."""

    @property
    def endpoint(self) -> str:
        """Where it is asked."""
        suffix = next(
            (SUFFIXES[start] for start in SUFFIXES if self.region.startswith(start)),
            "amazonaws.com",
        )
        return self.url or f"https://email.{self.region}.{suffix}"


def read_options(account: ProviderAccount) -> SesOptions:
    """Return the options of ``account``.

    Raises:
        ConfigurationError: One is missing, unknown or not usable.
    """
    options.refuse_unknown(account, ALLOWED)
    profile = options.text(account, "profile")
    access_key_id = options.text(account, "access_key_id")
    if profile and access_key_id:
        raise options.option_error(
            account,
            "access_key_id",
            "stands beside profile, which names another key",
            hint="Remove one of them.",
        )
    return SesOptions(
        region=_region(account),
        profile=profile,
        access_key_id=access_key_id,
        configuration_set=options.text(account, "configuration_set"),
        url=base_url(account) if "url" in account.options else "",
        ca_file=options.file_path(account, "ca_file"),
    )


def _region(account: ProviderAccount) -> str:
    region = options.text(account, "region")
    if _REGION.fullmatch(region) and "fips" not in region.split("-"):
        return region
    raise options.option_error(
        account,
        "region",
        f"is “{region[:40]}”, which is no region" if region else "is missing",
        hint='Write where the account is, such as region = "eu-central-1".',
    )


ALLOWED: Final = (
    "access_key_id", "ca_file", "configuration_set", "profile", "region", "url",
)  # fmt: skip
SUFFIXES: Final = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk",
}
"""Of Amazon's other clouds (its "Partitions"), by how their regions begin."""
_REGION: Final = regex(r"[a-z]{2,}(?:-[a-z]+)+-\d{1,2}")
