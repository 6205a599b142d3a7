"""What any BSS that serves the contract must do, as pytest cases against a base URL.

```
python -m tenant_provisioning.conformance --base-url https://bss.example --api-key-file a --other-api-key-file b
```

The suite makes tenant resellers of accounts that are free, and purges what it made. `--help` lists what can be told
about the BSS's world; the defaults fit the demo distributor.
"""
