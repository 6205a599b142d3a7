"""Examples in Markdown pages: files that a reader writes, commands that he types, and what they print.

A ```yaml block whose first line is `# name.yaml` is a file; a ```console block has commands after `$ `, each with its
output. In an output, `...` stands for anything within a line, and a line of its own for any lines. How many spaces
there are does not count. `<!-- meanwhile: ... -->` is something that happens elsewhere at this place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARTS = re.compile(
    r"^```yaml\n# (?P<name>[\w.-]+)\n(?P<content>.*?)^```$"
    r"|^```console\n(?P<console>.*?)^```$"
    r"|^<!-- meanwhile: (?P<event>.*?) -->$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class File:
    """A file that the reader writes."""

    name: str
    content: str


@dataclass(frozen=True)
class Meanwhile:
    """Something that happens elsewhere."""

    event: str


@dataclass(frozen=True)
class Command:
    """A command, and the pattern of what it prints."""

    line: str
    output: str

    def prints(self, output: str) -> bool:
        """Whether this is what the page shows."""
        return re.fullmatch(_pattern(self.output), _squeezed(output)) is not None


Step = File | Meanwhile | Command


def steps(page: str) -> Iterator[Step]:
    """All steps of a page, in order."""
    for part in _PARTS.finditer(page):
        if part["name"]:
            yield File(part["name"], part["content"])
        elif part["event"]:
            yield Meanwhile(part["event"])
        else:
            yield from _commands(part["console"])


def _commands(console: str) -> Iterator[Command]:
    for block in re.split(r"^\$ ", console, flags=re.MULTILINE):
        if block.strip():
            line, _, output = re.sub(r"\\\n\s*", "", block).partition("\n")
            yield Command(line, output)


def _squeezed(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _pattern(output: str) -> str:
    pattern = ""
    for line in _squeezed(output).splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("...")) + r"\n"
    return pattern
