"""What is done to answer: a test that nobody does it twice counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idemlint.runners import units
from idemlint.runners.detector import Detector
from idemlint.sequence.running import runs

if TYPE_CHECKING:
    import pytest


class Work:
    """What is done: files that are parsed, that are run, and that are asked whose they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.parsed: list[str] = []
        self.run: list[bool] = []
        self.detected: list[str] = []
        parse, replay, detect = units.parse, runs.replay_file, Detector.__call__

        def counted_parse(source: Any, *rest: Any) -> Any:
            self.parsed.append(source.path)
            return parse(source, *rest)

        def counted_replay(machine: Any, programs: Any, units: Any, modes: Any, *rest: Any) -> Any:
            self.run.append(bool(modes))
            return replay(machine, programs, units, modes, *rest)

        def counted_detect(self_: Detector, path: str, data: bytes) -> Any:
            self.detected.append(path)
            return detect(self_, path, data)

        monkeypatch.setattr(units, "parse", counted_parse)
        monkeypatch.setattr(runs, "replay_file", counted_replay)
        monkeypatch.setattr(Detector, "__call__", counted_detect)

    def taken(self) -> tuple[list[str], int, int]:
        """The files that were parsed since it was asked last, how many ran for what they leave, and how
        many were judged."""
        found = self.parsed[:], self.run.count(False), self.run.count(True)
        self.parsed.clear()
        self.run.clear()
        return found
