"""What Canvas does with an assignment, in small, by the rules of its code: what a teacher downloads and uploads.

lib/gradebook_exporter.rb    the columns and rows of a gradebook
lib/content_zipper.rb        the names of files
lib/gradebook_importer.rb    how a gradebook is read: separator, heads, rows that are no pupil, numbers
app/models/assignment.rb     whose a file of a zip of feedback is
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

READ_ONLY = "(read only)"
TOTALS = ("Assignments Current Score", "Current Score", "Final Score")


@dataclass
class Canvas:
    """A course: its pupils (sortable name) by number, the assignments by number with title and maximum."""

    people: Mapping[int, str]
    assignments: Mapping[int, tuple[str, float]]
    grades: dict[tuple[int, int], str] = field(default_factory=dict)
    read_only: frozenset[int] = frozenset()

    # What a teacher downloads

    def gradebook(self, *, separator: str = ",", comma: bool = False, mark: str = "", manual: bool = True) -> str:
        def shown(value: float) -> str:
            return f"{value:.2f}".replace(".", "," if comma else ".")

        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notes"]
        writer.writerow([*heads, *(f"{title} ({one})" for one, (title, _) in self.assignments.items()), *TOTALS])
        if manual:
            writer.writerow([""] * 6 + ["Manual Posting"] * len(self.assignments) + [""] * len(TOTALS))
        points = [READ_ONLY if one in self.read_only else shown(most) for one, (_, most) in self.assignments.items()]
        writer.writerow(["    Points Possible", "", "", "", "", "", *points, *[READ_ONLY] * len(TOTALS)])
        for number, name in {**self.people, 999: "Student, Test"}.items():
            row = [name, number, f"S{number}", f"login{number}", "Class 7, room 2", "=1+1"]
            row += [self.grades.get((number, one), "") for one in self.assignments]
            writer.writerow([*row, "87.50", "87.50", "87.50"])
        return mark + out.getvalue()

    def file(self, number: int, attachment: int, name: str, *, late: bool = False) -> str:
        """The name of a file of a pupil."""
        whose = re.sub(r"_(\d+)_", r"\1", self.people[number]).lower()
        told = "_".join([whose, *(["LATE"] if late else []), str(number)])
        plain, safe = re.sub(r"[^\w]", "", told), re.sub(r'[\x00/\\:*?"<>|]+', "_", name)
        return f"{plain}_{attachment}_{safe}"

    # What it takes back

    def take_grades(self, data: bytes) -> dict[tuple[int, int], str]:
        """Read a gradebook: what is new in it, by pupil and assignment."""
        text = data.decode("utf-8-sig")
        lines = text.splitlines(keepends=True)[:3]
        counts = {}
        for separator in ";,":
            sizes = {len(next(csv.reader([line], delimiter=separator), [])) for line in lines}
            counts[separator] = sizes.pop() if len(sizes) == 1 else 0
        separator = ";" if counts[";"] > counts[","] else ","
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
        rows = [[self._normal(cell) for cell in row] for row in rows]
        heads = rows.pop(0)
        assert "Student" in heads[0], "Invalid header row"
        assert "ID" in heads[1], "Invalid header row"
        places = {
            int(found[2]): place
            for place, head in enumerate(heads)
            if (found := re.fullmatch(r"(.*)\s\((\d+)\)", head)) and int(found[2]) in self.assignments
        }
        new: dict[tuple[int, int], str] = {}
        for row in rows:
            if "Points Possible" in row[0] or all(
                re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", one) for one in row
            ):
                continue
            number = int(row[1])
            for one, place in places.items():
                grade, before = row[place].strip(), self._normal(self.grades.get((number, one), ""))
                if one not in self.read_only and grade not in ("", "-") and grade != before:
                    new[number, one] = grade
        self.grades |= new
        return new

    def _normal(self, cell: str) -> str:
        if not re.fullmatch(r"-?[0-9.,]+%?", cell):
            return cell
        *parts, last = re.split(r"[,.]", cell)
        return f"{''.join(parts)}.{last}" if parts else last

    def take_feedback(self, data: bytes, attachments: Mapping[int, int]) -> dict[int, bytes]:
        """Read a zip of feedback: the file of each pupil. ``attachments``: whose each file is that was handed in."""
        found = {}
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                digits = [int(one) for one in name.rpartition("/")[2].split("_") if re.fullmatch(r"\d+", one)][:2]
                if len(digits) == 2 and attachments.get(digits[1]) == digits[0] and not name.startswith("._"):
                    found[digits[0]] = package.read(name)
        return found
