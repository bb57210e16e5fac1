"""The way of a message to a person: Apprise, or a webhook with the JSON of docs/alarms.md."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import apprise
import msgspec

WEBHOOK = "webhook+"
SECONDS = 15
_TYPES = {"page": apprise.NotifyType.FAILURE, "notice": apprise.NotifyType.WARNING, "over": apprise.NotifyType.SUCCESS}


class NotSent(Exception):
    """It was not taken. The text is for people and holds nothing of the URL."""


def send(url: str, title: str, text: str, urgency: str, content: Mapping[str, Any]) -> None:
    """Tell one target. `urgency` is page, notice or over; `content` is what a webhook gets. Raises NotSent."""
    if url.startswith(WEBHOOK):
        _post(url.removeprefix(WEBHOOK), {**content, "title": title, "text": text})
        return
    way = apprise.Apprise()
    if not way.add(url):
        raise NotSent("the URL is none that Apprise knows")
    if not way.notify(body=text, title=title, notify_type=_TYPES[urgency], body_format=apprise.NotifyFormat.TEXT):
        raise NotSent("the service did not take it")


def _post(url: str, content: Mapping[str, Any]) -> None:
    if not url.startswith(("http://", "https://")):
        raise NotSent("the URL is neither webhook+http:// nor webhook+https://")
    headers = {"content-type": "application/json", "user-agent": "delivrd"}
    try:
        request = urllib.request.Request(url, msgspec.json.encode(content), headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        raise NotSent(f"it answered {error.code}") from None
    except OSError as error:
        raise NotSent(f"it does not answer: {getattr(error, 'reason', error)}") from None
    except (ValueError, http.client.HTTPException):  # whose texts hold the URL
        raise NotSent("the URL cannot be used, or what answers there does not speak HTTP") from None
