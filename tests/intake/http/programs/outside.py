"""A program that has its token in the body, as the service's open request wants it."""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MAIL = {
    "token": os.environ["MAIL_KEY"],
    "from_name": "",
    "to_name": "",
    "to_mail": sys.argv[1],
    "subject": "Disk is full",
    "is_html": False,
    "content": "On db1.",
}
REQUEST = Request(
    f"{os.environ['MAIL_API']}/external/api/send_mail",
    data=json.dumps(MAIL).encode(),
    headers={"Content-Type": "application/json"},
)

try:
    with urlopen(REQUEST, timeout=10) as answer:
        sys.stdout.write(f"sent {json.load(answer)['status']}\n")
except HTTPError as error:
    sys.exit(error.read().decode())
