"""A patch, and the real ``git send-email`` to send it with."""

import asyncio
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

PATIENCE: Final = 60.0
AUTHOR: Final = "mara@example.org"
READER: Final = "ana@example.net"
PATCH: Final = """\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Mara Lin <mara@example.org>
Date: Sat, 21 Nov 2026 18:52:25 +0000
Subject: [PATCH] core: measure it in metres
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

The size was in feet: Größe.
---
 a | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/a b/a
--- a/a
+++ b/a
@@ -1 +1 @@
-6 ft
+1.8 m
--\x20
2.39.5
"""


def _is_here() -> bool:
    git = shutil.which("git")
    if git is None:
        return False
    found = subprocess.run(
        [git, "--exec-path"], capture_output=True, check=True, text=True
    )
    return (Path(found.stdout.strip()) / "git-send-email").exists()


needs_git_send_email = pytest.mark.skipif(
    not _is_here(),
    reason="git send-email is not here: apt-get install git-email "
    "libauthen-sasl-perl libmailtools-perl",
)


@dataclass(frozen=True, slots=True)
class Git:
    """Sends one patch, with nothing of this machine's settings."""

    folder: Path

    async def send(self, *words: str, **variables: str) -> str:
        """Run ``git send-email`` with these words; return all that it said."""
        patch = self.folder / "0001.patch"
        patch.write_text(PATCH)
        process = await asyncio.create_subprocess_exec(
            "git", "send-email", "--confirm=never", "--suppress-cc=all",
            f"--from=Mara Lin <{AUTHOR}>", f"--to={READER}", *words, str(patch),
            cwd=self.folder,
            env={**self.environ(), **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()

    def environ(self) -> dict[str, str]:
        """Return an environment in which git is set up in ``folder`` only."""
        return {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "GIT_AUTHOR_NAME": "Mara Lin",
            "GIT_AUTHOR_EMAIL": AUTHOR,
            "GIT_COMMITTER_NAME": "Mara Lin",
            "GIT_COMMITTER_EMAIL": AUTHOR,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(self.folder.parent),
        }
