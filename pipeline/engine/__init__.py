"""The embedded warehouse: a genuine ClickHouse server out of the `chdb-core` wheel, as a child process on loopback.

`config.write_config` writes what it needs, `python -m pipeline.engine DIR` runs it, `process` starts and awaits it.
Another engine command (`clickhouse server`) may take the launcher's place; it reads the same files.
"""
