import os
from pathlib import Path

import pytest

from tuimail.errors import FieldError, TemplateError
from tuimail.settings.templates import FILE_LIMIT_BYTES, TemplateFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of templates beside a file that no template may have."""
    (tmp_path / "secret.txt").write_text("hunter2")
    folder = tmp_path / "templates"
    (folder / "parts" / "deep").mkdir(parents=True)
    (folder / "footer.txt").write_bytes("\ufeff-- \r\nGrüße".encode())
    (folder / "parts" / "deep" / "logo.html").write_text("<b>A</b>")
    return folder


@pytest.mark.parametrize(
    ("name", "text"),
    [("footer.txt", "-- \nGrüße"), ("parts/deep/logo.html", "<b>A</b>")],
)
def test_files_below_the_folder_are_had(folder: Path, name: str, text: str) -> None:
    assert TemplateFolder(folder).load(name) == text


@pytest.mark.parametrize("name", ["none.txt", "none/logo.html", "parts/none.html"])
def test_a_file_that_is_missing_is_nothing(folder: Path, name: str) -> None:
    assert TemplateFolder(folder).load(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "parts/../../secret.txt",
        "parts/../footer.txt",
        "/etc/passwd",
        "./footer.txt",
        "parts//deep/logo.html",
        "parts/",
        "",
        ".",
        "..",
        ".env",
        ".git/config",
        "parts/.env",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(folder: Path, name: str) -> None:
    (folder / ".env").write_text("KEY=hunter2")
    (folder / "parts" / ".env").write_text("KEY=hunter2")

    with pytest.raises(TemplateError, match="is hidden, or not within the folder"):
        TemplateFolder(folder).load(name)


@pytest.mark.parametrize(
    ("link", "target", "name"),
    [
        ("link.txt", "../secret.txt", "link.txt"),
        ("link.txt", "footer.txt", "link.txt"),
        ("link.txt", "none.txt", "link.txt"),
        ("up", "..", "up/secret.txt"),
        ("here", ".", "here/footer.txt"),
    ],
)
def test_links_are_not_followed(
    folder: Path, link: str, target: str, name: str
) -> None:
    (folder / link).symlink_to(target)

    with pytest.raises(TemplateError, match="is a link"):
        TemplateFolder(folder).load(name)


def test_a_folder_that_is_a_link_itself_is_what_a_person_named(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").symlink_to(folder)

    assert TemplateFolder(tmp_path / "mine").load("footer.txt") == "-- \nGrüße"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("parts", "not a regular file"),
        ("pipe.txt", "not a regular file"),
        ("footer.txt/x", "within something that is no folder"),
        ("a\0b", "not a path"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_is_no_file_is_refused(folder: Path, name: str, reason: str) -> None:
    os.mkfifo(folder / "pipe.txt")

    with pytest.raises(TemplateError, match=reason) as caught:
        TemplateFolder(folder).load(name)

    assert caught.value.field == "template"
    assert caught.value.hint


def test_an_included_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "latin.txt").write_bytes(b"Gr\xfc\xdfe")

    with pytest.raises(
        FieldError, match=r"latin\.txt is not UTF-8 text: byte 3 is 0xfc"
    ):
        TemplateFolder(folder).load("latin.txt")


def test_an_included_file_that_is_too_long_is_refused(folder: Path) -> None:
    (folder / "long.txt").write_bytes(b"x" * (FILE_LIMIT_BYTES + 1))

    with pytest.raises(FieldError, match=f"longer than {FILE_LIMIT_BYTES} bytes"):
        TemplateFolder(folder).load("long.txt")


def open_files() -> list[str]:
    return sorted(one.name for one in Path("/dev/fd").iterdir())


def test_no_files_stay_open(folder: Path) -> None:
    (folder / "link.txt").symlink_to("footer.txt")
    templates = TemplateFolder(folder)
    before = open_files()

    templates.load("parts/deep/logo.html")
    templates.load("parts/none.txt")
    for name in ("link.txt", "parts", "footer.txt/x"):
        with pytest.raises(TemplateError):
            templates.load(name)

    assert open_files() == before
