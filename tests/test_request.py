"""An option is declared once: what Python, the command line and the rooms know of it is held against the request."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_args

import click
import numpy as np
import pytest
from conftest import SAMPLES

import sheetnet
from sheetnet import modelfile, photo, words
from sheetnet.case.request import Request
from sheetnet.classroom.assign import request as exercise
from sheetnet.classroom.batch.request import Request as BatchRequest
from sheetnet.classroom.grade import request as marks
from sheetnet.classroom.worksheet import request as worksheet
from sheetnet.cli import main
from sheetnet.errors import NetworkError, TrainingError, WorkbookError
from sheetnet.modelfile.onnx.reading.front import CHANNELS
from sheetnet.network import LAYOUTS, Network
from sheetnet.reading import Reading
from sheetnet.recalc import ENGINES
from sheetnet.request import Option, options
from sheetnet.training import settings
from sheetnet.training.datasets import DATA
from sheetnet.training.losses import LOSSES
from sheetnet.training.optimizers import OPTIMIZERS
from sheetnet.workbook.style import THEMES

FUNCTIONS = {
    "build": Request,
    "batch": BatchRequest,
    "train": settings.Request,
    "handout": worksheet.Request,
    "assign": exercise.Request,
    "grade": marks.Request,
}
COMMANDS = {
    "build": (Request, Reading),
    "batch": (BatchRequest, Reading),
    "train": (settings.Request,),
    "handout": (worksheet.Request,),
    "convert": (Reading,),
    "inspect": (Reading,),
    "evaluate": (Reading,),
    "assign": (exercise.Request,),
    "grade": (marks.Request,),
}
KNOWN = {  # what the rooms know that use the value of an option
    "fit": get_args(photo.Fit),
    "layout": LAYOUTS,
    "language": words.languages(),
    "theme": THEMES,
    "paper": ("a4", "letter"),
    "engine": ENGINES,
    "optimizer": OPTIMIZERS,
    "loss": LOSSES,
    "data": DATA,
    "channels": CHANNELS,
    "ask": ("number", "formula"),
    "level": ("1", "2", "3"),
}
EVERY = [
    pytest.param(one, id=f"{request.__module__}.{one.name}")
    for request in (*dict.fromkeys(FUNCTIONS.values()), Reading)
    for one in options(request)
]


@pytest.mark.parametrize("one", EVERY)
def test_an_option_says_what_it_means_and_what_its_default_is(one: Option) -> None:
    assert one.about[0].isupper() or one.about[0] == '"'
    assert one.about.endswith(".")
    assert one.summary.endswith(".")
    assert one.default is None or not one.none
    assert not one.choices or one.default is None or one.default in one.choices


@pytest.mark.parametrize("one", [one for one in EVERY if one.values[0].choices])
def test_the_choices_of_an_option_are_all_that_is_known(one: Option) -> None:
    searched = one.name == "fit" and one not in options(settings.Request)  # for the piece that is most alike
    more = {"find"} if searched else set()
    assert sorted(one.choices) == sorted({*KNOWN[one.name], *more})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_keywords_and_the_docstring_of_a_function_are_those_of_its_request(name: str) -> None:
    function, known = getattr(sheetnet, name), options(FUNCTIONS[name])
    parameters = inspect.signature(function).parameters
    assert {key: one.default for key, one in parameters.items()} == {one.name: one.default for one in known}
    _, _, doc = (inspect.getdoc(function) or "").partition("Args:\n")
    lines = doc.partition("Returns:")[0].splitlines()
    assert [line.split(":")[0].strip() for line in lines if line[4:5].strip()] == list(parameters)
    assert function.__doc__.count("Raises:") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_every_option_of_its_requests_with_the_same_default(name: str) -> None:
    has = {one.name: one for one in main.commands[name].params if isinstance(one, click.Option)}
    for one in (one for request in COMMANDS[name] for one in options(request) if one.cli):
        assert one.spelling in has[one.name].opts
        assert has[one.name].default == one.default or one.default is None
        assert one.summary.replace("``", "") in (has[one.name].help or "")


def test_every_option_of_a_command_is_told_from_the_requests_or_is_its_own() -> None:
    own = {
        "quiet",
        "help",
        "as_json",
        "force",
        "timeout",
        "memory",
        "engine",
        "sheets",
        "everything",
        "out",
        "output",
        "predictions",
    }
    told = {one.values[0].name for one in EVERY}
    for command in main.commands.values():
        assert {one.name for one in command.params if isinstance(one, click.Option)} <= told | own


@pytest.mark.parametrize(
    ("request_of", "wrong", "error", "says"),
    [
        (Request, {"theme": "dark"}, WorkbookError, "--theme: 'dark' is unknown; use one of clear, contrast"),
        (Request, {"language": "fr"}, WorkbookError, "--lang: 'fr' is unknown; use one of en, zh"),
        (Request, {"language": None}, WorkbookError, "--lang: None is unknown; use one of en, zh"),
        (Request, {"engine": "abacus"}, WorkbookError, "--engine: 'abacus' is unknown; use one of formualizer, "),
        (Request, {"seed": 1 << 32}, NetworkError, "--seed: 4294967296 is out of range"),
        (Request, {"size": 513}, NetworkError, "--size: a side must be 1 to 512 pixels"),
        (Request, {"size": (28, 0)}, NetworkError, "--size: a side must be 1 to 512 pixels"),
        (worksheet.Request, {"count": 0}, WorkbookError, "--count: 0 sheets cannot be made; use a number from 1 to "),
        (worksheet.Request, {"count": 10**6}, WorkbookError, "--count: 1000000 sheets cannot be made; use a number "),
        (worksheet.Request, {"count": 2, "names": "a.csv"}, WorkbookError, "--count: the names say how many"),
        (worksheet.Request, {"level": 4}, WorkbookError, "--level: 4 is no level; use 1, 2 or 3"),
        (worksheet.Request, {"out": "a.doc"}, WorkbookError, "a.doc: the name must end in .pdf or .xlsx"),
        (worksheet.Request, {"seed": -1}, WorkbookError, "--seed: -1 is out of range"),
        (
            exercise.Request,
            {"blank": "conv,bias"},
            WorkbookError,
            "--blank: 'bias' is no step to ask for; use some of",
        ),
        (exercise.Request, {"blank": ","}, WorkbookError, "--blank: nothing is no step to ask for; use some of conv"),
        (exercise.Request, {"count": 0}, WorkbookError, "--count: 0 pupils cannot be; use"),
        (exercise.Request, {"count": 2, "names": "a.csv"}, WorkbookError, "--count: the names say how many pupils"),
        (exercise.Request, {"level": 4}, WorkbookError, "--level: 4 is no level; use 1, 2 or 3"),
        (exercise.Request, {"template": 5}, NetworkError, "--template: 5 cannot be used"),
        (exercise.Request, {"seed": -1}, WorkbookError, "--seed: -1 is out of range"),
        (settings.Request, {"loss": "hinge"}, TrainingError, "--loss: 'hinge' is unknown; use one of crossentropy, "),
    ],
)
def test_a_request_that_cannot_be_is_refused_before_any_work(
    request_of: Any, wrong: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as raised:
        request_of("nothing.png", **wrong)
    assert str(raised.value).startswith(says)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (Request("a/b.jpg"), "b.xlsx"),
        (Request(Path("a/b.c.jpg"), template="digits"), "b.c.xlsx"),
        (Request(template="digits"), "digits.xlsx"),
        (Request(template=Path("a/mine")), "mine.xlsx"),
        (Request("b.jpg", "c/d.xlsx"), "c/d.xlsx"),
        (settings.Request("a/b"), "b.safetensors"),
        (settings.Request(data="digits"), "digits.safetensors"),
        (worksheet.Request("a/b.jpg"), "handout.pdf"),
        (settings.Request("a/b", "c.safetensors"), "c.safetensors"),
    ],
)
def test_a_file_without_a_name_is_called_after_what_goes_into_it(asked: Any, path: str) -> None:
    assert asked.path == Path(path)


def test_build_needs_no_name_for_its_file_and_takes_none_for_an_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    built = sheetnet.build(template="by-hand", engine=None)
    assert (built.path, built.report) == (Path("by-hand.xlsx"), None)
    assert built.path.is_file()


def test_a_function_refuses_a_keyword_that_no_option_has() -> None:
    with pytest.raises(TypeError, match="colour"):
        sheetnet.build(SAMPLES / "coffee.png", "x.xlsx", colour="red")  # type: ignore[call-arg]


def test_the_settings_of_a_request_to_train_are_settings_and_nothing_else() -> None:
    asked = settings.Request("pictures", epochs=3, batch=7, template="digits")
    assert asked.settings == settings.Settings(epochs=3, batch=7)


def test_a_model_without_a_photo_is_built_whatever_the_template_has_to_draw_on(tmp_path: Path) -> None:
    spec = {
        "name": "bare",
        "classes": [],
        "extra": {"a": [3]},
        "layers": [{"name": "relu", "kind": "relu", "inputs": ["a"]}],
    }
    modelfile.save(tmp_path / "m.safetensors", Network.from_spec(spec), {"a.out": np.array([1.0, -2.0, 3.0])})
    built = sheetnet.build(None, tmp_path / "x.xlsx", template="digits", model=tmp_path / "m.safetensors")
    assert built.report is not None
    assert built.report.proven
