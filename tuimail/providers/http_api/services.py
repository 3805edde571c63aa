"""The mail APIs that we describe ourselves; what each is like is in its file.

Nothing is read and nothing heavy loaded until one of them is used.
"""

from datetime import timedelta
from typing import ClassVar

from tuimail.providers.base import Capabilities
from tuimail.providers.http_api.provider import DeclaredProvider


class Resend(DeclaredProvider):
    """Resend, the only one that takes a message once under a key."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        is_idempotent=True, key_life=timedelta(hours=24), derivation="resend 1"
    )
    service: ClassVar[str] = "resend"


class Postmark(DeclaredProvider):
    """Postmark."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="postmark 1")
    service: ClassVar[str] = "postmark"


class SendGrid(DeclaredProvider):
    """Twilio SendGrid."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="sendgrid 1")
    service: ClassVar[str] = "sendgrid"


class Brevo(DeclaredProvider):
    """Brevo, which was Sendinblue."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="brevo 1")
    service: ClassVar[str] = "brevo"


class Mailjet(DeclaredProvider):
    """Mailjet."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="mailjet 1")
    service: ClassVar[str] = "mailjet"


class Mailtrap(DeclaredProvider):
    """Mailtrap, and its sandbox."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="mailtrap 1")
    service: ClassVar[str] = "mailtrap"


class MailerSend(DeclaredProvider):
    """MailerSend."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="mailersend 1")
    service: ClassVar[str] = "mailersend"


class Scaleway(DeclaredProvider):
    """Scaleway Transactional Email."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="scaleway 1")
    service: ClassVar[str] = "scaleway"


class SparkPost(DeclaredProvider):
    """SparkPost, which takes a message as it is."""

    capabilities: ClassVar[Capabilities] = Capabilities()
    service: ClassVar[str] = "sparkpost"


class Mailgun(DeclaredProvider):
    """Mailgun, which takes a message as it is."""

    capabilities: ClassVar[Capabilities] = Capabilities()
    service: ClassVar[str] = "mailgun"
