"""Mail with files, which takes long and holds up nobody."""

import pytest

from tests.intake.http.conftest import Shop, Web
from tuimail.core.origin import AGENT_PREFIX
from tuimail.store.blobs import Blobs


async def test_others_write_while_files_are_kept(
    web: Web, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is flushed by itself; nobody is to wait for a hundred of those."""
    add = Blobs.add
    written: list[str] = []

    def adding(self: Blobs, *given: object, **named: object) -> object:
        with shop.open() as other:
            written.append(other.clients.add(f"other{len(written)}")[0].actor)
        return add(self, *given, **named)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(Blobs, "add", adding)
    files = [{"name": f"{n}.txt", "content": "YQ=="} for n in range(2)]
    mail = {"to": ["bob@partner.example"], "text": "Hi", "attachments": files}

    answer = await web("POST", "/v1/drafts", mail)
    again = await web("PUT", f"/v1/drafts/{answer.json['id']}", mail | {"text": "Ho"})

    assert (answer.status, again.status) == (201, 200)
    assert again.json["revision"] == 2
    assert written == [f"{AGENT_PREFIX}other{number}" for number in range(4)]
