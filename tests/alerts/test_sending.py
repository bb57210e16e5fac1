"""What goes wrong on the way to a person is said, and nothing of the URL."""

import pytest

from alerts.sending import NotSent, send

TOKEN = "geheim"


@pytest.mark.parametrize(
    "url",
    [
        f"webhook+hooks.example.com/{TOKEN}",
        f"webhook+http://127.0.0.1:1/a b?token={TOKEN}",
        f"webhook+http://[127.0.0.1/{TOKEN}",
        f"webhook+http://127.0.0.1:1/{TOKEN}",
    ],
)
def test_a_url_that_cannot_be_used_ends_nothing_and_is_not_told(url: str) -> None:
    with pytest.raises(NotSent) as raised:
        send(url, "PAGE", "it fails", "page", {})
    assert TOKEN not in str(raised.value)
