"""Templates filled in by a process of their own, with bounded memory and time.

A template may be what somebody else wrote. One that doubles a text forty times
takes all memory there is, and brackets nested deeply enough end the process that
reads them; here that is an error like any other, and nothing was stored yet.

``python -m tuimail.workspace.apart`` is that process: one JSON document in, one
line for each row out.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

from tuimail.core.templates.merge_data import Row, about_row
from tuimail.core.templates.renderer import Kind, Renderer, Template
from tuimail.core.templates.variables import variables
from tuimail.errors import FieldError, TemplateError
from tuimail.settings.templates import TemplateFolder

MEMORY_LIMIT_BYTES: Final = 1024**3
"""Address space, of which the interpreter itself takes a fraction."""
SECONDS_LIMIT: Final = 60
"""Of computing, for all rows together."""
OUTPUT_LIMIT: Final = 200_000_000
"""Characters of all mails together."""
_OUT_OF_MEMORY: Final = 3
_ROW: Final = "row"
"""What an answer is about that is an error of its own row, and of no other."""


def rendered(
    templates: Sequence[Template],
    rows: Sequence[Row],
    *,
    folder: Path | None,
    is_strict: bool = True,
) -> list[tuple[str, ...]]:
    """Return, for each row, every template with its blanks filled in.

    Args:
        templates: What to fill in.
        rows: Names and values; no mail sees any row but its own.
        folder: Where they may include files from; None for nowhere.
        is_strict: Whether a variable without a value is an error.

    Raises:
        TemplateError: A template is wrong, lacks a value, or takes more than it
            may; the row is named where there are several.
    """
    answers = _done({"rows": rows, "is_strict": is_strict}, templates, folder)
    return [tuple(answer) for answer in answers]


def rendered_each(
    templates: Sequence[Template], rows: Sequence[Row], *, folder: Path | None
) -> list[tuple[str, ...] | TemplateError]:
    """Return the same, with an error in the place of each row that has one.

    Raises:
        TemplateError: It is no single row's: a template cannot be read, or all of
            them together take more than they may.
    """
    job = {"rows": rows, "is_strict": True, "goes_on": True}
    return [
        TemplateError(**answer[_ROW]) if isinstance(answer, dict) else tuple(answer)
        for answer in _done(job, templates, folder)
    ]


def asked_for(templates: Sequence[Template], *, folder: Path | None) -> tuple[str, ...]:
    """Return the names of the values that ``templates`` ask for; see ``rendered``.

    Raises:
        TemplateError: They take more than they may, or a file may not be had.
    """
    (names,) = _done({"rows": None}, templates, folder)
    return tuple(names)


def _done(
    job: Mapping[str, Any], templates: Sequence[Template], folder: Path | None
) -> list[Any]:
    """Return what the process answers, a line for each row.

    Raises:
        TemplateError: As it says, or because it was stopped.
    """
    job = {
        **job,
        "templates": [asdict(one) for one in templates],
        "folder": str(folder) if folder else "",
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tuimail.workspace.apart"],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise _stopped(done, templates)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for answer in answers:
        if isinstance(answer, dict) and _ROW not in answer:
            raise TemplateError(**answer)
    return answers


def _stopped(
    done: subprocess.CompletedProcess[bytes], templates: Sequence[Template]
) -> Exception:
    if 0 < done.returncode != _OUT_OF_MEMORY:
        return RuntimeError(done.stderr.decode(errors="replace"))
    names = dict.fromkeys(one.name for one in templates)
    return TemplateError(
        f"Template {', '.join(names)} was stopped: it takes more than "
        f"{MEMORY_LIMIT_BYTES // 1024**2} MB of memory or {SECONDS_LIMIT} seconds, "
        "or is nested too deeply.",
        hint="Look at its loops, and at texts that grow with each step; "
        "or give fewer rows at once.",
        field=templates[0].field,
    )


def main(source: IO[bytes], target: IO[bytes]) -> int:
    """Fill in what ``source`` asks for, one line a row, up to the first error.

    Returns what the process ends with.
    """
    job = json.loads(source.read())
    try:
        for texts in _answers(job):
            target.write(json.dumps(texts).encode() + b"\n")
    except FieldError as error:
        target.write(json.dumps(_told(error)).encode() + b"\n")
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0


def _told(error: FieldError) -> dict[str, str]:
    return {"message": error.message, "hint": error.hint, "field": error.field}


def _answers(job: Mapping[str, Any]) -> Iterator[tuple[str, ...] | dict[str, Any]]:
    load = TemplateFolder(Path(job["folder"])).load if job["folder"] else _nothing
    templates = [
        Template(**{**one, "kind": Kind(one["kind"])}) for one in job["templates"]
    ]
    if job["rows"] is None:
        yield variables(templates, load=load)
        return
    renderer = Renderer(templates, load=load, is_strict=job["is_strict"])
    length = 0
    for number, row in enumerate(job["rows"], start=1):
        try:
            texts = renderer.render(row)
        except FieldError as error:
            if "goes_on" in job:
                yield {_ROW: _told(error)}
                continue
            raise (
                about_row(error, number) if len(job["rows"]) > 1 else error
            ) from None
        length += sum(map(len, texts))
        if length > OUTPUT_LIMIT:
            raise TemplateError(
                f"The first {number} mails together have more than "
                f"{OUTPUT_LIMIT} characters.",
                hint="Give fewer rows at once.",
                field="data",
            )
        yield texts


def _nothing(name: str) -> str | None:
    raise TemplateError(
        f"the file {name!r} cannot be had: only a template from a file may include "
        "others.",
        hint="Write it to a file: --template FILE",
        field="template",
    )


def limit_this_process() -> None:
    """Let this process take no more than a template may."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_LIMIT_BYTES),
        (resource.RLIMIT_CPU, SECONDS_LIMIT),
        # What crashes leaves no file with somebody's data in it.
        (resource.RLIMIT_CORE, 0),
    ):
        # Some systems know a limit by name only, some have a lower one already.
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    limit_this_process()
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
