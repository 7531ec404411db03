"""LibreOffice and Gnumeric, programs of their own: they run over files in a folder that is thrown away afterwards.

Both calculate a workbook anew, and LibreOffice prints it.

LibreOffice gets a fresh profile for each run, which makes it recalculate every file, run no macro and follow no link;
what it asks the net for all the same goes to a proxy that is not there. Both programs run under limits, see
``limits.group``. LibreOffice exits with 0 even when it failed, so what counts is that the output is there. Given
hundreds of files it dies or gives back nothing, so it gets a limited number at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from sheetnet.errors import EngineError
from sheetnet.limits import OFFICE_MEMORY
from sheetnet.limits.folder import throwaway
from sheetnet.limits.group import run

_SETTINGS = {
    "/org.openoffice.Office.Calc/Formula/Load": {"OOXMLRecalcMode": "0", "ODFRecalcMode": "0"},  # 0: always
    "/org.openoffice.Office.Calc/Content/Update": {"Link": "2"},  # 2: never
    "/org.openoffice.Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": "true",
        "BlockUntrustedRefererLinks": "true",
    },
    "/org.openoffice.Office.Common/Misc": {"FirstRun": "false"},
    "/org.openoffice.Inet/Settings": {
        "ooInetProxyType": "1",  # 1: the one below, at a port where nobody listens
        "ooInetHTTPProxyName": "127.0.0.1",
        "ooInetHTTPProxyPort": "1",
        "ooInetHTTPSProxyName": "127.0.0.1",
        "ooInetHTTPSProxyPort": "1",
        "ooInetNoProxy": "",
    },
}
AT_ONCE = 50  # files for one LibreOffice; 60 went well, 300 did not
_PLACES = {
    "soffice": (
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
        "C:/Program Files/LibreOffice/program/soffice.com",
        "C:/Program Files (x86)/LibreOffice/program/soffice.com",
    )
}
_HOW = {
    "libreoffice": (
        "soffice",
        "LibreOffice is not installed; get it from libreoffice.org, or your package manager",
    ),
    "gnumeric": ("ssconvert", "Gnumeric's ssconvert is not installed; install the package gnumeric"),
}

OR_EMBEDDED = ". Or use --engine formualizer, which needs nothing."
TO_PRINT = "; only LibreOffice can print a workbook here"


def find(engine: str) -> str | None:
    """The program of an engine, or None where it is not installed."""
    program, _ = _HOW[engine]
    return shutil.which(program) or next((p for p in _PLACES.get(program, ()) if Path(p).exists()), None)


def recalculate(
    engine: str, workbooks: Sequence[bytes], deadline: float, memory: float = OFFICE_MEMORY
) -> list[bytes]:
    """Calculate every formula of these workbooks (.xlsx) anew, in as few runs of the engine as possible.

    EngineError where the engine is missing, or fails; LimitError beyond ``deadline``, or ``memory`` in MB.
    """
    program = program_of(engine, OR_EMBEDDED)
    results = _converted(engine, program, workbooks, "xlsx:Calc MS Excel 2007 XML", deadline, memory)
    if not all(results):
        raise EngineError(f"{engine} could not calculate the workbook; open it by hand to see why")
    return results


def print_pdf(workbook: bytes, deadline: float, memory: float = OFFICE_MEMORY) -> bytes:
    """Print a workbook (.xlsx) that LibreOffice calculates anew: a PDF, each sheet as its page set-up says.

    Hidden sheets that have a print area are printed as well; ``workbook.hide`` takes the area from them.
    """
    [result] = print_pdfs([workbook], deadline, memory)
    return result


def print_pdfs(workbooks: Sequence[bytes], deadline: float, memory: float = OFFICE_MEMORY) -> list[bytes]:
    """Print several workbooks as ``print_pdf`` does one, in one run of LibreOffice."""
    program = program_of("libreoffice", TO_PRINT)
    results = _converted("libreoffice", program, workbooks, "pdf:calc_pdf_Export", deadline, memory)
    if not all(result.startswith(b"%PDF-") for result in results):
        raise EngineError("libreoffice could not print the workbook; open it by hand to see why")
    return results


def program_of(engine: str, advice: str) -> str:
    """The program of an engine. EngineError, which ends with an advice, where it is not installed."""
    program = find(engine)
    if program is None:
        raise EngineError(f"{_HOW[engine][1]}{advice}")
    return program


def _converted(
    engine: str,
    program: str,
    workbooks: Sequence[bytes],
    target: str,
    deadline: float,
    memory: float = OFFICE_MEMORY,
) -> list[bytes]:
    """What the engine makes of each workbook: no bytes where it makes nothing. ``target``: suffix:filter."""
    suffix = target.partition(":")[0]
    try:
        with throwaway() as folder:
            sources = [folder / f"{number}.xlsx" for number in range(len(workbooks))]
            results = [folder / "out" / f"{source.stem}.{suffix}" for source in sources]
            (folder / "out").mkdir()
            for source, data in zip(sources, workbooks, strict=True):
                source.write_bytes(data)
            if engine == "libreoffice":
                for first in range(0, len(sources), AT_ONCE):
                    _convert(program, folder, first, sources[first : first + AT_ONCE], target, deadline, memory)
            else:
                for source, result in zip(sources, results, strict=True):
                    run([program, "--recalc", str(source), str(result)], folder, deadline, memory)
            return [result.read_bytes() if result.is_file() else b"" for result in results]
    except OSError as error:
        raise EngineError(
            f"{engine} cannot be run ({error.strerror or error}); is there room for temporary files?"
        ) from error


def _convert(
    program: str, folder: Path, number: int, sources: list[Path], target: str, deadline: float, memory: float
) -> None:
    """Run LibreOffice once, with a profile of its own."""
    profile = folder / f"profile{number}"
    (profile / "user").mkdir(parents=True)
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, settings in _SETTINGS.items()
        for name, value in settings.items()
    )
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    command += ["--convert-to", target, "--outdir", str(folder / "out"), *map(str, sources)]
    run(command, folder, deadline, memory)
