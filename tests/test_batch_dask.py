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


class Dask:
    """A scheduler on this machine, and its workers."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.address = ""
        self.scheduler = self.begin()
        self.workers = [self.work() for _ in range(2)]

    def started(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        command = [*HERE, f"distributed.cli.{module}", "--no-dashboard", *arguments]
        process = subprocess.Popen(command, cwd=self.folder, env=environment, **QUIET)  # type: ignore[call-overload]
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process  # type: ignore[no-any-return]

    def begin(self) -> subprocess.Popen[bytes]:
        """Start a scheduler, at the address that the first one had."""
        told, port = self.folder / f"{time.monotonic_ns()}.json", self.address.rpartition(":")[2] or "0"
        process = self.started("dask_scheduler", "--scheduler-file", str(told), "--host", "127.0.0.1", "--port", port)
        until = time.monotonic() + 60
        while not told.exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        self.address = json.loads(told.read_text())["address"]
        return process

    def work(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.started("dask_worker", self.address, "--no-nanny", "--nthreads", "1")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Dask]:
    """A scheduler with two workers."""
    pytest.importorskip("distributed", reason="the package distributed (sheetnet[dask]) is not installed")
    with ExitStack() as stack:
        yield Dask(tmp_path, stack)


@POSIX
def test_a_worker_that_is_killed_midway_costs_no_workbook(tmp_path: Path, cluster: Dask) -> None:
    address, workers = cluster.address, cluster.workers
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


def jobs_begun(cluster: Dask, folder: Path) -> subprocess.Popen[bytes]:
    """A batch that has built one workbook and has not ended."""
    (folder / "photos").mkdir()
    for number in range(PHOTOS):
        shutil.copy(SAMPLES / "rocket.jpg", folder / "photos" / f"{number}.jpg")
    command = [*HERE, "sheetnet", "batch", "photos", "-o", "out", "-t", "by-hand", "--scheduler", cluster.address]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not list((folder / "out").glob("*.xlsx")):
        assert process.poll() is None
        time.sleep(0.02)
    return process


@POSIX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.thorough
def test_a_scheduler_that_is_lost_and_comes_back_gets_the_jobs_again(
    tmp_path: Path, cluster: Dask, how: signal.Signals
) -> None:
    process = jobs_begun(cluster, tmp_path)
    cluster.scheduler.send_signal(how)
    cluster.scheduler.wait()
    for worker in cluster.workers:
        worker.kill()
        worker.wait()
    cluster.begin()
    cluster.work()
    said, wrong = process.communicate(timeout=120)
    assert (process.returncode, said, wrong) == (0, f"out: {PHOTOS} workbooks built\n".encode(), b"")


@POSIX
def test_a_scheduler_that_stays_away_is_one_line(
    tmp_path: Path, cluster: Dask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheetnet.classroom.jobs.cluster.PATIENCE", 4.0)
    (tmp_path / "photos").mkdir()
    for number in range(20):
        shutil.copy(SAMPLES / "rocket.jpg", tmp_path / "photos" / f"{number}.jpg")

    def end(what: str, done: int, total: int) -> None:
        monkeypatch.setattr("sheetnet.classroom.jobs.cluster.CONNECT", 2.0)  # once its workers are there
        cluster.scheduler.kill()

    with pytest.raises(sheetnet.JobError, match=r"is gone; what is finished stays, so run the same again"):
        sheetnet.batch(
            tmp_path / "photos", tmp_path / "out", template="by-hand", scheduler=cluster.address, progress=end
        )


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
