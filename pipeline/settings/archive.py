"""The settings of the archive."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from pipeline.archive.target import S3, Place
from pipeline.settings.kinds import Section
from pipeline.settings.polling import Time
from pipeline.settings.rules import http_url

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]*)?")


def archive_target(value: Any) -> str:
    """A folder, a bucket, or nothing."""
    if not isinstance(value, str) or ("://" in value and not _BUCKET.fullmatch(value)):
        raise ValueError('must be a folder, or "s3://bucket/prefix"')
    return value


class ArchiveSettings(Section):
    """The archive. Without a `target` there is none; a relative folder stands in the data folder.

    Records of `after_ms` and older go there. What follows is for a bucket: an empty `endpoint` is Amazon's.
    """

    target: Annotated[str, BeforeValidator(archive_target)] = ""
    after_ms: Time = Field(7 * 86_400_000, alias="after")
    endpoint: Annotated[str, BeforeValidator(lambda value: value and http_url(value))] = ""
    region: str = ""
    access_key: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)

    def place(self, data_dir: Path) -> Place | None:
        """Where it is; None where there is none."""
        if not self.target:
            return None
        return Place(
            url=self.target if self.target.startswith(S3) else str(data_dir / self.target),
            endpoint=self.endpoint,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
        )
