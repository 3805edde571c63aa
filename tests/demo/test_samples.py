import re
from pathlib import Path

import pytest

from tuimail.demo.samples import Sample, samples

RESERVED = re.compile(r"(^|[.@])(example\.(org|net|com)|[a-z-]+\.example)$")


@pytest.mark.parametrize("name", sorted(samples()))
def test_every_domain_of_a_sample_is_reserved_for_examples(name: str) -> None:
    """A mail of the demo that got out by a mistake must reach nobody."""
    sample = samples()[name]
    found = re.findall(r"\w@([\w.-]+)|https?://([\w.-]+)", _everything(sample))

    domains = {mail or link for mail, link in found}
    assert [one for one in domains if not RESERVED.search(f".{one}")] == []


def _everything(sample: Sample) -> str:
    people = " ".join((*sample.to, *sample.cc, *sample.bcc))
    return f"{people} {sample.text} {sample.html}"


def test_attachments_are_made_when_they_are_needed(tmp_path: Path) -> None:
    fields = samples()["invoice"].fields(tmp_path)

    (path,) = fields.attachments
    assert isinstance(path, Path)
    assert path.name == "Invoice 2026-1184.pdf"
    assert path.read_bytes().startswith(b"%PDF-1.4")


def test_some_newsletters_have_real_html() -> None:
    sample = samples()["newsletter"]

    assert "<table" in sample.html
    assert "Unsubscribe" in sample.text
