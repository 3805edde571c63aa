"""Who is meant by names of this machine."""

from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.config import load


def config(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(f"[aliases]\n{text}\n")
    return path


def test_a_name_stands_for_one_address_or_for_several(tmp_path: Path) -> None:
    path = config(
        tmp_path,
        'Root = "Ada <ada@corp.example>"\nwww-data = ["a@b.example", "c@d.example"]\n'
        '"root@web.corp.example" = "ops@corp.example"',
    )
    found = load(path, {}).aliases

    assert {name: [one.text for one in who] for name, who in found.items()} == {
        "root": ["ada@corp.example"],
        "www-data": ["a@b.example", "c@d.example"],
        "root@web.corp.example": ["ops@corp.example"],
    }


def test_without_any_there_are_none(tmp_path: Path) -> None:
    assert load(tmp_path / "config.toml", {}).aliases == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('root = "ada"', r"is no address: .* has no @\.$"),
        ("root = 1", "is neither an address nor a list of them"),
        ("root = []", "is neither an address nor a list of them"),
        ('root = ["a@b.example", 1]', "is neither an address nor a list of them"),
        ('"a b" = "a@b.example"', "is no name of this machine"),
        ('"" = "a@b.example"', "is no name of this machine"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"aliases\.\S* ?\S* in .* {sentence}"
    ):
        load(config(tmp_path, text), {})
