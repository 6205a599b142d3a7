"""kind's configuration: exceptions only where a machine needs them."""

from __future__ import annotations

import yaml

from local.kind.cluster import configuration


def test_an_ordinary_machine_gets_no_exceptions() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=True))

    assert "kubeadmConfigPatches" not in cluster
    assert "containerdConfigPatches" not in cluster


def test_the_kubelet_is_told_that_version_1_of_control_groups_is_meant() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=1, may_set_oom_score=True))

    (patch,) = cluster["kubeadmConfigPatches"]
    assert yaml.safe_load(patch)["failCgroupV1"] is False


def test_scores_are_left_alone_where_they_cannot_be_lowered() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=False))

    (patch,) = cluster["containerdConfigPatches"]
    assert "restrict_oom_score_adj = true" in patch


def test_the_bss_is_reached_from_this_machine_alone() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=True))

    (node,) = cluster["nodes"]
    (mapping,) = node["extraPortMappings"]
    assert (mapping["listenAddress"], mapping["hostPort"], mapping["containerPort"]) == ("127.0.0.1", 30080, 30080)
