"""What a Gmail account costs those who do not send: nothing of Google's."""

import json
import subprocess
import sys

import pytest

THEIRS = ("google", "googleapiclient", "httplib2", "httpx2", "uritemplate")
TO_ACCEPT = """
import json, sys
from tests.core.drafts import a_draft
from tuimail.core.compose import envelope
from tuimail.providers.base import ProviderAccount
from tuimail.providers.registry import provider_class
account = ProviderAccount(name="work", options={}, secret=lambda: None)
draft = a_draft()
provider_class("gmail")(account).accept(draft, envelope(draft))
print(json.dumps([*sys.modules]))
"""


@pytest.mark.slow
def test_approving_a_mail_loads_nothing_of_googles() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TO_ACCEPT], capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout)

    assert "tuimail.providers.gmail.provider" in loaded
    assert [one for one in loaded if one.partition(".")[0] in THEIRS] == []
