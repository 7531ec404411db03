"""What a picture may be that somebody gives: the name of a file, its bytes, or a picture in memory.

This module imports nothing heavy: ``photo`` reads pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    Picture: TypeAlias = str | Path | bytes | IO[bytes] | Image | NDArray[Any]
else:
    Picture: TypeAlias = Any

UNNAMED = "photo"


def name_of(picture: Picture) -> str:
    """The name of a picture: its path, the name of an open file or of what an image was opened from, or "photo"."""
    if isinstance(picture, str | Path):
        return str(picture)
    name = getattr(picture, "filename", "") or getattr(picture, "name", "")
    return (Path(name).name if isinstance(name, str | Path) else "") or UNNAMED
