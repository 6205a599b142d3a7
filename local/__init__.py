"""Everything on one machine: control plane, PostgreSQL, BSS and operator, for the demo and for tests."""
