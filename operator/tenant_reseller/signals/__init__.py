"""What the operator tells about its own work: events, log context, metrics, traces.

Nothing here decides anything or calls the API server: the work goes on the same when nobody listens. `kube/` writes the
events, `health.py` serves the metrics.
"""
