"""Decide whether an intake may be trusted: every document of the corpus has its right end."""

import io

from PIL import Image

from cambist.adapters.documents.painting import SIDE_KEPT
from cambist.ports.documents import (
    CleanDocument,
    DocumentIntake,
    DocumentRefusedError,
    MediaType,
)
from tests.documents.corpus import Case, cases
from tests.documents.pictures import PAYLOAD

KEPT_KEYS = frozenset({"jfif", "jfif_version", "jfif_unit", "jfif_density"})
"""What every JPEG says of itself."""


async def faults(intake: DocumentIntake) -> list[str]:
    """List what an intake does wrong, in words."""
    return [fault for case in cases() for fault in [await _fault(intake, case)] if fault]


async def _fault(intake: DocumentIntake, case: Case) -> str:
    try:
        clean = await intake.take(case.content, case.claimed)
    except DocumentRefusedError as refused:
        if refused.reason is case.wanted:
            return ""
        return f"{case.name}: refused as {refused.reason.value}, wanted {case.wanted.value}"
    if clean.media_type is not case.wanted:
        return f"{case.name}: taken as {clean.media_type.value}, wanted {case.wanted.value}"
    if clean.media_type is MediaType.PDF:
        return "" if clean.content == case.content else f"{case.name}: changed"
    return _stain(case, clean)


def _stain(case: Case, clean: CleanDocument) -> str:
    """Look for anything but pixels in what may be served."""
    if PAYLOAD in clean.content:
        return f"{case.name}: the payload is served"
    shown = Image.open(io.BytesIO(clean.content))
    shown.load()
    if shown.size != (clean.width, clean.height) or max(shown.size) > SIDE_KEPT:
        return f"{case.name}: the size is wrong"
    told = {key for key in shown.info if key not in KEPT_KEYS}
    if told or shown.getexif() or getattr(shown, "n_frames", 1) > 1:
        return f"{case.name}: more than pixels is left"
    return ""
