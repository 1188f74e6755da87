# SPDX-License-Identifier: EUPL-1.2
"""The messages of knooppunt.proto: one encoding, read strictly, with the limits of the specification.

The classes are made by protoc at test time, into the folder named by KNP_GENERATED (ctest sets it to
one in the build tree) or a temporary one. The limits below are written from chapter 4 of the
specification, and are not those of the C code.
"""

import importlib
import os
import subprocess
import sys
import tempfile

from google.protobuf.message import DecodeError, EncodeError
from knp_tree import Refused

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'proto', 'wire')
U32, U63, U64 = (1 << 32) - 1, (1 << 63) - 1, (1 << 64) - 1
WIRE_MAX = 4 << 20


def load():
    """The generated module knooppunt_pb2."""
    folder = os.environ.get('KNP_GENERATED') or tempfile.mkdtemp(prefix='knp-proto-')
    os.makedirs(folder, exist_ok=True)
    subprocess.run(['protoc', f'--python_out={folder}', f'-I{SOURCE}', 'knooppunt.proto'],
                   check=True)
    sys.path.insert(0, folder)
    return importlib.import_module('knooppunt_pb2')


pb = load()


class Limit:
    """What one field may be. A length in bytes for texts and bytes, else the value itself."""

    def __init__(self, least=0, most=U64, count=1, absent=False):
        self.least, self.most, self.count = least, most, count
        self.absent = absent or least == 0


def exactly(length):
    return Limit(length, length)


def maybe(length):
    return Limit(length, length, absent=True)


def upto(most):
    return Limit(0, most)


def between(least, most):
    return Limit(least, most)


def many(count, least=0, most=U64):
    return Limit(least, most, count, absent=True)


ANY = Limit()
HERE = Limit(1)  # a message that must be present
HASHES = many(63, 32, 32)
PATH = many(8, 32, 32)
LIMITS = {
    'Veld': {'veld': between(1, U32), 'waarde': upto(16384)},
    'Rubriek': {'bron': upto(120), 'velden': many(600)},
    'Head': {'size': between(1, U63), 'root': exactly(32)},
    'Statement': {
        'audience_oin': upto(20), 'audience_log': upto(255), 'source': upto(120), 'id': upto(64),
        'antwoord_op': upto(120), 'vervangt': upto(120), 'random': exactly(16),
        'slots_root': maybe(32), 'velden': many(600)},
    'Slots': {'seed': exactly(32), 'capacity': between(64, 128),
              'rubrieken': many(128, 1, 65536)},
    'Item': {'statement': between(1, 65536), 'index': upto(255), 'path': PATH},
    'Request': {'signer': exactly(20), 'key_id': exactly(8), 'size': between(1, 256),
                'signature': exactly(64), 'items': Limit(0, U64, 256)},
    'Opening': {'position': upto(255), 'salt': exactly(32)},
    'Leaf': {'index': upto(U63), 'entry': exactly(80), 'vector': exactly(1024), 'part': HERE,
             'path': HASHES},
    'SignedStatement': {'statement': between(1, 65536), 'signer': exactly(20),
                        'key_id': exactly(8), 'size': between(1, 256), 'index': upto(255),
                        'path': PATH, 'signature': exactly(64)},
    'Delivery': {'leaf': HERE, 'slots_vector': Limit(2048, 4096, absent=True),
                 'openings': many(128), 'verrijkingen': many(256), 'sender_consistency': HASHES},
    'Reply': {'about': exactly(32), 'field': upto(120), 'deliveries': many(256),
              'register': many(256), 'antwoord': upto(204800)},
    'Replies': {'checkpoint': upto(16384), 'old_size': upto(U63), 'consistency': HASHES,
                'replies': many(256)},
    'PartSender': {'origin': between(1, 255), 'source': upto(120), 'id': upto(64),
                   'header_hash': exactly(32), 'field': upto(120)},
    'PartVerstrekking': {
        'origin': between(1, 255), 'oin': exactly(20), 'functie': between(1, 32),
        'number': between(1, U64), 'soort': between(1, U32), 'header_hash': exactly(32),
        'slots': many(128, 0, 127), 'verrijking': maybe(32), 'gronden': many(4096),
        'convenant_hash': exactly(32)},
    'Grond': {'regel': upto(1024), 'convenantartikel': upto(1024), 'doel': upto(1024),
              'grondslag': many(64, 1, 1024), 'overleg': upto(64)},
    'Feit': {'waarden': many(1024, 0, 1024), 'herkomst': many(65536)},
    'Identificatie': {'waarde': between(1, 120)},
    'PersoonLink': {'handle': exactly(16), 'identificaties': many(64)},
    'Gift': {'oin': exactly(20), 'functie': between(1, 32), 'regels': many(256, 1, 1024),
             'overleg': upto(64)},
    'Verplichting': {'soort': between(1, U32), 'oin': upto(20), 'functie': upto(32),
                     'regel': upto(1024), 'convenant': upto(64)},
    'PartVerantwoording': {
        'source': upto(120), 'id': upto(64), 'header_hash': exactly(32),
        'convenant_hash': maybe(32), 'personen': many(256), 'feiten': many(16384),
        'giften': many(65536), 'verplichtingen': many(4096), 'rubrieken': many(128),
        'velden': many(600), 'signer': upto(20), 'signer_functies': many(16, 1, 32),
        'convenant': upto(64), 'codes_hash': maybe(32)},
    'Wpg20': {name: between(1, 1024) for name in (
        'zwaarwegend_belang', 'samenwerkingsverband', 'doel', 'gegevens', 'voorwaarden',
        'ontvangers')},
    'Rubriekplaats': {'position': upto(127)},
    'Bundle': {'oin': exactly(20), 'naam': between(1, 119), 'soort': between(1, 31),
               'functies': many(16, 1, 32), 'suite': between(1, U32), 'identity': exactly(32),
               'sealing': maybe(32), 'transport': maybe(32)},
    'SignedBundle': {'bundle': between(1, 8192), 'identity_proof': exactly(64),
                     'sealing_proof': maybe(32), 'transport_proof': maybe(32)},
    'Genesis': {'origin': between(1, 255), 'oin': exactly(20), 'naam': between(1, 1024),
                'log_key': exactly(32), 'receive_key': exactly(32), 'send_key': exactly(32),
                'transport_key': exactly(32), 'rollen': many(16, 1, 8192),
                'predecessor': upto(255)},
    'PartRegister': {'vorige': maybe(32), 'partner': upto(8192), 'ingetrokken': maybe(8),
                     'acts': many(16), 'opdracht': upto(1024)},
    'Convenantversie': {'naam': between(1, 1024), 'hash': exactly(32)},
    'PartTick': {'vervallen': many(65536), 'erased_begun': many(4096),
                 'erased_done': many(4096), 'tellingen': many(1024)},
    'Telling': {'oin': exactly(20)},
    'PartVernietiging': {'vernietigd': many(256), 'bronnen': many(256),
                         'ontvangers': many(4096)},
    'PartStop': {'opdracht': between(1, 1024), 'acts': many(16), 'meldingen': many(256)},
    'PartAcceptatie': {'opdracht': between(1, 65536), 'acts': many(16)},
    'Vernietigd': {'slots': many(4096), 'entries': many(4096)},
    'BronTeller': {'source': between(1, 120), 'sequences': many(65536)},
    'OntvangerTeller': {'oin': exactly(20), 'functie': between(1, 32)},
    'Part': {},
}


def malformed(why):
    return Refused('malformed', why)


def size_of(value):
    if isinstance(value, str):
        if '\0' in value:
            raise malformed('NUL in a text')
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else int(value)


def check_value(limit, value, where):
    if hasattr(value, 'DESCRIPTOR'):
        check_fields(value)
        return
    size = size_of(value)
    if size > limit.most:
        raise Refused('malformed' if limit.least == limit.most else 'large', where)
    if size < limit.least:
        raise malformed(where)


def is_list(field):
    return field.label == field.LABEL_REPEATED


def check_field(message, field, limit):
    where = f'{message.DESCRIPTOR.name}.{field.name}'
    value = getattr(message, field.name)
    if is_list(field):
        if len(value) > limit.count:
            raise Refused('large', where)
        if not value and not limit.absent:
            raise malformed(where)
        for item in value:
            check_value(limit, item, where)
    elif field.message_type:
        if message.HasField(field.name):
            check_fields(value)
        elif limit.least:
            raise malformed(where)
    elif value or not limit.absent:
        check_value(limit, value, where)


RELATIONS = {}


def relation(name):
    def keep(check):
        RELATIONS[name] = check
        return check
    return keep


def demand(holds, why):
    if not holds:
        raise malformed(why)


@relation('Slots')
def check_slots(message):
    demand(message.capacity in (64, 128), 'capacity')
    if len(message.rubrieken) > message.capacity:
        raise Refused('large', 'rubrieken')


@relation('Request')
def check_request(message):
    demand(len(message.items) > 0, 'no items')
    demand(all(item.index < message.size for item in message.items), 'index')


@relation('SignedStatement')
def check_signed_statement(message):
    demand(message.index < message.size, 'index')


@relation('Leaf')
def check_leaf(message):
    demand(message.part.position < 32, 'position of a part')


@relation('Delivery')
def check_delivery(message):
    demand(len(message.slots_vector) in (0, 2048, 4096), 'slots_vector')
    demand(message.slots_vector or not message.openings, 'openings without a vector')
    demand(message.HasField('sender') or not message.slots_vector, 'a vector without its sender')


@relation('PartRegister')
def check_register(message):
    demand(message.soort <= 5 or message.soort == 16, 'soort')
    demand(bool(message.opdracht) == (message.soort in (4, 5, 16)), 'opdracht')
    demand(message.HasField('genesis') == (message.soort == 0), 'genesis')
    demand((not message.vorige) == (message.soort == 0), 'vorige')
    demand(bool(message.partner) == (message.soort == 1), 'partner')
    demand(bool(message.ingetrokken) == (message.soort == 2), 'ingetrokken')
    demand(message.HasField('convenant') == (message.soort == 3), 'convenant')


@relation('PartVernietiging')
def check_vernietiging(message):
    demand(message.soort in (1, 2), 'soort')


@relation('Part')
def check_part(message):
    demand(message.WhichOneof('inhoud'), 'a part without content')


def check_fields(message):
    name = message.DESCRIPTOR.name
    if len(message.UnknownFields()):
        raise malformed(f'unknown field in {name}')
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof is None or message.HasField(field.name):
            check_field(message, field, LIMITS[name].get(field.name, ANY))
    if name in RELATIONS:
        RELATIONS[name](message)


def encode(message):
    """The one encoding of a message that keeps the limits."""
    check_fields(message)
    return message.SerializeToString(deterministic=True)


MOST = {'Statement': 65536, 'Rubriek': 65536}


def decode(name, wire):
    """The message `name` (its class in knooppunt.proto) in `wire`, or Refused."""
    if len(wire) > MOST.get(name, WIRE_MAX):
        raise Refused('large', name)
    message = getattr(pb, name)()
    try:
        message.ParseFromString(wire)
        again = message.SerializeToString(deterministic=True)
    except (DecodeError, EncodeError, UnicodeDecodeError, ValueError) as error:
        raise malformed(f'{name} is no protobuf') from error
    check_fields(message)
    if again != wire:
        raise malformed(f'{name} is not canonical')
    return message
