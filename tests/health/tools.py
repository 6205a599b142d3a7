"""The tools that judge a TenantReseller from outside: the kstatus library, and the health check of Argo CD."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from lupa.lua51 import LuaRuntime

from local.sources import REPOSITORY

Json = dict[str, Any]
PAGE = REPOSITORY / "docs" / "gitops.md"
HEALTH_CHECK = REPOSITORY / "manifests" / "argocd" / "health.lua"
SOURCES = Path(__file__).parent / "kstatus"

_ROW = re.compile(r"^\| `(?P<stage>[a-z-]+)` \| (?P<kstatus>\w+) \| (?P<argo>\w+) \|", re.MULTILINE)
# Argo CD runs Lua 5.1 without the libraries that a script could harm it with.
_RUN = """
function(code, obj)
  local check = assert(loadstring(code))
  setfenv(check, { obj = obj, ipairs = ipairs, pairs = pairs })
  return check()
end
"""


class Expected(NamedTuple):
    """What the documentation says that the tools answer."""

    kstatus: str
    argo: str


def expected() -> dict[str, Expected]:
    """The table of the documentation, by stage."""
    return {row["stage"]: Expected(row["kstatus"], row["argo"]) for row in _ROW.finditer(PAGE.read_text())}


class Argo:
    """The health check, run as Argo CD runs it."""

    def __init__(self) -> None:
        self._lua = LuaRuntime(register_eval=False, register_builtins=False, unpack_returned_tuples=True)
        self._run = self._lua.eval(_RUN)

    def __call__(self, item: Json) -> tuple[str, str]:
        """Health and message of an object."""
        answer = self._run(HEALTH_CHECK.read_text(), self._table(item))
        return answer["status"], answer["message"]

    def _table(self, value: object) -> object:
        if isinstance(value, dict):
            return self._lua.table_from(
                {key: self._table(member) for key, member in value.items() if member is not None}
            )
        if isinstance(value, list):
            return self._lua.table_from([self._table(member) for member in value])
        return value


class Kstatus:
    """The library, in a small program that is built with the user's Go."""

    def __init__(self, folder: Path) -> None:
        self._program = folder / "kstatus"
        build = ("go", "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", str(self._program), ".")
        result = subprocess.run(build, cwd=SOURCES, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"the kstatus program was not built: {result.stderr}"

    def __call__(self, *items: Json) -> list[tuple[str, str]]:
        """Status and message of each object."""
        result = subprocess.run(
            [str(self._program)], input=json.dumps(items), capture_output=True, text=True, check=False, timeout=60
        )
        assert result.returncode == 0, result.stderr
        return [(verdict["status"], verdict["message"]) for verdict in json.loads(result.stdout)]
