"""A word in the log about mistakes of our own, without what the request said."""

import structlog

_log = structlog.get_logger()


def tell(event: str, error: BaseException, **fields: str) -> None:
    """Log an error's kind and place. Its text is left out, as it may hold what a body says."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    _log.error(event, error=f"{type(error).__name__}{place}", **fields)
