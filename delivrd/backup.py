"""A backup: a folder with the warehouse, the event log and the settings, in a state from which the audit adds up.

The order makes it so. First it is noted how far the warehouse has the log; then the warehouse is taken, and then the
log, which holds every record that the warehouse was made of meanwhile. Restored, the consumer reads on from what was
noted: what the warehouse has of it already is repeated, and changes nothing. The manifest comes last: a folder without
one is what is left of a backup that was interrupted.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from delivrd.errors import Trouble
from delivrd.locks import unexchanged
from delivrd.output import working
from delivrd.parts import event_log, store_client
from pipeline.clock import now_ms
from pipeline.log_stats import PartitionStats
from pipeline.settings import Folder, Settings
from pipeline.sqlfiles import load_sql
from pipeline.sqlite_log.access import SqliteEventLog, SqliteFiles
from pipeline.sqlite_log.copying import copy_database, copy_log
from pipeline.warehouse import Warehouse
from pipeline.warehouse.backup import back_up
from pipeline.warehouse.beside import begun
from pipeline.warehouse.migrations import known_migrations

FORMAT = 1
MANIFEST = "manifest.json"
WAREHOUSE = "warehouse"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `made_at` (UTC, ms) is when it began; `migration` is the newest one of the warehouse.

    Of the log `log_id`, the warehouse has every record before the offset `stored`, and the log those before `end`.
    """

    format: int
    made_at: int
    migration: int
    log_id: str
    stored: int
    end: int


class NotWhole(Exception):
    """A folder is no backup that can be restored; the text says why."""


def make(settings: Settings, target: Path) -> Manifest:
    """Make a backup in `target`, which is made or empty, while everything runs.

    Nothing of it is left where it fails. Raises Trouble, and the errors of warehouse and log.
    """
    if settings.on_cluster:
        raise Trouble(
            "The settings name a log on Kafka and ClickHouse servers, which back up themselves: see docs/deployment.md"
        )
    began = now_ms()
    with _new_folder(target), store_client(settings) as store:
        before = _log(settings)
        stored = max(_stored(store, before), before.first)
        copies = Folder(target)
        with working("writing the warehouse"):
            _write_warehouse(store, settings, target)
        _copy_rest(settings, copies)  # before the log: what is asked or imported is noted when the log has it
        with working("writing the event log"):
            copy_log(settings.folder.log, copies.log)
        after = _log_at(copies)
        if after.first > stored:
            raise Trouble("The log let go of records meanwhile, as the disk is nearly full. Make room, and try again")
        manifest = Manifest(
            format=FORMAT,
            made_at=began,
            migration=max(known_migrations()),
            log_id=after.log_id,
            stored=stored,
            end=after.end,
        )
        os.sync()  # all that it vouches for is on the disk before the manifest is
        (target / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        os.sync()
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """What `backup` holds. Raises NotWhole where it is none, or not one that this version can restore."""
    file = backup / MANIFEST
    try:
        manifest = msgspec.json.decode(file.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise NotWhole(f"{backup} has no {MANIFEST}: it is no backup, or one that was interrupted") from None
    except msgspec.DecodeError as error:
        raise NotWhole(f"{file} cannot be read: {error}") from None
    if manifest.format > FORMAT or manifest.migration > max(known_migrations()):
        raise NotWhole(f"{backup} was made by a newer delivrd; install that version, or a later one")
    return manifest


@contextmanager
def _new_folder(target: Path) -> Iterator[None]:
    """An empty folder for its owner alone; it goes again where making the backup fails."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Trouble(f"{target} is there already and not empty. Name another folder, or delete it")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.chmod(0o700)
    try:
        yield
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _write_warehouse(store: Warehouse, settings: Settings, target: Path) -> None:
    """The engine writes it beside its data; from there it is moved, and copied where `target` is on another disk.

    Not while a rebuild exchanges rows: those of before and after do not fit together.
    """
    name = str(uuid.uuid4())
    written = settings.folder.backups / name
    try:
        with unexchanged(settings):
            work = begun(store)
            if work and work.state == "decided":
                raise Trouble(
                    "A rebuild was cut off while rows were exchanged. When `delivrd up` has finished that, try again"
                )
            back_up(store, name)
        shutil.move(written, target / WAREHOUSE)
    finally:
        shutil.rmtree(written, ignore_errors=True)


def _log(settings: Settings) -> PartitionStats:
    with event_log(settings) as log:
        for stats in log.stats():
            return stats
    raise Trouble(f"There is no event log in {settings.folder.root} yet; there is nothing to back up")


def _log_at(folder: Folder) -> PartitionStats:
    files = SqliteFiles(log=folder.log, state=folder.state, reserve_bytes=0)
    with closing(SqliteEventLog(files)) as log:
        [stats] = log.stats()
    return stats


def _stored(store: Warehouse, log: PartitionStats) -> int:
    """The offset after the last record of the log that the warehouse has."""
    [(end,)] = store.query(load_sql("consumer/stored_until"), {"log": log.log_id, "partition": log.partition})
    return int(end)


def _copy_rest(settings: Settings, copies: Folder) -> None:
    """Settings under the name that a start looks for, wherever they stand; secrets for their owner alone."""
    folder = settings.folder
    shutil.copyfile(settings.config, copies.config)
    if folder.secrets.exists():
        os.close(os.open(copies.secrets, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(folder.secrets, copies.secrets)
    for file, copy in ((folder.imports, copies.imports), (folder.restored, copies.restored)):
        if file.exists():
            shutil.copyfile(file, copy)
    if folder.polls.exists():
        copy_database(folder.polls, copies.polls)
