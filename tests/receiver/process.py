"""The intake as a process of its own, as `delivrd receiver` starts it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from pipeline.sqlite_log import records_of
from schemas.record import Record

SECRET = "first-0123456789abcdef"

SETTINGS = """
[receiver]
port = 0
[log]
reserve = "1MiB"
[sources.integrax-br]
provider = "integrax"
region = "BR"
"""


class Process:
    """`with Process(folder) as intake`; it is killed at the end, if it still runs."""

    def __init__(self, data: Path, *, files: int | None = None, supervised: bool = False) -> None:
        self.data = data
        self._files = files
        self._supervised = supervised
        self.port = 0
        data.mkdir(exist_ok=True)
        self.configure(SETTINGS)
        self.allow(SECRET)

    def configure(self, settings: str) -> None:
        (self.data / "delivrd.toml").write_text(settings)

    def allow(self, *secrets: str) -> None:
        """The webhook secrets from the next reading on."""
        file = self.data / "secrets.toml"
        passwords = "".join(
            f'{name} = "{name.replace("_", "-")}-0123456789"\n' for name in ("writer_password", "reader_password")
        )
        text = f'[console]\ntoken = "console-0123456789abcdef"\n[warehouse]\n{passwords}'
        file.write_text(f"{text}[sources.integrax-br]\nwebhook = {json.dumps(secrets)}\n")
        file.chmod(0o600)

    def __enter__(self) -> Self:
        reading, self.writing = os.pipe()
        limited = ["sh", "-c", f'ulimit -n {self._files}; exec "$@"', "sh"] if self._files else []
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DELIVRD_")}
        if self._supervised:
            environment["DELIVRD_PARENT_FD"] = str(reading)
        self.process = subprocess.Popen(
            [*limited, sys.executable, "-m", "delivrd", "receiver", "--data", str(self.data)],
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            pass_fds=[reading],
        )
        os.close(reading)
        self.said: list[str] = []
        self.port = self.until("receiver_ready")["port"]
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def let_go(self) -> None:
        """What the end of the supervisor does."""
        if self.writing >= 0:
            os.close(self.writing)
        self.writing = -1

    def until(self, event: str) -> dict[str, Any]:
        """The next line of its log that is about this."""
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)
            said: dict[str, Any] = json.loads(line)
            if said["event"] == event:
                return said
        raise AssertionError(f"it ended without {event}:\n{''.join(self.said)}")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kept(self) -> list[Record]:
        return [entry.record for entry in records_of(self.data / "log.db")]
