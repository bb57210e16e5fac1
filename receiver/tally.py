"""What was answered, counted in plain integers: a metric's own step costs as much as reading a report."""

from collections import Counter

from pipeline import metrics


class Tally:
    """Counts of one event loop, handed to the metrics now and then."""

    def __init__(self) -> None:
        self._answered: Counter[tuple[str, int]] = Counter()
        self._bytes: Counter[str] = Counter()

    def answered(self, source: str, status: int) -> None:
        """One answer; `source` is empty where none was named rightly."""
        self._answered[source, status] += 1

    def kept(self, source: str, size: int) -> None:
        """A body of `size` bytes, as it came, is durable."""
        self._bytes[source] += size

    def flush(self) -> None:
        """Hand over what was counted since the last time."""
        for (source, status), count in self._answered.items():
            metrics.answered(source, status).inc(count)
        for source, size in self._bytes.items():
            metrics.request_bytes.labels(source).inc(size)
        self._answered.clear()
        self._bytes.clear()
