"""Print the most memory, in KiB, any decoder used over the corpus and the worst honest pictures.

Run as a process of its own: a child counts the memory of whoever started it, too.
"""

import asyncio
import io
import os
import resource
from collections.abc import Iterator

from PIL import Image

from cambist.adapters.documents.intake import ChildIntake, IntakeLimits
from cambist.ports.documents import DocumentRefusedError
from tests.documents.corpus import cases

LARGEST = (5_000, 5_000)


def worst() -> Iterator[bytes]:
    """Write the largest pictures allowed in the modes that need most."""
    for mode in ("LA", "RGBA"):
        out = io.BytesIO()
        Image.new(mode, LARGEST).save(out, "PNG", compress_level=1)
        yield out.getvalue()
    out = io.BytesIO()
    Image.new("CMYK", LARGEST).save(out, "JPEG", progressive=True)
    yield out.getvalue()


async def main() -> None:
    """Take everything in, one after the other."""
    intake = ChildIntake(os.environ, IntakeLimits(timeout_s=600))
    for content in worst():
        await intake.take(content, None)
    for case in cases():
        try:
            await intake.take(case.content, case.claimed)
        except DocumentRefusedError:
            continue


if __name__ == "__main__":
    asyncio.run(main())
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
