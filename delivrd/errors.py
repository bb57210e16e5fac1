"""How errors end: one clear message and an exit code (1: the answer is no, 2: used wrongly), never a traceback."""

import contextlib
import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import rich_click as click
from click.exceptions import Exit

NO = 1
WRONG = 2


class Trouble(Exception):
    """What a person can do something about; the text says what is wrong, where, and what to do."""

    def __init__(self, message: str, code: int = NO) -> None:
        super().__init__(message)
        self.code = code


@contextlib.contextmanager
def ending_with_a_message(data: Path) -> Iterator[None]:
    """End the process with a message where an error leaves the block."""
    try:
        yield
    except (click.ClickException, Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001
        message, code = explain(error) or (_unexpected(error, data), NO)
        click.echo(message, err=True)
        sys.exit(code)


_KNOWN = (
    ("pipeline.warehouse.errors", "Retry", "The warehouse does not answer just now"),
    ("pipeline.warehouse.errors", "Refused", "The warehouse refuses"),
    ("pipeline.warehouse.errors", "Setup", "The warehouse refuses"),
    ("pipeline.log", "LogFull", "The event log cannot be used just now"),
    ("pipeline.log", "LogUnavailable", "The event log cannot be used just now"),
    ("pipeline.log", "LogUnusable", "The event log cannot be used"),
    ("pipeline.archive.target", "ArchiveUnavailable", "The archive cannot be used just now"),
    ("pollers.state", "StateUnusable", "The poller's state cannot be used"),
)
"""Module and name of an error, and what stands before its own words."""
_EXTRAS = {"kafka": ("Kafka's", "kafka"), "crc32c": ("Kafka's", "kafka"), "obstore": ("The archive's S3", "s3")}
"""Packages that not everybody needs: what each is, and what brings it."""


def explain(error: Exception) -> tuple[str, int] | None:
    """The message and exit code of an error that is known. None where our own code is at fault."""
    if isinstance(error, Trouble):
        return str(error), error.code
    if _is(error, "pipeline.settings.problems", "SettingsError"):
        count = len(error.problems)  # type: ignore[attr-defined]
        return f"The settings cannot be used ({count} mistake{'s' * (count > 1)}):\n{_indented(error)}", WRONG
    for module, name, words in _KNOWN:
        if _is(error, module, name):
            return f"{words}: {error}", NO
    if isinstance(error, ModuleNotFoundError) and error.name in _EXTRAS:
        what, extra = _EXTRAS[error.name]
        return (
            f"{what} client is not installed. Install it with: {sys.executable} -m pip install 'delivrd[{extra}]'",
            NO,
        )
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}", NO
    if isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
        return f"The port cannot be had: {error.strerror}. Choose another in the settings.", NO
    return None


def _is(error: Exception, module: str, name: str) -> bool:
    """Whether it is of a class whose module need not be loaded to know that it is not."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def _indented(error: Exception) -> str:
    return "\n".join(f"  {line}" for line in str(error).splitlines())


def _unexpected(error: Exception, data: Path) -> str:
    """Keep the traceback, without numbers and secrets, where it can be found."""
    from pipeline.logging import masks

    file = (data if data.is_dir() and os.access(data, os.W_OK) else Path(tempfile.gettempdir())) / "delivrd-error.log"
    text = masks.text("".join(traceback.format_exception(error)))
    file.write_text(text, encoding="utf-8")
    return f"delivrd made a mistake ({type(error).__name__}). The details are in {file}"
