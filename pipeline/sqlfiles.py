"""The SQL of the product, which lives in files of its own beside the packages."""

from functools import cache
from pathlib import Path

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"


def sql_names(folder: str) -> tuple[str, ...]:
    """What `sql/<folder>` holds, in the order of the names."""
    return tuple(sorted(path.stem for path in (SQL_FOLDER / folder).glob("*.sql")))


@cache
def load_sql(name: str) -> str:
    """The text of `sql/<name>.sql`. Raises FileNotFoundError."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
