"""An archive in S3-compatible storage, where a file is one object: it is there whole, or not at all."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from pipeline.archive.target import S3, ArchiveUnavailable, Place

ANSWER_SECONDS = 60
RETRIES = 3


class BucketTarget:
    """See Target."""

    def __init__(self, place: Place) -> None:
        self._url = place.url
        bucket, _, prefix = place.url.removeprefix(S3).partition("/")
        given: dict[str, Any] = {
            "endpoint": place.endpoint,
            "region": place.region,
            "access_key_id": place.access_key,
            "secret_access_key": place.secret_key,
        }
        with self._failures():
            self._store = S3Store(
                bucket,
                prefix=prefix.strip("/") or None,
                client_options={
                    "allow_http": place.endpoint.startswith("http://"),
                    "timeout": timedelta(seconds=ANSWER_SECONDS),
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=ANSWER_SECONDS)},
                **{name: value for name, value in given.items() if value},
            )

    def names(self) -> Iterator[str]:
        """As Target says."""
        with self._failures():
            for found in obstore.list(self._store, chunk_size=1000):
                yield from (one["path"] for one in found)

    def get(self, name: str) -> bytes:
        """As Target says."""
        with self._failures():
            return bytes(obstore.get(self._store, name).bytes())

    def put(self, name: str, data: bytes) -> None:
        """As Target says."""
        with self._failures():
            # In one request: of several, a killed process would leave those that came in, where no listing shows them.
            obstore.put(self._store, name, data, use_multipart=False)

    def tidy(self) -> None:
        """Nothing can be left."""

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            # The library's own words go on for lines, the service's own among them.
            said = str(error).splitlines()[0].partition(": <?xml")[0]
            raise ArchiveUnavailable(f"{self._url}: {said}") from error
