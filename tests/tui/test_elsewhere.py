"""What is being written, saved as a file where the workspace takes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tuimail.core.draft import Attachment
from tuimail.errors import ConfigurationError
from tuimail.tui import elsewhere
from tuimail.tui.editing import Typed

TYPED = Typed(to="ana@example.net", bcc="b@example.org", subject="Q3", text="Hi Ana\n")


def test_everything_that_was_typed_is_in_the_file() -> None:
    content = elsewhere.content(TYPED, "Mara <mara@example.org>").decode()

    for part in ("From: Mara <mara", "To: ana@", "Bcc: b@", "Subject: Q3", "Hi Ana"):
        assert part in content


def test_the_other_part_and_names_of_files_stand_below() -> None:
    file = Attachment(
        name="q3.pdf", content_type="application/pdf", digest="0" * 64, size_bytes=4
    )
    typed = replace(TYPED, html="<p>Hi</p>", files=(file,))

    content = elsewhere.content(typed, "").decode()

    assert content.index("Hi Ana") < content.index("<p>Hi</p>")
    assert content.rstrip().endswith("q3.pdf")


def test_html_alone_is_the_body() -> None:
    typed = replace(TYPED, text="", html="<p>Hi</p>")

    assert "--- HTML" not in elsewhere.content(typed, "").decode()


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Q3 report", "~/Q3-report.eml"),
        ("../../etc/passwd", "~/etc-passwd.eml"),
        ("見積書", "~/mail.eml"),
        ("", "~/mail.eml"),
    ],
)
def test_a_name_is_proposed_that_stays_in_the_home(subject: str, name: str) -> None:
    assert elsewhere.proposed(replace(TYPED, subject=subject)) == name


def test_the_file_is_new_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "q3.eml"

    elsewhere.save(path, b"text")

    assert path.read_bytes() == b"text"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError, match="is there already"):
        elsewhere.save(path, b"other")
    assert path.read_bytes() == b"text"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file") as caught:
        elsewhere.save(tmp_path / "none" / "q3.eml", b"text")

    assert caught.value.hint
