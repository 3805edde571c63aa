"""The authority that the small internet of these tests trusts."""

import pytest
import trustme


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    """The only authority that anybody trusts here."""
    return trustme.CA()
