"""Settings and secrets: where they stand, what is allowed, and every mistake at once."""

from pipeline.settings.folder import Folder
from pipeline.settings.load import Settings, load
from pipeline.settings.log import LogSettings, SpoolSettings
from pipeline.settings.models import ConsoleSettings, ReceiverSettings, SignatureSettings, SourceSettings
from pipeline.settings.polling import PollSettings
from pipeline.settings.problems import Problem, SettingsError
from pipeline.settings.warehouse import WarehouseSettings

__all__ = [
    "ConsoleSettings",
    "Folder",
    "LogSettings",
    "PollSettings",
    "Problem",
    "ReceiverSettings",
    "Settings",
    "SettingsError",
    "SignatureSettings",
    "SourceSettings",
    "SpoolSettings",
    "WarehouseSettings",
    "load",
]
