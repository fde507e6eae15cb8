"""A file for another database is called so, in place of one syntax error after the other."""

from __future__ import annotations

import pytest

from idemlint.source.dialects import dialect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABLE `users` (`id` int NOT NULL AUTO_INCREMENT) ENGINE=InnoDB;", "MySQL"),
        ("-- MySQL dump 10.13  Distrib 8.0\n", "MySQL"),
        ("/*!40101 SET NAMES utf8 */;\n", "MySQL"),
        ("INSERT INTO `t` VALUES (1);", "MySQL"),
        ("CREATE TABLE t ON CLUSTER default (`id` String) ENGINE = MergeTree;", "ClickHouse"),
        ("CREATE TABLE `t` (`id` Nullable(String)) ENGINE = Log;", "ClickHouse"),
        ("ALTER TABLE t ON CLUSTER '{cluster}' ADD COLUMN a Int32 CODEC(ZSTD);", "ClickHouse"),
        ("CREATE TABLE `t` (id int) ENGINE = ReplicatedReplacingMergeTree();", "ClickHouse"),
        ("-- made on cluster\nCLUSTER t USING i; SELECT FRM", None),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);", "SQLite"),
        ("PRAGMA foreign_keys = ON;", "SQLite"),
        ("CREATE TABLE t (id int IDENTITY(1,1));\nGO\n", "SQL Server"),
        ("SELECT 1\nGO\n", "SQL Server"),
        ("CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY (START 5));", None),
        ("COMMENT ON TABLE t IS 'a motor of `t`';\n-- go on\n", None),
        ("SELECT 'a' FRM t;", None),
    ],
)
def test_whose_it_is(text: str, expected: str | None) -> None:
    assert dialect(text.encode()) == expected
