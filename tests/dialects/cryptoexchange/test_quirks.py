"""Show that every quirk is pinned by a test that exists."""

from pathlib import Path

from cambist.dialects import cryptoexchange
from tests.dialects.quirks import rows, unpinned

QUIRKS = (Path(cryptoexchange.__file__).parent / "QUIRKS.md").read_text(encoding="utf-8")


def test_each_quirk_names_the_test_that_pins_it() -> None:
    assert len(rows(QUIRKS)) > 20
    assert unpinned(QUIRKS, Path(__file__).parent) == []
