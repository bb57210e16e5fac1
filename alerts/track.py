"""One kind at one node: its history, its score, its state."""

from collections import deque
from typing import NamedTuple

from alerts import healing, score
from alerts.baseline import History
from alerts.kinds import Kind
from alerts.scope import Scope
from alerts.score import Weights
from alerts.state import DAY_MINUTES, State, next_state

RECENT_MINUTES = 120


class Told(NamedTuple):
    """What a minute brought to a track: k of n. For silence k is what was expected and n what came."""

    minute: int
    k: float
    n: float


class Track:
    """`p`, `rho` and `ref` are the usual rate, its spread and the worst normal rate, as of the last hour.

    `onsets` hold for each alternative the minute in which its score last left zero, with what had been counted
    until then.
    """

    __slots__ = (
        "bin", "healing", "history", "hot", "k", "kind", "last_data", "n", "onsets", "openings", "p",
        "recent", "ref", "rho", "scope", "scores", "since", "state", "weights",
    )  # fmt: skip

    def __init__(self, scope: Scope, kind: Kind) -> None:
        self.scope = scope
        self.kind = kind
        self.history = History()
        self.p = self.rho = self.ref = 0.0
        self.weights: Weights = ()
        self.bin = [0.0, 0.0]
        self.scores = [0.0, 0.0, 0.0]
        self.onsets: list[Told] = [Told(0, 0, 0)] * 3
        self.k = self.n = 0.0
        self.state = State.OK
        self.since = 0
        self.healing = 0.0
        self.last_data = 0
        self.hot = 0
        self.openings: list[int] = []
        self.recent: deque[Told] = deque()

    @property
    def peak(self) -> float:
        """The highest of the scores."""
        return max(self.scores)

    @property
    def onset(self) -> Told:
        """Where the highest score left zero, with what had been counted until then."""
        return self.onsets[max(range(3), key=self.scores.__getitem__)]

    @property
    def rate(self) -> float:
        """The share that went wrong since the onset."""
        onset = self.onset
        return (self.k - onset.k) / max(1e-9, self.n - onset.n)

    def meet(self, minute: int, k: float, n: float) -> None:
        """Score k of n of a closed minute, and keep them to learn from."""
        self.bin[0] += k
        self.bin[1] += n
        if not self.weights:
            return
        self.last_data = minute
        good = n - k
        for place, (bad_weight, good_weight) in enumerate(self.weights):
            gain = k * bad_weight + good * good_weight
            self._gain(place, minute, gain)
        self.k += k
        self.n += n
        self._remember(minute, k, n)
        if self.state is not State.OK:
            q = healing.bad_rate(self.rate, self.ref)
            self.healing = healing.heal(self.healing, k, n, self.ref, q)

    def meet_gain(self, minute: int, gain: float, k: float, n: float) -> None:
        """Score a minute whose evidence is no share of messages."""
        self.last_data = minute
        self._gain(0, minute, gain)
        self.k += k
        self.n += n
        self._remember(minute, k, n)
        if self.state is not State.OK:
            self.healing = min(healing.MOST, max(0.0, self.healing - gain))

    def fold(self, minute: int) -> None:
        """Learn from the bin that is over, unless it fires: a state of more than a day is what is usual now."""
        k, n = self.bin
        if n and (self.state is State.OK or minute - self.since > DAY_MINUTES):
            self.history.add(k, n, self.p)
        self.bin[0] = self.bin[1] = 0.0

    def _gain(self, place: int, minute: int, gain: float) -> None:
        before = self.scores[place]
        if before == 0.0:
            if gain <= 0.0:
                return
            self.onsets[place] = Told(minute, self.k, self.n)
        after = score.step(before, gain)
        self.scores[place] = after
        if gain > 0.0 and after >= score.RING:
            self.hot = minute

    def _remember(self, minute: int, k: float, n: float) -> None:
        recent = self.recent
        recent.append(Told(minute, k, n))
        while recent[0].minute <= minute - RECENT_MINUTES:
            recent.popleft()

    def since_minute(self, minute: int) -> tuple[float, float]:
        """What k and n came to from a minute on, as far as it is remembered."""
        k = n = 0.0
        for told in reversed(self.recent):
            if told.minute < minute:
                break
            k += told.k
            n += told.n
        return k, n

    def advance(self, minute: int) -> bool:
        """Move on to the state of this minute. True where it begins to fire."""
        peak = self.peak
        if self.state is State.OK and peak < score.RING:
            return False
        self.openings = [opened for opened in self.openings if opened > minute - DAY_MINUTES]
        after = next_state(
            self.state,
            minute - self.since,
            minute - self.last_data,
            rings=peak >= score.RING,
            gone=peak == 0.0,
            healed=self.healing >= healing.HEALED,
            openings=len(self.openings),
        )
        if after is self.state:
            return False
        fires = after is State.FIRING and self.state is State.PENDING
        self.since = minute
        self.state = after
        if after is State.PENDING:
            self.healing = 0.0
        if after is State.OK:
            self.scores = [0.0, 0.0, 0.0]
        if fires:
            self.openings.append(minute)
        return fires

    def calm(self, minute: int) -> None:
        """Begin anew: what it saw belongs to an alarm that is over."""
        self.scores = [0.0, 0.0, 0.0]
        self.state = State.OK
        self.since = minute
