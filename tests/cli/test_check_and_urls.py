"""`delivrd check` and `delivrd urls`, where nothing runs."""

import json
import re
from pathlib import Path

import pytest

from pipeline.settings import Folder, load
from tests.cli.command import run


def test_right_settings(folder: Folder) -> None:
    done = run("check", data=folder.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 sources" in done.stdout


def test_each_mistake_is_a_line_and_the_answer_is_no(folder: Folder) -> None:
    text = folder.config.read_text()
    folder.config.write_text(text.replace("port = 8080", "prot = 8080").replace('"BR"', '"Brazil"'))
    done = run("check", data=folder.root)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f'{folder.config}: receiver.prot: unknown key; did you mean "port"?',
        f'{folder.config}: sources.integrax-br.region: must be the two capital letters of a country, such as "BR"',
    ]


def test_a_polled_source_without_its_credentials_is_a_mistake(folder: Folder) -> None:
    text = folder.config.read_text().replace("# [sources.smsgateway24.poll]", "[sources.smsgateway24.poll]")
    folder.config.write_text(text)
    done = run("check", data=folder.root)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{folder.secrets}: sources.smsgateway24.{key}: is missing, and `poll` needs it"
        for key in ("email", "password")
    ]
    env = {"DELIVRD_SOURCES_SMSGATEWAY24_EMAIL": "a@example.com", "DELIVRD_SOURCES_SMSGATEWAY24_PASSWORD": "12345678"}
    assert run("check", data=folder.root, env=env).returncode == 0


@pytest.mark.parametrize(
    ("provider", "table", "secrets", "mistakes"),
    [
        ("aatrox", 'every = "1m"\nnumbers = "1"\ngive_up = "1h"', 'token = "a-token"', {}),
        ("aatrox", "too_large = 9\nstate_every = '1m'", 'token = "a-token"', {"poll.state_every", "poll.too_large"}),
        ("smsgateway24", 'numbers = "1"', 'email = "a@b"\npassword = "12345678"', {"poll.numbers"}),
        ("smsgateway24", "overlap = '1m'\ntimeout = '1s'", 'email = "a@b"\npassword = "12345678"', {}),
        ("ugsms", 'every = "1m"', 'api_key = "12345678"\ntoken = "12345678"', {"poll.every", "token"}),
        ("ugsms", 'unknown_after = "1h"', "", {}),
        ("ugsms", 'state_every = "1h"', "", {"api_key"}),
        ("integrax", 'unknown_after = "1h"', "", {}),
        ("integrax", "per_minute = 9", 'token = "a-token"', {"poll.per_minute", "token"}),
    ],
)
def test_what_means_nothing_to_a_polled_provider_is_a_mistake(
    folder: Folder, provider: str, table: str, secrets: str, mistakes: set[str]
) -> None:
    folder.config.write_text(f'[sources.a]\nprovider = "{provider}"\n[sources.a.poll]\n{table}\n')
    with folder.secrets.open("a") as file:
        file.write(f"\n[sources.a]\n{secrets}\n")
    done = run("check", data=folder.root)
    assert done.returncode == (1 if mistakes else 0), done.stdout
    files = {name: folder.config if name.startswith("poll.") else folder.secrets for name in mistakes}
    named = {f"{file}: sources.a.{name}" for name, file in files.items()}
    assert {line.rpartition(": ")[0] for line in done.stdout.splitlines()} == named or not mistakes


def test_a_new_source_is_no_mistake(folder: Folder) -> None:
    with folder.config.open("a") as file:
        file.write('\n[sources.integrax-mx]\nprovider = "integrax"\n')
    before = folder.secrets.read_bytes()
    done = run("check", data=folder.root)
    assert done.returncode == 0
    assert "integrax-mx has no secret yet" in done.stdout
    assert folder.secrets.read_bytes() == before


def test_settings_that_stand_elsewhere(folder: Folder, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[receiver]\nport = 0.5\n")
    done = run("check", "--config", str(other), data=folder.root)
    assert done.returncode == 1
    assert str(other) in done.stdout


def test_before_the_first_start(tmp_path: Path) -> None:
    done = run("check", data=tmp_path / "nothing")
    assert done.returncode == 1
    assert "`delivrd up` writes them" in done.stdout
    assert not (tmp_path / "nothing").exists()


def test_a_source_alone_is_its_url_and_nothing_else(folder: Folder) -> None:
    (secret,) = load(folder.root, env={}).sources["integrax-br"].webhook_secrets
    done = run("urls", "integrax-br", data=folder.root)
    assert done.stdout == f"http://127.0.0.1:8080/v1/webhooks/integrax-br/{secret}\n"
    assert done.stderr == ""


@pytest.mark.parametrize("base", ["https://dlr.example.com", "https://dlr.example.com/"])
def test_the_address_that_providers_know(folder: Folder, base: str) -> None:
    done = run("urls", "integrax-br", "--base-url", base, data=folder.root)
    assert done.stdout.startswith("https://dlr.example.com/v1/webhooks/integrax-br/")


def test_json_for_scripts(folder: Folder) -> None:
    found = json.loads(run("urls", "--json", data=folder.root).stdout)
    assert [sorted(entry) for entry in found] == [["provider", "source", "url"]] * 4
    assert [(entry["source"], entry["provider"]) for entry in found] == [
        ("integrax-br", "integrax"),
        ("smsgateway24", "smsgateway24"),
        ("aatrox", "aatrox"),
        ("ugsms", "ugsms"),
    ]
    assert all(re.fullmatch(r"http://127\.0\.0\.1:8080/v1/webhooks/[a-z0-9-]+/[\w-]{32}", one["url"]) for one in found)


def test_a_pipe_gets_tab_separated_text(folder: Folder) -> None:
    lines = run("urls", data=folder.root).stdout.splitlines()
    assert lines[0] == "source\tprovider\turl"
    assert [line.split("\t")[0] for line in lines[1:]] == ["integrax-br", "smsgateway24", "aatrox", "ugsms"]


def test_an_address_that_stands_for_all_is_reached_by_loopback(folder: Folder) -> None:
    done = run("urls", "integrax-br", data=folder.root, env={"DELIVRD_RECEIVER_HOST": "::"})
    assert done.stdout.startswith("http://[::1]:8080/")


def test_an_unknown_source_is_wrong_use(folder: Folder) -> None:
    done = run("urls", "integrax", data=folder.root)
    assert done.returncode == 2
    assert "integrax-br, smsgateway24" in done.stderr


@pytest.mark.parametrize(
    "command", ["urls", "status", "sql", "report", "audit", "replay", "explain", "reload", "migrate"]
)
def test_without_settings_there_is_a_message_and_no_traceback(command: str, tmp_path: Path) -> None:
    more = {"sql": ["SELECT 1"], "report": ["deliveries"], "explain": ["1"]}.get(command, [])
    done = run(command, *more, data=tmp_path / "nothing")
    assert done.returncode in (1, 2)
    assert "delivrd up" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not (tmp_path / "nothing").exists()


def test_a_wrong_zone_is_wrong_use(folder: Folder) -> None:
    done = run("check", "--tz", "Mars/Olympus", data=folder.root)
    assert done.returncode == 2
    assert "Mars/Olympus" in done.stderr
