"""Whether this system has a font for the language of a workbook: without one, LibreOffice prints empty boxes."""

from __future__ import annotations

import re
import shutil
import subprocess

FONTS = {
    "zh": "Noto Sans CJK (package fonts-noto-cjk)"
}  # that have the signs of a language; others need none of their own
SECONDS = 20.0


def warning_of(language: str) -> str:
    """What to say where no font has the signs of a language; "" where one has, and where nobody can tell."""
    if language not in FONTS or not _lacks(language):
        return ""
    return f"no font of this system has the signs of the workbook ({language}): they are printed as empty boxes. " + (
        f"Install one, such as {FONTS[language]}"
    )


def _lacks(language: str) -> bool:
    """Whether fontconfig knows no font for a language. Systems without fontconfig bring such fonts."""
    program = shutil.which("fc-list")
    if program is None or not re.fullmatch("[a-z]{2,3}", language):
        return False
    try:
        told = subprocess.run(  # noqa: S603  a program of the system, and two letters
            [program, f":lang={language}", "family"], capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return told.returncode == 0 and not told.stdout.strip()
