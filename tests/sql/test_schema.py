"""The schema that the migrations make, golden: a change of it is read in the diff of tests/golden/schema.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.sql.catalogue import schema_text

GOLDEN: Final = Path(__file__).parents[1] / "golden" / "schema.txt"


async def test_the_schema_is_as_it_stands_in_the_golden_file(superuser: Any, *, golden: bool) -> None:
    text = await schema_text(superuser)
    if golden:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines(), "make golden, and read the diff"
