"""Many pieces of work that do not depend on each other: on all cores, or on the workers of a Dask cluster.

    with open_manifest(folder / "manifest.jsonl", folder) as manifest, crew("module:function", jobs=4) as workers:
        for result in run(work, workers, manifest):      # in the order in which they are finished
            ...

A job calls a function of this package that takes JSON and returns JSON: a dict whose "files" are the files that it
has made, path in the folder -> SHA-256, see ``made``. Its errors are told and stop nobody else; a worker that is
killed is replaced, and its job is tried once more. What the manifest knows as finished is not done again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sheetnet import errors
from sheetnet.errors import JobError, SheetnetError, WorkbookError, shown
from sheetnet.limits import MEGABYTE

if TYPE_CHECKING:
    from sheetnet.classroom.jobs.manifest import Manifest

MOST = 1024  # processes
PATIENCE = 3600.0  # seconds that one job may take
LEAST_MEMORY = 600.0  # MB that should be free for each process, where nobody says how many there are to be
SHARE = 0.9  # of the memory that is free may be used by all processes together


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``name``: what it is called in the manifest, where names are unique.

    ``key``: a fingerprint of all that decides its result. ``asked``: the arguments of the function, as JSON has them.
    """

    name: str
    key: str
    asked: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job: ``told`` by its function, or an error. ``new``: it was done now, and not earlier."""

    job: Job
    told: Mapping[str, Any] | None = None
    error: SheetnetError | None = None
    new: bool = True


class Crew(Protocol):
    """Those who work. ``room``: how many jobs they take at a time."""

    @property
    def room(self) -> int:
        """How many jobs may be under way, so that nobody waits."""

    def start(self, number: int, asked: Mapping[str, Any]) -> None:
        """Let somebody do a job."""

    def next(self) -> tuple[int, list[Any]]:
        """Wait for a job that is finished: its number, and the answer of ``worker.answer``."""


@contextmanager
def crew(
    function: str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    timeout: float = PATIENCE,
    memory: float | None = None,
) -> Iterator[Crew]:
    """Workers for ``function`` ("module:function"); at the end, whatever it is, they are ended.

    Args:
        function: Of this package; each worker imports it once.
        jobs: How many processes; None: one for each core, as far as there is memory.
        scheduler: The address of a Dask scheduler, "tcp://host:8786", whose workers are used in place of processes.
        timeout: Seconds for each job.
        memory: MB for each process; None: what is free, divided among them.

    Raises:
        JobError: no such workers can be had.

    """
    if jobs is not None and (isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= MOST):
        raise JobError(f"--jobs: {shown(jobs)} processes cannot be; use a number from 1 to {MOST}")
    if scheduler is not None:
        from sheetnet.classroom.jobs.cluster import Cluster

        if jobs is not None:
            raise JobError("--jobs: the cluster of --scheduler has its own workers; leave one of the two out")
        with Cluster(scheduler, function, timeout, memory) as workers:
            yield workers
        return
    from sheetnet.classroom.jobs.processes import Processes

    number = jobs or _cores()
    with Processes(function, number, timeout, memory or _free() * SHARE / number) as processes:
        yield processes


def run(jobs: Iterable[Job | Result], workers: Crew, manifest: Manifest | None = None) -> Iterator[Result]:
    """Do all jobs, and give each result when it is there. A result among the jobs is given as it is.

    Jobs are taken from ``jobs`` as they are needed, so there may be any number of them.

    Raises:
        WorkbookError: the disk is full, so that nothing more can be made. What is finished stays, which is said.
        JobError: the cluster is gone.

    """
    waiting: dict[int, Job] = {}
    source, numbers, more = iter(jobs), count(), True
    stays = manifest is not None and manifest.has_files()
    while more or waiting:
        while more and len(waiting) < workers.room:
            job = next(source, None)
            if job is None:
                more = False
            elif isinstance(job, Result):
                yield job
            elif manifest is not None and (known := manifest.found(job)) is not None:
                yield known
            else:
                number = next(numbers)
                waiting[number] = job
                workers.start(number, job.asked)
        if waiting:
            number, answer = workers.next()
            if answer[0] == "full":
                raise unfinished(answer[-1], stays=stays)
            result = _result(waiting.pop(number), answer)
            stays |= result.told is not None
            if manifest is not None and result.told is not None:
                manifest.record(result.job, result.told)
            yield result


def unfinished(what: str, *, stays: bool) -> WorkbookError:
    """The error of a run that has no room for more. ``stays``: whether something is finished."""
    kept = "what is finished stays, so" if stays else "nothing was saved;"
    return WorkbookError(f"{what}; {kept} make room and run the same again")


def _result(job: Job, answer: list[Any]) -> Result:
    kind, *rest = answer
    if kind == "result":
        return Result(job, rest[0])
    if kind == "memory":
        return Result(job, error=errors.LimitError(f"{job.name}: not enough memory; use fewer processes (--jobs)"))
    if kind == "lost":
        return Result(job, error=JobError(f"{job.name}: {rest[0]}"))
    if kind == "over":
        return Result(job, error=errors.LimitError(f"{job.name}: {rest[0]}"))
    name, message = rest
    if kind == "broken":
        return Result(job, error=JobError(f"{job.name}: a fault of sheetnet itself ({name}: {message}); report it"))
    found = getattr(errors, name, None)
    known = isinstance(found, type) and issubclass(found, SheetnetError)
    return Result(job, error=found(message) if found is not None and known else JobError(f"{job.name}: {message}"))


def _cores() -> int:
    """How many processes work at a time without hindering each other, nor filling the memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, int(_free() // LEAST_MEMORY), MOST))


def _free() -> float:
    """MB of memory that are free."""
    import psutil

    return float(psutil.virtual_memory().available) / MEGABYTE


def made(folder: Path, *paths: Path) -> dict[str, str]:
    """The files that a job has made in a folder, as its result and the manifest have them."""
    from sheetnet.classroom.jobs.manifest import sha256

    return {path.relative_to(folder).as_posix(): sha256(path) for path in paths}
