"""`python -m tenant_provisioning.conformance`: run the suite. Other options, such as `-k login`, go to pytest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from .options import add_options


def main() -> None:
    """Run the suite; the exit code is pytest's."""
    parser = argparse.ArgumentParser(prog="python -m tenant_provisioning.conformance", description=__doc__)
    add_options(parser.add_argument, required=True)
    parser.add_argument("--faults", action="store_true", help="the BSS is the fake: also use its switches for trouble")
    parser.parse_known_args()
    folder = Path(__file__).parent
    sys.exit(pytest.main([str(folder), "-c", str(folder / "pytest.ini"), "--rootdir", str(folder), *sys.argv[1:]]))


if __name__ == "__main__":
    main()
