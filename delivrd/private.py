"""The private port of a process: health, figures, and the pages where it has them."""

from collections.abc import Callable

from litestar import Litestar
from litestar.plugins import InitPlugin

from console.app import Probe, create_app
from pipeline import metrics
from pipeline.settings import ConsoleSettings


def private_app(
    settings: ConsoleSettings, probe: Probe, exposition: Callable[[], bytes], pages: InitPlugin | None = None
) -> Litestar:
    """The application. `probe` is for `/readyz`, `exposition` for `/metrics`, as in `console.app`."""
    token = settings.token if settings.needs_token else None
    return create_app(probe, exposition, metrics.CONTENT_TYPE, token, pages)
