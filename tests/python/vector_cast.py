# SPDX-License-Identifier: EUPL-1.2
"""Who plays in the vectors of the specification, and how a vector is written down."""

from google.protobuf.json_format import MessageToDict
from knp_crypto import sha256, sign_pair, x25519_public
from knp_messages import decode, encode

ORIGIN = 'knooppunt.example/oefening'
HOUSE, POLITIE, GEMEENTE = ('00000099000000002000', '00000099000000001000',
                            '00000099000000003000')


def secret(name):
    """32 bytes that anybody can make again."""
    return sha256(b'knooppunt vectors: ' + name.encode())


def identity(name):
    """An Ed25519 (public, secret)."""
    return sign_pair(secret(name + ' identity'))


# (OIN, public key): ends of pairs.
POLITIE_END = (POLITIE, x25519_public(secret('politie sealing')))
GEMEENTE_END = (GEMEENTE, x25519_public(secret('gemeente sealing')))
RECEIVE_END = (HOUSE, x25519_public(secret('house receive')))
SEND_END = (HOUSE, x25519_public(secret('house send')))
# A point of order 8: every secret agrees to zero with it.
LOW_ORDER = bytes.fromhex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')


def fields_of(message):
    return MessageToDict(message, preserving_proto_field_name=True)


def hexed(value):
    """Bytes to hex, all the way down."""
    if isinstance(value, dict):
        return {name: hexed(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [hexed(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value


def refused(kind, reason, **what):
    """A negative vector: what is wrong with it, and of which kind the refusal is."""
    return {'reason': reason, 'kind': kind, **what}


def message_row(name, message):
    wire = encode(message)
    assert decode(message.DESCRIPTOR.name, wire) == message
    return {'name': name, 'type': message.DESCRIPTOR.name, 'fields': fields_of(message),
            'wire': wire}
