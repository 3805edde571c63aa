"""The one page of Microsoft Graph that sending needs."""

import base64
import binascii

from tuimail.testing import Received, Respond

PATH = "/v1.0/me/sendMail"


def refusal(status: int, code: str, message: str = "", **headers: str) -> Respond:
    """Return an error as Graph writes it."""
    body = {"error": {"code": code, "message": message or f"{code}, in words."}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Respond(status=status, body=body, headers=named)


class FakeGraph:
    """Takes base64 as plain text from whoever has the token; 202 and no word."""

    def __init__(self, token: str) -> None:
        self.token = token

    def answer(self, received: Received) -> Respond:
        if received.headers.get("authorization") != f"Bearer {self.token}":
            return refusal(401, "InvalidAuthenticationToken")
        if (received.method, received.target) != ("POST", PATH):
            return refusal(404, "ResourceNotFound")
        if received.headers.get("content-type") != "text/plain":
            return refusal(400, "BadRequest")
        try:
            content = message_in(received)
        except binascii.Error:
            return refusal(400, "ErrorMimeContentInvalidBase64String")
        if b"\r\n\r\n" not in content:
            return refusal(400, "ErrorMimeContentInvalid")
        return Respond(status=202, headers={"request-id": "b5a7e3d0"})


def message_in(received: Received) -> bytes:
    """Return the message that a request holds."""
    return base64.b64decode(received.body, validate=True)
