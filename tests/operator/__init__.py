"""The operator without Kubernetes and without a network: manifest and world in, status out."""
