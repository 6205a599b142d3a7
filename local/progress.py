"""What a person at the terminal sees while the stack starts: a line for each part, with what it does now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

Note = Callable[[str], None]


class Report:
    """Lines that change in place on a terminal; plain lines, one an event, where the output is a file or a pipe.

    Safe to use from several threads, each with parts of its own.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        if self.console.is_terminal:
            self._progress = Progress(
                SpinnerColumn(finished_text="[green]✓[/green]"),
                TextColumn("{task.description:<16}"),
                TextColumn("{task.fields[note]}", style="dim"),
                TimeElapsedColumn(),
                console=self.console,
            )

    def __enter__(self) -> Report:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    @contextmanager
    def part(self, name: str) -> Iterator[Note]:
        """A part of the stack that is being started. What is given to the note is shown as what happens now."""
        task = self._progress.add_task(name, total=1, note="") if self._progress is not None else None
        started = time.monotonic()
        last = "ready"

        def note(text: str) -> None:
            nonlocal last
            last = text
            self._show(task, name, text)

        yield note
        if self._progress is None or task is None:
            self.console.print(f"{name}: {last}, {time.monotonic() - started:.1f} s", markup=False)
        else:
            self._progress.update(task, completed=1)

    def _show(self, task: TaskID | None, name: str, text: str) -> None:
        if self._progress is None or task is None:
            self.console.print(f"{name}: {text}", markup=False)
        else:
            self._progress.update(task, note=text)
