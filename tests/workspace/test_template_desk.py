"""The person's own templates: listed, asked about, and filled in."""

from pathlib import Path

import pytest

from tests.workspace.conftest import Desk
from tuimail.errors import NotFoundError, TemplateError
from tuimail.workspace.template_desk import TemplateLine
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def folder(desk: Desk) -> Path:
    folder = desk.config.with_name("templates")
    folder.mkdir()
    return folder


def test_without_a_folder_there_are_no_templates(workspace: Workspace) -> None:
    assert workspace.templates.lines() == ()


def test_templates_and_snippets_are_listed_by_name(
    workspace: Workspace, folder: Path
) -> None:
    (folder / "weekly.md").write_text("Subject: Week {{ week }}\nTo: a@b.example\n\nx")
    (folder / "thanks.txt").write_text("\nMany thanks,\nmore\n")
    (folder / "offer.html").write_text("Subject: Offer\n\n<p>x</p>")
    (folder / "offer.txt").write_text("\nx\n")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "empty.txt").write_text("")
    (folder / ".hidden.txt").write_text("x")
    (folder / "photo.png").write_bytes(b"x")

    assert workspace.templates.lines() == (
        TemplateLine(name="deeper/empty.txt", is_snippet=True, text=""),
        TemplateLine(name="offer.html", is_snippet=False, text="Offer"),
        TemplateLine(name="thanks.txt", is_snippet=True, text="Many thanks,"),
        TemplateLine(name="weekly.md", is_snippet=False, text="Week {{ week }}"),
    )


def test_the_folder_is_looked_through_once_and_what_nobody_may_see_is_left_out(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt", "secret.txt"):
        (folder / name).write_text("x")
    looked: list[str] = []
    is_file = Path.is_file

    def is_file_here(path: Path) -> bool:
        looked.append(path.name)
        if path.name == "secret.txt":
            raise PermissionError
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", is_file_here)

    assert [one.name for one in workspace.templates.lines()] == ["a.txt", "b.txt"]
    assert looked.count("a.txt") == 1


def test_one_that_cannot_be_read_is_listed_with_the_reason(
    workspace: Workspace, folder: Path
) -> None:
    (folder / "bad.txt").write_bytes(b"caf\xe9")
    (folder / "odd.txt").write_text("Priority: high\n\nx")

    bad, odd = workspace.templates.lines()

    assert "not UTF-8" in bad.problem
    assert "Priority" in odd.problem


def test_blanks_are_asked_for_in_order_and_filled_in(
    workspace: Workspace, folder: Path
) -> None:
    (folder / "week.txt").write_text(
        "Subject: Week {{ week }}\nTo: {{ who.name }} <{{ who.mail }}>\n\n"
        "Hi {{ who.name }},\n{% include 'foot.txt' %}"
    )
    (folder / "foot.txt").write_text("\n{{ place }}\n")

    blanks = workspace.templates.blanks("week.txt")
    values = {"week": "9", "who.name": "Ana", "who.mail": "a@b.example", "place": ""}
    fields = workspace.templates.filled("week.txt", values)

    assert blanks == ("week", "who.name", "who.mail", "place")
    assert fields.subject == "Week 9"
    assert fields.to == ("Ana <a@b.example>",)
    assert fields.text == "Hi Ana,\n\n{{ place }}\n"


def test_what_was_not_asked_for_is_told_by_line(
    workspace: Workspace, folder: Path
) -> None:
    (folder / "week.txt").write_text("\nHi\n{{ name }}")

    with pytest.raises(TemplateError, match=r"line 3: the variable `name`"):
        workspace.templates.filled("week.txt", {})


@pytest.mark.parametrize("name", ["gone.txt", "../config.toml", "/etc/passwd", ""])
def test_only_templates_of_the_folder_are_read(
    workspace: Workspace, folder: Path, name: str
) -> None:
    assert folder.is_dir()
    with pytest.raises(NotFoundError):
        workspace.templates.blanks(name)


def test_a_template_leads_to_no_file_outside_of_the_folder(
    workspace: Workspace, folder: Path, desk: Desk
) -> None:
    desk.config.write_text("")
    (folder / "sly.txt").write_text("\n{% include '../config.toml' %}")

    with pytest.raises(TemplateError, match="not within the folder"):
        workspace.templates.blanks("sly.txt")


def test_values_in_markdown_mean_nothing_and_blanks_stay_blanks(
    workspace: Workspace, folder: Path
) -> None:
    (folder / "bold.md").write_text("\n**{{ what }}** for {{ first_name }}\n")

    fields = workspace.templates.filled(
        "bold.md", {"what": "*a_b* <c> né 1", "first_name": ""}
    )

    assert fields.markdown == (r"**\*a\_b\* \<c\> né 1** for {{ first_name }}" + "\n")
