"""A clock that is moved by whoever sleeps."""


class Clock:
    """Milliseconds; `sleep` takes seconds, and no time at all."""

    def __init__(self, now: int = 1_790_078_400_000) -> None:
        self.now = float(now)
        self.slept: list[float] = []

    def __call__(self) -> int:
        return int(self.now)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds * 1000
