"""The audit, as the console's page asks for it: by the functions of the command."""

import threading

from console.acts import Refusal
from console.acts.audit import Audited
from consumers.audit import Report, with_pending
from consumers.plan import OUTCOMES
from delivrd.acts import Present
from delivrd.auditing import audited
from delivrd.parts import event_log, spooled
from pipeline.log import LogUnavailable, LogUnusable


class AuditDeed:
    """One at a time: it takes time and strength from what it looks at."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self._turn = threading.Lock()

    def __call__(self, since: int | None) -> Audited:
        """See console.acts.audit."""
        if not self._turn.acquire(blocking=False):
            raise Refusal("Somebody else's audit is at it; ask again when it is done.")
        settings = self._present.settings
        try:
            with event_log(settings) as log:
                report = audited(settings, log, log.stats(), since, lambda _: None)
            return _told(with_pending(report, spooled(settings)))
        except (LogUnavailable, LogUnusable) as error:
            raise Refusal(str(error)) from None
        finally:
            self._turn.release()


def _told(report: Report) -> Audited:
    counts = [(name.replace("_", "-"), getattr(report, name)) for name in (*OUTCOMES, "pending", "missing")]
    return Audited(report.received, counts, report.problems())
