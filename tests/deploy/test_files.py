"""docker-compose.yml, Dockerfile and what they mount are what delivrd reads and what a cluster should be."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from delivrd.cli import COMMANDS
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import find_problems
from pipeline.settings import load
from pipeline.settings.environment import paths
from tests.deploy.compose import DEPLOY, compose, example, of_delivrd, services
from tests.docs.pages import ROOT

SERVICES = services()
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SOURCES = tomllib.loads((DEPLOY / "delivrd.toml").read_text(encoding="utf-8"))["sources"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_and_hardened(name: str) -> None:
    service = SERVICES[name]
    assert re.search(r":v?\d+\.\d+", service["image"])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in service or service["restart"] == "on-failure"
    assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_all_that_was_asked_for_is_there() -> None:
    commands = [service["command"][0] for service in of_delivrd().values()]
    assert [commands.count(name) for name in ("receiver", "consumer", "console", "migrate")] == [2, 2, 1, 1]
    assert sum(service["image"].startswith("apache/kafka:") for service in SERVICES.values()) == 3


def test_each_volume_is_one_services_own_and_each_file_is_there() -> None:
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())]
    volumes = [mount for mount in mounts if not mount.startswith(".")]
    assert sorted(volumes) == sorted(compose()["volumes"])
    assert all((ROOT / mount).exists() for mount in mounts if mount.startswith("."))


@pytest.mark.parametrize("name", of_delivrd())
def test_every_variable_is_read_and_every_command_exists(name: str, tmp_path: Path) -> None:
    service = SERVICES[name]
    known = {*paths(SOURCES), "DELIVRD_DATA", "DELIVRD_CONFIG"}
    assert set(service["environment"]) <= known
    assert service["command"][0] in COMMANDS
    settings = load(tmp_path, DEPLOY / "delivrd.toml", service["environment"])
    assert settings.on_cluster
    assert settings.console.needs_token
    assert set(settings.sources) == set(SOURCES)


def test_the_example_names_what_is_asked_for_and_nothing_else() -> None:
    used = re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(used) == set(example())
    webhooks = {name for name in used if name.startswith("DELIVRD_SOURCES_")}
    assert {f"DELIVRD_SOURCES_{name.upper().replace('-', '_')}_WEBHOOK" for name in SOURCES} == webhooks


def test_a_receiver_gets_no_secret_but_what_it_needs() -> None:
    """It is public: whoever breaks in has nothing that opens the warehouse or the console."""
    inside = of_delivrd()["console"]["environment"].values()
    for service in of_delivrd().values():
        if service["command"] == ["receiver"]:
            secrets = {key for key, value in service["environment"].items() if value in example().values()}
            webhooks = {key for key in secrets if key.startswith("DELIVRD_SOURCES_")}
            assert secrets == webhooks | {"DELIVRD_CONSOLE_TOKEN"}
            assert service["environment"]["DELIVRD_CONSOLE_TOKEN"] not in inside


def test_the_log_is_on_every_broker_and_the_proxy_before_every_receiver() -> None:
    brokers = {name for name, service in SERVICES.items() if service["image"].startswith("apache/kafka:")}
    receivers = {name for name, service in of_delivrd().items() if service["command"] == ["receiver"]}
    for service in of_delivrd().values():
        assert set(re.findall(r"(kafka-\d):9092", service["environment"]["DELIVRD_LOG_URL"])) == brokers
    proxy = (DEPLOY / "proxy.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server (\S+):8080 ", proxy)) == receivers


def test_the_proxy_is_believed_and_alone_on_the_public_port() -> None:
    subnet = compose()["networks"]["default"]["ipam"]["config"][0]["subnet"]
    for service in of_delivrd().values():
        assert service["environment"].get("DELIVRD_RECEIVER_TRUSTED_PROXIES", subnet) == subnet
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    private = {"console": ["127.0.0.1:8081:8081"], "grafana": ["127.0.0.1:3000:3000"]}
    assert published == {"proxy": ["8080:8080"], **private}


def test_no_port_or_setting_of_a_broker_differs_from_its_neighbours_by_mistake() -> None:
    environments: list[dict[str, Any]] = [SERVICES[f"kafka-{number}"]["environment"] for number in (1, 2, 3)]
    for number, environment in enumerate(environments, 1):
        assert environment.pop("KAFKA_NODE_ID") == number
        assert environment.pop("KAFKA_ADVERTISED_LISTENERS") == f"PLAINTEXT://kafka-{number}:9092"
        assert f"{number}@kafka-{number}:9093" in environment["KAFKA_CONTROLLER_QUORUM_VOTERS"]
    assert environments[0] == environments[1] == environments[2]


def test_the_image_is_pinned_holds_every_package_and_runs_as_nobody_of_the_host() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    stages = re.findall(r"^FROM python:(\S+)", DOCKERFILE, re.MULTILINE)
    assert stages == [stages[0]] * 2
    assert re.fullmatch(r"3\.\d+\.\d+-slim-\w+", stages[0])
    copied = set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.MULTILINE))
    assert copied == set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    let_in = set(re.findall(r"^!([\w.]+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert let_in == copied | {"pyproject.toml", "constraints.txt", "README.md"}
    [extras] = (found.split(",") for found in re.findall(r'"\.\[([\w,]+)\]"', DOCKERFILE))
    assert extras == ["kafka", "s3"]
    assert set(extras) <= set(project["project"]["optional-dependencies"])
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == [
        of_delivrd()["receiver-1"]["user"],
    ]
    assert of_delivrd()["migrate"]["image"] == f"delivrd:{project['project']['version']}"


def test_the_page_names_metrics_and_settings_that_there_are() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    import_module("pipeline.metrics")
    known = {sample for metric in REGISTRY.collect() for sample in (metric.name, f"{metric.name}_total")}
    assert set(re.findall(r"`(delivrd_(?!store|local)\w+)`", page)) <= known
    nothing_right = find_problems(
        KafkaSettings(servers=("k:9092",), topic="t"), {"partitions": [], "topic_id": "x"}, {}
    )
    checked = {problem.partition(" is ")[0] for problem in nothing_right if "kafka-configs" in problem}
    assert checked
    assert checked <= set(re.findall(r"`([a-z.]+)`", page))
