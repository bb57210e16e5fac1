"""The archive: what was consumed of the event log, for years, in Parquet files that anybody can read.

`files` are their names, which tell all there is to know of the archive; `target` is where they can stand (`folder`,
`bucket`); `listing` says what is there; `archive` writes, reads and replaces files; `filling` moves what has come of
age from the log there; `progress` is a word about it for those who do not look themselves.
"""
