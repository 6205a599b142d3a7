"""One line for every step, with the time since the start: a first run takes minutes, and nobody should wonder."""

import time

import click

_START = time.monotonic()


def step(text: str) -> None:
    """Say what is being done now."""
    click.echo(f"[{time.monotonic() - _START:5.0f} s] {text}", err=True)
