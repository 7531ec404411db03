"""Whether the two tellings of an operation keep apart, seen in the syntax tree of its file.

The half in numbers knows no address, the half in cells no NumPy. They share the options of the operation, helpers
that are about shapes alone, and, where that is asked for, the constants of their module.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

# What both halves may use, because it is about shapes, or about what is read: neither a number nor an address.
SHAPE_HELPERS = {"padding_of", "pads", "output_size", "prod", "reach", "_room", "_has_room", "_count", "_live"}
NUMBERS = ("forward", "backward", "shown_backward", "number", "slope", "back", "share")
CELLS = ("forward_cells", "backward_cells", "cell", "back_cell")


def names_in(function: ast.FunctionDef) -> set[str]:
    """Names and attributes of self that a function uses, annotations and docstring left out."""
    found = set()
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef):
                node.returns = None
                for argument in node.args.args:
                    argument.annotation = None
    for statement in function.body:
        for node in walk(statement):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
                found.add(f"self.{node.attr}")
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below, but for annotations."""
    yield node
    for name, child in ast.iter_fields(node):
        if name not in ("annotation", "returns"):
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST):
                    yield from walk(one)


def reach(start: str, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """Names that a half uses, itself or through functions and methods of the same file."""
    seen: set[str] = set()
    names: set[str] = set()
    todo = [start]
    while todo:
        function = todo.pop()
        if function in seen or function not in functions:
            continue
        seen.add(function)
        if function != start and function.removeprefix("self.") in SHAPE_HELPERS:
            continue
        used = names_in(functions[function])
        names |= used
        todo += used
    return names


def trespasses(source: str, *, constants: bool = False) -> list[str]:
    """Where the two tellings in a file meet, in words. ``constants``: NAMES_LIKE_THIS may be shared."""
    tree = ast.parse(source)
    faults = []
    imported: dict[str, str] = {}
    top: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {(n.asname or n.name.partition(".")[0]): n.name for n in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {(n.asname or n.name): f"{node.module}.{n.name}" for n in node.names}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            top.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            top |= {t.id for t in targets if isinstance(t, ast.Name)}
    numpy = {"np", "numpy"} | {name for name, whence in imported.items() if whence.split(".")[0] == "numpy"}
    addresses = {"Block", "Blocks", "Anchor", "at"}
    addresses |= {name for name, whence in imported.items() if whence.startswith("sheetnet.grid")} - {"Shape"}
    for layer in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
        methods = {node.name: node for node in layer.body if isinstance(node, ast.FunctionDef)}
        options = {n.target.id for n in layer.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        functions |= {f"self.{name}": node for name, node in methods.items()}
        numbers_half: set[str] = set()
        cells_half: set[str] = set()
        for name in (*NUMBERS, *CELLS):
            if name not in methods:
                continue
            used = reach(f"self.{name}", functions)
            where = f"{layer.name}.{name}"
            if name in CELLS:
                cells_half |= used
                faults += [f"{where} uses {n}, which is NumPy" for n in sorted(used & numpy)]
                faults += [f"{where} uses self.{n}" for n in NUMBERS if f"self.{n}" in used]
            else:
                numbers_half |= used
                faults += [f"{where} uses {n}, which is about cells" for n in sorted(used & addresses)]
                faults += [f"{where} uses self.{n}" for n in CELLS if f"self.{n}" in used]
        for shared in sorted(numbers_half & cells_half):
            bare = shared.removeprefix("self.")
            if shared.startswith("self."):
                if bare not in options | SHAPE_HELPERS:
                    faults.append(f"{layer.name}: both halves use {shared}, which is no option")
            elif constants and bare.isupper():
                continue
            elif bare in top | set(imported) and bare not in SHAPE_HELPERS and not hasattr(builtins, bare):
                faults.append(f"{layer.name}: both halves use {shared}, which is no option")
    return faults
