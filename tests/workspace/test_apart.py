import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from tuimail.core.templates.merge_data import Row
from tuimail.core.templates.renderer import Kind, Template
from tuimail.errors import TemplateError
from tuimail.workspace import apart


def template(source: str, *, kind: Kind = Kind.TEXT) -> Template:
    return Template(name="welcome.txt", source=source, kind=kind, field="template")


def refusal(source: str, *rows: Row, folder: Path | None = None) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        apart.rendered([template(source)], rows or ({},), folder=folder)
    return caught.value


def test_every_row_fills_in_every_template() -> None:
    templates = [template("{{ x }} 日本\n"), template("{{ x }}", kind=Kind.HTML)]

    texts = apart.rendered(templates, [{"x": "<a>"}, {"x": 2}], folder=None)

    assert texts == [("<a> 日本\n", "&lt;a&gt;"), ("2 日本\n", "2")]


def test_missing_values_may_be_allowed() -> None:
    texts = apart.rendered([template("a{{ x }}")], [{}], folder=None, is_strict=False)

    assert texts == [("a",)]


def test_an_error_comes_back_as_it_was() -> None:
    error = refusal("\n{{ x }}", {"y": 1})

    assert error.message == (
        "Template welcome.txt, line 2: the variable `x` has no value."
    )
    assert error.hint.startswith("The data has y. ")
    assert error.field == "template"


def test_an_error_names_the_row_where_there_are_several() -> None:
    error = refusal("{{ x }}", {"x": 1}, {"y": 1})

    assert error.message == (
        "Row 2: Template welcome.txt, line 1: the variable `x` has no value."
    )


def test_a_template_that_cannot_be_read_is_told_before_any_row() -> None:
    assert refusal("{% if", {}, {}).message.startswith("Template welcome.txt, line 1")


def test_files_are_included_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "footer.txt").write_text("-- {{ x }}")

    texts = apart.rendered(
        [template("{% include 'footer.txt' %}")], [{"x": 1}], folder=tmp_path
    )

    assert texts == [("-- 1",)]


def test_files_outside_the_folder_are_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("hunter2")
    (tmp_path / "templates").mkdir()
    error = refusal("\n{% include '../secret.txt' %}", folder=tmp_path / "templates")

    assert error.message == (
        "Template welcome.txt, line 2: the file '../secret.txt' is hidden, "
        "or not within the folder of the template."
    )
    assert error.hint.startswith("Put it beside the template")


def test_what_is_no_file_may_include_none() -> None:
    error = refusal("{% include 'footer.txt' %}")

    assert "only a template from a file may include others" in error.message
    assert error.hint == "Write it to a file: --template FILE"


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "-" * 200_000 + "1 }}",
        "{{ 1" + " | upper" * 200_000 + " }}",
    ],
)
def test_what_would_end_this_process_is_an_error(source: str) -> None:
    """The native parser's stack ends, or there is no memory left."""
    error = refusal(source)

    assert error.message.startswith("Template welcome.txt was stopped: ")
    assert error.field == "template"


@pytest.mark.slow
def test_a_text_that_doubles_with_every_step_is_stopped() -> None:
    source = (
        "{% set n = namespace(x='0123456789') %}"
        "{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}"
    )

    assert refusal(source).message.startswith("Template welcome.txt was stopped: ")


def _end_with(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    done = SimpleNamespace(returncode=code, stdout=b"", stderr=b"Traceback\nOops")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)


def test_no_memory_left_is_an_error_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _end_with(3, monkeypatch)

    assert "was stopped" in refusal("{{ x }}").message


def test_a_process_that_has_no_memory_left_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answers(_job: object) -> Iterator[tuple[str, ...]]:
        yield ("a",)
        raise MemoryError

    monkeypatch.setattr(apart, "_answers", answers)

    assert apart.main(io.BytesIO(b"{}"), io.BytesIO()) == 3


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    _end_with(1, monkeypatch)

    with pytest.raises(RuntimeError, match="Oops"):
        apart.rendered([template("{{ x }}")], [{}], folder=None)


def test_all_mails_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "OUTPUT_LIMIT", 25)
    job = {
        "templates": [asdict(template("{{ x }}"))],
        "rows": [{"x": "y" * 10}] * 4,
        "folder": "",
        "is_strict": True,
    }
    target = io.BytesIO()

    assert apart.main(io.BytesIO(json.dumps(job).encode()), target) == 0

    *texts, error = map(json.loads, target.getvalue().splitlines())
    assert texts == [["y" * 10]] * 2
    assert (
        error["message"] == "The first 3 mails together have more than 25 characters."
    )
