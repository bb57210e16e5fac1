"""Pages that are sent piece by piece."""

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from jinja2 import DictLoader, Environment
from litestar import Litestar
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from litestar.testing import RequestFactory

from console.acts import Refusal
from console.gradual import SO_FAR, gradual
from pipeline.warehouse import Retry

TEMPLATES = {
    "frame.html": "beginning {% block main %}{% endblock %} end",
    "page.html": '{% extends "frame.html" %}{% block main %}first {{ so_far }}{{ found() }}{% endblock %}',
    "trouble.html": "trouble: {{ words }}",
}


def pieces(found: Callable[[], str]) -> Iterator[str]:
    environment = Environment(loader=DictLoader(TEMPLATES), autoescape=True)
    environment.globals["so_far"] = SO_FAR
    app = Litestar(template_config=TemplateConfig(engine=JinjaTemplateEngine(engine_instance=environment)))
    return cast("Iterator[str]", gradual(RequestFactory(app).get(), "page.html", {"found": found}).iterator)


def test_the_beginning_is_there_before_anything_is_asked() -> None:
    asked = []

    def found() -> str:
        asked.append("asked")
        return "<found>"

    page = pieces(found)
    assert next(page) == "beginning first "
    assert asked == []
    assert "".join(page) == "&lt;found&gt; end"
    assert asked == ["asked"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Retry("the warehouse does not answer"), "trouble: the warehouse does not answer"),
        (Refusal("not now"), "trouble: not now"),
        (KeyError("secret"), "trouble: delivrd made a mistake; the worker&#39;s log says more."),
    ],
)
def test_what_cannot_be_asked_is_told_in_the_page(error: Exception, told: str) -> None:
    def found() -> str:
        raise error

    assert list(pieces(found)) == ["beginning first ", told]
