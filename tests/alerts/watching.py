"""An alerter as a process, for a test to kill: `python -m tests.alerts.watching PORT FOLDER URL`.

The clock stands in FOLDER/clock (UTC ms), and all that came before FOLDER/stored is in the warehouse.
"""

import os
import sys
import time
from pathlib import Path

from alerts.alerter import Alerter
from alerts.lead import Lead
from pipeline.servers import STORE, on_this_machine
from pipeline.settings.alerts import AlertsSettings
from pipeline.warehouse import Warehouse
from tests.services import WRITER_PASSWORD


def main(port: int, folder: Path, url: str) -> None:
    """Turn until killed; a file of the process' number says that it has learned."""

    def read(name: str) -> int:
        return int((folder / name).read_text())

    store = Warehouse(on_this_machine(port), "writer", WRITER_PASSWORD, STORE)
    settings = AlertsSettings.model_validate({"targets": {"oncall": {"url": url}}})
    lead = Lead(store, lambda: read("clock") / 1000)
    alerter = Alerter(store, settings, lambda: read("clock"), lambda until: until <= read("stored"), lead)
    alerter.turn()
    (folder / str(os.getpid())).touch()
    while True:
        time.sleep(0.01)
        alerter.turn()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
