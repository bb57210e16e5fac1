"""The engine's two configuration files.

`config.xml` holds no secret; `users.xml` (mode 0600) holds the passwords' hashes. Both are written anew at each
start, so that a change of the settings reaches the engine. System logs (`query_log` and the like) exist only
where a section asks for them, and none does: they would outgrow the data on a quiet machine. The log files are for a
genuine server: the wheel opens them and writes nothing (its `system.errors` counts what went wrong).
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.servers import BESIDE, PUBLIC, STORE

Section = Mapping[str, "str | int | list[str] | Section"]

MIB = 1024 * 1024
GIB = 1024 * MIB

READER_SECONDS = 120
READER_DISK_BYTES = 2 * GIB
"""What one reader's queries may spill to disk, so that they cannot eat the room that draining needs."""

MERGE_THREADS = 4

BACKUPS = "backups"
"""The disk that the engine writes backups to and reads them from, and its folder beside the configuration."""

# What `default` may do before it is refused for good: the launcher's own three statements.
# The session in which the engine is started runs as `default`, which therefore cannot have a password.
LAUNCH_STATEMENTS = 3
DECADES_IN_SECONDS = 2_000_000_000


def write_config(
    folder: Path,
    *,
    http_port: int,
    tcp_port: int,
    writer_password: str,
    reader_password: str,
    memory_bytes: int,
) -> None:
    """Write `config.xml` and `users.xml` (0600) into `folder`, which is made where it is missing.

    The engine listens on loopback only. `memory_bytes` bounds the whole engine; a reader's queries get half of it.
    Raises ValueError where a password is empty, OSError where the folder cannot be written.
    """
    if not writer_password or not reader_password:
        raise ValueError("the warehouse users need passwords")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "config.xml", _config(folder, http_port, tcp_port, memory_bytes), 0o644)
    _write(folder / "users.xml", _users(writer_password, reader_password, memory_bytes), 0o600)


def _config(folder: Path, http_port: int, tcp_port: int, memory_bytes: int) -> Section:
    return {
        "logger": {
            "level": "warning",
            "log": f"{folder}/engine.log",
            "errorlog": f"{folder}/engine.err.log",
            "size": "10M",
            "count": 3,
        },
        "listen_host": "127.0.0.1",
        "http_port": http_port,
        "tcp_port": tcp_port,
        "path": f"{folder}/data/",
        "tmp_path": f"{folder}/data/tmp/",
        "user_files_path": f"{folder}/data/user_files/",
        "user_directories": {"users_xml": {"path": f"{folder}/users.xml"}},
        "timezone": "UTC",
        "keep_alive_timeout": 60,
        "max_connections": 256,
        "max_concurrent_queries": 64,
        "max_server_memory_usage": memory_bytes,
        "mark_cache_size": 64 * MIB,
        "index_mark_cache_size": 16 * MIB,
        "index_uncompressed_cache_size": 0,
        "uncompressed_cache_size": 0,
        "mmap_cache_size": 64,
        "query_cache": {"max_size_in_bytes": 0},
        "background_pool_size": MERGE_THREADS,
        "background_schedule_pool_size": 8,
        # Nobody looks at them; by default they are worked out every second, a quarter of what an idle engine costs.
        "asynchronous_metrics_update_period_s": 60,
        "merge_tree": {
            # Without these four a power cut loses what was acknowledged.
            "fsync_after_insert": 1,
            "fsync_part_directory": 1,
            "min_rows_to_fsync_after_merge": 1,
            "min_compressed_bytes_to_fsync_after_merge": 1,
            # What a merge or a correction has replaced goes within seconds, not minutes: it is personal data, and the
            # four above make it safe.
            "old_parts_lifetime": 0,
            "cleanup_delay_period": 3,
            "cleanup_delay_period_random_add": 0,
            "max_cleanup_delay_period": 5,
            # Their defaults are made for a pool of 16 and refused by a smaller one.
            "number_of_free_entries_in_pool_to_lower_max_size_of_merge": MERGE_THREADS,
            "number_of_free_entries_in_pool_to_execute_mutation": MERGE_THREADS,
            "number_of_free_entries_in_pool_to_execute_optimize_entire_partition": MERGE_THREADS,
        },
        "access_control_improvements": {
            "select_from_system_db_requires_grant": "true",
            "select_from_information_schema_requires_grant": "true",
        },
        # By way of a disk: the right to files would let the writer read any of them as a table.
        "storage_configuration": {"disks": {BACKUPS: {"type": "local", "path": f"{folder}/{BACKUPS}/"}}},
        "backups": {"allowed_disk": BACKUPS},
        "send_crash_reports": {"enabled": "false"},
    }


def _users(writer_password: str, reader_password: str, memory_bytes: int) -> Section:
    return {
        "profiles": {
            "default": {
                # What the server cannot finish in memory it finishes in a file, and on a full disk it sends less than
                # all.
                "http_response_buffer_size": 32 * MIB,
                # To compile a question takes longer (0.1 to 0.2 s, at its third time) than any answer gains by it.
                "compile_expressions": 0,
                "compile_aggregate_expressions": 0,
                "compile_sort_description": 0,
                # By default a thread more is used for each free GiB: with the memory that is meant for a laptop, one.
                "max_threads_min_free_memory_per_thread": 64 * MIB,
            },
            "writer": {"max_memory_usage": memory_bytes * 3 // 4},
            "reader": _reader_profile(memory_bytes // 2),
        },
        "quotas": {
            "default": {},
            "launch": {"interval": {"duration": DECADES_IN_SECONDS, "queries": LAUNCH_STATEMENTS}},
        },
        "users": {
            "default": {
                "password": "",
                "networks": {"ip": "127.0.0.1"},
                "profile": "default",
                "quota": "launch",
                "grants": {"query": ["GRANT SYSTEM LISTEN ON *.*", "GRANT SELECT ON system.numbers"]},
            },
            "writer": {
                "password_sha256_hex": _hash(writer_password),
                "networks": {"ip": ["127.0.0.1", "::1"]},
                "profile": "writer",
                "quota": "default",
                "grants": {
                    "query": [
                        *(f"GRANT ALL ON {name}{end}.*" for name in (STORE, PUBLIC) for end in ("", BESIDE)),
                        "GRANT SELECT ON system.*",
                        "GRANT SET DEFINER ON writer",
                        "GRANT TABLE ENGINE ON *",
                        "GRANT CREATE TEMPORARY TABLE ON *.*",
                        "GRANT BACKUP ON *.*",
                        "GRANT READ, WRITE ON DISK",
                    ]
                },
            },
            "reader": {
                "password_sha256_hex": _hash(reader_password),
                "networks": {"ip": ["127.0.0.1", "::1"]},
                "profile": "reader",
                "quota": "default",
                "grants": {"query": f"GRANT SELECT ON {PUBLIC}.*"},
            },
        },
    }


def _reader_profile(memory_bytes: int) -> Section:
    limits: Section = {"max_memory_usage": memory_bytes, "max_execution_time": READER_SECONDS}
    fixed: Section = {
        "max_memory_usage_for_user": memory_bytes,
        "max_temporary_data_on_disk_size_for_user": READER_DISK_BYTES,
        "max_bytes_before_external_group_by": memory_bytes // 2,
        "max_bytes_before_external_sort": memory_bytes // 2,
        "max_untracked_memory": 4 * MIB,
        "timeout_overflow_mode": "throw",
    }
    # Zero means no limit, and is smaller than every maximum: hence the minimum.
    constraints: Section = {
        **{name: {"readonly": ""} for name in fixed},
        **{name: {"min": 1, "max": value} for name, value in limits.items()},
    }
    # 2: reads only, but a client may choose formats and other settings within the constraints.
    return {"readonly": 2, **limits, **fixed, "constraints": constraints}


def _hash(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _write(path: Path, section: Section, mode: int) -> None:
    """Complete or not at all: an engine that reads it again while it runs never sees half of it."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("<clickhouse>\n" + "".join(_xml(section, 1)) + "</clickhouse>\n")
    new.replace(path)


def _xml(section: Section, depth: int) -> list[str]:
    lines: list[str] = []
    indent = "    " * depth
    for name, value in section.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                lines += [f"{indent}<{name}>\n", *_xml(one, depth + 1), f"{indent}</{name}>\n"]
            else:
                lines.append(f"{indent}<{name}>{escape(str(one))}</{name}>\n")
    return lines
