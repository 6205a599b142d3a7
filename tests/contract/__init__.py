"""The contract: its client against hostile servers, its fake, its OpenAPI document."""
