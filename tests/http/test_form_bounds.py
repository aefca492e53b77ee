"""Show that all texts of a form share one bound, and its file has its own."""

from collections.abc import AsyncIterator

import pytest

from cambist.http.multipart_body import FIELDS_BYTES_MAX, SentForm, read_form
from cambist.http.refusals import RefusedError


def part(name: str, content: bytes, more: str = "") -> bytes:
    """Write one part of a form."""
    head = f'--x\r\ncontent-disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def read(*parts: bytes) -> SentForm:
    """Read a form of these parts."""

    async def chunks() -> AsyncIterator[bytes]:
        for one in (*parts, b"--x--\r\n"):
            yield one

    return await read_form(chunks(), "x", "file")


async def test_texts_are_bounded_together_and_the_file_alone() -> None:
    half = b"x" * (FIELDS_BYTES_MAX // 2)
    file = part("file", half * 3, '; filename="x"')
    form = await read(part("a", half), file, part("b", half))
    assert len(form.fields["a"] + form.fields["b"]) == FIELDS_BYTES_MAX
    assert form.file is not None
    with pytest.raises(RefusedError) as refused:
        await read(part("a", half), file, part("b", half + b"x"))
    assert refused.value.refusal.status == 413
