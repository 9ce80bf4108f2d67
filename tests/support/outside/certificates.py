"""Certificates of a tiny authority of our own, as a user of C2PA would have them issued."""

import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PASSPHRASE = serialization.BestAvailableEncryption(b"open sesame")
_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
_USAGES += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


def new_key(curve=ec.SECP256R1):
    return ec.generate_private_key(curve())


@cache
def authority():
    """(key, certificate)"""
    key = new_key()
    return key, _issued("Authority", "Authority", key, key, is_authority=True)


def certificate(key, *, usage=ExtendedKeyUsageOID.EMAIL_PROTECTION, days=(-1, 30)):
    """Issued for a key; `days` from today when it begins and ends."""
    return _issued("Studio", "Authority", key, authority()[0], usage=usage, days=days)


def _issued(subject, issuer, key, signer, *, is_authority=False, usage=None, days=(-1, 30)):
    now = datetime.datetime.now(datetime.UTC)
    begins, ends = (now + datetime.timedelta(days=day) for day in days)
    built = x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(begins).not_valid_after(ends)
    signs = {"key_cert_sign"} if is_authority else {"digital_signature"}
    built = built.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    built = built.add_extension(x509.KeyUsage(**{name: name in signs for name in _USAGES}), critical=True)
    built = built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    built = built.add_extension(issued_by, critical=False)
    if usage is not None:
        built = built.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return built.sign(signer, hashes.SHA256())


def _name(name):
    words = {NameOID.ORGANIZATION_NAME: "Tests of tryon-core", NameOID.COMMON_NAME: name}
    return x509.Name([x509.NameAttribute(kind, word) for kind, word in words.items()])


def pem(*certificates):
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def key_pem(key, locked=None, form=serialization.PrivateFormat.PKCS8):
    return key.private_bytes(serialization.Encoding.PEM, form, locked or serialization.NoEncryption())
