"""Evolve: the file is one command in a transaction; the directive in its first line."""

from __future__ import annotations

from runners.words import Folder, misleads, reruns, sent


def test_its_project_or_directive_gives_it_away(folder: Folder) -> None:
    folder.write({"a/x.csproj": '<PackageReference Include="Evolve" Version="3.2.0" />'})
    folder.write({"a/db/V1_0__x.sql": "", "b/V1_0__x.sql": "-- evolve-tx-off\nVACUUM;"})
    assert folder.runners() == {"evolve"}


def test_the_directive_leaves_a_pipeline() -> None:
    assert sent("evolve", "VACUUM;") == ["0 transaction!"]
    assert sent("evolve", "-- evolve-tx-off\nVACUUM; SELECT 1;") == ["0 none", "1 pipeline!"]
    assert misleads("evolve", "SELECT 1;\n-- evolve-tx-off\n") == ["-- evolve-tx-off"]


def test_repeatables_run_again_by_design() -> None:
    assert reruns("evolve", "R__views.sql") is not None
    assert reruns("evolve", "V1__x.sql", "-- evolve-repeat-always\n") is not None
    assert reruns("evolve", "V1__x.sql") is None
