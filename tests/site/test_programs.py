"""Programs that tests want: where one is missing its tests say so, and nothing else fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import programs
import pytest

# Three tests, of which two want programs of the system.
TESTS = """
import pytest
from programs import need

@pytest.mark.parametrize("number", [1, 2])
def test_a_server(number):
    need("nginx")

def test_a_shell():
    need("sshd")

def test_python():
    pass
"""


def test_without_programs_the_rest_is_green(tmp_path: Path) -> None:
    """What Python alone can tell is told; the last lines name what did not run."""
    (tmp_path / "test_wishes.py").write_text(TESTS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "shared", "--rootdir", "."]
    here = str(Path(__file__).parent)
    environment = {"PATH": "", "PYTHONPATH": here, "HOME": str(tmp_path)}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed, 3 skipped" in done.stdout
    packages = "libnginx-mod-http-brotli-static nginx openssh-client openssh-server"
    assert (
        "not run: 2 tests want nginx, 1 wants sshd:"
        f" sudo apt-get install --no-install-recommends {packages}\n" in done.stdout
    )


def test_in_ci_a_missing_program_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything is meant to run, a green run means that everything did."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    programs.need.cache_clear()
    with pytest.raises(pytest.fail.Exception, match="wants nginx: sudo apt-get inst"):
        programs.need("nginx")


@pytest.mark.parametrize("before", ["", "#!/bin/sh\nexit 0\n"])
def test_what_is_installed_starts_no_service(
    before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian asks a policy whether to start a service: no, while tests install."""
    policy = tmp_path / "policy-rc.d"
    if before:
        policy.write_text(before)
    monkeypatch.setattr(programs, "POLICY", policy)
    with programs._no_services([]):
        assert subprocess.run([policy], check=False).returncode == 101
        assert os.access(policy, os.X_OK)
    assert (policy.read_text() if policy.exists() else "") == before


def test_a_program_that_does_not_work_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of the right name that ends badly is no program."""
    program = tmp_path / "bin/rsync"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", str(program.parent))
    for code, found in ((0, str(program)), (1, None)):
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        program.chmod(0o755)
        assert programs.find("rsync") == found
