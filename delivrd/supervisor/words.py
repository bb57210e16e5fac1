"""What `delivrd up` prints: readable at a glance, and no secret in it."""

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from delivrd.addresses import base_url
from pipeline.settings import Settings

SAMPLES: Mapping[str, str] = {
    "integrax": '{"messageId":"82816396","phone":"5511998765432","status":"DELIVRD"}',
    "smsgateway24": '{"sms_id":82816396,"status_id":7,"status_message":"Delivered","sendto":"+5511998765432"}',
}
"""A delivery report of each provider, to try the way out."""


def ready_text(settings: Settings, seconds: float, call: str, tail: str) -> str:
    """What runs and what comes next. `call` is how delivrd was started, `tail` the options that commands need."""
    receiver = base_url(settings.receiver.host, settings.receiver.port)
    console = base_url(settings.console.host, settings.console.port)
    warehouse = f"http://127.0.0.1:{settings.warehouse.http_port}"
    lines = [
        f"delivrd is ready ({seconds:.1f} s)",
        "",
        f"  webhooks   {receiver}/v1/webhooks/…   public",
        f"  console    {console}   private: pages, /healthz /readyz /metrics",
        f"  warehouse  {warehouse}   ClickHouse, user reader",
        f"  settings   {settings.config}",
        f"  data       {settings.data_dir}",
        "",
        "Next:",
        f"  {call} urls{tail}    the URLs for the providers' dashboards",
        *_sample(settings, call, tail),
        f"  {call} sql{tail} 'SELECT * FROM messages'",  # noqa: S608
        f"  {call} status{tail}",
        "",
        "Ctrl-C ends it.",
    ]
    return "\n".join(lines)


def _sample(settings: Settings, call: str, tail: str) -> list[str]:
    for name, source in settings.sources.items():
        if source.provider in SAMPLES and not source.networks and not source.signature:
            post = f"curl -H 'content-type: application/json' -d '{SAMPLES[source.provider]}'"
            return [f'  {post} "$({call} urls {name}{tail})"']
    return []


def how_called() -> str:
    """The command that started us, as it can be typed again."""
    program = sys.argv[0]
    if Path(program).name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m delivrd"
    if shutil.which("delivrd") == program:
        return "delivrd"
    return shlex.quote(program)
