"""Pin the retry table, what each answer means, and how Retry-After bends the table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.webhooks.schedule import (
    ATTEMPTS_MAX,
    DELAYS_S,
    JITTER_LIMIT,
    RETRY_AFTER_MAX_S,
    Outcome,
    Verdict,
    delay_s,
    disables_endpoint,
    judge,
    next_attempt,
    retry_after_s,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MIDDLE = 50


def answered(status: int, retry_after: str | None = None) -> Outcome:
    return Outcome(status=status, error=None, duration_ms=12, retry_after=retry_after)


def waited(attempts: int, outcome: Outcome) -> int:
    return (next_attempt(attempts, outcome, NOW, MIDDLE) - NOW) // timedelta(seconds=1)


def test_ten_attempts_span_26_hours() -> None:
    assert ATTEMPTS_MAX == 10
    assert sum(DELAYS_S) == 26 * 3600
    assert list(DELAYS_S) == sorted(DELAYS_S)


@given(st.integers(1, ATTEMPTS_MAX - 1), st.integers(0, JITTER_LIMIT - 1))
def test_jitter_moves_a_delay_by_five_percent_at_most(attempts: int, jitter: int) -> None:
    planned = DELAYS_S[attempts - 1]
    assert planned * 95 // 100 <= delay_s(attempts, jitter) <= planned * 105 // 100


def test_middle_jitter_keeps_the_table() -> None:
    assert tuple(delay_s(n, MIDDLE) for n in range(1, ATTEMPTS_MAX)) == DELAYS_S


@pytest.mark.parametrize("jitter", [-1, JITTER_LIMIT])
def test_jitter_outside_its_range_is_a_mistake(jitter: int) -> None:
    with pytest.raises(ValueError, match="jitter"):
        delay_s(1, jitter)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_delivers(status: int) -> None:
    assert judge(answered(status)) is Verdict.DELIVERED


@pytest.mark.parametrize(
    "status", [100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503]
)
def test_any_other_answer_is_tried_again(status: int) -> None:
    assert judge(answered(status)) is Verdict.RETRY
    assert not disables_endpoint(answered(status))


def test_gone_ends_the_callback_and_disables_the_endpoint() -> None:
    assert judge(answered(410)) is Verdict.GONE
    assert disables_endpoint(answered(410))


def test_an_error_beside_a_status_is_no_delivery() -> None:
    torn = Outcome(status=200, error="failed: too-large", duration_ms=1)
    assert judge(torn) is Verdict.RETRY
    assert judge(Outcome(status=None, error=None, duration_ms=1)) is Verdict.RETRY


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_puts_the_next_attempt_off(status: int) -> None:
    assert waited(1, answered(status, "600")) == 600


def test_retry_after_never_brings_the_next_attempt_forward() -> None:
    assert waited(9, answered(429, "1")) == DELAYS_S[8]


def test_retry_after_is_bounded() -> None:
    assert waited(1, answered(503, "999999999")) == RETRY_AFTER_MAX_S


@pytest.mark.parametrize("status", [500, 404, 301])
def test_retry_after_counts_with_429_and_503_only(status: int) -> None:
    assert waited(1, answered(status, "600")) == DELAYS_S[0]


def test_retry_after_may_be_a_date() -> None:
    assert retry_after_s("Thu, 01 Jan 2026 00:10:00 GMT", NOW) == 600
    assert retry_after_s("Thu, 01 Jan 2026 00:10:00 -0000", NOW) == 600


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "1.5",
        "\u0661\u0662",
        "1_000",
        "9" * 400,
        "Wed, 31 Dec 2025 00:00:00 GMT",
        "Thu, 99 Foo 99999 00:00:00 GMT",
        "Thu, 01 Jan 2026 00:10:00 +999999",
    ],
)
def test_a_senseless_retry_after_asks_for_nothing(value: str) -> None:
    assert retry_after_s(value, NOW) == 0


@given(st.text(max_size=60))
def test_no_retry_after_breaks_the_reader(value: str) -> None:
    assert retry_after_s(value, NOW) >= 0
