"""Grafana's dashboard and Prometheus' rules ask for what there is."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client import REGISTRY

from tests.deploy.compose import DEPLOY, compose, example, of_delivrd
from tests.services import Engine

DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana/dashboards/delivrd.json").read_text(encoding="utf-8"))
TARGETS = [(panel["title"], target) for panel in DASHBOARD["panels"] for target in panel["targets"]]
STATEMENTS = {title: target["rawSql"] for title, target in TARGETS if "rawSql" in target}
STATEMENTS["the variable source"] = DASHBOARD["templating"]["list"][0]["query"]


def read(file: str) -> Any:
    return yaml.safe_load((DEPLOY / file).read_text(encoding="utf-8"))


RULES = [rule for group in read("prometheus/rules.yml")["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("title", STATEMENTS)
def test_every_panel_can_be_asked_by_the_reader(engine: Engine, title: str) -> None:
    statement = STATEMENTS[title]
    for macro, value in (
        ("$__fromTime", "(now() - INTERVAL 1 DAY)"),
        ("$__toTime", "now()"),
        ("${source:singlequote}", "'integrax-br', 'smsgateway24'"),
    ):
        statement = statement.replace(macro, value)
    assert "$" not in statement
    reader = engine.reader()
    reader.query(statement)
    reader.close()


def test_every_metric_exists() -> None:
    import_module("pipeline.metrics")
    known = {sample for family in REGISTRY.collect() for sample in (family.name, f"{family.name}_total")}
    asked = [target["expr"] for _, target in TARGETS if "expr" in target] + [rule["expr"] for rule in RULES]
    named = {name for expression in asked for name in re.findall(r"\bdelivrd_\w+", expression)}
    assert named
    assert named <= known


def test_every_rule_says_what_is_wrong_and_what_to_do() -> None:
    for rule in RULES:
        assert set(rule["annotations"]) == {"summary", "todo"}, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "notice")


def test_the_panels_ask_the_sources_that_are_provided() -> None:
    provided = {
        (one["type"], one["uid"]) for one in read("grafana/provisioning/datasources/delivrd.yml")["datasources"]
    }
    asked = {(panel["datasource"]["type"], panel["datasource"]["uid"]) for panel in DASHBOARD["panels"]}
    assert asked == provided


def test_every_process_is_asked_with_the_token_that_it_has() -> None:
    serving = {name for name, service in of_delivrd().items() if service["command"] != ["migrate"]}
    asked = set()
    for job in read("prometheus/prometheus.yml")["scrape_configs"]:
        secret = compose()["secrets"][Path(job["authorization"]["credentials_file"]).name]["environment"]
        for target in job["static_configs"][0]["targets"]:
            name = target.removesuffix(":8081")
            assert of_delivrd()[name]["environment"]["DELIVRD_CONSOLE_TOKEN"] == example()[secret], name
            asked.add(name)
    assert asked == serving
