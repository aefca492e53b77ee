"""Show that buckets allow what they promise, for bounded memory, whatever the order of calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.http.limits import NS, RateLimit, TokenBuckets, site_of


class Clock:
    """Stand still until told."""

    def __init__(self) -> None:
        self.ns = 10 * NS

    def __call__(self) -> int:
        return self.ns


class ResettingBuckets(TokenBuckets):
    """Be the planted mistake: a window that forgets everything at its end."""

    def take(self, key: object) -> int:
        now = self._monotonic_ns()
        if now - getattr(self, "_begun", 0) >= NS:
            self._begun, self._taken = now, 0
        self._taken += 1
        return 0 if self._taken <= 1 + self._room // self._interval else 1


def admitted(kind: type[TokenBuckets], limit: RateLimit, pauses: list[int]) -> list[int]:
    """Ask once after each pause and return the times of what was let in."""
    clock = Clock()
    buckets = kind(limit, clock)
    times = []
    for pause in pauses:
        clock.ns += pause
        if buckets.take("a") == 0:
            times.append(clock.ns)
    return times


def within_promise(times: list[int], limit: RateLimit) -> bool:
    """Tell whether no span ever let in more than its burst and its share of the rate."""
    interval = NS // limit.per_second
    spans = ((a, b) for a in range(len(times)) for b in range(a, len(times)))
    return all((b - a + 1 - limit.burst) * interval <= times[b] - times[a] for a, b in spans)


@given(
    st.integers(1, 10),
    st.integers(1, 10),
    st.lists(st.integers(0, 2 * NS), min_size=1, max_size=40),
)
def test_no_span_lets_in_more_than_promised(per_second: int, burst: int, pauses: list[int]) -> None:
    limit = RateLimit(per_second, burst)
    assert within_promise(admitted(TokenBuckets, limit, pauses), limit)


def test_a_planted_fixed_window_is_caught() -> None:
    limit = RateLimit(5, 5)
    pauses = [0, NS - 10, 0, 0, 0, 10, 0, 0, 0, 0]
    assert within_promise(admitted(TokenBuckets, limit, pauses), limit)
    assert not within_promise(admitted(ResettingBuckets, limit, pauses), limit)


def test_refusal_tells_how_long_to_wait_and_waiting_helps() -> None:
    clock = Clock()
    buckets = TokenBuckets(RateLimit(per_second=1, burst=2), clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 1, 1]
    assert buckets.delay("a") == 1
    clock.ns += NS
    assert buckets.delay("a") == 0
    assert buckets.take("a") == 0


def test_keys_do_not_share_a_bucket() -> None:
    buckets = TokenBuckets(RateLimit(1, 1), Clock())
    assert [buckets.take(key) for key in ("a", "b", "a")] == [0, 0, 1]


def test_asking_for_the_delay_takes_nothing() -> None:
    buckets = TokenBuckets(RateLimit(1, 1), Clock())
    assert [buckets.delay("a") for _ in range(5)] == [0] * 5
    assert len(buckets) == 0


def test_memory_is_bounded_and_the_idle_are_forgotten_first() -> None:
    buckets = TokenBuckets(RateLimit(1, 1), Clock(), buckets_max=100)
    buckets.take("first")
    for number in range(1_000):
        buckets.take(number)
    assert len(buckets) == 100
    assert buckets.take(999) == 1
    assert buckets.take("first") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("not:an:address", "not:an:other", False),
        ("", "", True),
    ],
)
def test_a_site_is_an_ipv4_address_or_an_ipv6_network(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) is same
