"""The flags that make one mail for each row of data."""

from pathlib import Path
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.flags import STDIN
from tuimail.core.templates.merge_data import MergeData, is_json, merge_data
from tuimail.core.values import dataclass
from tuimail.settings.files import expanded, is_file
from tuimail.settings.paths import config_path, templates_path
from tuimail.settings.texts import decoded, read_text
from tuimail.workspace.fields import Fields
from tuimail.workspace.merging import NO_FILE, merged, read_template

DATA_LIMIT_BYTES: Final = 20_000_000
"""Two kilobytes for each row that there may be."""
_ONE_EMPTY_ROW: Final = MergeData(rows=({},), is_list=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What is to be written: one mail, or one for each row."""

    mails: tuple[Fields, ...]
    is_list: bool
    """Whether the answer is a list, even where there is one row."""


def merge_of(call: Call, fields: Fields) -> Merge:
    """Return ``fields`` with all blanks filled in, once for each row of data.

    Without --template and --data nothing is a template.

    Raises:
        FieldError: A file cannot be read, the data is wrong, or a template is.
    """
    options = call.options
    if options.template is None and options.data is None:
        return Merge(mails=(fields,), is_list=False)
    name: str | None = options.template
    path = template_path(call, name) if name is not None else None
    written = read_template(path) if path else NO_FILE
    data = _data(call, options.data) if options.data is not None else _ONE_EMPTY_ROW
    mails = merged(
        fields, data.rows, template=written, folder=path.parent if path else None
    )
    return Merge(mails=mails, is_list=data.is_list)


def template_path(call: Call, text: str) -> Path:
    """Return the file that is meant: one here, or else one of the person's templates.

    Where there is neither, it is the one here, so that reading it says so.
    """
    here = _path(call, text)
    kept = templates_path(config_path(call.environ, call.config)) / text
    return kept if is_file(kept) and not is_file(here) else here


def _path(call: Call, text: str) -> Path:
    return call.cwd / expanded(Path(text))


def _data(call: Call, source: str) -> MergeData:
    if is_json(source):
        return merge_data(source, name="--data")
    name = "stdin" if source == STDIN else source
    return merge_data(_content(call, source, name), name=name)


def _content(call: Call, source: str, name: str) -> str:
    if source != STDIN:
        return read_text(
            _path(call, source), name=name, field="data", limit_bytes=DATA_LIMIT_BYTES
        )
    content = call.console.read(DATA_LIMIT_BYTES + 1)
    return decoded(content, name=name, field="data", limit_bytes=DATA_LIMIT_BYTES)
