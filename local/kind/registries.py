"""How this machine reaches package registries, handed to image builds as secrets: never an address in a Dockerfile."""

import configparser
import os
import shlex
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

# Addresses and their options. Variables that name files or folders of this machine would mislead in a container.
VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT"),
    *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INSECURE_HOST", "UV_HTTP_TIMEOUT"),
    *("npm_config_registry",),
)
PIP_SETTINGS = {
    "index-url": "PIP_INDEX_URL",
    "extra-index-url": "PIP_EXTRA_INDEX_URL",
    "trusted-host": "PIP_TRUSTED_HOST",
}
PIP_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")

AUTHORITIES = "/run/secrets/authorities"
AUTHORITY_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@contextmanager
def secrets() -> Iterator[dict[str, Path]]:
    """The secrets `packages` and `authorities` as files, by the names that the Dockerfiles know them under."""
    settings = _pip_settings() | {name: value for name in VARIABLES if (value := _variable(name))}
    files: dict[str, Path] = {}
    with TemporaryDirectory(prefix="image-secrets-") as folder:
        if (authorities := _authorities()) is not None:
            files["authorities"] = authorities
            settings |= dict.fromkeys(AUTHORITY_VARIABLES, AUTHORITIES)
        if settings:
            files["packages"] = Path(folder) / "packages"
            lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(settings.items())]
            files["packages"].touch(0o600)
            files["packages"].write_text("".join(lines))
        yield files


def _variable(name: str) -> str | None:
    return os.environ.get(name) or os.environ.get(name.lower())


def _pip_settings() -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.read([Path(name).expanduser() for name in PIP_FILES])
    found = {name: parser.get("global", key, fallback="") for key, name in PIP_SETTINGS.items()}
    return {name: " ".join(value.split()) for name, value in found.items() if value}


def _authorities() -> Path | None:
    """The certificates this machine trusts: it may reach registries through a proxy with an authority of its own."""
    trusted = ssl.get_default_verify_paths().cafile
    return Path(trusted).resolve() if trusted else None
