"""The operator: declares and reconciles tenant resellers. It knows Kubernetes and the contract, nothing of the BSS behind it."""
