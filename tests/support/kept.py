"""Processes that are started again whenever they die, as the service manager of a machine does it."""

import subprocess
import threading
from collections.abc import Callable


class Kept:
    """One process, from `start` on until it is stopped. `start` returns the process it has started."""

    def __init__(self, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self._start = start
        self._stopping = threading.Event()
        self.process = start()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def stop(self, number: int, seconds: float = 60) -> int:
        """Send a signal, and start it no more; its exit code."""
        self._stopping.set()
        self._thread.join()
        self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self.process.wait()

    def _keep(self) -> None:
        while not self._stopping.wait(0.05):
            if self.process.poll() is not None:
                self.process = self._start()
