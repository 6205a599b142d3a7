"""The operator: declares and reconciles tenant resellers. It knows Kubernetes and the contract, nothing of the BSS
behind it.

A manifest enters at `kube/`, becomes a typed `resource.Spec`, passes `phases/` in order, becomes one `resource.Status`,
and leaves at `kube/`.
"""
