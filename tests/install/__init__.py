"""Tests of the manifests that install operator and BSS."""
