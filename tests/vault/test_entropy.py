"""Prove that ids rise and never repeat, also when the clock stands, steps back, or forks."""

import os
import re
import threading
from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

import pytest

from cambist.adapters.vault.entropy import SystemEntropy, system_unix_ms
from cambist.kernel.ids import RANDOM_BITS
from cambist.ports.vault import EntropyPort

AT_MS = 1_767_225_600_000


def clock(*readings: int) -> Callable[[], int]:
    queue = list(readings)
    return lambda: queue.pop(0) if len(queue) > 1 else queue[0]


def unix_ms(made: UUID) -> int:
    return made.int >> 80


def test_an_id_is_a_version_7_uuid_of_its_millisecond() -> None:
    made = SystemEntropy(clock(AT_MS)).new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert unix_ms(made) == AT_MS


def test_ids_rise_within_a_standing_millisecond() -> None:
    entropy = SystemEntropy(clock(AT_MS))
    made = [entropy.new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {unix_ms(one) for one in made} == {AT_MS}


def test_ids_rise_when_the_clock_steps_back() -> None:
    entropy = SystemEntropy(clock(AT_MS, AT_MS + 5, AT_MS - 3_600_000, AT_MS, AT_MS + 6))
    made = [entropy.new_id() for _ in range(5)]
    assert made == sorted(set(made))
    assert [unix_ms(one) - AT_MS for one in made] == [0, 5, 5, 5, 6]


def test_a_full_millisecond_borrows_from_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", lambda count: b"\xff" * count)
    entropy = SystemEntropy(clock(AT_MS))
    made = [entropy.new_id() for _ in range(1 << (RANDOM_BITS - 57))]
    assert made == sorted(set(made))
    assert unix_ms(made[-1]) == AT_MS
    over = [entropy.new_id() for _ in range(4)]
    assert (made[-1] < over[0], unix_ms(over[-1])) == (True, AT_MS + 1)


def test_neighbours_in_one_millisecond_are_far_apart() -> None:
    entropy = SystemEntropy(clock(AT_MS))
    made = [entropy.new_id().int & ((1 << 62) - 1) for _ in range(1_000)]
    steps = {(later - earlier) % (1 << 62) for earlier, later in pairwise(made)}
    assert len(steps) == len(made) - 1
    assert max(steps) > 1 << 50


def test_two_processes_do_not_share_randomness() -> None:
    entropy = SystemEntropy(clock(AT_MS, AT_MS + 1))
    entropy.new_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, entropy.new_id().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 16)
    os.close(reader)
    os.close(writer)
    assert theirs != entropy.new_id().bytes


def test_threads_never_get_the_same_id() -> None:
    entropy, made = SystemEntropy(clock(AT_MS)), list[UUID]()
    threads = [
        threading.Thread(target=lambda: made.extend(entropy.new_id() for _ in range(2_000)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 8_000


def test_an_api_key_has_the_vendors_form() -> None:
    entropy: EntropyPort = SystemEntropy()
    keys = {entropy.api_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"[0-9a-f]{6}(-[0-9a-f]{6}){4}", key) for key in keys)


def test_tokens_differ_and_fit_a_url() -> None:
    tokens = {SystemEntropy().token(32) for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_jitter_stays_below_its_limit() -> None:
    entropy = SystemEntropy()
    assert {entropy.jitter(3) for _ in range(200)} == {0, 1, 2}


def test_the_system_clock_reads_milliseconds() -> None:
    assert system_unix_ms() > AT_MS // 10
