"""Whether this machine can run a node at all: what only its kernel or its owner can give, found by trying it."""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from local.kind.errors import CannotMakeClusterError

CAP_SYS_ADMIN = 21
CAP_SYS_RESOURCE = 24

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_ENGINE = "start a docker or podman engine yourself, and run this command again"

# Of linux/sched.h; Python has no `os.unshare` before 3.12.
_CLONE_NEWNS = 0x00020000
_CLONE_NEWNET = 0x40000000


def has_capability(number: int) -> bool:
    """Whether processes of this machine may hold a capability, by its number in capabilities(7)."""
    status = Path("/proc/self/status").read_text()
    bounding = next(line.split()[1] for line in status.splitlines() if line.startswith("CapBnd:"))
    return bool(int(bounding, 16) >> number & 1)


def require_linux() -> None:
    """Raise CannotMakeClusterError elsewhere than on Linux, where only an engine of the user's own can run a node."""
    if not sys.platform.startswith("linux"):
        raise CannotMakeClusterError(f"nodes run on Linux only, and this is {sys.platform}", _OWN_ENGINE)


def require_root(purpose: str) -> None:
    """Raise CannotMakeClusterError unless this process may do what only root may."""
    require_linux()
    if os.geteuid() != 0:
        raise CannotMakeClusterError(f"{purpose} needs root, and this is user {os.geteuid()}", _OWN_ENGINE)
    if not has_capability(CAP_SYS_ADMIN):
        raise CannotMakeClusterError(f"{purpose} needs the capability SYS_ADMIN, which root lacks here", _OWN_ENGINE)


def require_containers(cgroups: Path = _CGROUPS) -> None:
    """Raise CannotMakeClusterError, which says what was refused, unless this process can start containers."""
    require_root("an engine of its own")
    for what, flag in (("mount", _CLONE_NEWNS), ("network", _CLONE_NEWNET)):
        if refusal := namespace_refusal(flag):
            raise CannotMakeClusterError(f"the kernel refuses a {what} namespace: {refusal}", _OWN_ENGINE)
    if refusal := cgroup_refusal(cgroups):
        raise CannotMakeClusterError(f"no control group can be made below {cgroups}: {refusal}", _OWN_ENGINE)


def namespace_refusal(flag: int) -> str:
    """Why a process here gets no namespace of its own of this kind; empty when it does."""
    return _in_a_child(lambda: _unshare(flag))


def cgroup_refusal(root: Path) -> str:
    """Why no control group can be made, with version 1 (a hierarchy a controller) or 2; empty when one can."""
    if not root.is_dir():
        return f"{root} is not there"
    hierarchy = root if (root / "cgroup.controllers").exists() else root / "memory"
    group = hierarchy / f"tenant-reseller-probe-{uuid4().hex[:8]}"
    try:
        group.mkdir()
        group.rmdir()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _unshare(flag: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flag):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _in_a_child(attempt: Callable[[], None]) -> str:
    """Try it where it leaves no trace; the error's words, or nothing."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError as error:
            os.write(writer, (error.strerror or str(error)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        refusal = answer.read().decode()
    os.waitpid(child, 0)
    return refusal
