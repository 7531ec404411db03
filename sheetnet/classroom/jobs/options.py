"""The options of every command that works on all cores, or on a cluster: each is declared here, once."""

from __future__ import annotations

from sheetnet.request import option


def jobs_option() -> int | None:
    """Declare how many processes work; see ``sheetnet.request.option``."""
    return option(
        None,
        "How many processes work at a time, 1 to 1,024.",
        "-j",
        none="one for each core, as far as there is memory",
        metavar="N",
    )


def scheduler_option() -> str | None:
    """Declare the scheduler of a Dask cluster; see ``sheetnet.request.option``."""
    return option(
        None,
        'The address of a Dask scheduler, such as "tcp://127.0.0.1:8786", whose workers are used in place of '
        "processes. They must see the same files under the same names. It needs ``sheetnet[dask]``.",
        metavar="ADDRESS",
    )
