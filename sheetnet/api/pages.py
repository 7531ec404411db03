"""What Python can do with pages: page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetnet.request import takes
from sheetnet.webpage.request import Request

if TYPE_CHECKING:
    from sheetnet.webpage.make import Page


@takes(Request)
def page(request: Request) -> Page:
    """Write a network as a page that needs no installation: one HTML file, which works without a network.

    The page carries a proven workbook and a spreadsheet engine. It takes photos and drawings, shows what the cells of
    the workbook say of them, and writes the workbook of any of them, which ``verify`` proves.

    Returns:
        A ``Page``: ``path``, ``formulas`` (how many formula cells its workbook has), and ``report``, their proof.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it. Nothing is left half-written.

    """
    from sheetnet.webpage.make import make

    return make(request)
