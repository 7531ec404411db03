"""Workbooks as a reader sees them, for the tests of pages, screens and colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zoo
from conftest import SAMPLES, first
from sight import Sight

import sheetnet
from sheetnet.lesson.build import write

LANGUAGES = ("en", "zh")
PHOTO: dict[str, Any] = {"photo": SAMPLES / "astronaut.png", "label": "Astronaut"}
HAND: dict[str, Any] = {"photo": None, "template": "by-hand"}
PRINTED: dict[str, dict[str, Any]] = {
    "detective, a4": PHOTO | {"language": "en", "paper": "a4"},
    "侦探, letter": PHOTO | {"language": "zh", "paper": "letter", "theme": "contrast"},
    "by-hand, letter": HAND | {"language": "en", "paper": "letter"},
    "动手算, a4": HAND | {"language": "zh", "paper": "a4"},
    "one step, a4": HAND | {"language": "en", "paper": "a4", "backward": True},
    "学习一步, letter": HAND | {"language": "zh", "paper": "letter", "backward": True},
    "训练, letter": {"photo": None, "template": "training", "language": "zh", "paper": "letter", "theme": "contrast"},
    "digits, a4": {"photo": None, "template": "digits", "language": "en", "paper": "a4"},
}
SHOWN = PRINTED | {"training, a4": {"photo": None, "template": "training", "language": "en", "paper": "a4"}}
ROWS = {"photo": SAMPLES / "chelsea.png", "layout": "rows", "size": (16, 20), "fit": "pad"}
LONG = {  # names as long as a teacher may give them: 25 letters
    "en": ("Golden retriever (indoor)", "Wilhelmina Hammersmith Jr", "MOUNTAIN WOMBAT AND MAMMA"),
    "zh": ("在室内睡觉的金毛寻回犬", "穿着宇航服站在旗子前面的人", "一杯刚刚煮好的黑咖啡"),
}
MADE = [f"{language}: {name}" for language in LANGUAGES for name in (*zoo.ZOO, "in rows")]
NAMES = [*SHOWN, *MADE]


def language_of(name: str) -> str:
    return SHOWN[name]["language"] if name in SHOWN else name[:2]


@pytest.fixture(scope="session")
def workbooks(shared: Path) -> Callable[[str], Path]:
    """Both templates in both languages, and the zoo with long names; each built when somebody asks for it."""

    @cache
    def built(name: str) -> Path:
        path = shared / f"seen-{NAMES.index(name)}.xlsx"
        with first(shared, path.stem) as to_make:
            if to_make:
                make(name, path)
        return path

    def make(name: str, path: Path) -> None:
        language, kind = language_of(name), name[4:]
        if name in SHOWN or kind == "in rows":
            options = SHOWN.get(name) or ROWS | {"language": language}
            sheetnet.build(out=path, engine=None, **options)  # type: ignore[arg-type]
            return
        case = zoo.case(kind)
        network = case.network
        names = LONG[language][: len(network.classes)]
        label = names[-1] if case.label else None
        title = kind if language == "en" else "样例"
        photo = case.photo and type(case.photo)(case.photo.x, case.photo.picture, title)
        prose = {"title": title, "lead": "", "summary": ""}
        network, drawn = replace(network, classes=names), case.drawing
        if drawn is not None:
            drawn = replace(drawn, samples=tuple((names[-1], one) for _, one in drawn.samples))
        write(
            replace(case, network=network, label=label, prose=prose, photo=photo, language=language, drawing=drawn),
            path,
        )

    return built


@pytest.fixture(scope="session")
def seen(workbooks: Callable[[str], Path]) -> Callable[[str], Sight]:
    return cache(lambda name: Sight(workbooks(name)))
