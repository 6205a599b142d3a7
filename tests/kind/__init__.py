"""Tests of the kind cluster: what needs no engine. The cluster itself is what `make e2e-kind` runs on."""
