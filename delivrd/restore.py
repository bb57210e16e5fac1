"""Restoring a backup: a new data folder, consumed to the end of its log and audited before it is given its name.

Until then it stands beside, under a name that no start looks for.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from consumers.audit import Report
from consumers.worker import Worker
from delivrd.auditing import audited
from delivrd.backup import MANIFEST, WAREHOUSE, Manifest, NotWhole, read_manifest
from delivrd.engine_alone import engine_alone
from delivrd.errors import Trouble
from delivrd.output import working
from delivrd.parts import event_log, prepare, store_client
from delivrd.progress import progress
from delivrd.restored import note_restored
from delivrd.work import consumer_parts
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.logging import configure
from pipeline.settings import Folder, Settings, load
from pipeline.sqlite_log import SqliteReader
from pipeline.warehouse.backup import restore

STUCK_SECONDS = 60.0
_PAUSE = 0.1


def bring_back(backup: Path, folder: Folder) -> Report:
    """Make `folder`, which is not there or empty, from a backup; the audit of it, which is complete.

    Nothing of it is left where it fails. Raises Trouble, and the errors of settings, warehouse and log.
    """
    try:
        manifest = read_manifest(backup)
    except NotWhole as problem:
        raise Trouble(str(problem)) from None
    with _beside(folder) as new:
        for file in backup.iterdir():
            if file.name not in (MANIFEST, WAREHOUSE):
                shutil.copy(file, new.root)
        settings = load(new.root, allow_new_sources=True)
        configure("restore", settings.secrets)
        logging.getLogger("consumers").setLevel(logging.WARNING)  # that it consumes is for nobody to read here
        if settings.on_cluster:
            raise Trouble(f"{backup} is of one machine, and its settings name servers: {settings.config}")
        shutil.copytree(backup / WAREHOUSE, new.backups / WAREHOUSE)
        with engine_alone(settings) as running, event_log(running) as log:
            with working("reading the warehouse"), store_client(running) as store:
                restore(store, WAREHOUSE)
            prepare(running)
            _set_back(new, manifest)
            _consume(running, log)
            parts = log.stats()
            with progress("reading the log again", sum(part.end - part.first for part in parts)) as advance:
                report = audited(running, log, parts, None, advance)
        shutil.rmtree(new.backups)
        if not report.complete:
            raise Trouble(
                f"The audit does not add up (records missing: {report.missing}, gaps: {len(report.gaps)}): the backup "
                "is damaged"
            )
    return report


@contextmanager
def _beside(folder: Folder) -> Iterator[Folder]:
    """A folder that gets the name of `folder` at the end; it goes where that is not reached."""
    if folder.root.exists() and (not folder.root.is_dir() or any(folder.root.iterdir())):
        raise Trouble(f"{folder.root} is there already and not empty. Name another folder with --data, or move it away")
    new = Folder(folder.root.with_name(f"{folder.root.name}.restoring"))
    if new.root.exists():
        raise Trouble(f"{new.root} is left of a restoration that was interrupted, or is going on. Delete it")
    new.root.mkdir(mode=0o700, parents=True)
    try:
        yield new
        new.root.replace(folder.root)
    except BaseException:
        shutil.rmtree(new.root, ignore_errors=True)
        raise


def _set_back(folder: Folder, manifest: Manifest) -> None:
    """The consumer reads on from where the warehouse had the log when the backup began."""
    with closing(SqliteReader(folder.log, folder.state)) as reader:
        if reader.log_id != manifest.log_id or reader.end(0) != manifest.end:
            raise Trouble(f"the log in the backup is not the one that {MANIFEST} tells of: the backup is damaged")
        reader.commit(0, manifest.stored, "")
    note_restored(folder, manifest.log_id, manifest.end)


def _consume(settings: Settings, log: EventLog) -> None:
    """Store what the log has beyond the warehouse."""
    worker = Worker(consumer_parts(settings, log), now_ms)
    worker.start()
    try:
        [begun] = log.stats()
        committed, moved = begun.committed, time.monotonic()
        with progress("storing", begun.pending) as advance:
            while (now := log.stats()[0]).pending:
                advance(now.committed - committed)
                if now.committed != committed:
                    committed, moved = now.committed, time.monotonic()
                elif time.monotonic() - moved > STUCK_SECONDS:
                    raise Trouble(f"The consumer does not move: {worker.status().reason or 'see its log'}")
                time.sleep(_PAUSE)
    finally:
        worker.stop(drain=0)
