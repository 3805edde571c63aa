"""How passwords, keys and tokens look, as data.

Prefixes, alphabets and lengths are those that the services publish. A rule is
only tried on text that has one of its hints. What a rule finds is judged: made-up
values such as ``sk-xxxx…`` are no finding, and a token whose checksum is wrong,
or that opens a sandbox only, is good to know and no more.

Private keys block: nobody should let one pass. Everything else that opens
something is a warning, because a person may well mean to send it.

Pure.
"""

import re
from collections.abc import Callable
from typing import Final

from tuimail.core.checks import secret_values as values
from tuimail.core.finding import Severity
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

Judge = Callable[[re.Match[str]], Severity | None]
"""Says how much a match matters; None where it is no secret after all."""

RUN_LETTERS: Final = 20
"""In a row, hardly any text has so many, and most tokens do."""
_START: Final = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}))"
"""Where a token may begin: not within a word, but after a percent escape."""
_END: Final = r"(?![A-Za-z0-9])"
_END_DASHED: Final = r"(?![A-Za-z0-9_-])"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret. The group ``secret`` is what must not be shown."""

    code: str
    what: str
    hints: tuple[str, ...]
    """One of them is in every text that has such a secret; lower case where capitals
    do not count."""
    pattern: re.Pattern[str]
    judge: Judge
    is_fine_in_own_link: bool = False
    """Whether links to one's own site carry it by design."""
    is_label: bool = False
    """Whether what matches is only the line above the secret, and may be shown."""
    has_run: bool = False
    """Whether ``RUN_LETTERS`` letters, digits, hyphens and low lines of ASCII stand in
    a row in whatever ``pattern`` fits."""
    core: re.Pattern[str] | None = None
    """Is in whatever ``pattern`` fits, and found in a tenth of the time."""

    def may_fit(self, text: str) -> bool:
        """Return whether ``pattern`` is worth a try, as far as ``core`` tells."""
        return self.core is None or self.core.search(text) is not None


def _rule(
    code: str,
    what: str,
    hints: str,
    pattern: str,
    judge: Judge = values.token,
    *,
    is_fine_in_own_link: bool = False,
    is_label: bool = False,
    has_run: bool = False,
    core: str = "",
) -> Rule:
    if "(?P<secret>" not in pattern:
        pattern = f"(?P<secret>{pattern})"
    return Rule(
        code=f"secret.{code}",
        what=what,
        hints=tuple(hints.split("|")),
        pattern=regex(pattern),
        judge=judge,
        is_fine_in_own_link=is_fine_in_own_link,
        is_label=is_label,
        has_run=has_run,
        core=regex(core) if core else None,
    )


def _token(
    code: str, what: str, hints: str, pattern: str, *, has_run: bool = True
) -> Rule:
    whole = f"{_START}{pattern}{_END_DASHED}"
    return _rule(code, what, hints, whole, has_run=has_run)


_PASSWORDS: Final = (
    r"(?=[pkwmcshпПPKWMCSH密パ비])(?<!\b1)(?:pass[_ -]?(?:word|wd|phrase)|passwort"
    r"|kennwort|wachtwoord|mot de passe|contrase[nñ]a|senha|has[lł]o|пароль|pwd"
    r"|密[码碼]|パスワード|비밀번호|(?<![A-Za-z0-9])pw(?=[ \t]{0,4}[:=]))"
)
"""1Password is a program. The look ahead is for speed, here and below."""
_KEYS: Final = (
    r"(?=[aspecbrmdwtASPECBRMDWT])(?:(?:api|access|auth|secret|private|encryption"
    r"|signing|client|bearer|refresh|master|account|shared|session|deploy|webhook)"
    r"[_ -]?(?:key|token|secret)(?:[_ -]base)?|secret|token|credentials?)"
)
_IS: Final = (
    r"(?:[\"'\]*_`]{0,3}[ \t]{0,4}(?::=|=>|[:=\uff1a])[*_`]{0,3}"
    r"|[ \t](?:is|ist|lautet|est|es)[ \t]{0,2}:?)[ \t]{0,4}\n?[ \t>|]{0,4}"
)
_VALUE: Final = (
    r"(?P<secret>\"[^\"\n]{6,200}\"|'[^'\n]{6,200}'|`[^`\n]{6,200}`"
    r"|[^\s\"'`<>,;]{6,200})"
)
_ASKS_FOR_ONE: Final = (
    "pass|kennwort|wachtwoord|contrase|senha|hasł|haslo|пароль|pwd|pw:|pw=|pw "
    "|密码|密碼|パスワード|비밀번호"
)
_NAMES_ONE: Final = "secret|token|key|credential"
_ELEMENT: Final = (
    r"(?i:<[\w:.-]{{0,40}}(?P<key>{key})>)"
    r"\s{{0,20}}(?P<secret>[^<>\s]{{6,200}})\s{{0,20}}</"
)

RULES: Final = (
    _rule(
        "private-key",
        "a private key",
        "PRIVATE KEY|PRIVATE\nKEY",
        r"-{4,5} ?BEGIN (?:[A-Z0-9]{1,12}[ \n]){0,4}PRIVATE[ \n]KEY(?: BLOCK)? ?-{4,5}",
        values.private_key,
        is_label=True,
    ),
    _rule(
        "private-key",
        "a private key",
        "PuTTY-User-Key-File-|AGE-SECRET-KEY-1",
        r"PuTTY-User-Key-File-[1-9]: \S{4,40}|AGE-SECRET-KEY-1[A-Z0-9]{58}",
        values.always_block,
    ),
    _rule(
        "aws-access-key",
        "an AWS access key",
        "AKIA|ASIA|ABIA|ACCA",
        rf"{_START}(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{{16}}{_END}",
        values.aws_access_key,
        has_run=True,
    ),
    _rule(
        "aws-secret-key",
        "an AWS secret key",
        "secret",
        r"(?i:secret[_ -]?(?:access)?[_ -]?key)[\"']?\s{0,4}(?:=>|:=|[:=])\s{0,4}[\"']?"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    _rule(
        "azure-storage-key",
        "an Azure storage key",
        "accountkey|sharedaccesskey",
        r"(?i:AccountKey|SharedAccessKey)\s?=\s?(?P<secret>[A-Za-z0-9+/]{40,100}={0,2})",
    ),
    _rule(
        "azure-sas",
        "an Azure access signature",
        "sig=",
        r"[?&;]sig=(?P<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9%]{43,90}%3[Dd])",
    ),
    _rule(
        "github-token",
        "a GitHub token",
        "ghp_|gho_|ghu_|ghs_|ghr_",
        rf"{_START}gh[pousr]_[A-Za-z0-9]{{36,255}}{_END}",
        values.github_token,
        has_run=True,
    ),
    _token(
        "github-token",
        "a GitHub token",
        "github_pat_",
        r"github_pat_[A-Za-z0-9_]{36,255}",
    ),
    _token(
        "gitlab-token",
        "a GitLab token",
        "glpat-|gldt-|glrt-|glcbt-|glptt-|glft-|glimt-|glagent-|glsoat-|gloas-|glffct-",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas|ffct)-[A-Za-z0-9_.-]{20,300}",
        has_run=False,
    ),
    _token("google-api-key", "a Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    _token(
        "google-oauth",
        "a Google OAuth secret",
        "GOCSPX-|ya29.",
        r"(?:GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{40,400})",
    ),
    _token(
        "anthropic-key",
        "an Anthropic key",
        "sk-ant-",
        r"sk-ant-[A-Za-z0-9]{1,12}-[A-Za-z0-9_-]{24,200}",
    ),
    _token(
        "openai-key",
        "an OpenAI key",
        "sk-",
        r"sk-(?:(?:proj|svcacct|admin|service|None)-[A-Za-z0-9_-]{20,250}"
        r"|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{48})",
    ),
    _rule(
        "llm-key",
        "a key of a language model's service",
        "sk-",
        rf"{_START}sk-(?!(?:ant|proj|svcacct|admin|service|None)-"
        rf"|[A-Za-z0-9]{{48}}{_END_DASHED})[A-Za-z0-9_-]{{20,200}}{_END_DASHED}",
        values.random_token,
        has_run=True,
    ),
    _token(
        "llm-key",
        "a key of a language model's service",
        "gsk_|xai-|pplx-|r8_|hf_",
        r"(?:gsk_[A-Za-z0-9]{40,60}|xai-[A-Za-z0-9]{60,100}|pplx-[A-Za-z0-9]{40,60}"
        r"|r8_[A-Za-z0-9]{37}|hf_[A-Za-z0-9]{34,40})",
    ),
    _rule(
        "jwt",
        "a signed token (JWT)",
        "eyJ",
        rf"{_START}eyJ[A-Za-z0-9_-]{{8,4000}}+\.[A-Za-z0-9_-]{{2,8000}}+"
        r"\.[A-Za-z0-9_-]{0,4000}+",
        values.jwt,
        is_fine_in_own_link=True,
    ),
    _token("npm-token", "an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("pypi-token", "a PyPI token", "pypi-Ag", r"pypi-Ag[A-Za-z0-9_-]{50,400}"),
    _token(
        "sendgrid-key",
        "a SendGrid key",
        "SG.",
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{40,50}",
    ),
    _rule(
        "slack-token",
        "a Slack token",
        "xox|xapp-",
        rf"{_START}(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{{10,300}}{_END_DASHED}",
    ),
    _rule(
        "slack-webhook",
        "a Slack webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com(?:/|%2[Ff])(?:services|workflows|triggers)(?:/|%2[Ff])"
        r"(?P<secret>[A-Za-z0-9/%]{20,200})",
    ),
    _token(
        "stripe-key",
        "a Stripe key",
        "sk_live_|rk_live_",
        r"(?:sk|rk)_live_[A-Za-z0-9]{16,250}",
    ),
    _rule(
        "stripe-key",
        "a Stripe test key",
        "sk_test_|rk_test_",
        rf"{_START}(?:sk|rk)_test_[A-Za-z0-9]{{16,250}}{_END}",
        values.sandbox_token,
        has_run=True,
    ),
    _token(
        "webhook-secret",
        "the secret of a webhook",
        "whsec_",
        r"whsec_[A-Za-z0-9+/]{24,100}={0,2}",
        has_run=False,
    ),
    _rule(
        "telegram-token",
        "a Telegram bot's token",
        ":",
        r"(?=[0-9])(?:(?<![A-Za-z0-9])|(?<=\b[Bb]ot))(?<!\d[:.-])(?P<secret>[0-9]{8,10}:[A-Za-z0-9_-]{35})"
        + _END_DASHED,
        values.telegram_token,
        has_run=True,
        core=":[A-Za-z0-9_-]{35}",
    ),
    _token("twilio-key", "a Twilio key", "SK", r"SK[0-9a-f]{32}"),
    _token("mailgun-key", "a Mailgun key", "key-", r"key-[0-9a-f]{32}"),
    _token("mailchimp-key", "a Mailchimp key", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}"),
    _token("brevo-key", "a Brevo key", "xkeysib-|xsmtpsib-",
           r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    _token("resend-key", "a Resend key", "re_",
           r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}"),
    _token("digitalocean-token", "a DigitalOcean token", "_v1_",
           r"do[opr]_v1_[0-9a-f]{64}"),
    _rule("discord-webhook", "a Discord webhook", "/api/webhooks/",
          r"discord(?:app)?\.com/api/webhooks/(?P<secret>[0-9]{17,20}/[\w-]{60,100})"),
    _token("shopify-token", "a Shopify token", "shp",
           r"shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}"),
    _token("square-token", "a Square token", "sq0",
           r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}"),
    _token("databricks-token", "a Databricks token", "dapi",
           r"dapi[0-9a-f]{32}(?:-\d)?"),
    _token("vault-token", "a Vault token", "hv", r"hv[bsr]\.[A-Za-z0-9_-]{24,300}"),
    _token("terraform-token", "a Terraform token", ".atlasv1.",
           r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,80}"),
    _token("docker-token", "a Docker token", "dckr_pat_",
           r"dckr_pat_[A-Za-z0-9_-]{27}"),
    _token("linear-key", "a Linear key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _token("notion-token", "a Notion token", "ntn_", r"ntn_[A-Za-z0-9]{40,60}"),
    _token("grafana-token", "a Grafana token", "glsa_",
           r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    _token("newrelic-key", "a New Relic key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _token("rubygems-key", "a RubyGems key", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    _token("supabase-token", "a Supabase token", "sbp_", r"sbp_[0-9a-f]{40}"),
    _token("atlassian-token", "an Atlassian token", "ATATT3",
           r"ATATT3[A-Za-z0-9_=-]{100,300}", has_run=False),
    _token("postman-key", "a Postman key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _token("tailscale-key", "a Tailscale key", "tskey-",
           r"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,24}"
           r"-[A-Za-z0-9]{20,60}"),
    _token("sentry-token", "a Sentry token", "sntrys_eyJ|sntryu_",
           r"(?:sntrys_eyJ[A-Za-z0-9+/=_-]{60,400}|sntryu_[0-9a-f]{64})",
           has_run=False),
    _token("figma-token", "a Figma token", "figd_", r"figd_[A-Za-z0-9_-]{38,50}"),
    _token("fly-token", "a Fly token", "fm2_", r"fm2_[A-Za-z0-9+/]{100,2000}={0,2}",
           has_run=False),
    _token("netlify-token", "a Netlify token", "nfp_", r"nfp_[A-Za-z0-9]{36}"),
    _token("pulumi-token", "a Pulumi token", "pul-", r"pul-[0-9a-f]{40}"),
    _token("dynatrace-token", "a Dynatrace token", "dt0c01.",
           r"dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _token("onepassword-token", "a token of 1Password", "ops_eyJ",
           r"ops_eyJ[A-Za-z0-9+/_-]{250,2000}={0,2}", has_run=False),
    _token("posthog-key", "a PostHog key", "phx_", r"phx_[A-Za-z0-9]{40,60}"),
    _token("airtable-token", "an Airtable token", "pat",
           r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    _token("google-oauth", "a Google OAuth token", "1//0",
           r"1//0[A-Za-z0-9_-]{60,110}"),
    _token("easypost-key", "an EasyPost key", "EZAK", r"EZAK[A-Za-z0-9]{54}"),
    _token("nuget-key", "a NuGet key", "oy2", r"oy2[a-z0-9]{43}"),
    _rule(
        "url-credentials",
        "a login in a command",
        "curl ",
        r"\bcurl (?:[^\n]{0,100}? )?(?:-u ?|--user[ =])[\"']?"
        r"(?P<user>[^\s:\"'-][^\s:\"']{0,100}):(?P<secret>[^\s\"'<>]{4,200})",
        values.url_password,
    ),
    _rule(
        "generic-assignment",
        "a password",
        "password ",
        r"\b(?P<key>login)\s{1,4}\S{1,100}\s{1,8}password\s{1,4}(?P<secret>\S{6,200})",
        values.password,
    ),
    _rule(
        "generic-assignment",
        "a password",
        "--pass|--pwd",
        rf"(?<!\S)--(?P<key>pass(?:word|wd|phrase)?|pwd) {{1,4}}(?!-){_VALUE}",
        values.password,
    ),
    _rule(
        "url-credentials",
        "a password in a link",
        "://",
        r"://(?P<user>[^\s:@/?#\"'<>]{0,100}):(?!(?:\d{0,5}|port)[/?#])"
        r"(?P<secret>[^\s@\"'<>]{1,200})"
        r"@(?P<host>[^\s@/?#\"'<>]{1,253})",
        values.url_password,
        core="@",
    ),
    _rule(
        "generic-assignment",
        "a password",
        _ASKS_FOR_ONE,
        rf"(?i:(?P<key>{_PASSWORDS}){_IS}){_VALUE}",
        values.password,
    ),
    _rule(
        "generic-assignment",
        "a password",
        _ASKS_FOR_ONE,
        rf"(?:\A|[|\n])[ \t*_`]{{0,4}}(?i:(?P<key>{_PASSWORDS})):?[*_`]{{0,3}}"
        r"\s{0,40}\|[\s*`]{0,40}(?P<secret>[^\s|`]{8,200})`?"
        r"(?=[ \t]{0,40}(?:[|\n]|\Z))",
        values.password_in_a_table,
    ),
    _rule(
        "generic-assignment",
        "a password",
        _ASKS_FOR_ONE,
        _ELEMENT.format(key=_PASSWORDS),
        values.password,
    ),
    _rule(
        "generic-assignment",
        "a key or token",
        _NAMES_ONE,
        _ELEMENT.format(key=_KEYS),
        values.assigned_token,
    ),
    _rule(
        "generic-assignment",
        "a key or token",
        _NAMES_ONE,
        rf"(?i:(?P<key>{_KEYS}){_IS}){_VALUE}",
        values.assigned_token,
    ),
    _rule(
        "generic-assignment",
        "a login for a server",
        "authorization",
        r"(?i:(?P<key>authorization)[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
        r"(?:bearer|basic|token)\s{1,3})(?P<secret>[A-Za-z0-9+/._=-]{16,400})",
        values.assigned_token,
    ),
)  # fmt: skip
"""In order: what a rule has found, a later one does not find again."""
