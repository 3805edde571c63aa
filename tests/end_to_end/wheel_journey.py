"""Looks at tuimail as it was installed from the wheel, with nothing else around.

``python -m tests.end_to_end.wheel_journey PROGRAM FOLDER``, where ``PROGRAM`` is
``bin/tuimail`` of an environment that has the wheel alone, and ``FOLDER`` is empty
and far from the checkout. All pages of the docs are there, all public names and all
themes are loaded, and the app is opened on a terminal in a few of them.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

from tests.end_to_end.terminal import Terminal

CHECKOUT: Final = Path(__file__).parent.parent.parent
READ: Final = ("agents", "writing")
WORN: Final = ("dark", "paper")
THEMES: Final = """
from tuimail.tui import themes
place = themes.folder()
found = themes.names(place)
for name in found:
    themes.load(place / f"{name}.toml")
print(place, *found, sep="\\n")
"""
API: Final = """
import tuimail
for name in dir(tuimail):
    getattr(tuimail, name)
print(tuimail.__file__, "send" in dir(tuimail))
"""


class Journey:
    """One program, far from the checkout."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._environ = {
            "HOME": str(folder),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TUIMAIL_CONFIG": str(folder / "config.toml"),
            "TUIMAIL_WORKSPACE": str(folder / "workspace"),
        }

    def read_docs(self) -> int:
        """Look for every page, and read a few; return how many there are."""
        listed = json.loads(self._said("docs", "--json", "--limit", "1000"))
        names = {one["name"] for one in listed["pages"]}
        shipped = {path.stem for path in (CHECKOUT / "tuimail" / "docs").glob("*.md")}
        assert {one.lower() for one in shipped} <= {one.lower() for one in names}, names
        assert all(one["title"] for one in listed["pages"]), listed
        for name in READ:
            assert "# " in self._said("docs", name), name
        return len(names)

    def find_manual(self) -> None:
        """Look for the manual where ``man`` does, beside the programs."""
        manual = self._program.parent.parent / "share" / "man" / "man1" / "tuimail.1"
        assert ".TH" in manual.read_text()

    def use_from_python(self) -> None:
        """Look for every public name; none needs an extra."""
        place, has_send = self._python(API).split()
        assert not Path(place).is_relative_to(CHECKOUT), place
        assert has_send == "True"

    def load_themes(self) -> int:
        """Load every theme that was installed; return how many there are."""
        place, *names = self._python(THEMES).split()
        assert not Path(place).is_relative_to(CHECKOUT), place
        assert names == sorted(one.stem for one in (CHECKOUT / "themes").glob("*.toml"))
        return len(names)

    def open_app(self, theme: str) -> None:
        """Open the app in a theme, see its colours, and leave."""
        values = tomllib.loads((CHECKOUT / "themes" / f"{theme}.toml").read_text())
        (self._folder / "config.toml").write_text(f'theme = "{theme}"\n')
        command = [str(self._program)]
        with Terminal(command, environ=self._environ, cwd=self._folder) as app:
            app.wait_for("q leave")
            app.press("q")
            app.wait_for_end()
            assert app.exit_code == 0, app.text
            assert _background(values["background"]) in app.written, theme

    def _python(self, code: str) -> str:
        return self._run(str(self._program.with_name("python")), "-P", "-c", code)

    def _said(self, *words: str) -> str:
        return self._run(str(self._program), *words)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            words,
            cwd=self._folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout


def _background(colour: str) -> bytes:
    """Return what sets that colour on a terminal with all of them."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"48;2;{red};{green};{blue}".encode()


def main(program: Path, folder: Path) -> None:
    """Go through all of it, and say so."""
    journey = Journey(program.absolute(), folder.absolute())
    say(f"{journey.read_docs()} pages of the docs are there.")
    journey.find_manual()
    journey.use_from_python()
    say(f"{journey.load_themes()} themes can be worn.")
    for theme in WORN:
        journey.open_app(theme)
        say(f"The app opens in {theme}, and can be left.")


def say(line: str) -> None:
    """Say how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
