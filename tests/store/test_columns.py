"""Arrays of texts in a column: as ``json`` has them, without loading it."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.store.columns import array_of, texts_in

TEXTS = st.lists(st.text() | st.sampled_from(["", '"', "\\", '",', "é", "06h04ya44"]))


@given(TEXTS)
def test_texts_are_those_that_json_reads(texts: list[str]) -> None:
    for array in (json.dumps(texts), json.dumps(texts, ensure_ascii=False)):
        assert texts_in(array) == tuple(texts)


@given(TEXTS)
def test_an_array_has_the_texts(texts: list[str]) -> None:
    assert json.loads(array_of(texts)) == texts


@pytest.mark.parametrize("texts", [[], ["a"], ["a", "b"], ['a"', "b"], ["a@b.de"]])
def test_an_array_is_written_as_json_writes_it(texts: list[str]) -> None:
    assert array_of(texts) == json.dumps(texts)


def test_ids_and_addresses_need_no_json() -> None:
    program = (
        "import sys; from tuimail.store.columns import array_of, texts_in;"
        "array_of(['06h04ya44g2xdawm']); texts_in('[\"ada@shop.example\"]');"
        "sys.exit('json' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
