"""Faults: what may break around the operator is broken for real, and afterwards all must be well (`wellbeing.py`)."""
