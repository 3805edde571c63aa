"""The sample mails, read from the files beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from tuimail.demo.pdf import pdf
from tuimail.workspace.fields import Fields

ME = "me"
"""Stands for whoever runs the demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One mail of the demo, before anything became of it."""

    by: str
    """``me`` or an agent."""
    note: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[str, ...] = ()
    """Names of PDF files, which are made when they are needed."""
    headers: tuple[tuple[str, str], ...] = field(default=())

    def fields(self, folder: Path) -> Fields:
        """Return it as if it had been typed, with its files in ``folder``."""
        return Fields(
            to=self.to,
            cc=self.cc,
            bcc=self.bcc,
            subject=self.subject,
            text=self.text,
            html=self.html,
            attachments=tuple(self._file(folder, name) for name in self.attachments),
            headers=self.headers,
        )

    def _file(self, folder: Path, name: str) -> Path:
        path = folder / name
        path.write_bytes(pdf([Path(name).stem, "", *self.text.splitlines()]))
        return path


@cache
def samples() -> Mapping[str, Sample]:
    """Return every sample mail by its name."""
    entries = tomllib.loads(_read("mails.toml"))
    return {name: _sample(entry) for name, entry in entries.items()}


def _sample(entry: dict[str, Any]) -> Sample:
    return Sample(
        by=entry["by"],
        note=entry.get("note", ""),
        to=tuple(entry.get("to", ())),
        cc=tuple(entry.get("cc", ())),
        bcc=tuple(entry.get("bcc", ())),
        subject=entry["subject"],
        text=entry["text"].removeprefix("\n"),
        html=_read(entry["html"]) if "html" in entry else "",
        attachments=tuple(entry.get("attachments", ())),
        headers=tuple((name, value) for name, value in entry.get("headers", ())),
    )


def _read(name: str) -> str:
    folder = resources.files("tuimail.demo") / "mails"
    return (folder / name).read_text(encoding="utf-8")
