"""Signs and verifies with jwcrypto: the other side of tests/it/independent.rs.

Reads one JSON object from standard input and writes one to standard output.
"""

import json
import sys

from jwcrypto import jwk, jws

KEYS = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "PS256": {"kty": "RSA", "size": 2048},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
}


def verify(token, public, algorithm):
    """The payload of a token, or nothing when its signature is not good."""
    signature = jws.JWS()
    signature.allowed_algs = [algorithm]
    try:
        signature.deserialize(token, jwk.JWK(**public))
    except jws.InvalidJWSSignature:
        return None
    return signature.payload.decode()


def sign(algorithm, header, payload):
    """A token, its public key, the key's thumbprint and its private half in PKCS #8."""
    key = jwk.JWK.generate(**KEYS[algorithm])
    signature = jws.JWS(payload)
    signature.allowed_algs = [algorithm]
    signature.add_signature(key, None, json.dumps(header))
    return {
        "token": signature.serialize(compact=True),
        "public": key.export_public(as_dict=True),
        "thumbprint": key.thumbprint(),
        "pem": key.export_to_pem(private_key=True, password=None).decode(),
    }


request = json.load(sys.stdin)
answer = {
    "verified": [verify(**item) for item in request["verify"]],
    "signed": [sign(**item) for item in request["sign"]],
}
json.dump(answer, sys.stdout)
