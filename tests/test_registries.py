"""Whatever is a layer or a lens is in its registry: a new one cannot be forgotten there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

from sheetnet import layers, lenses
from sheetnet.layers import LAYERS, Layer
from sheetnet.lenses import LENSES, Lens

ROOT = Path(__file__).parents[1]


def defined(package: ModuleType, base: type) -> set[type]:
    """The classes of a package that have a kind, and so are no base of a family."""
    found: set[type] = set()
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        content = vars(importlib.import_module(module.name)).values()
        classes = (one for one in content if inspect.isclass(one) and one.__module__ == module.name)
        found.update(one for one in classes if issubclass(one, base) and "kind" in vars(one))
    return found


@pytest.mark.parametrize(
    ("package", "base", "registry", "name"), [(layers, Layer, LAYERS, "LAYERS"), (lenses, Lens, LENSES, "LENSES")]
)
def test_what_has_a_kind_is_in_the_registry(
    package: ModuleType, base: type, registry: tuple[type, ...], name: str
) -> None:
    missing = {one.__name__ for one in defined(package, base)} - {one.__name__ for one in registry}
    assert not missing, f"{', '.join(sorted(missing))}: put it into {name}, in {package.__name__.replace('.', '/')}"
    assert len(set(registry)) == len(registry)


def test_the_readme_names_the_layers_without_gradient_in_cells() -> None:
    for page in ("README.md", "docs/learning.md"):
        text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        told = text.partition("of all layers but ")[2].partition(", which are refused")[0]
        assert sorted(told.replace(" and ", ", ").split(", ")) == sorted(
            kind.kind for kind in LAYERS if not kind.gives_back
        )
