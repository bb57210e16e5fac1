"""The files of the first start: right as they are, private, and never written over."""

import stat

from pipeline.settings import Folder, load
from pipeline.settings.first import add_secrets, write_first
from schemas.providers import adapters


def test_first_files_are_valid_and_have_a_source_for_each_provider(folder: Folder) -> None:
    settings = load(folder.root, env={})
    assert {source.provider for source in settings.sources.values()} == set(adapters)
    assert settings.sources["integrax-br"].source.region == "BR"
    assert (settings.receiver.host, settings.receiver.port) == ("127.0.0.1", 8080)
    assert (settings.console.host, settings.console.port) == ("127.0.0.1", 8081)
    assert (settings.log.keep_days, settings.log.max_bytes) == (30, 20_000_000_000)
    assert settings.warehouse.keep_days == 400


def test_secrets_are_private_and_each_is_another(folder: Folder) -> None:
    assert stat.S_IMODE(folder.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    settings = load(folder.root, env={})
    assert len(settings.secrets) == 8
    assert all(len(secret) >= 32 for secret in settings.secrets)


def test_a_second_start_changes_nothing(folder: Folder) -> None:
    before = folder.config.read_bytes(), folder.secrets.read_bytes()
    assert not write_first(folder)
    assert add_secrets(folder, env={}) == []
    assert (folder.config.read_bytes(), folder.secrets.read_bytes()) == before


def test_a_new_source_gets_a_secret_and_the_others_keep_theirs(folder: Folder) -> None:
    before = load(folder.root, env={}).sources["integrax-br"].webhook_secrets
    with folder.config.open("a") as file:
        file.write('\n[sources.integrax-mx]\nprovider = "integrax"\n')
    assert add_secrets(folder, env={}) == ["integrax-mx"]
    sources = load(folder.root, env={}).sources
    assert sources["integrax-br"].webhook_secrets == before
    assert len(sources["integrax-mx"].webhook_secrets) == 1
    assert stat.S_IMODE(folder.secrets.stat().st_mode) == 0o600


def test_a_source_whose_secret_is_in_the_environment_gets_none(folder: Folder) -> None:
    with folder.config.open("a") as file:
        file.write('\n[sources.integrax-mx]\nprovider = "integrax"\n')
    env = {"DELIVRD_SOURCES_INTEGRAX_MX_WEBHOOK": "from-the-environment"}
    assert add_secrets(folder, env=env) == []
    assert load(folder.root, env=env).sources["integrax-mx"].webhook_secrets == ("from-the-environment",)


def test_files_that_cannot_be_read_are_left_alone(folder: Folder) -> None:
    folder.config.write_text("[sources")
    assert add_secrets(folder, env={}) == []


def test_settings_elsewhere_are_not_written(folder: Folder) -> None:
    other = folder.root.parent / "elsewhere.toml"
    assert not write_first(folder, other)
    assert not other.exists()
