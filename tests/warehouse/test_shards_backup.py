"""The statements of docs/deployment.md that back up a cluster and restore it, on two shards."""

from pathlib import Path

from pipeline.servers import STORE
from pipeline.warehouse import Warehouse
from pipeline.warehouse.migrations import check_current, migrate
from tests.docs.pages import ROOT, blocks
from tests.services import WRITER_PASSWORD, work_out
from tests.shards import new_shards
from tests.warehouse.test_inserting import block

BACKUP, RESTORE = (
    statement
    for found in blocks(ROOT / "docs" / "deployment.md")
    for statement in found.text.split(";\n")
    if statement.startswith(("BACKUP", "RESTORE"))
)
VIEWS = ("messages", "events", "deliveries", "deliveries_daily", "chunks")


def counts(warehouse: Warehouse) -> list[object]:
    return [warehouse.query(f"SELECT count() FROM delivrd.{view}") for view in VIEWS]


def test_what_was_backed_up_is_restored_and_the_rest_comes_in_again(tmp_path: Path) -> None:
    pair = new_shards(tmp_path)
    writer = Warehouse(pair.servers, "writer", WRITER_PASSWORD, STORE)
    try:
        migrate(writer)
        before, later = block(1_000), block(2_000)
        writer.insert("events", before, "before")
        work_out(writer)
        shown = counts(writer)
        for server in writer.each():
            server.command(BACKUP)
        writer.insert("events", later, "later")
        for server in writer.each():
            for database in ("delivrd", "delivrd_store", "delivrd_local"):
                server.command(f"DROP DATABASE {database} SYNC")
        for server in writer.each():
            server.command(RESTORE)

        assert migrate(writer) == []
        check_current(writer)
        work_out(writer)
        assert counts(writer) == shown
        # from Kafka once more: what was there, and what came after it
        writer.insert("events", later, "later")
        assert writer.query("SELECT count() FROM delivrd.messages") == [(2_000,)]
        work_out(writer)
        assert writer.query("SELECT sum(messages) FROM delivrd.deliveries") == [(2_000,)]
    finally:
        writer.close()
        pair.kill()
