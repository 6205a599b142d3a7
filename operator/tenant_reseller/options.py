"""The settings as options of the command line, and their troubles as lines that a person can act on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from .settings import PREFIX, Settings

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_SINGULAR = {"namespaces": "namespace"}
"""An option that may be repeated is named after one of its values."""


def flag(name: str) -> str:
    """The option of a setting."""
    return f"--{_SINGULAR.get(name, name).replace('_', '-')}"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def default(field: FieldInfo) -> str:
    """What holds when a setting is not given, as a person would write it; empty for nothing."""
    if isinstance(field.default, bool):
        return str(field.default).lower()
    if field.is_required() or field.default_factory is not None:
        return ""
    return "" if field.default in ((), None, "") else f"{field.default}"


def settings_options(command: CommandT) -> CommandT:
    """Give a command one option for each setting. What is not given there comes from the environment."""
    for name, field in reversed(Settings.model_fields.items()):
        command = _option(name, field)(command)
    return command


def _option(name: str, field: FieldInfo) -> Callable[[CommandT], CommandT]:
    standard = "required" if field.is_required() else f"default {default(field)}" if default(field) else ""
    text = f"{field.description}  [{'; '.join(filter(None, (variable(name), standard)))}]"
    if field.annotation is bool:
        return click.option(f"{flag(name)}/--no-{flag(name).removeprefix('--')}", name, default=None, help=text)
    metavar = "NUMBER" if field.annotation in (int, float) else "TEXT"
    repeated = name in _SINGULAR
    return click.option(flag(name), name, multiple=repeated, metavar=metavar, default=None, help=text)


def given(options: Mapping[str, object]) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value not in (None, ())}


def troubles(error: ValidationError) -> Iterator[str]:
    """What is wrong with the settings: each line names the setting, what is wrong, and what it is for."""
    for problem in error.errors(include_url=False, include_input=False):
        message = problem["msg"].removeprefix("Value error, ")
        name = str(problem["loc"][0]) if problem["loc"] else ""
        field = Settings.model_fields.get(name)
        if field is None:
            yield message
        elif problem["type"] == "missing":
            yield f"{flag(name)} or {variable(name)} is required: {field.description}"
        else:
            yield f"{flag(name)} or {variable(name)}: {message}. {field.description}"


def misspelt(environment: Iterable[str]) -> Iterator[str]:
    """Variables that are no setting and look like one: without a word about them, they would just have no effect."""
    known = [variable(name) for name in Settings.model_fields]
    for name in sorted(set(environment) - set(known)):
        if name.startswith(PREFIX) and (near := difflib.get_close_matches(name, known, n=1, cutoff=0.9)):
            yield f"{name} is no setting and has no effect; {near[0]} is one."
