"""What is made once for this machine and checkout: the control plane's programs and the web client."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from local import binaries, web_client
from local.progress import Note, Report


def complete() -> bool:
    """Whether there is nothing left to make."""
    return binaries.find() is not None and web_client.installed()


def install(report: Report) -> None:
    """Make both, side by side."""
    with ThreadPoolExecutor(2) as pool:
        parts = [pool.submit(_control_plane, report), pool.submit(install_web_client, report)]
        for part in parts:
            part.result()


def install_control_plane(note: Note) -> None:
    """Make the control plane's programs if need be."""
    if binaries.find() is None:
        note("compiling the API server (usually 4-6 min, once)")
        binaries.ensure()


def install_web_client(report: Report) -> None:
    """Install the web client if need be."""
    with report.part("Web client") as note:
        note("installing (usually 20 s, once)")
        note("installed" if web_client.ensure() else "already installed")


def _control_plane(report: Report) -> None:
    with report.part("Kubernetes") as note:
        install_control_plane(note)
        note("built")
