"""Decide what `python -m bench` does: measure the figures named (or all), print them."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bench import (
    history,
    memory,
    order_get,
    orders_http,
    price_answers,
    quotes_http,
    startup,
    statements,
    transfers_bus,
)
from bench.children import BenchError
from bench.report import Line, header, put_between_marks, table
from bench.stand import FULL, QUICK, Effort, Stand, open_stand

ENDED = 130
README = Path(__file__).with_name("README.md")

FIGURES: Mapping[str, Callable[[Stand], Awaitable[list[Line]]]] = {
    orders_http.NAME: orders_http.measure,
    transfers_bus.NAME: transfers_bus.measure,
    order_get.NAME: order_get.measure,
    price_answers.NAME: price_answers.measure,
    quotes_http.NAME: quotes_http.measure,
    memory.NAME: memory.measure,
    startup.NAME: startup.measure,
    history.NAME: history.measure,
    statements.NAME: statements.measure,
}


async def run(names: Sequence[str], effort: Effort, bin_dir: Path | None) -> tuple[str, bool]:
    """Measure figures on one server; returns what to show and whether all could be measured."""
    lines: list[Line] = []
    failures: list[str] = []
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    async with open_stand(effort, bin_dir) as stand:
        named = header(stand.version, effort.quick)
        print(named, flush=True)
        for name in names:
            begun = perf_counter()
            print(f"{name}:", flush=True)
            try:
                lines += await FIGURES[name](stand)
            except BenchError as error:
                failures.append(f"{name} could not be measured: {error}")
                print(failures[-1], flush=True)
            print(f"{name} took {perf_counter() - begun:.0f} s", flush=True)
    return "\n\n".join([named, table(lines), *failures]), not failures


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="NAME", help=f"any of {', '.join(FIGURES)}")
    parser.add_argument("--quick", action="store_true", help="only prove that it runs")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--rounds", type=int, help="how often each figure is measured")
    parser.add_argument("--seconds", type=float, help="how long each measurement takes")
    parser.add_argument("--postgres-bin", type=Path, help="folder of the server's programs")
    options = parser.parse_args(arguments)
    if unknown := set(options.figures) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    if options.write and (options.quick or options.figures):
        parser.error("--write is for all figures at full length")
    return options


def main(arguments: Sequence[str]) -> int:
    """Run the command line; status 1 when a figure failed, ENDED when told to stop."""
    options = _options(arguments)
    for name in [name for name in os.environ if name.startswith("CAMBIST_")]:
        del os.environ[name]
    effort = QUICK if options.quick else FULL
    effort = replace(
        effort,
        rounds=options.rounds or effort.rounds,
        seconds=options.seconds or effort.seconds,
    )
    try:
        shown, complete = asyncio.run(
            run(options.figures or list(FIGURES), effort, options.postgres_bin)
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("ended before the end; what was started is stopped and removed")
        return ENDED
    print(f"\n{shown}")
    if options.write:
        text = README.read_text(encoding="utf-8")
        README.write_text(put_between_marks(text, shown), encoding="utf-8")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
