"""Ship wrong intakes: each makes one classic mistake that the corpus must catch."""

import io
from collections.abc import Mapping

from PIL import Image

from cambist.adapters.documents.intake import ChildIntake, IntakeLimits
from cambist.adapters.documents.sizes import pixel_size
from cambist.adapters.documents.sniff import CLAIMS, sniff
from cambist.ports.documents import (
    CleanDocument,
    DocumentRefusal,
    DocumentRefusedError,
    MediaType,
)

BAD = (OSError, SyntaxError, ValueError, IndexError)


def without_pixel_check(environ: Mapping[str, str]) -> ChildIntake:
    """Leave it to the decoder to notice how large a picture becomes."""
    return ChildIntake(environ, IntakeLimits(pixels_max=10**12, side_max=10**9))


class VerifyOnly:
    """Let the library verify a picture, and keep it as it came: no painting anew."""

    async def take(self, content: bytes, claimed_type: str | None) -> CleanDocument:
        """Check everything right, and hand on what came."""
        if not content:
            raise DocumentRefusedError(DocumentRefusal.EMPTY)
        kind = sniff(content, claimed_type)
        if kind is MediaType.PDF:
            return CleanDocument(kind, content, None, None)
        size = pixel_size(content, kind)
        if size.width * size.height > IntakeLimits().pixels_max:
            raise DocumentRefusedError(DocumentRefusal.TOO_MANY_PIXELS)
        try:
            Image.open(io.BytesIO(content)).verify()
        except BAD:
            raise DocumentRefusedError(DocumentRefusal.BROKEN) from None
        return CleanDocument(kind, content, size.width, size.height)


class TrustingIntake:
    """Believe what the sender says it is."""

    async def take(self, content: bytes, claimed_type: str | None) -> CleanDocument:
        """Take anything."""
        kind = CLAIMS.get(claimed_type or "", MediaType.PNG)
        return CleanDocument(kind, content, 1, 1)


class UnreadPapers(ChildIntake):
    """Look at pictures, and at no PDF: they are never shown, after all."""

    async def take(self, content: bytes, claimed_type: str | None) -> CleanDocument:
        """Take every PDF."""
        if content.startswith(b"%PDF-"):
            return CleanDocument(MediaType.PDF, content, None, None)
        return await super().take(content, claimed_type)
