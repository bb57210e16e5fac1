"""Pages that show first what they have: the beginning is sent at once, in the same answer what had to be asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

import structlog
from litestar import Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Stream
from markupsafe import Markup

from console.acts import Refusal
from pipeline.warehouse import WarehouseError

SO_FAR = Markup("\f")
"""What a template says, as `{{ so_far }}`, where the page is worth looking at without what follows."""

log = structlog.get_logger(__name__)


def gradual(request: Request[Any, Any, Any], template: str, context: Mapping[str, Any]) -> Stream:
    """A page whose template calls what is in its context. What that raises is told in the page: the rest of it is
    on its way already.
    """
    environment = cast("JinjaTemplateEngine", request.app.template_engine).engine
    parts = environment.get_template(template).generate({"request": request, **context})
    trouble = environment.get_template("trouble.html")
    pieces = _pieces(parts, lambda words: trouble.render(words=words), request.url.path)
    return Stream(pieces, media_type="text/html; charset=utf-8")


def _pieces(parts: Iterable[str], trouble: Callable[[str], str], path: str) -> Iterator[str]:
    held: list[str] = []
    try:
        for part in parts:
            if part == SO_FAR:
                yield "".join(held)
                held.clear()
            else:
                held.append(part)
    except (WarehouseError, Refusal) as error:
        held.append(trouble(str(error)))
    except Exception as error:
        log.error("page_failed", path=path, exc_info=error)
        held.append(trouble("delivrd made a mistake; the worker's log says more."))
    yield "".join(held)
