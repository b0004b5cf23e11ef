"""A file is a noun you can say, a function one thought."""

import ast

from tests.architecture.source import Function, product, sources

FILE, EDGE, APP = 400, 60, 20
FUNCTION, MATCH = 40, 60


def long_files(limit: int, prefix: str = "") -> list[str]:
    return [f"{one.path}: {len(one.lines)} lines" for one in sources() if one.path.startswith(prefix) and len(one.lines) > limit]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_flat_match(function: Function) -> bool:
    *_, last = function.body
    return isinstance(last, ast.Match) and all(not isinstance(inner, ast.Match) for case in last.cases for inner in case.body)


def test_no_file_is_longer_than_400_lines() -> None:
    assert long_files(FILE) == []


def test_an_edge_translates_and_never_decides_so_it_is_short() -> None:
    assert long_files(EDGE, "functions/") == []


def test_the_app_only_registers() -> None:
    assert long_files(APP, "app.py") == []


def test_no_function_is_longer_than_40_lines_or_60_for_a_flat_match() -> None:
    long = [
        f"{one.path}:{function.lineno} {function.name}: {length(function)} lines"
        for one in sources()
        for function in one.functions()
        if length(function) > (MATCH if is_flat_match(function) else FUNCTION)
    ]
    assert long == []


def test_a_module_says_what_it_is() -> None:
    assert [one.path for one in product() if one.lines and not ast.get_docstring(one.tree)] == []
