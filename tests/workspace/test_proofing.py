"""Proofs: what mail being written would become, stored nowhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from tuimail.core.draft import Draft
from tuimail.workspace import proofing
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def draft(workspace: Workspace) -> Draft:
    return workspace.drafts.compose(
        Fields(to=("ana@example.net",), subject="Plan", text="plan.pdf is attached\n")
    )


def test_a_proof_is_the_message_and_is_stored_nowhere(
    workspace: Workspace, draft: Draft
) -> None:
    proof = workspace.proofing.proof(draft)

    assert b"To: ana@example.net\r\n" in proof.raw
    assert b"plan.pdf is attached" in proof.raw
    assert "att.forgotten" in {one.code for one in proof.findings or ()}
    assert workspace.drafts.rows() == ()
    assert list(workspace.root.rglob("message.eml")) == []


def test_mail_for_nobody_yet_has_a_proof_that_names_nobody(
    workspace: Workspace, draft: Draft
) -> None:
    proof = workspace.proofing.proof(replace(draft, to=()))

    assert b"plan.pdf is attached" in proof.raw
    assert b"nobody" not in proof.raw


def test_files_are_not_read_for_a_proof(
    workspace: Workspace, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plan.pdf"
    file.write_bytes(b"%PDF-1.4 ten")
    attached, _ = workspace.drafts.attach(file)
    draft = replace(draft, attachments=(attached,))
    monkeypatch.setattr(proofing, "MOST_BYTES", 5)

    proof = workspace.proofing.proof(draft)

    assert b"plan.pdf is" in proof.raw
    assert b"application/pdf" not in proof.raw
    assert proof.findings is None


def test_what_is_too_long_is_not_tried_at_each_key(
    workspace: Workspace, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofing, "MOST_CHARACTERS", 5)

    proof = workspace.proofing.proof(draft)

    assert (proof.raw, proof.findings) == (b"", None)
    assert "too long" in proof.why_not
