"""Synapse deltas: numbered folders, a transaction a file."""

from __future__ import annotations

from runners.words import Folder, direction, sent


def test_its_layout_gives_it_away_and_rules(folder: Folder) -> None:
    base = "synapse/storage/schema/main/delta"
    names = [
        f"{base}/59/10b.sql",
        f"{base}/59/09a.sql",
        f"{base}/8/x.sql",
        f"{base}/59/11.sql.sqlite",
    ]
    folder.write(dict.fromkeys(names, "SELECT 1;"))
    assert folder.runners() == {"synapse"}
    assert folder.order("synapse") == [
        f"{base}/8/x.sql",
        f"{base}/59/09a.sql",
        f"{base}/59/10b.sql",
    ]
    assert direction("synapse", f"{base}/59/12.sql.postgres") == "up"


def test_a_file_is_a_transaction() -> None:
    assert sent("synapse", "SELECT 1; VACUUM;") == ["0 transaction!"] * 2
