"""Where things stand in the data folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """The data folder, made by the first `delivrd up`."""

    root: Path

    @property
    def config(self) -> Path:
        """The settings, unless `--config` names another file."""
        return self.root / "delivrd.toml"

    @property
    def secrets(self) -> Path:
        """Secrets; readable by the owner alone."""
        return self.root / "secrets.toml"

    @property
    def lock(self) -> Path:
        """Held by whoever runs on this folder; its text is the supervisor's pid."""
        return self.root / "lock"

    @property
    def log(self) -> Path:
        """The event log; only the intake and correcting commands append to it."""
        return self.root / "log.db"

    @property
    def state(self) -> Path:
        """What the consumer keeps of its way through the log; only the worker writes it."""
        return self.root / "consumer.db"

    @property
    def spool(self) -> Path:
        """What waits for a log on Kafka; only the intake writes it."""
        return self.root / "spool"

    @property
    def imports(self) -> Path:
        """How far imports of history came."""
        return self.root / "imports.json"

    @property
    def pause(self) -> Path:
        """Locked by whoever needs the consumer to stand still."""
        return self.root / "pause.lock"

    @property
    def consuming(self) -> Path:
        """Locked by the consumer for as long as it runs, and by whoever needs to be sure that it does not."""
        return self.root / "consuming.lock"

    @property
    def exchange(self) -> Path:
        """Locked by whoever exchanges the rows of tables, and, together with others, by who must not see half of it."""
        return self.root / "exchange.lock"

    @property
    def forget(self) -> Path:
        """Locked by whoever copies records, together with others who do, while they are written."""
        return self.root / "forget.lock"

    @property
    def replay(self) -> Path:
        """How far a replay came that was interrupted."""
        return self.root / "replay.json"

    @property
    def archived(self) -> Path:
        """How far the archive came; only the archiver writes it."""
        return self.root / "archived.json"

    @property
    def restored(self) -> Path:
        """Where the logs of the backups ended that this folder was made of, and which archives went no further."""
        return self.root / "restored.json"

    @property
    def polls(self) -> Path:
        """What the poller keeps of what it asked; only it writes there."""
        return self.root / "poller.db"

    @property
    def engine(self) -> Path:
        """The embedded engine's configuration and data."""
        return self.root / "engine"

    @property
    def backups(self) -> Path:
        """Where the engine writes a backup that is being made, and reads one that is being restored."""
        return self.engine / "backups"

    @property
    def run(self) -> Path:
        """What is true of the running processes only."""
        return self.root / "run"

    @property
    def up(self) -> Path:
        """The supervisor's own word: pids, ports, restarts."""
        return self.run / "up.json"

    @property
    def metrics(self) -> Path:
        """The figures of all processes, memory-mapped; wiped at each start."""
        return self.run / "metrics"
