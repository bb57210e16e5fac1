"""Logs: one line an event on stderr, for people on a terminal, JSON otherwise.

What looks like a telephone number is masked, and so is every configured secret, wherever it stands. The
logs of libraries go the same way.
"""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, TextIO

import structlog

_NUMBER = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ ()-]{0,2}\d){7,14}(?![\w-])")
"""8 to 15 digits, as E.164 has it, with the usual separators; not a date, nor part of a word or UUID."""

_SEEN = 3
_SEEN_AT_END = 2


class Masks:
    """What must not be read in a line. The secrets change when the settings are read again."""

    def __init__(self) -> None:
        self._configured: frozenset[str] = frozenset()
        self._met: set[str] = set()
        self._secrets: re.Pattern[str] | None = None

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these, and no longer those configured before."""
        self._configured = frozenset(secrets)
        self._compile()

    def hide_also(self, secret: str) -> None:
        """Mask this one, which came from outside, from now on."""
        self._met.add(secret)
        self._compile()

    def _compile(self) -> None:
        longest_first = sorted(self._configured | self._met, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """The text without numbers and secrets."""
        if self._secrets:
            text = self._secrets.sub("***", text)
        return mask_numbers(text)

    def value(self, value: Any) -> Any:
        """The same for whatever a field holds. Numbers stay: they are counts, ports and times."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {key: self.value(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part) for part in value]
        return self.text(str(value))

    def __call__(self, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Mask an event; a structlog processor."""
        for key, value in event.items():
            if not key.startswith("_"):
                event[key] = self.value(value)
        return event


masks = Masks()
"""Those of this process."""


def configure(part: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Set up the logs of a process. `part` names it in each line."""
    masks.hide(secrets)
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        _name_part(part),
        masks,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(out)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for package in _OWN:
        logging.getLogger(package).setLevel(logging.INFO)
    for name, level in _LIBRARIES.items():
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True
        library.setLevel(level)


_OWN = ("delivrd", "receiver", "consumers", "console", "pipeline", "pollers", "schemas")
_LIBRARIES = {
    "uvicorn": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
    "clickhouse_connect": logging.ERROR,
    "httpx": logging.CRITICAL,
    "httpcore": logging.CRITICAL,
    "kafka": logging.CRITICAL,
}
"""Who brings handlers of its own or says too much. Nothing of single requests: their paths hold secrets."""


def _name_part(part: str) -> structlog.typing.Processor:
    def name(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["part"] = part
        return event

    return name


def _renderer(out: TextIO) -> structlog.typing.Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def mask_numbers(text: str) -> str:
    """The text with all but the ends of what looks like a telephone number masked."""
    return _NUMBER.sub(_mask_number, text)


def _mask_number(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    plus = "+" if match[0].startswith("+") else ""
    hidden = "*" * (len(digits) - _SEEN - _SEEN_AT_END)
    return f"{plus}{digits[:_SEEN]}{hidden}{digits[-_SEEN_AT_END:]}"
