"""What can go wrong with the warehouse, in three kinds: try again, this row, set-up.

The kind follows from ClickHouse's error code (`SELECT errorCodeToName(code)`). A code that no table names is tried
again: that keeps everything, and says what is wrong at each attempt, until someone looks.
"""

import ssl
from collections.abc import Iterator
from typing import Final

from clickhouse_connect.driver import exceptions
from urllib3.exceptions import MaxRetryError

REFUSED: Final[dict[int, str]] = {
    # The data of a row: nothing but another row makes these go away.
    6: "CANNOT_PARSE_TEXT",
    26: "CANNOT_PARSE_QUOTED_STRING",
    27: "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
    38: "CANNOT_PARSE_DATE",
    41: "CANNOT_PARSE_DATETIME",
    53: "TYPE_MISMATCH",
    69: "ARGUMENT_OUT_OF_BOUND",
    70: "CANNOT_CONVERT_TYPE",
    72: "CANNOT_PARSE_NUMBER",
    117: "INCORRECT_DATA",
    128: "TOO_LARGE_ARRAY_SIZE",
    131: "TOO_LARGE_STRING_SIZE",
    321: "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
    349: "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
    376: "CANNOT_PARSE_UUID",
    407: "DECIMAL_OVERFLOW",
    441: "CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING",
    467: "CANNOT_PARSE_BOOL",
    469: "VIOLATED_CONSTRAINT",
    691: "UNKNOWN_ELEMENT_OF_ENUM",
}

SETUP: Final[dict[int, str]] = {
    # The schema or the statement is not what this version of delivrd expects.
    10: "NOT_FOUND_COLUMN_IN_BLOCK",
    16: "NO_SUCH_COLUMN_IN_TABLE",
    20: "NUMBER_OF_COLUMNS_DOESNT_MATCH",
    36: "BAD_ARGUMENTS",
    42: "NUMBER_OF_ARGUMENTS_DOESNT_MATCH",
    43: "ILLEGAL_TYPE_OF_ARGUMENT",
    44: "ILLEGAL_COLUMN",
    46: "UNKNOWN_FUNCTION",
    47: "UNKNOWN_IDENTIFIER",
    48: "NOT_IMPLEMENTED",
    50: "UNKNOWN_TYPE",
    57: "TABLE_ALREADY_EXISTS",
    60: "UNKNOWN_TABLE",
    62: "SYNTAX_ERROR",
    73: "UNKNOWN_FORMAT",
    80: "INCORRECT_QUERY",
    81: "UNKNOWN_DATABASE",
    115: "UNKNOWN_SETTING",
    158: "TOO_MANY_ROWS",
    184: "ILLEGAL_AGGREGATION",
    215: "NOT_AN_AGGREGATE",
    225: "NO_ZOOKEEPER",
    307: "TOO_MANY_BYTES",
    344: "SUPPORT_IS_DISABLED",
    352: "AMBIGUOUS_COLUMN_NAME",
    386: "NO_COMMON_TYPE",
    396: "TOO_MANY_ROWS_OR_BYTES",
    456: "UNKNOWN_QUERY_PARAMETER",
    457: "BAD_QUERY_PARAMETER",
    # Who asks may not, or is not who it says it is.
    164: "READONLY",
    192: "UNKNOWN_USER",
    193: "WRONG_PASSWORD",
    194: "REQUIRED_PASSWORD",
    195: "IP_ADDRESS_NOT_ALLOWED",
    201: "QUOTA_EXCEEDED",
    358: "INTO_OUTFILE_NOT_ALLOWED",
    452: "SETTING_CONSTRAINT_VIOLATION",
    497: "ACCESS_DENIED",
    516: "AUTHENTICATION_FAILED",
}

RETRY: Final[dict[int, str]] = {
    # Every other code is tried again as well; these are known, and say it in words.
    33: "the request reached the warehouse in part",
    159: "the warehouse took longer than it may",
    160: "the warehouse was too slow",
    173: "the warehouse has no memory left",
    202: "the warehouse has too many statements at once",
    209: "the warehouse waited in vain for a network peer",
    210: "the warehouse cannot reach a network peer",
    236: "the warehouse is ending",
    241: "the statement would exceed the warehouse's memory limit",
    242: "the table is read-only for the moment",
    243: "the warehouse's disk is full",
    279: "the warehouse cannot reach a shard",
    252: "the table has too many parts, as merging lags behind",
    285: "too few replicas are alive",
    319: "it is not known whether the insert arrived",
    394: "the statement was cancelled",
    745: "the warehouse is overloaded",
}


class WarehouseError(Exception):
    """The warehouse did not do it; the text is one line for people. `code` is ClickHouse's, 0 where it gave none."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class Retry(WarehouseError):
    """It may well work later: network, load, memory, a server that starts or is read-only."""


class Refused(WarehouseError):
    """The data of a row cannot be stored. The text names no values."""


class Setup(WarehouseError):
    """Somebody must put something right first: schema, rights, statement."""


def refused(error: exceptions.Error, table: str) -> WarehouseError:
    """The failure of an insert into `table`. The server's words are kept only where they cannot hold a row's values."""
    if error.code in REFUSED:
        return Refused(f"the warehouse refused the data for {table}: {REFUSED[error.code]}", error.code)
    return translated(error)


def translated(error: exceptions.Error) -> WarehouseError:
    """The failure of a statement, in the server's words, on one line and without its version."""
    if error.code is None:
        return _unanswered(error)
    words = " ".join(str(error).partition("DB::Exception: ")[2].split()) or str(error)
    words = exceptions.scrub_error_details(words.partition(" (for url ")[0])
    if error.code in SETUP or error.code in REFUSED:
        return Setup(words, error.code)
    known = RETRY.get(error.code)
    return Retry(f"{known} ({words})" if known else words, error.code)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the first cause last."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.reason if isinstance(cause, MaxRetryError) else cause.__cause__ or cause.__context__


def _unanswered(error: exceptions.Error) -> WarehouseError:
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Setup(
                f"the warehouse's certificate is refused ({cause.verify_message}); is warehouse.ca_file the authority "
                "that signed it?"
            )
    return Retry("the warehouse does not answer")
