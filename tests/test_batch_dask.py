"""The same on a Dask cluster: a real scheduler and two workers on this machine, one of which is killed midway."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLES

import sheetnet

PHOTOS = 5
HERE = [sys.executable, "-m"]
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers."""
    pytest.importorskip("distributed", reason="the package distributed (sheetnet[dask]) is not installed")
    told = tmp_path / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}

    def started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [*HERE, f"distributed.cli.{module}", "--scheduler-file", str(told), "--no-dashboard", *arguments]
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, **QUIET)  # type: ignore[call-overload]
        stack.callback(process.wait)
        stack.callback(process.kill)
        return process  # type: ignore[no-any-return]

    with ExitStack() as stack:
        scheduler = started("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        workers = [started("dask_worker", "--no-nanny", "--nthreads", "1") for _ in range(2)]
        until = time.monotonic() + 60
        while not told.exists():
            assert scheduler.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield json.loads(told.read_text())["address"], workers


@POSIX
def test_a_worker_that_is_killed_midway_costs_no_workbook(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for number in range(PHOTOS):
        shutil.copy(SAMPLES / "rocket.jpg", photos / f"{number}.jpg")
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    command = [*HERE, "sheetnet", "batch", "photos", "-o", "out", "-t", "by-hand", "--plain", "--scheduler", address]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not list(out.glob("*.xlsx")):
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(workers[0].pid, signal.SIGKILL)
    said, wrong = process.communicate(timeout=120)
    assert (process.returncode, said) == (1, f"out: {PHOTOS} workbooks built, 1 not built\n".encode())
    assert wrong.startswith(b"sheetnet: broken.jpg: ")
    assert wrong.count(b"\n") == 1
    assert workers[1].poll() is None
    assert {path.name for path in out.iterdir()} == {*(f"{n}.xlsx" for n in range(PHOTOS)), "manifest.jsonl"}
    assert sheetnet.verify(out / "0.xlsx").proven


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://"])
def test_a_scheduler_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    pytest.importorskip("distributed", reason="the package distributed (sheetnet[dask]) is not installed")
    monkeypatch.setattr("sheetnet.classroom.jobs.cluster.CONNECT", 1.0)
    with pytest.raises(sheetnet.JobError, match="--scheduler: no Dask scheduler answers at"):
        sheetnet.batch(SAMPLES, tmp_path / "out", scheduler=address)


def test_an_address_and_a_number_of_processes_do_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(sheetnet.JobError, match="leave one of the two out"):
        sheetnet.batch(SAMPLES, tmp_path / "out", scheduler="tcp://127.0.0.1:9", jobs=2)


def test_without_dask_the_command_that_installs_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(sheetnet.JobError, match=r"needs the package distributed; install it with: .* distributed"):
        sheetnet.batch(SAMPLES, tmp_path / "out", scheduler="tcp://127.0.0.1:9")
