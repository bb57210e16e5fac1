"""The settings of the warehouse."""

from typing import Annotated

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from pipeline.servers import Servers, on_this_machine
from pipeline.settings.kinds import Days, Port, Section, Size
from pipeline.settings.rules import retention, split_list, warehouse_url
from pipeline.settings.servers import CLICKHOUSE, parse_clickhouse

WRITER = "writer"

Kept = Annotated[Days, AfterValidator(retention)]


class WarehouseSettings(Section):
    """The warehouse. Ports, memory and `engine_command` are those of the embedded engine.

    A port of 0 is chosen at start; `engine_command` replaces the engine's own. `ca_file` (PEM) signed the servers'
    certificates, where they use HTTPS.
    """

    url: Annotated[str, BeforeValidator(warehouse_url)] = "embedded:"
    http_port: Port = 0
    tcp_port: Port = 0
    memory_bytes: Size = Field(default=2 * 2**30, alias="memory")
    keep_days: Kept = Field(default=400, alias="keep")
    keep_texts_days: Kept = Field(default=90, alias="keep_texts")
    keep_dead_letters_days: Kept = Field(default=90, alias="keep_dead_letters")
    keep_figures_days: Kept = Field(default=0, alias="keep_figures")
    writer_password: str = Field(default="", repr=False)
    reader_user: str = Field(default="reader", min_length=1)
    reader_password: str = Field(default="", repr=False)
    ca_file: str = ""
    engine_command: Annotated[tuple[str, ...], BeforeValidator(split_list)] = ()

    @field_validator("keep_texts_days")
    @classmethod
    def _texts_go_before_messages(cls, days: int, info: ValidationInfo) -> int:
        messages = info.data.get("keep_days", days)
        if 0 < messages < days:
            raise ValueError(f'must not be longer than `keep` ("{messages}d"): the texts stand in the messages')
        return days

    @field_validator("keep_figures_days")
    @classmethod
    def _figures_outlive_messages(cls, days: int, info: ValidationInfo) -> int:
        messages = info.data.get("keep_days", days)
        if days and not 0 < messages <= days:
            kept = f'"{messages}d"' + ", for ever" * (not messages)
            raise ValueError(f"must not be shorter than `keep` ({kept}): figures are made of messages")
        return days

    @property
    def embedded(self) -> bool:
        """Whether it is the engine that `delivrd up` starts."""
        return not self.url.startswith(CLICKHOUSE)

    @property
    def writer_user(self) -> str:
        """Who writes."""
        return WRITER if self.embedded else parse_clickhouse(self.url)[0]

    @property
    def servers(self) -> Servers:
        """Where it is. The embedded one has a port only once it was started."""
        if self.embedded:
            return on_this_machine(self.http_port)
        return msgspec.structs.replace(parse_clickhouse(self.url)[1], ca_file=self.ca_file)
