"""Tests of the spool, on a real broker."""
