"""The whole core: a minute's figures in, the changes of alarms out."""

from alerts.alarms import Alarms
from alerts.figures import Minute
from alerts.forest import Forest, Rules
from alerts.sources import Sources
from alerts.told import Telling, telling


class Watch:
    """All that is known of the past. Minutes have to be given in order, each once; the clock is theirs."""

    def __init__(self, rules: Rules) -> None:
        self.forest = Forest(rules)
        self.sources = Sources(self.forest)
        self.alarms = Alarms(self.forest)

    def take_rules(self, rules: Rules) -> None:
        """Judge by other rules from the next minute on. What is off now rings no more."""
        self.forest.take_rules(rules)

    def take(self, figures: Minute) -> list[Telling]:
        """Judge a closed minute."""
        self.forest.score(figures)
        self.sources.take(figures.minute, figures.records, figures.told)
        fresh = self.forest.advance()
        if not fresh and not self.alarms.open:
            return []
        changes = self.alarms.take(fresh, figures.minute)
        return [telling(change, alarm, self.forest, figures.minute) for change, alarm in changes]
