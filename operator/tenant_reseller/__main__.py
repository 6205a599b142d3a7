"""`python -m tenant_reseller`: see `cli.py`."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="tenant-reseller-operator")
