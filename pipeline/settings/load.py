"""Reading the settings: two files and the environment become one, and every mistake is told at once."""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from pipeline.archive.target import Place
from pipeline.settings.across import across_sections, across_sources, misplaced, source_tables, without_leftovers
from pipeline.settings.alerts import AlertsSettings
from pipeline.settings.archive import ArchiveSettings
from pipeline.settings.environment import read_environment, variable
from pipeline.settings.folder import Folder
from pipeline.settings.log import LogSettings, SpoolSettings
from pipeline.settings.models import ConsoleSettings, Document, ForgetSettings, ReceiverSettings, SourceSettings
from pipeline.settings.problems import Path, Problem, SettingsError
from pipeline.settings.warehouse import WarehouseSettings
from pipeline.settings.wording import problems_of

Table = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """Everything that is configured. `secrets` are all that must never be seen, for masking."""

    data_dir: FilePath
    config: FilePath
    receiver: ReceiverSettings
    console: ConsoleSettings
    log: LogSettings
    spool: SpoolSettings
    warehouse: WarehouseSettings
    archive: ArchiveSettings
    forget: ForgetSettings
    alerts: AlertsSettings
    sources: Mapping[str, SourceSettings]

    @property
    def folder(self) -> Folder:
        """Where things stand in the data folder."""
        return Folder(self.data_dir)

    @property
    def on_cluster(self) -> bool:
        """Whether log and warehouse are servers of their own, and each part is started by itself."""
        return not self.warehouse.embedded

    @property
    def archive_place(self) -> Place | None:
        """Where the archive is; None where there is none."""
        return self.archive.place(self.data_dir)

    @property
    def polled(self) -> list[SourceSettings]:
        """The sources that are asked for something."""
        return [source for source in self.sources.values() if source.poll is not None]

    @property
    def secrets(self) -> frozenset[str]:
        """Every secret value."""
        warehouse = self.warehouse
        found = {self.console.token or "", self.log.password, warehouse.writer_password, warehouse.reader_password}
        found |= {self.archive.access_key, self.archive.secret_key}
        found.add(self.forget.key or "")
        for source in self.sources.values():
            found |= source.secrets
        found.update(target.url for target in self.alerts.targets.values())
        return frozenset(found - {""})


def load(
    data_dir: FilePath,
    config: FilePath | None = None,
    env: Mapping[str, str] = os.environ,
    *,
    allow_new_sources: bool = False,
) -> Settings:
    """The settings of a data folder. Raises SettingsError with every mistake.

    `config` replaces the folder's `delivrd.toml`. There may be no file of secrets where `env` has them all.
    `allow_new_sources` lets pass sources without a webhook secret, which `delivrd up` and `delivrd reload` will make.
    """
    folder = Folder(data_dir.absolute())
    config = config.absolute() if config else folder.config
    settings = _read(config)
    problems = list(misplaced(settings, str(config), str(folder.secrets)))
    secrets = _read(folder.secrets) if folder.secrets.exists() else {}
    problems += _open_to_others(folder.secrets)

    origins: dict[Path, str] = {}
    merged: Table = {}
    _merge(merged, settings, str(config), origins)
    _merge(merged, without_leftovers(secrets, settings), str(folder.secrets), origins)
    values, surplus = read_environment(env, source_tables(merged))
    problems += surplus
    for path, value in values.items():
        _put(merged, path, value)
        origins[path] = variable(path)
    _set_reserve(merged, folder.root)
    problems += across_sources(merged, str(folder.secrets), need_secret=not allow_new_sources)
    problems += across_sections(merged, str(config), str(folder.secrets))
    try:
        document = Document.model_validate(merged)
    except ValidationError as error:
        problems += problems_of(error, origins, str(config), str(folder.secrets))
        raise SettingsError(problems) from None
    if problems:
        raise SettingsError(problems)
    return Settings(
        data_dir=folder.root,
        config=config,
        receiver=document.receiver,
        console=document.console,
        log=document.log,
        spool=document.spool,
        warehouse=document.warehouse,
        archive=document.archive,
        forget=document.forget,
        alerts=document.alerts,
        sources=document.sources,
    )


def _read(file: FilePath) -> Table:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError([Problem(str(file), "", "no settings yet: `delivrd up` writes them")]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([Problem(str(file), "", f"is not valid TOML: {error}")]) from None
    except UnicodeDecodeError:
        raise SettingsError([Problem(str(file), "", "is not UTF-8 text")]) from None
    except OSError as error:
        raise SettingsError([Problem(str(file), "", f"cannot be read: {error.strerror}")]) from None


def _open_to_others(file: FilePath) -> Iterator[Problem]:
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0
    if mode & 0o077:
        yield Problem(str(file), "", f"others may read it (mode {mode:o}); run: chmod 600 {file}")


def _merge(into: Table, table: Table, origin: str, origins: dict[Path, str], path: Path = ()) -> None:
    for key, value in table.items():
        here = (*path, key)
        origins[here] = origin
        if isinstance(value, dict) and isinstance(into.get(key, {}), dict):
            _merge(into.setdefault(key, {}), value, origin, origins, here)
        else:
            into[key] = value


def _put(into: Table, path: Path, value: str) -> None:
    for key in path[:-1]:
        into = into.setdefault(key, {})
    into[path[-1]] = value


def _set_reserve(merged: Table, root: FilePath) -> None:
    """A tenth of the disk, at least 16 MiB and at most 1 GiB, unless the settings say otherwise."""
    log = merged.setdefault("log", {})
    if isinstance(log, dict):
        disk = os.statvfs(next(folder for folder in (root, *root.parents) if folder.exists()))
        tenth = disk.f_blocks * disk.f_frsize // 10
        log.setdefault("reserve", f"{min(2**30, max(2**24, tenth))}B")
