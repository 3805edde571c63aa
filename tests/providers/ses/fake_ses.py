"""The two pages of Amazon SES that sending and looking need."""

import base64

from tuimail.testing import Received, Respond

SEND, ACCOUNT = "/v2/email/outbound-emails", "/v2/email/account"
MESSAGE_ID = "0100018f2b7e-4F2A77"
STATE = {
    "SendQuota": {
        "Max24HourSend": 50000.0,
        "MaxSendRate": 14.0,
        "SentLast24Hours": 17.0,
    },
    "SendingEnabled": True,
    "ProductionAccessEnabled": True,
}


def refusal(status: int, code: str, message: str = "") -> Respond:
    """Return an error as SES writes it."""
    return Respond(
        status=status,
        body={"message": message or f"{code}, in words."},
        headers={"x-amzn-ErrorType": f"{code}:http://internal.amazon.com/"},
    )


class FakeSes:
    """Takes whatever is signed by the access key that it knows."""

    def __init__(self, access_key_id: str) -> None:
        self.access_key_id = access_key_id
        self.state: dict[str, object] = dict(STATE)

    def answer(self, received: Received) -> Respond:
        if f"Credential={self.access_key_id}/" not in received.headers["authorization"]:
            return refusal(403, "UnrecognizedClientException")
        if (received.method, received.target) == ("GET", ACCOUNT):
            return Respond(body=self.state)
        if (received.method, received.target) == ("POST", SEND):
            return Respond(body={"MessageId": MESSAGE_ID})
        return refusal(404, "NotFoundException")


def message_in(received: Received) -> bytes:
    """Return the message that a request holds."""
    return base64.b64decode(received.json["Content"]["Raw"]["Data"], validate=True)
