"""A user's own certificate and key for marks: read, checked in plain words, handed to the C2PA library.

C2PA takes no certificate that signs itself. It wants a chain in PEM, the signer's own certificate first and behind it
the one that issued it, and in the first an extended key usage: e-mail protection, document signing or C2PA's own. What
the key's file holds is in no message and in nothing that is written.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, StorageError
from ..storage.places import shown

if TYPE_CHECKING:
    import c2pa

USAGES = {  # object identifiers of the extended key usages that C2PA takes for claims
    "1.3.6.1.5.5.7.3.4": "e-mail protection",
    "1.3.6.1.5.5.7.3.36": "document signing",
    "1.3.6.1.4.1.62558.2.1": "C2PA claim signing",
}
_CURVES = {"secp256r1": b"es256", "secp384r1": b"es384", "secp521r1": b"es512"}


def signer_of(certificate: str, key: str) -> "c2pa.Signer":
    """What signs marks.

    certificate   file of the chain, PEM
    key           file of the first certificate's private key, PEM, without a passphrase: EC P-256, P-384 or P-521,
                  Ed25519, or RSA of 2048 bits or more
    raises        BadInput where marks cannot be made with them, or c2pa-python is not installed; StorageError
    """
    try:
        import c2pa
    except ImportError as e:
        raise BadInput("marks need c2pa-python; install it with pip install 'tryon-core[marks]'") from e
    chain, names = _read(certificate), (shown(certificate), shown(key))
    algorithm, private = _checked(chain, _read(key), *names)
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(algorithm, chain, private, None))


def _read(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as e:
        raise StorageError(f"{shown(path)}: cannot be read ({e.strerror}); give the path of a PEM file") from e


def _checked(chain: bytes, private: bytes, certificate: str, key: str) -> tuple[bytes, bytes]:
    """(the name of the key's algorithm, the key as the library wants it); raises BadInput with what is wrong"""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        first, *issuers = x509.load_pem_x509_certificates(chain)
    except ValueError as e:
        raise BadInput(f"{certificate}: no certificate in PEM; give the chain, the signer's own first") from e
    try:
        loaded = serialization.load_pem_private_key(private, None)
    except TypeError as e:
        raise BadInput(f"{key}: locked by a passphrase; give an unlocked copy (openssl pkey -in KEY -out COPY)") from e
    except (ValueError, UnsupportedAlgorithm):  # what the library says of it may hold a part of it
        raise BadInput(f"{key}: no private key in PEM that can be read; give the key of {certificate}") from None
    if loaded.public_key() != first.public_key():
        raise BadInput(f"{key} is not the key of the first certificate in {certificate}; put the signer's own first")
    _check_certificate(first, issuers, certificate)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return _algorithm(loaded, key), loaded.private_bytes(*form)


def _check_certificate(first: Any, issuers: list[Any], name: str) -> None:
    from cryptography import x509

    if first.issuer == first.subject:
        raise BadInput(f"{name}: a certificate that signs itself, which C2PA takes from nobody; have it issued by a CA")
    if not issuers:
        raise BadInput(f"{name}: one certificate and no issuer; put the issuer's behind it, as C2PA wants a chain")
    now = datetime.now(UTC)
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        valid = f"{first.not_valid_before_utc:%Y-%m-%d} to {first.not_valid_after_utc:%Y-%m-%d}"
        raise BadInput(f"{name}: valid from {valid}, not today; have a new one issued")
    try:
        usages = {
            usage.dotted_string for usage in first.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        }
    except x509.ExtensionNotFound:
        usages = set()
    if not usages & USAGES.keys():
        raise BadInput(
            f"{name}: its extended key usage allows no marks; have one issued for {', '.join(USAGES.values())}"
        )


def _algorithm(key: Any, name: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return b"ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return b"ps256"
    raise BadInput(f"{name}: C2PA signs with EC P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits or more; take one")
