"""A Kubernetes cluster of one node in containers (kind), on machines with and without a container registry.

What it makes on this machine lives in `.local/kind/` (state) and in the cache folder (what is slow to make). The way in
is `cli`.
"""
