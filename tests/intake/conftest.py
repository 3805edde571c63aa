"""The workspace that the tests of the desks have, for tests of the ways in."""

from tests.workspace.conftest import (  # noqa: F401 - fixtures for tests here
    desk,
    provider,
    workspace,
)
