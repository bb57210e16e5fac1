"""An end in stated time: whoever is told to end is gone after it, whatever hangs."""

import os
import threading


def end_by_force(seconds: float) -> None:
    """Exit with 1, without any further word, if the process is still there after `seconds`."""
    timer = threading.Timer(seconds, os._exit, args=(1,))
    timer.daemon = True
    timer.start()
