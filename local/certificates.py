"""Certificates and keys of the local control plane, made once for a state folder.

One authority signs everything; it is of no use outside this machine, since every certificate names 127.0.0.1 only.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = datetime.timedelta(days=3650)


@dataclass(frozen=True)
class KeyPair:
    """Files of a certificate and its private key, in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Certificates:
    """All files that the control plane needs."""

    authority: Path
    server: KeyPair
    etcd_client: KeyPair
    administrator: KeyPair
    controller_manager: KeyPair
    service_account_key: Path


def ensure(directory: Path) -> Certificates:
    """The certificates in `directory`; they are made when the last one of them is missing."""
    certificates = Certificates(
        authority=directory / "ca.crt",
        server=_pair(directory, "server"),
        etcd_client=_pair(directory, "etcd-client"),
        administrator=_pair(directory, "admin"),
        controller_manager=_pair(directory, "controller-manager"),
        service_account_key=directory / "service-account.key",
    )
    # Made last, so its presence says that all the others are complete.
    if certificates.service_account_key.exists():
        return certificates
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _sign(_name("tenant-reseller-local"), authority_key, None, authority_key)
    certificates.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for pair, name in (
        (certificates.server, _name("kube-apiserver")),
        (certificates.etcd_client, _name("kube-apiserver-etcd-client")),
        # The group is what gives the administrator all rights; see RBAC's default ClusterRoleBinding cluster-admin.
        (certificates.administrator, _name("local-admin", "system:masters")),
        (certificates.controller_manager, _name("system:kube-controller-manager")),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _sign(name, key, authority, authority_key)
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_key(pair.key, key)
    _write_key(certificates.service_account_key, ec.generate_private_key(ec.SECP256R1()))
    return certificates


def _pair(directory: Path, name: str) -> KeyPair:
    return KeyPair(directory / f"{name}.crt", directory / f"{name}.key")


def _name(common_name: str, organization: str | None = None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)


def _sign(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate | None,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if authority is None else authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # An hour back: the clock of a virtual machine may still be corrected.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(_usage(authority=authority is None), critical=True)
    )
    if authority is not None:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.DNSName("localhost"),
                    x509.DNSName("kubernetes.default.svc"),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
            ),
            critical=False,
        ).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
    return builder.sign(authority_key, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    # Not PKCS 8: kube-apiserver reads the public half of the ServiceAccount key from this file, in this form only.
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
