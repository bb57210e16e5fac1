"""Lists in pages, and the addresses that lead through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from litestar.params import QueryParameter

SIZE = 50
LAST = 2_000
"""No further: whoever wants more downloads it."""

PageNumber = Annotated[int, QueryParameter(ge=1, le=LAST)]

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows, and the addresses of the page before and the next one, empty where there is none."""

    rows: Sequence[T]
    before: str
    after: str


def window(number: int) -> dict[str, int]:
    """What to ask for page `number` (from 1): one row more than is shown, which says whether there is a next one."""
    return {"limit": SIZE + 1, "offset": (number - 1) * SIZE}


def page_of(rows: Sequence[T], number: int, path: str, filters: Mapping[str, str | None]) -> Page[T]:
    """The page that was asked for so."""

    def at(other: int) -> str:
        return address(path, {**filters, "page": str(other)})

    return Page(
        rows=rows[:SIZE],
        before=at(number - 1) if number > 1 else "",
        after=at(number + 1) if len(rows) > SIZE and number < LAST else "",
    )


def part_of(rows: Sequence[T], number: int, path: str, filters: Mapping[str, str | None]) -> Page[T]:
    """The same, of all rows that there are."""
    begin = (number - 1) * SIZE
    return page_of(rows[begin : begin + SIZE + 1], number, path, filters)


def address(path: str, filters: Mapping[str, str | None]) -> str:
    """A path with its query; what is None is left out."""
    given = {name: value for name, value in filters.items() if value is not None}
    return f"{path}{'&' if '?' in path else '?'}{urlencode(given)}" if given else path
