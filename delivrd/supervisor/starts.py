"""How each of the processes is started."""

import sys
from collections.abc import Mapping
from functools import partial

from delivrd.supervisor.child import Start
from pipeline.engine.config import write_config
from pipeline.engine.process import engine_command
from pipeline.parent import LISTENER_FD
from pipeline.settings import Settings


def starts(settings: Settings, env: Mapping[str, str], lock: int, listener: int) -> list[Start]:
    """The intake first: nothing else is needed to accept. `lock` and `listener` are files that we hold."""
    warehouse = settings.warehouse
    configure = partial(
        write_config,
        settings.folder.engine,
        http_port=warehouse.http_port,
        tcp_port=warehouse.tcp_port,
        writer_password=warehouse.writer_password,
        reader_password=warehouse.reader_password,
        memory_bytes=warehouse.memory_bytes,
    )
    engine = engine_command(settings.folder.engine, warehouse.engine_command)
    parts = [
        Start("intake", _own("receiver"), {**env, LISTENER_FD: str(listener)}, (lock, listener)),
        Start("engine", engine, env, (lock,), configure, settings.folder.run / "engine.err"),
        Start("worker", _own("consumer"), env, (lock,)),
    ]
    if settings.polled:
        parts.append(Start("poller", _own("poller"), env, (lock,)))
    if settings.alerts.targets:
        parts.append(Start("alerter", _own("alerter"), env, (lock,)))
    if settings.archive_place:
        parts.append(Start("archiver", _own("archiver"), env, (lock,)))
    return parts


def _own(command: str) -> list[str]:
    return [sys.executable, "-m", "delivrd", command]
