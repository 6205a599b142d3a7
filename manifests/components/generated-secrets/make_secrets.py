"""Makes the Secrets of a new installation through the API server. Safe to repeat: what exists stays as it is.

It runs in any image with Python: the standard library alone.
"""

import base64
import json
import os
import secrets
import ssl
import urllib.error
import urllib.request
from pathlib import Path

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
BSS = "tenant-bss"
OPERATOR = "tenant-reseller-system"


def call(method, path, body=None):
    """Call the API server; the answer, or None where the status is 404 (not there) or 409 (there already)."""
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    host = f"[{host}]" if ":" in host else host
    request = urllib.request.Request(
        f"https://{host}:{port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {(ACCOUNT / 'token').read_text()}", "Content-Type": "application/json"},
    )
    context = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code in {404, 409}:
            return None
        raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from error


def create(namespace, name, values):
    """Make a Secret unless there is one of this name."""
    made = call(
        "POST",
        f"/api/v1/namespaces/{namespace}/secrets",
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": namespace}},
            "stringData": values,
        },
    )
    print(f"{namespace}/{name}: {'made' if made else 'exists'}", flush=True)


def random():
    """256 bits, in characters that need no escaping in an address."""
    return secrets.token_urlsafe(32)


def main():
    """Make all of them."""
    password = random()
    create(
        BSS,
        "bss-database",
        {
            "url": f"postgresql://bss:{password}@bss-postgresql:5432/",
            "password": password,
            "superuser-password": random(),
        },
    )
    create(BSS, "bss-admin", {"password": random()})
    create(BSS, "bss-api-key", {"api-key": random()})
    # BSS and operator share this key, so it is read back: it may be one that was there before.
    shared = call("GET", f"/api/v1/namespaces/{BSS}/secrets/bss-api-key")
    create(OPERATOR, "tenant-reseller-operator-bss", {"api-key": base64.b64decode(shared["data"]["api-key"]).decode()})


if __name__ == "__main__":
    main()
