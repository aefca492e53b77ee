"""Show that every quirk is pinned by a test that exists."""

import re
from pathlib import Path

from cambist.dialects import cryptoexchange

QUIRKS = Path(cryptoexchange.__file__).parent / "QUIRKS.md"
PIN = re.compile(r"\| (test_\w+\.py)::(test_\w+) \|$")


def test_each_quirk_names_the_test_that_pins_it() -> None:
    rows = [line for line in QUIRKS.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    pins = [PIN.search(row) for row in rows[1:]]
    assert len(pins) > 20
    for pin in pins:
        assert pin is not None
        source = (Path(__file__).parent / pin[1]).read_text(encoding="utf-8")
        assert f"def {pin[2]}(" in source
