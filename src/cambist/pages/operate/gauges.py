"""Decide which figures of the house are shown, under which names and bounded labels."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from cambist.domain.messaging.templates import Channel
from cambist.domain.orders.states import OrderState
from cambist.pages.operate.readiness import Readiness, Report
from cambist.ports.health import Backlog

OPEN_STATES = (OrderState.CREATED, OrderState.AWAITING_PAYMENT, OrderState.PAYMENT_SEEN)


class HouseGauges:
    """Show what the database says; a figure that nobody knows is left out, not shown as zero."""

    def __init__(self, registry: CollectorRegistry, readiness: Readiness) -> None:
        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"cambist_{name}", text, labels, registry=registry)

        self._readiness = readiness
        self._ready = gauge("ready", "1 when every check of /health/ready passes")
        self._check = gauge("check_failed", "1 for each check that fails", "check")
        self._beat = gauge("worker_age_seconds", "Seconds since a worker's last beat", "worker")
        self._lag = gauge("chain_lag_seconds", "Seconds since a chain was heard of", "chain")
        self._price = gauge("price_age_seconds", "Age of a pair's oldest sample", "pair")
        self._sums = {
            "outbox_waiting": gauge("outbox_waiting", "Events not yet carried"),
            "outbox_parked": gauge("outbox_parked", "Events set aside: dead letters"),
            "outbox_age_s": gauge("outbox_age_seconds", "Age of the oldest event not carried"),
            "callbacks_pending": gauge("callbacks_pending", "Callbacks not yet delivered"),
            "callbacks_dead": gauge("callbacks_dead", "Callbacks given up"),
            "callbacks_overdue_s": gauge(
                "callbacks_overdue_seconds", "How long the oldest due callback waits"
            ),
            "unfolded_entries": gauge("unfolded_entries", "Entries not folded into balances"),
            "unsealed_journals": gauge("unsealed_journals", "Journals not in the hash chain"),
            "messages_overdue_s": gauge(
                "messages_overdue_seconds", "How long the oldest due message waits"
            ),
            "bank_lines_waiting": gauge("bank_lines_waiting", "Statement lines nobody decided on"),
            "bank_payouts_queued": gauge("bank_payouts_queued", "Payouts in no file for the bank"),
            "cases_submitted": gauge("cases_submitted", "Cases that wait for a decision"),
        }
        self._opened = gauge("withdrawals_open", "Withdrawals under way", "chain")
        self._stuck = gauge("withdrawals_stuck", "Withdrawals that wait for a person", "chain")
        self._orders = gauge("orders_open", "Incoming orders not decided", "state")
        self._queued = gauge("messages_queued", "Mails and SMS not yet handed over", "channel")
        self._dead = gauge("messages_dead", "Mails and SMS given up", "channel")

    def show_report(self, report: Report) -> None:
        """Take over one look at the house."""
        self._ready.set(report.ready)
        self._check.clear()
        for check in report.checks:
            self._check.labels(check.name).set(check.what is not None)
        for gauge in (self._beat, self._lag, self._price):
            gauge.clear()
        vitals, wanted = report.vitals, self._readiness
        if vitals is not None:
            _ages(self._beat, wanted.workers, vitals.beats, vitals.at)
            _ages(self._lag, wanted.chains, vitals.chains, vitals.now)
            _ages(self._price, sorted(wanted.pairs), vitals.prices, vitals.now)

    def show_backlog(self, backlog: Backlog) -> None:
        """Take over what waits."""
        for field, gauge in self._sums.items():
            gauge.set(getattr(backlog, field))
        for chain in self._readiness.chains:
            self._opened.labels(chain).set(backlog.withdrawals_open.get(chain, 0))
            self._stuck.labels(chain).set(backlog.withdrawals_stuck.get(chain, 0))
        for state in OPEN_STATES:
            self._orders.labels(state.value).set(backlog.orders_open.get(state.value, 0))
        for channel in Channel:
            self._queued.labels(channel.value).set(backlog.messages_queued.get(channel.value, 0))
            self._dead.labels(channel.value).set(backlog.messages_dead.get(channel.value, 0))


def _ages(
    gauge: Gauge, names: Iterable[str], moments: Mapping[str, datetime], now: datetime
) -> None:
    for name in names:
        if name in moments:
            gauge.labels(name).set(max(0.0, (now - moments[name]).total_seconds()))
