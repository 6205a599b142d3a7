"""The Tenant Provisioning API: what a BSS serves so that the operator can make tenant resellers in it.

Clients start at `client` and `errors`, servers at `routes`, `dispatch` and `problems`; `models` is what travels.
`fake` is a BSS in memory, `conformance` the suite that any BSS must pass. Nothing here knows Kubernetes or Tryton.
"""
