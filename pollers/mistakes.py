"""Settings of a polled source that its provider lacks, or has no use for: whoever wrote them meant something else."""

from collections.abc import Iterator

from pipeline.settings import SourceSettings
from pollers.providers import providers

OF_ALL = frozenset({"base_url", "per_minute", "concurrent", "timeout", "unknown_after"})
_OF_NONE = frozenset({"unknown_after"})
"""What is left where nothing is asked."""
CREDENTIALS = frozenset({"token", "api_key", "email", "password"})


def mistakes(source: SourceSettings) -> Iterator[tuple[str, str]]:
    """Each as a key (below `sources.NAME`) and what is wrong; none where the source is not polled."""
    if source.poll is None:
        return
    make = providers.get(source.provider)
    provider = make and make(source, source.poll)
    known = OF_ALL | provider.keys if provider else _OF_NONE
    for key in provider.missing() if provider else ():
        yield key, "is missing, and `poll` needs it"
    there_are = f"{source.provider} has {', '.join(sorted(known - CREDENTIALS))}"
    for key in sorted(source.poll.model_fields_set - known):
        yield f"poll.{key}", f"means nothing to this provider; {there_are}"
    for key in sorted(source.model_fields_set & CREDENTIALS - known):
        needed = " and ".join(sorted(known & CREDENTIALS)) or "none"
        yield key, f"means nothing to this provider; {source.provider} needs {needed}"
