"""Settings and secrets: where they stand, what is allowed, and every mistake at once."""

from pipeline.settings.folder import Folder
from pipeline.settings.load import Settings, load
from pipeline.settings.models import (
    ConsoleSettings,
    LogSettings,
    ReceiverSettings,
    SignatureSettings,
    SourceSettings,
    WarehouseSettings,
)
from pipeline.settings.problems import Problem, SettingsError

__all__ = [
    "ConsoleSettings",
    "Folder",
    "LogSettings",
    "Problem",
    "ReceiverSettings",
    "Settings",
    "SettingsError",
    "SignatureSettings",
    "SourceSettings",
    "WarehouseSettings",
    "load",
]
