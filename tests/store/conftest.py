"""One database in a temporary folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.bench import Bench


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, made once: each flush of making one waits for the disk."""
    bench = Bench(tmp_path_factory.mktemp("fresh"))
    bench.close()
    return bench.path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def bench(folder: Path, fresh: Path) -> Iterator[Bench]:
    folder.mkdir(mode=0o700)
    shutil.copy(fresh, folder)
    bench = Bench(folder)
    yield bench
    bench.close()
