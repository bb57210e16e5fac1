"""Where an archive stands: a folder, or a bucket of S3-compatible storage."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

S3 = "s3://"


class ArchiveUnavailable(Exception):
    """The archive cannot be read or written just now; the text says why. Nothing is known to be kept."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to find it: a folder's absolute path, or `s3://bucket/prefix` and what its service needs.

    An empty `endpoint` is Amazon's. Without an access key, the library looks for credentials where the service's own
    tools do (environment, instance role).
    """

    url: str
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = ""


class Target(Protocol):
    """A place for files, by name (with `/` between parts). Every failure is an ArchiveUnavailable."""

    def names(self) -> Iterator[str]:
        """What stands there, in any order, with what is not ours."""
        ...

    def get(self, name: str) -> bytes:
        """A file, whole."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Write a file, or write it anew: whole or not at all, and durable at return."""
        ...

    def tidy(self) -> None:
        """Remove what others have left who were killed while they put something."""
        ...


def open_target(place: Place) -> Target:
    """The target at `place`. Nothing is asked of it yet."""
    if not place.url.startswith(S3):
        from pipeline.archive.folder import FolderTarget

        return FolderTarget(Path(place.url))
    # The client library is installed, and loaded, only where there is a bucket.
    from pipeline.archive.bucket import BucketTarget

    return BucketTarget(place)
