"""Names are the field's own words."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Source, product

EMPTY = frozenset({"data", "info", "item", "items", "manager", "helper", "helpers", "util", "utils", "misc", "common"})
"""Words that name nothing."""
AMBIGUOUS = frozenset({"agent", "agents"})
"""Here an agent may be a person or a program: say member or assistant."""
GIVEN = frozenset({"from_raw_data"})
"""Methods of other people's classes that are overridden here, with their names for things."""


def named(source: Source) -> Iterator[tuple[int, str]]:
    """Every name that a file gives, with its line."""
    yield 1, source.module.rpartition(".")[2]
    given = {argument for function in source.functions() if function.name in GIVEN for argument in function.args.args}
    for node in set(ast.walk(source.tree)) - given:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name


def test_no_name_is_empty_or_ambiguous() -> None:
    found = [
        f"{source.path}:{line} {name}"
        for source in product()
        for line, name in named(source)
        if name.lower().strip("_") in EMPTY | AMBIGUOUS or name.endswith(("Manager", "Helper", "Utils"))
    ]
    assert found == []
