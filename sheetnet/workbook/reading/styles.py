"""Number formats: which styles, and which conditional formats, show a value as something else."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheetnet.workbook.reading.formats import hides_number, hides_text
from sheetnet.workbook.reading.moments import is_moment
from sheetnet.workbook.reading.package import Package
from sheetnet.workbook.reading.tree import Attributes, Tree

# The formats that a file names by number alone (ECMA-376, part 1, 18.8.30). Those that depend on the language are
# dates, times and currencies. Formats of numbers are all honest; so are numbers that name no format.
BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 48: "##0.0E+0"}
BUILT_IN |= {12: "# ?/?", 13: "# ??/??", 49: "@"}
BUILT_IN |= dict.fromkeys([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)], "d/m/y")
GENERAL = "General"
MAX_STYLES = 200_000  # with number formats; Excel takes 65,490
_COUNTED = {"styleSheet/numFmts/numFmt", "styleSheet/cellXfs/xf", "styleSheet/dxfs/dxf", "styleSheet/dxfs/dxf/numFmt"}
_NEWER = "http://schemas.microsoft.com/office/spreadsheetml/2015/02/main}formatCode16"  # wins over formatCode


@dataclass(slots=True)
class Looks:
    """The formats that hide something. ``numbers``, ``texts``: by the number of the style, as a cell spells it.

    ``moments``: the styles that show a number as a date or a time. ``conditional``: the formats of conditional
    formats, by the number of their dxf.
    """

    numbers: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    moments: set[str] = field(default_factory=set)
    conditional: dict[str, str] = field(default_factory=dict)


class Styles(Tree):
    """styles.xml, of which only number formats are read."""

    root = "styleSheet"
    single = frozenset(f"styleSheet/{name}" for name in ("numFmts", "cellXfs", "dxfs"))

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self._codes: dict[int, list[str]] = {}
        self._styles: list[int] = []
        self._conditional: dict[str, list[str]] = {}
        self._dxfs = self._count = 0

    def begin(self, path: str, attributes: Attributes) -> None:
        """A format, a style that names one, or a look that holds one."""
        if path in _COUNTED:
            self._count += 1
            if self._count > MAX_STYLES:
                self.package.refuse(f"has more than {MAX_STYLES:,} styles")
        if path == "styleSheet/numFmts/numFmt":
            number = int(attributes["numFmtId"])
            if number in self._codes:
                self.package.refuse(f"has two number formats {number}")
            self._codes[number] = codes(attributes)
        elif path == "styleSheet/cellXfs/xf":
            self._styles.append(int(attributes.get("numFmtId", 0)))
        elif path == "styleSheet/dxfs/dxf":
            self._dxfs += 1
        elif path == "styleSheet/dxfs/dxf/numFmt":
            self._conditional.setdefault(str(self._dxfs - 1), []).extend(filter(hides, codes(attributes)))

    def looks(self) -> Looks:
        """All formats that hide something."""
        found = Looks()
        for number, one in enumerate(self._styles):
            for code in self._codes.get(one) or [BUILT_IN.get(one, GENERAL)]:
                if hides_number(code):
                    found.numbers[str(number)] = code
                    found.moments |= {str(number)} if is_moment(code) else set()
                if hides_text(code):
                    found.texts[str(number)] = code
        found.conditional = {look: several[0] for look, several in self._conditional.items() if several}
        return found


def codes(attributes: Attributes) -> list[str]:
    """The codes of a format; there are two where it has another one for newer programs."""
    return [attributes[key] for key in ("formatCode", _NEWER) if key in attributes]


def hides(code: str) -> bool:
    """Whether a format hides a number or a text."""
    return hides_number(code) or hides_text(code)
