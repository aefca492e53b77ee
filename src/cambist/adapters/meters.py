"""Decide how the bus and the web are counted for Prometheus: closed label sets only."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from cambist.kernel.errors import DomainError

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class BusMeter:
    """Implement BusObserver; orders created are the commands `OpenOrder` that ended `ok`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._commands = Counter(
            "cambist_commands",
            "Commands answered, by how",
            ("command", "outcome"),
            registry=registry,
        )
        self._sizes = Histogram(
            "cambist_bus_batch_size", "Commands a batch", buckets=SIZES, registry=registry
        )
        self._seconds = Histogram(
            "cambist_bus_batch_seconds",
            "Seconds a batch, commit included",
            buckets=SECONDS,
            registry=registry,
        )
        self._waiting = Gauge(
            "cambist_bus_waiting", "Commands that waited after the last batch", registry=registry
        )

    def batch(self, size: int, waiting: int, seconds: float) -> None:
        """Note a batch."""
        self._sizes.observe(size)
        self._seconds.observe(seconds)
        self._waiting.set(waiting)

    def answered(self, command: type, error: object) -> None:
        """Note a command's end."""
        self._commands.labels(command.__name__, _outcome(error)).inc()


class RequestMeter:
    """Implement RequestObserver."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "cambist_requests",
            "Requests answered, by class of status",
            ("dialect", "operation", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "cambist_request_seconds",
            "Seconds until the answer was complete",
            ("dialect", "operation"),
            buckets=SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def request(self, dialect: str, operation: str, status: int, seconds: float) -> None:
        """Note an answered request."""
        kind = (dialect, operation, status // 100)
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = (
                self._requests.labels(dialect, operation, f"{status // 100}xx"),
                self._seconds.labels(dialect, operation),
            )
        known[0].inc()
        known[1].observe(seconds)


def _outcome(error: object) -> str:
    if error is None:
        return "ok"
    return error.code.value if isinstance(error, DomainError) else "fault"
