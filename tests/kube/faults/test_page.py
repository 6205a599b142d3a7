"""docs/failure-modes.md names every test of a fault, and no test that does not exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from local.sources import REPOSITORY

PAGE = REPOSITORY / "docs" / "failure-modes.md"
HERE = Path(__file__).parent
NOT_A_FAULT = {"test_proxy.py", "test_page.py"}


def functions_of(file: Path) -> set[str]:
    """Names of the test functions of a file."""
    body = ast.parse(file.read_text()).body
    functions = (node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def named() -> set[tuple[str, str]]:
    """File below the repository and function of each test that the page names."""
    return set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE.read_text()))


def test_each_test_on_the_page_exists() -> None:
    assert named()
    for file, function in named():
        assert function in functions_of(REPOSITORY / file), f"{PAGE} names {file}::{function}"


def test_each_test_of_a_fault_is_on_the_page() -> None:
    files = [file for file in HERE.glob("test_*.py") if file.name not in NOT_A_FAULT]
    there = {(str(file.relative_to(REPOSITORY)), function) for file in files for function in functions_of(file)}
    assert there
    assert not there - named()
