"""The benchmark: operator, real API server and etcd, and the contract's fake BSS, measured from outside in phases.

`python -m local.bench` is the command; `limits` has the figures that must be reached.
"""
