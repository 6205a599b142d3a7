"""Kubernetes: the only package that imports kopf or kubernetes.

Events come in at `handlers.py`, become typed at `parsing.py`, are worked on by one `worker.py` per object, and leave as
one status patch at `status_writer.py`. Nothing outside of this package imports from it but
the command line: `operator.run`, and the errors of its start.
"""
