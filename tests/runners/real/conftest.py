"""Real runners, from npm and PyPI, put into a temporary folder once a session.

IDEMLINT_RUNNERS may name a folder that has them already (its `node_modules`, and Python packages in
`python`); else they are installed, and where that cannot be done the tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from postgres.conftest import database, server
from runners.real.drive import PACKAGES, PYTHON_PACKAGES, Toolbox

__all__ = ["database", "server"]


@pytest.fixture(scope="session")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    ready = os.environ.get("IDEMLINT_RUNNERS")
    return Toolbox(Path(ready) if ready else tmp_path_factory.mktemp("runners"))


@pytest.fixture(scope="session")
def node(toolbox: Toolbox) -> Toolbox:
    """Node.js and the npm packages, or a skip that says what is not there."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no Node.js")
    if not (toolbox.folder / "node_modules").is_dir():
        (toolbox.folder / "package.json").write_text("{}")
        command = [npm, "install", "--no-audit", "--no-fund", *PACKAGES]
        try:
            done = subprocess.run(
                command,
                cwd=toolbox.folder,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.skip("npm install takes too long")
        if done.returncode:
            pytest.skip(f"npm install failed: {done.stderr.strip()[-200:]}")
    return toolbox


@pytest.fixture(scope="session")
def python(toolbox: Toolbox) -> Toolbox:
    """The Python packages, in a folder of their own."""
    target = toolbox.folder / "python"
    if not target.is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
        try:
            done = subprocess.run(
                [*command, *PYTHON_PACKAGES],
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.skip("pip install takes too long")
        if done.returncode:
            shutil.rmtree(target, ignore_errors=True)
            pytest.skip(f"pip install failed: {done.stderr.strip()[-200:]}")
    return toolbox
