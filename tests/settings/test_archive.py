"""The settings of the archive, and every mistake in them."""

import pytest

from pipeline.archive.target import Place
from pipeline.settings import Folder, SettingsError, load

KAFKA = {
    "DELIVRD_LOG_URL": "kafka://one:9092/delivrd",
    "DELIVRD_WAREHOUSE_URL": "clickhouse://writer@one:8123/delivrd",
}


def mistakes(folder: Folder, **env: str) -> set[tuple[str, str]]:
    given = {f"DELIVRD_ARCHIVE_{name}": value for name, value in env.items() if not name.startswith("DELIVRD")}
    with pytest.raises(SettingsError) as raised:
        load(folder.root, env=given | {name: value for name, value in env.items() if name.startswith("DELIVRD")})
    return {(problem.key, problem.message) for problem in raised.value.problems}


def test_without_a_target_there_is_none(folder: Folder) -> None:
    assert load(folder.root, env={}).archive_place is None


def test_a_folder_beside_the_data_or_elsewhere(folder: Folder) -> None:
    for target, url in (("years", f"{folder.root}/years"), ("/mnt/years", "/mnt/years")):
        assert load(folder.root, env={"DELIVRD_ARCHIVE_TARGET": target}).archive_place == Place(url=url)


def test_a_bucket_with_its_service_and_its_secrets(folder: Folder) -> None:
    env = {
        "TARGET": "s3://years/delivrd", "ENDPOINT": "https://s3.example.com", "REGION": "eu-west-1", "AFTER": "2d",
        "ACCESS_KEY": "AKIA7EXAMPLE", "SECRET_KEY": "secret/of+it",
    }  # fmt: skip
    settings = load(folder.root, env={f"DELIVRD_ARCHIVE_{name}": value for name, value in env.items()})
    assert settings.archive_place == Place(
        url="s3://years/delivrd",
        endpoint="https://s3.example.com",
        region="eu-west-1",
        access_key="AKIA7EXAMPLE",
        secret_key="secret/of+it",
    )
    assert settings.archive.after_ms == 2 * 86_400_000
    assert {"AKIA7EXAMPLE", "secret/of+it"} <= settings.secrets
    assert "secret/of+it" not in repr(settings)


def test_mistakes_are_named(folder: Folder) -> None:
    wrong = 'must be a folder, or "s3://bucket/prefix"'
    assert mistakes(folder, TARGET="ftp://years") == {("archive.target", wrong)}
    assert mistakes(folder, TARGET="s3://Not_A_Bucket/x") == {("archive.target", wrong)}
    assert mistakes(folder, TARGET="/years", REGION="eu-west-1") == {
        ("archive.region", 'is for a bucket: target = "s3://bucket/prefix"')
    }
    assert mistakes(folder, TARGET="s3://years", ACCESS_KEY="AKIA7EXAMPLE") == {
        ("archive.secret_key", "is missing, and `access_key` needs it")
    }
    folder.config.write_text('[archive]\ntarget = "s3://years"\nsecret_key = "x"\naccess_key = "y"\n')
    assert mistakes(folder) == {
        (f"archive.{key}", f"is a secret and belongs into {folder.secrets}") for key in ("access_key", "secret_key")
    }


def test_kafka_must_keep_records_until_they_are_archived(folder: Folder) -> None:
    told = ("archive.after", "must be shorter than log.keep: Kafka deletes what is older")
    assert told in mistakes(folder, **KAFKA, TARGET="/years", AFTER="30d")
    assert told in mistakes(folder, **KAFKA, TARGET="/years", DELIVRD_LOG_KEEP="7d")
    load(folder.root, env={**KAFKA, "DELIVRD_ARCHIVE_TARGET": "/years", "DELIVRD_LOG_KEEP": "0d"})
    load(folder.root, env={"DELIVRD_ARCHIVE_TARGET": "/years", "DELIVRD_ARCHIVE_AFTER": "60d"})
