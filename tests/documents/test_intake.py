"""Documents are taken or refused as they must be, and wrong intakes are caught (H12)."""

import asyncio
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from cambist.adapters.documents.child import MEMORY_MAX_BYTES
from cambist.adapters.documents.intake import ChildIntake, IntakeLimits
from cambist.ports.documents import (
    DocumentIntake,
    DocumentIntakeUnavailableError,
    DocumentRefusal,
    DocumentRefusedError,
    MediaType,
)
from tests.documents import planted
from tests.documents.corpus import cases
from tests.documents.judging import faults
from tests.documents.pictures import flood_png, jpeg, png, sixteen_bit_grey, turned_jpeg

ROOT = Path(__file__).resolve().parents[2]
RSS_MAX_KIB = MEMORY_MAX_BYTES // 1024 * 9 // 10
NEVER = ("no-such-decoder",)
PATIENT = IntakeLimits(timeout_s=600)
"""Bounds for when what a decoder says matters, not how long it takes on a busy machine."""


def told(script: str) -> tuple[str, ...]:
    """Stand a script in for the decoder."""
    return (sys.executable, "-c", script)


async def refusal(intake: DocumentIntake, content: bytes) -> DocumentRefusal:
    with pytest.raises(DocumentRefusedError) as caught:
        await intake.take(content, None)
    return caught.value.reason


async def shown(content: bytes) -> Image.Image:
    clean = await ChildIntake(os.environ, PATIENT).take(content, None)
    return Image.open(io.BytesIO(clean.content))


async def test_every_document_has_its_right_end() -> None:
    assert await faults(ChildIntake(os.environ, PATIENT)) == []


def test_the_corpus_has_the_thirty_documents_and_names_each_once() -> None:
    names = [case.name for case in cases()]
    assert len(names) >= 30
    assert len(set(names)) == len(names)
    assert len(flood_png(13_000)) < 40_000


async def test_an_intake_without_pixel_check_is_caught() -> None:
    found = await faults(planted.without_pixel_check(os.environ))
    assert any("30000 x 30000" in fault for fault in found)
    assert any("20 KB" in fault for fault in found)


async def test_an_intake_that_paints_nothing_anew_is_caught() -> None:
    found = await faults(planted.VerifyOnly())
    assert any("page behind a png" in fault for fault in found)
    assert any("exif" in fault for fault in found)


async def test_an_intake_that_believes_its_sender_is_caught() -> None:
    assert any("svg as png" in fault for fault in await faults(planted.TrustingIntake()))


async def test_an_intake_that_reads_no_pdf_is_caught() -> None:
    found = await faults(planted.UnreadPapers(os.environ))
    assert any("script" in fault for fault in found)


def test_no_decoder_uses_more_memory_than_it_may() -> None:
    command = (sys.executable, "-m", "tests.documents.measure")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert int(done.stdout) <= RSS_MAX_KIB


async def test_too_many_pixels_never_reach_a_decoder() -> None:
    intake = ChildIntake(os.environ, command=NEVER)
    assert await refusal(intake, flood_png(13_000)) is DocumentRefusal.TOO_MANY_PIXELS


async def test_a_picture_comes_out_upright() -> None:
    for orientation in range(1, 9):
        upright = await shown(turned_jpeg(orientation))
        assert upright.size == ((64, 48) if orientation < 5 else (48, 64))
    # Light is in the left upper corner; turned by half it is in the right lower one.
    turned = await shown(turned_jpeg(3))
    assert turned.convert("L").getpixel((60, 44)) > 200  # type: ignore[operator]  # one band


async def test_sixteen_bits_become_eight_without_clipping() -> None:
    assert (await shown(sixteen_bit_grey(40_000))).getpixel((0, 0)) == 40_000 // 256


async def test_a_transparent_picture_is_put_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (255, 0, 0, 0)).save(out, "PNG")
    assert (await shown(out.getvalue())).getpixel((4, 4)) == (255, 255, 255)


async def test_a_png_too_large_to_keep_becomes_a_jpeg() -> None:
    out = io.BytesIO()
    noise = Image.effect_noise((6_300, 2_100), 99)
    bands = [noise.crop((at, 0, at + 2_100, 2_100)) for at in (0, 2_100, 4_200)]
    Image.merge("RGB", bands).save(out, "PNG")
    intake = ChildIntake(os.environ, replace(PATIENT, bytes_max=20 * 1024**2))
    assert (await intake.take(out.getvalue(), None)).media_type is MediaType.JPEG


@pytest.mark.parametrize(
    "script",
    [
        "while True: pass",
        "import time; print('ready', flush=True); time.sleep(60)",
        "import os, signal; print('ready', flush=True); os.kill(os.getpid(), signal.SIGKILL)",
        "import sys; print('ready')\nwhile True: sys.stdout.write('x' * 9999)",
    ],
)
async def test_a_decoder_out_of_bounds_is_killed_and_its_document_refused(script: str) -> None:
    intake = ChildIntake(os.environ, IntakeLimits(timeout_s=1), command=told(script))
    assert await refusal(intake, png()) is DocumentRefusal.TOO_COMPLEX
    assert await refusal(intake, jpeg() + bytes(2_000_000)) is DocumentRefusal.TOO_COMPLEX


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no json\n",
        '{"media_type": "text/html", "size": 1, "width": 1, "height": 1}\nx',
        '{"media_type": "image/png", "size": 2, "width": 1, "height": 1}\nx',
        '{"media_type": "image/png", "size": "1", "width": 1, "height": 1}\nx',
        "[" * 100_000,
    ],
)
async def test_a_decoder_that_talks_nonsense_is_not_believed(answer: str) -> None:
    script = f"import sys; sys.stdin.buffer.read(); sys.stdout.write('ready\\n' + {answer!r})"
    intake = ChildIntake(os.environ, PATIENT, told(script))
    assert await refusal(intake, png()) is DocumentRefusal.BROKEN


@pytest.mark.parametrize("command", [NEVER, told("raise SystemExit(1)"), told("import nothing_")])
async def test_a_decoder_that_does_not_start_is_our_fault(command: tuple[str, ...]) -> None:
    with pytest.raises(DocumentIntakeUnavailableError):
        await ChildIntake(os.environ, PATIENT, command).take(png(), None)


async def test_documents_wait_for_a_place_up_to_a_bound() -> None:
    limits = IntakeLimits(timeout_s=1, running_max=1, waiting_max=1)
    intake = ChildIntake(os.environ, limits, command=told("while True: pass"))
    waiting = (intake.take(png(), None) for _ in range(3))
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    kinds = sorted(type(end).__name__ for end in ends)
    assert kinds == ["DocumentIntakeUnavailableError", *["DocumentRefusedError"] * 2]


async def test_a_cancelled_intake_gives_its_place_back_and_leaves_no_child(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    os.mkfifo(note)
    script = (
        f"import os\nwith open({str(note)!r}, 'w') as note: note.write(str(os.getpid()))\n"
        "while True: pass"
    )
    limits = replace(PATIENT, running_max=1, waiting_max=0)
    intake = ChildIntake(os.environ, limits, command=told(script))
    asking = asyncio.create_task(intake.take(png(), None))
    pid = await asyncio.to_thread(note.read_text)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not Path("/proc", pid).exists()
    assert intake._under_way == 0


async def test_the_decoder_inherits_no_secret() -> None:
    script = (
        "import os, sys, json; sys.stdin.buffer.read()\n"
        "sys.exit(10 if any('SECRET' in name for name in os.environ) else 12)"
    )
    intake = ChildIntake(
        {**os.environ, "CAMBIST_SECRET": "x"},
        PATIENT,
        told("print('ready', flush=True)\n" + script),
    )
    assert await refusal(intake, png()) is DocumentRefusal.TOO_COMPLEX
