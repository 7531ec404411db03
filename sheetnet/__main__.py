"""The command ``sheetnet``, also as ``python -m sheetnet``: the one place where a process of the command begins.

It is ready for a signal, and for standard streams that are closed, before anything else is imported.
"""

import os
import signal
import sys

INTERRUPTED, ENDED = 130, 143  # exit statuses, as a shell has them for these signals


def main() -> None:
    """Run the command, and end the process."""
    _open_streams()
    for number, status in ((signal.SIGINT, INTERRUPTED), (signal.SIGTERM, ENDED)):
        signal.signal(number, lambda *_, status=status: os._exit(status))  # nothing is there yet to be cleaned up
    try:
        from sheetnet.cli import main as command

        command(prog_name="sheetnet")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # Python forgets handlers before it ends; it keeps this
            signal.signal(number, signal.SIG_IGN)
        exec("")  # noqa: S102  or Python ends itself by SIGINT, if an interrupt came while a dataclass was being made


def _open_streams() -> None:
    """Put something in the place of closed standard streams, or the next file would be opened there."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115  until the end
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115


if __name__ == "__main__":
    main()
