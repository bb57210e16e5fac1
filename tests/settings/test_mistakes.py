"""Every mistake is told at once, with its file, its key, and what is allowed; never with a secret."""

from collections.abc import Mapping

import pytest

from pipeline.settings import Folder, Problem, SettingsError, load


def mistakes(folder: Folder, env: Mapping[str, str] | None = None) -> list[Problem]:
    with pytest.raises(SettingsError) as raised:
        load(folder.root, env=env or {})
    return list(raised.value.problems)


def only(folder: Folder, env: Mapping[str, str] | None = None) -> Problem:
    (problem,) = mistakes(folder, env)
    return problem


def change(folder: Folder, old: str, new: str) -> None:
    text = folder.config.read_text()
    assert old in text
    folder.config.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("port = 8080", "prot = 8080", "receiver.prot", 'unknown key; did you mean "port"?'),
        ("port = 8080", 'port = "many"', "receiver.port", "must be a whole number"),
        ("port = 8080", "port = 65536", "receiver.port", "must be less than or equal to 65535"),
        ("port = 8081", "port = -1", "console.port", "must be greater than or equal to 0"),
        ('host = "127.0.0.1"', "host = 127", "receiver.host", "must be a text in quotes"),
        ('keep = "30d"', 'keep = "thirty"', "log.keep", "must be a duration"),
        ('keep = "30d"', "keep = 30", "log.keep", "must be a duration"),
        ('keep = "30d"', 'keep = "36h"', "log.keep", "must be whole days"),
        ('keep = "400d"', 'keep = "3651d"', "warehouse.keep", 'must be at most "3650d"; "0d" keeps for ever'),
        ('keep = "400d"', 'keep_figures = "long"', "warehouse.keep_figures", "must be a duration"),
        (
            'keep = "400d"',
            'keep = "30d"\nkeep_texts = "31d"',
            "warehouse.keep_texts",
            'must not be longer than `keep` ("30d")',
        ),
        (
            'keep = "400d"',
            'keep = "0d"\nkeep_figures = "3650d"',
            "warehouse.keep_figures",
            'must not be shorter than `keep` ("0d", for ever)',
        ),
        ('max_size = "20GB"', 'max_size = "20"', "log.max_size", "must be a size"),
        ('region = "BR"', 'region = "Brazil"', "sources.integrax-br.region", "two capital letters"),
        ('region = "BR"', 'region = "XX"', "sources.integrax-br.region", "two capital letters"),
        ('region = "BR"', 'timezone = "Mars/Olympus"', "sources.integrax-br.timezone", "must be a time zone"),
        ('region = "BR"', 'timezone = "../../etc/passwd"', "sources.integrax-br.timezone", "must be a time zone"),
        ('region = "BR"', 'store_text = "perhaps"', "sources.integrax-br.store_text", "must be true or false"),
        ('region = "BR"', "networks = 5", "sources.integrax-br.networks", "must be a list"),
        ('region = "BR"', 'networks = ["::/129"]', "sources.integrax-br.networks[0]", "must be a network"),
        ('region = "BR"', 'statuses = { X = "gone" }', "sources.integrax-br.statuses.X", "must be one of queued,"),
        ('region = "BR"', 'statuses = { X = "" }', "sources.integrax-br.statuses.X", "must be one of queued,"),
        ('region = "BR"', "regoin = 1", "sources.integrax-br.regoin", 'did you mean "region"?'),
        (
            'provider = "integrax"',
            'provider = "acme"',
            "sources.integrax-br.provider",
            "one of aatrox, integrax",
        ),
        ('provider = "integrax"', "", "sources.integrax-br.provider", "is missing"),
        ("[warehouse]", "[warehuose]", "warehuose", 'did you mean "warehouse"?'),
        ("[receiver]", "[[receiver]]", "receiver", "must be a table"),
        ("[console] ", "sources = 3\n[console]", "receiver.sources", "unknown key"),
    ],
)
def test_a_mistake_in_the_settings(folder: Folder, old: str, new: str, key: str, message: str) -> None:
    change(folder, old, new)
    problem = only(folder)
    assert problem.where == str(folder.config)
    assert problem.key == key
    assert message in problem.message


@pytest.mark.parametrize("name", ["Integrax", "integrax_br", "-br", "br.x", "ü", "a" * 65])
def test_a_source_needs_a_name_that_fits_a_url(folder: Folder, name: str) -> None:
    with folder.config.open("a") as file:
        file.write(f'\n[sources."{name}"]\nprovider = "integrax"\n')
    with folder.secrets.open("a") as file:
        file.write(f'\n[sources."{name}"]\nwebhook = "0123456789abcdef"\n')
    problem = only(folder)
    assert problem.key == f"sources.{name}"


def test_all_mistakes_at_once_from_both_files_and_the_environment(folder: Folder) -> None:
    change(folder, "port = 8080", "prot = 8080")
    change(folder, 'region = "BR"', 'region = "Brazil"\nwebhook = "0123456789abcdef"')
    folder.secrets.chmod(0o640)
    text = folder.secrets.read_text()
    folder.secrets.write_text(text.replace("writer_password", "writer_pasword"))
    found = {(problem.where, problem.key) for problem in mistakes(folder, {"DELIVRD_CONSOLE_PROT": "1"})}
    config, secrets = str(folder.config), str(folder.secrets)
    assert found == {
        (config, "receiver.prot"),
        (config, "sources.integrax-br.region"),
        (config, "sources.integrax-br.webhook"),
        (secrets, ""),
        (secrets, "warehouse.writer_pasword"),
        (secrets, "warehouse.writer_password"),
        ("environment", "DELIVRD_CONSOLE_PROT"),
    }


def test_secrets_that_others_may_read_are_refused_with_the_way_out(folder: Folder) -> None:
    folder.secrets.chmod(0o604)
    problem = only(folder)
    assert f"chmod 600 {folder.secrets}" in problem.message


@pytest.mark.parametrize(
    "secret", ["short", "fifteen-letters", "with a space in it", "slash/slash/slash", "ümlautümlautüml"]
)
def test_a_secret_must_fit_a_url_and_is_never_shown(folder: Folder, secret: str) -> None:
    lines = folder.secrets.read_text().splitlines()
    last = max(index for index, line in enumerate(lines) if line.startswith("webhook"))
    lines[last] = f'webhook = "{secret}"'
    folder.secrets.write_text("\n".join(lines))
    problem = only(folder)
    assert problem.where == str(folder.secrets)
    assert problem.key == "sources.ugsms.webhook[0]"
    assert "at least 16" in problem.message
    assert secret not in str(problem)


def test_the_same_secret_in_two_sources_is_refused(folder: Folder) -> None:
    env = {
        "DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK": "0123456789abcdef",
        "DELIVRD_SOURCES_SMSGATEWAY24_WEBHOOK": "fedcba9876543210,0123456789abcdef",
    }
    problem = only(folder, env)
    assert problem.key == "sources.smsgateway24.webhook"
    assert "same as one of sources.integrax-br" in problem.message
    assert "0123456789abcdef" not in str(problem)


@pytest.mark.parametrize(
    "secrets", ["0123456789abcdef,0123456789abcdef", "0123456789abcdef,1123456789abcdef,2123456789abcdef"]
)
def test_one_or_two_different_secrets(folder: Folder, secrets: str) -> None:
    problem = only(folder, {"DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK": secrets})
    assert problem.key == "sources.integrax-br.webhook"


def test_a_source_without_a_secret_is_a_mistake_unless_one_will_be_made(folder: Folder) -> None:
    with folder.config.open("a") as file:
        file.write('\n[sources.integrax-mx]\nprovider = "integrax"\n')
    assert only(folder).key == "sources.integrax-mx.webhook"
    settings = load(folder.root, env={}, allow_new_sources=True)
    assert settings.sources["integrax-mx"].webhook_secrets == ()


def test_a_signature_needs_its_key_and_the_other_way_round(folder: Folder) -> None:
    change(folder, 'region = "BR"', 'signature = { header = "X-Signature" }')
    assert only(folder).key == "sources.integrax-br.signing_key"
    source = load(folder.root, env={"DELIVRD_SOURCES_INTEGRAX_BR_SIGNING_KEY": "k"}).sources["integrax-br"]
    assert source.signing_keys == ("k",)
    keys = {f"DELIVRD_SOURCES_{name}_SIGNING_KEY": "k" for name in ("INTEGRAX_BR", "SMSGATEWAY24")}
    assert only(folder, keys).key == "sources.smsgateway24.signing_key"


def test_files_that_are_missing_or_no_toml(folder: Folder) -> None:
    folder.config.write_text("[receiver\n")
    assert "is not valid TOML" in only(folder).message
    folder.config.write_bytes(b"\xff")
    assert "UTF-8" in only(folder).message
    folder.config.unlink()
    assert "delivrd up" in only(folder).message
