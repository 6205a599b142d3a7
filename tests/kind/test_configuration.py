"""kind's configuration: exceptions only where a machine needs them."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from local.kind.cluster import audit_policy, configuration

POLICY = Path("/somewhere/policy.json")


def test_an_ordinary_machine_gets_no_exceptions() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=True, policy=POLICY))

    assert "kubeadmConfigPatches" not in cluster
    assert "containerdConfigPatches" not in cluster


def test_the_kubelet_is_told_that_version_1_of_control_groups_is_meant() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=1, may_set_oom_score=True, policy=POLICY))

    (patch,) = cluster["kubeadmConfigPatches"]
    assert yaml.safe_load(patch)["failCgroupV1"] is False


def test_scores_are_left_alone_where_they_cannot_be_lowered() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=False, policy=POLICY))

    (patch,) = cluster["containerdConfigPatches"]
    assert "restrict_oom_score_adj = true" in patch


def test_the_bss_is_reached_from_this_machine_alone() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=True, policy=POLICY))

    (node,) = cluster["nodes"]
    (mapping,) = node["extraPortMappings"]
    assert (mapping["listenAddress"], mapping["hostPort"], mapping["containerPort"]) == ("127.0.0.1", 30080, 30080)


def test_the_api_server_records_what_the_operator_asks_for_and_no_content() -> None:
    cluster = yaml.safe_load(configuration(cgroup_version=2, may_set_oom_score=True, policy=POLICY))

    (patch,) = cluster["kubeadmConfigPatchesJSON6902"]
    values = [change["value"] for change in json.loads(patch["patch"])]
    (mount,) = cluster["nodes"][0]["extraMounts"]
    assert {"name": "audit-policy-file", "value": mount["containerPath"]} in values
    assert mount["hostPath"] == str(POLICY)
    assert [rule["level"] for rule in json.loads(audit_policy())["rules"]] == ["Metadata", "None"]
