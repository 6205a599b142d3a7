"""`python -m local.kind`."""

from local.kind.cli import main

main()
