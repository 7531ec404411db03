"""Names and order: each value is made once, and each operator stands after those that make what it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sheetnet.errors import ModelFileError, shown
from sheetnet.modelfile.onnx.reading.graph import Constant, Input, Op


def check_names(
    path: str,
    inputs: tuple[Input, ...],
    outputs: tuple[str, ...],
    constants: Mapping[str, Constant],
    ops: tuple[Op, ...],
) -> None:
    """ModelFileError where a value is made twice, or is read and made nowhere."""
    made = [one.name for one in inputs] + list(constants) + [name for op in ops for name in op.outputs if name]
    if twice := [name for name, count in Counter(made).items() if count > 1]:
        raise ModelFileError(f"{path}: {shown(twice[0])} is made twice; the file is damaged, export it again")
    known = set(made)
    for op in ops:
        for name in op.inputs:
            if name and name not in known:
                raise ModelFileError(f"{path}: {op.kind} {shown(op.name)} reads {shown(name)}, which nothing makes")
    if not outputs:
        raise ModelFileError(f"{path}: has no output; export it again")
    for name in outputs:
        if name not in known:
            raise ModelFileError(f"{path}: the output {shown(name)} is made nowhere; export it again")


def ordered(path: str, ops: tuple[Op, ...], outputs: tuple[str, ...]) -> tuple[Op, ...]:
    """The operators that an output needs, each after those that make what it reads.

    They keep the order of the file where that order will do. ModelFileError where there is a cycle.
    """
    maker = {name: op for op in ops for name in op.outputs if name}
    done: dict[int, Op] = {}
    waiting: set[int] = set()

    def before(op: Op) -> Iterator[Op]:
        return iter([maker[name] for name in op.inputs if name in maker])

    for start in [maker[name] for name in outputs if name in maker]:
        stack = [(start, before(start))]
        while stack:  # no recursion: a network may be deeper than Python's stack
            op, rest = stack[-1]
            waiting.add(id(op))
            following = next((one for one in rest if id(one) not in done), None)
            if following is None:
                done[id(op)] = op
                waiting.discard(id(op))
                stack.pop()
            elif id(following) in waiting:
                raise ModelFileError(
                    f"{path}: {following.kind} {shown(following.name)} reads its own result (a cycle)"
                )
            else:
                stack.append((following, before(following)))
    position = {id(op): number for number, op in enumerate(ops)}
    in_order = sorted(done.values(), key=lambda op: position[id(op)])
    seen: set[str] = set()
    for op in in_order:
        if any(name in maker and name not in seen for name in op.inputs):
            return tuple(done.values())  # the file was not in order: take the order of the walk
        seen.update(op.outputs)
    return tuple(in_order)
