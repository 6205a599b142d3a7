"""The Tenant Provisioning API."""
