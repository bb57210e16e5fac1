"""docker-compose.yml as Docker reads it: anchors resolved, variables filled from deploy/env.example."""

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.docs.pages import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = ROOT / "docker-compose.yml"

_VARIABLE = re.compile(r"\$\{([A-Z_]+):\?[^}]*\}")


def example() -> dict[str, str]:
    """The variables that a user fills, each with a value of its own."""
    names = re.findall(r"^([A-Z_]+)=$", (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE)
    return {name: f"{name.lower()}-0123456789abcdef" for name in names}


def compose() -> dict[str, Any]:
    """The whole document. A variable that the example does not name is a KeyError."""
    values = example()
    text = _VARIABLE.sub(lambda match: values[match[1]], COMPOSE.read_text(encoding="utf-8"))
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def services() -> dict[str, dict[str, Any]]:
    """Each service by its name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def of_delivrd() -> dict[str, dict[str, Any]]:
    """The services that run delivrd itself."""
    return {name: service for name, service in services().items() if service["image"].startswith("delivrd:")}
