"""A report as a notebook shows it: the verdict, a table of the tensors, and the wrong cells."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetnet.proof.report import Report

MOST_SHOWN = 20  # wrong cells
_HEADS = ("tensor", "cells", "largest difference (local)", "(end to end)", "verdict")


def html_of(report: Report) -> str:
    """HTML without scripts, links and styles of its own. Every text in it is escaped: names may be anybody's."""
    lines = [f"<p><strong>{escape(report.last_line())}</strong><br>{escape(report.file)}</p>", "<table>"]
    lines.append(_row("th", _HEADS))
    for one in report.groups():
        far = "-" if one.end_to_end is None else f"{one.end_to_end:.1e}"
        lines.append(_row("td", (one.name, f"{one.cells:,}", f"{one.local:.1e}", far, one.verdict)))
    lines.append("</table>")
    if wrong := report.wrong:
        lines.append("<table>")
        lines.append(_row("th", ("cell", "what is wrong", "expected", "found")))
        for cell in wrong[:MOST_SHOWN]:
            place = f"{cell.sheet}!{cell.address}" if cell.address else cell.sheet
            lines.append(_row("td", (place, cell.why, cell.expected, cell.found)))
        lines.append("</table>")
        if (more := len(wrong) - MOST_SHOWN) > 0:
            lines.append(f"<p>... and {more:,} more wrong cells</p>")
    lines += [f"<p>{escape(remark)}</p>" for remark in report.remarks()]
    return "\n".join(lines)


def _row(kind: str, texts: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{escape(text)}</{kind}>" for text in texts) + "</tr>"
