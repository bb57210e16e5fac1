"""The pages as one part of the application."""

import hashlib
import hmac
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Router
from litestar.config.app import AppConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins import InitPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.template.base import csrf_token
from markupsafe import Markup

from console import words
from console.acts import Refusal
from console.api import api, schema
from console.errors import failed, not_done, refused, warehouse_away
from console.gradual import SO_FAR
from console.headers import harden
from console.letters import wanted
from console.pages import alarms, compare, dead, drill, health, login, messages, overview, sources
from console.parts import Parts
from pipeline.warehouse import WarehouseError

_STATIC = Path(__file__).parent / "static"
_HTMX = Path(str(files("js_lib_htmx"))) / "static" / "htmx"
_FILES = (_STATIC / "console.css", _STATIC / "icon.svg", _STATIC / "copy.js", _HTMX / "htmx.min.js")
_PAGES = (
    *(overview.page, overview.figures),
    *(drill.page, drill.file),
    *(compare.page, compare.file),
    messages.page,
    *(dead.page, dead.file, dead.letter),
    *(alarms.page, alarms.file, alarms.alarm),
    *(sources.page, sources.source),
    *(health.page, health.standing),
)
_ACTIONS = (
    *(dead.original, dead.replay, dead.discard),
    *(alarms.mute, alarms.acknowledge),
    *(sources.rotate, sources.retire, sources.try_out),
    health.audit,
)
"""What only those who are signed in may ask for."""
_NAVIGATION = (
    ("overview", "/", "Overview"),
    ("drill", "/drill", "Drill-down"),
    ("compare", "/compare", "Compare"),
    ("messages", "/messages", "Message"),
    ("dead", "/dead", "Dead letters"),
    ("alarms", "/alarms", "Alarms"),
    ("sources", "/sources", "Sources"),
    ("health", "/health", "Health"),
)
"""Name, address and label of each page."""


class Site(InitPlugin):
    """Adds the pages to an application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Add them, with what protects them."""
        door = self._parts.door
        pages = Router("/", guards=[door.may_look], route_handlers=_PAGES)
        actions = Router("/", guards=[door.may_look, door.may_act], route_handlers=_ACTIONS)
        everything = Router(
            "/",
            include_in_schema=False,
            route_handlers=[pages, actions, login.page, login.enter, login.leave, _static_files()],
            exception_handlers={
                HTTPException: refused,
                Refusal: not_done,
                WarehouseError: warehouse_away,
                Exception: failed,
            },
        )
        app_config.route_handlers += [everything, api([door.may_look])]
        app_config.openapi_config = schema([door.may_look])
        app_config.dependencies |= {
            "parts": Provide(lambda: self._parts, sync_to_thread=False),
            "drill": Provide(drill.fixed, sync_to_thread=False),
            "wanted": Provide(wanted, sync_to_thread=False),
        }
        app_config.before_send.append(harden)
        app_config.template_config = TemplateConfig(engine=self._templates())
        app_config.csrf_config = CSRFConfig(
            secret=hmac.digest(door.token.encode(), b"csrf", "sha256").hex(),
            cookie_name="delivrd_csrf",
            cookie_httponly=True,
            cookie_samesite="strict",
            exclude=["^/healthz", "^/readyz", "^/metrics", "^/static"],
        )
        return app_config

    def _templates(self) -> JinjaTemplateEngine:
        environment = Environment(
            loader=PackageLoader("console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        environment.filters.update(words.filters(self._parts.hide_numbers))
        environment.globals["knows"] = self._parts.door.knows
        environment.globals["navigation"] = _NAVIGATION
        environment.globals["so_far"] = SO_FAR
        environment.globals["csrf"] = _csrf_field
        environment.globals["static"] = {file.name: f"/static/{file.name}?{_digest(file)}" for file in _FILES}
        return JinjaTemplateEngine(engine_instance=environment)


@pass_context
def _csrf_field(context: Context) -> Markup:
    """What each form carries, so that no other site can send it."""
    token = csrf_token(context.get_all())
    return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(token)


def _static_files() -> Router:
    # Their addresses change with their content.
    forever = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
    return create_static_files_router("/static", directories=[_STATIC, _HTMX], cache_control=forever)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
