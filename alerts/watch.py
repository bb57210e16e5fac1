"""The whole core: a minute's figures in, the changes of alarms out."""

from alerts.alarms import Alarm, Alarms, Change
from alerts.figures import Minute
from alerts.forest import Forest, Rules
from alerts.sources import Sources


class Watch:
    """All that is known of the past. Minutes have to be given in order, each once; the clock is theirs."""

    def __init__(self, rules: Rules) -> None:
        self.forest = Forest(rules)
        self.sources = Sources(self.forest)
        self.alarms = Alarms(self.forest)

    def take(self, figures: Minute) -> list[tuple[Change, Alarm]]:
        """Judge a closed minute."""
        self.forest.score(figures)
        self.sources.take(figures.minute, figures.records, figures.told)
        fresh = self.forest.advance()
        return self.alarms.take(fresh, figures.minute) if fresh or self.alarms.open else []
