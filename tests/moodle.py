"""What Moodle does with an assignment, in small, by the rules of its code: what a teacher downloads and uploads.

mod/assign/gradingtable.php              the columns of the worksheet
mod/assign/classes/downloader.php        the names of folders and files
mod/assign/feedback/offline              how a worksheet is read: csv, heads in one language, a grade in it
mod/assign/feedback/file/importziplib    how a zip of feedback is read
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

MODIFIED = "Friday, 20 November 2026, 9:14 AM"


@dataclass(frozen=True)
class Language:
    recordid: str
    hiddenuser: str
    fullname: str
    grade: str
    maxgrade: str
    modified: str
    comments: str
    decsep: str = "."


ENGLISH = Language(
    "Identifier", "Participant ", "Full name", "Grade", "Maximum grade", "Last modified (grade)", "Feedback comments"
)
GERMAN = Language(
    "ID",
    "Teilnehmer/in",
    "Vollständiger Name",
    "Bewertung",
    "Bestwertung",
    "Zuletzt geändert (Bewertung)",
    "Feedback als Kommentar",
    ",",
)
FRENCH = Language(
    "Identifiant",
    "Participant",
    "Nom complet",
    "Note",
    "Note maximale",
    "Dernière modification (note)",
    "Feedback par commentaires",
    ",",
)
CHINESE = Language("标识符", "参与人", "全名", "成绩", "最高分", "上次修改（评分）", "反馈意见")
POLISH = Language(
    "Identyfikator",
    "Uczestnik",
    "Imię i nazwisko",
    "Ocena",
    "Ocena maksymalna",
    "Ostatnio modyfikowane (ocena)",
    "Komentarz zwrotny",
    ",",
)


@dataclass
class Moodle:
    """An assignment: its participants by number, its maximum, what is known of each of them."""

    people: Mapping[int, str]
    language: Language = ENGLISH
    maximum: float = 100.0
    grades: dict[int, float] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    blind: bool = False

    # What a teacher downloads

    def worksheet(self, *, separator: str = ",", end: str = "\n", mark: str = "\ufeff") -> str:
        words = self.language
        heads = [words.recordid, words.fullname, "Email", "Status", words.grade, words.maxgrade, "May change"]
        heads += [words.modified, words.comments]
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=separator, lineterminator=end)
        writer.writerow(heads)
        for number, name in self.people.items():
            grade = self._shown(self.grades[number]) if number in self.grades else ""
            row = [f"{words.hiddenuser}{number}", name, f"p{number}@example.org", "Submitted, late", grade]
            row += [self._shown(self.maximum), "Yes", MODIFIED if grade else "-", self.comments.get(number, "")]
            writer.writerow(row)
        return mark + out.getvalue()

    def _shown(self, grade: float) -> str:
        return f"{grade:.2f}".replace(".", self.language.decsep)

    def folder(self, number: int, *, before_4_1: bool = True) -> str:
        """The folder of a participant."""
        name = "Participant" if self.blind else self.people[number]
        name = re.sub(r'[/\\:*?"<>|]', "", name.replace("_", " "))
        return f"{name}_{number}_assignsubmission_file" + ("_" if before_4_1 else "")

    # What it takes back

    def take_grades(self, data: bytes, *, separator: str = ",", encoding: str = "utf-8") -> set[int]:
        """Read a worksheet that was filled in; who has a new grade."""
        text = data.decode(encoding).removeprefix("\ufeff")
        text = re.sub(r"\r\n?", "\n", text).strip(" \n\0\v" if separator == "\t" else " \t\n\0\v")
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if row]
        assert len({len(row) for row in rows}) == 1, "csvweirdcolumns"
        words, heads = self.language, rows[0]
        places = {head: place for place, head in enumerate(heads)}
        assert {words.recordid, words.grade, words.modified} <= set(places), "invalidgradeimport"
        new = set()
        for row in rows[1:]:
            told = row[places[words.recordid]].encode()[len(words.hiddenuser.encode()) :].decode()
            number = int(re.match(r"\s*(\d*)", told)[1] or 0)  # type: ignore[index]
            if number not in self.people:
                continue
            grade = self._unformatted(row[places[words.grade]])
            if grade is not None and 0 <= grade <= self.maximum and self.grades.get(number) != grade:
                self.grades[number] = grade
                new.add(number)
            if (place := places.get(words.comments)) and row[place] != self.comments.get(number, ""):
                self.comments[number] = row[place]
        return new

    def _unformatted(self, text: str) -> float | None:
        """PHP reads a number as far as it is one."""
        text = text.replace(" ", "").replace("\u00a0", "").replace(self.language.decsep, ".")
        found = re.match(r"[-+]?\d*\.?\d+", text)
        return float(found[0]) if found else (0.0 if text else None)

    def take_feedback(self, data: bytes) -> dict[int, dict[str, bytes]]:
        """Read a zip of feedback: the files of each participant; those of nobody are passed over."""
        found: dict[int, dict[str, bytes]] = {}
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                parts = name.split("/")
                if name.endswith("/") or parts[-1].startswith((".", "~")):
                    continue
                while parts:
                    info = parts.pop(0).split("_", 4)
                    if len(info) < 4 or not info[1].isdigit() or int(info[1]) not in self.people:
                        continue
                    if (info[2], info[3]) not in {("assignsubmission", "file"), ("assignfeedback", "file")}:
                        continue
                    rest = "/".join([*info[4:], *parts]).removeprefix("/")
                    found.setdefault(int(info[1]), {})[rest] = package.read(name)
                    break
        return found
