"""What an archive holds, as the names of its files tell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pipeline.archive.files import ArchiveFile, parse_name
from pipeline.archive.target import Target

Partition = tuple[str, int]
"""Log id and number."""
Files = Mapping[Partition, Sequence[ArchiveFile]]


def list_files(target: Target) -> Files:
    """All files by partition, in order. Those of two writers may overlap; what they share is the same.

    Raises ArchiveUnavailable.
    """
    found = defaultdict(list)
    for file in filter(None, map(parse_name, target.names())):
        found[file.log_id, file.partition].append(file)
    return {partition: sorted(files) for partition, files in sorted(found.items())}


def end_of(files: Sequence[ArchiveFile]) -> int:
    """The offset after the last archived one; 0 where there is none."""
    return max((file.last + 1 for file in files), default=0)


def ranges(files: Sequence[ArchiveFile]) -> Iterator[tuple[int, int]]:
    """The offsets that are archived without a gap, as (first, last)."""
    begun: tuple[int, int] | None = None
    for file in files:
        if begun and file.first <= begun[1] + 1:
            begun = begun[0], max(begun[1], file.last)
            continue
        if begun:
            yield begun
        begun = file.first, file.last
    if begun:
        yield begun
