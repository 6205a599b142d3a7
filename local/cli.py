"""Commands of the local stack: `python -m local up|demo|down|reset|status`."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.markup import escape

from local import demo as demonstration
from local import installation, prerequisites, resellers
from local.errors import LocalError
from local.progress import Report
from local.stack import Stack

# Wide where the output goes to a file: nothing there wraps lines again, and a command must stay in one.
_console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)


@click.group()
def cli() -> None:
    """A real Kubernetes API server, PostgreSQL, BSS and operator on this machine.

    All state is in .local/ of the repository, its kubeconfig is .local/kubeconfig; your own cluster is never touched.
    """


@cli.command()
@click.option("--tests", is_flag=True, help="Also look for what only the tests need.")
def build(tests: bool) -> None:
    """Build and install what a start needs, without starting anything."""
    prerequisites.check(tests=tests)
    if not installation.complete():
        with Report(_console) as report:
            installation.install(report)


@cli.command()
def up() -> None:
    """Start what does not run, and restart what runs with old code or settings."""
    _up()
    _console.print("The stack runs. Try: make demo")


@cli.command()
@click.argument("count", type=click.IntRange(1, resellers.MOST), required=False)
def demo(count: int | None) -> None:
    """Start the stack, declare the sample resellers (or COUNT at once), and wait until they are ready."""
    stack = _up()
    kubectl = stack.kubectl
    names = resellers.apply_samples(kubectl) if count is None else resellers.apply_many(kubectl, count)
    tenants = demonstration.await_ready(kubectl, names, _console)
    demonstration.summary(stack, tenants, _console)


@cli.command()
def down() -> None:
    """Stop everything. The data stays."""
    Stack().down()
    _console.print("Stopped. The data stays in .local; `make up` starts it again.")


@cli.command()
def reset() -> None:
    """Stop everything and remove the data. What is costly to build stays in the cache."""
    stack = Stack()
    stack.reset()
    if stack.database_is_external:
        _console.print("The databases of your own PostgreSQL server were left alone; drop them there.")
    _console.print("Stopped, and the data removed.")


@cli.command()
def status() -> None:
    """Show what runs, where, and where its log is."""
    for part in Stack().status():
        state = "[green]running[/]" if part.running else "[red]stopped[/]"
        where = f"  {part.address}" if part.address else ""
        _console.print(f"{part.name:<24} {state}{where}")
        if part.log is not None and part.log.exists():
            _console.print(f"{'':<24} {part.log}", style="dim")


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bss(arguments: tuple[str, ...]) -> None:
    """Run a command of the stack's BSS, such as `bss purge ORGANIZATION` or `bss --help`."""
    sys.exit(Stack().bss.command(*arguments))


def _up() -> Stack:
    prerequisites.check()
    stack = Stack()
    with Report(_console) as report:
        stack.up(report)
    return stack


def main() -> None:
    """Run a command; an error of ours is shown as a sentence and its remedy, not as a traceback."""
    try:
        cli(standalone_mode=True)
    except LocalError as error:
        _console.print(f"[bold red]{escape(error.message)}[/]")
        if error.remedy:
            _console.print(error.remedy, markup=False)
        sys.exit(1)
