"""Packages that are not installed with sheetnet, and how to install one beside it, however sheetnet was installed.

pip       python -m pip install onnx
uv        uv pip install onnx               in an environment that uv has made, which has no pip
uv tool   uv tool install --with onnx .     in the folder of the clone
pipx      pipx inject sheetnet onnx
"""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGES = {  # by extra
    "heic": "pillow-heif",
    "digits": "scikit-learn",
    "onnx": "onnx",
    "formulon": "formulon",
    "dask": "distributed",
}


def hint(extra: str) -> str:
    """The command that installs what an extra of sheetnet needs."""
    package, prefix = PACKAGES[extra], Path(sys.prefix)
    places = [part.casefold() for part in prefix.parts]
    if "pipx" in places:
        return f"pipx inject sheetnet {package}"
    if places[-3:-1] == ["uv", "tools"]:
        return f"uv tool install --force --with {package} . (in the folder of sheetnet)"
    if _is_of_uv(prefix):
        return f"uv pip install {package}"
    return f"python -m pip install {package}"


def _is_of_uv(prefix: Path) -> bool:
    """Whether uv has made this environment: it says so in a file."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in lines)
