# SPDX-License-Identifier: EUPL-1.2
"""The table of W9: what each field of each message may be. One row here is one row there."""

from __future__ import annotations

from dataclasses import dataclass

MORE = 2 ** 64  # no maximum


@dataclass(frozen=True)
class Bound:
    """Of a text or bytes the length, of a number the value; `counts` of a repeated field how many.
    `lengths` lists the only lengths, or values, there are."""

    low: int = 0
    high: int = MORE
    lengths: tuple[int, ...] = ()
    counts: tuple[int, int] = (0, MORE)
    present: bool = False  # of a message: it must be there


def fixed(length: int) -> Bound:
    return Bound(lengths=(length,))


def optional(length: int) -> Bound:
    return Bound(lengths=(0, length))


def upto(high: int) -> Bound:
    return Bound(high=high)


def within(low: int, high: int = MORE) -> Bound:
    return Bound(low=low, high=high)


def many(most: int, each: Bound = Bound(), least: int = 0) -> Bound:
    return Bound(each.low, each.high, each.lengths, (least, most))


HASH, MAYBE_HASH = fixed(32), optional(32)
OIN, FUNCTIE, ORIGIN = fixed(20), within(1, 32), within(1, 255)
HASHES_63 = many(63, HASH)
BELOW_2_63 = upto(2 ** 63 - 1)

# The whole encoding of these, at most.
WHOLE = {'Rubriek': 65536, 'Statement': 65536}

BOUNDS: dict[str, dict[str, Bound]] = {
    'Veld': {'veld': within(1), 'waarde': upto(16384)},
    'Rubriek': {'bron': upto(120), 'velden': many(600)},
    'Head': {'size': within(1, 2 ** 63 - 1), 'root': HASH},
    'Statement': {
        'audience_oin': upto(20), 'audience_log': upto(255), 'source': upto(120), 'id': upto(64),
        'antwoord_op': upto(120), 'vervangt': upto(120), 'random': fixed(16),
        'slots_root': MAYBE_HASH, 'velden': many(600)},
    'Slots': {'seed': HASH, 'rubrieken': many(128, within(1, 65536))},
    'Item': {'statement': within(1, 65536), 'path': many(8, HASH)},
    'Request': {'signer': OIN, 'key_id': fixed(8), 'size': within(1, 256), 'signature': fixed(64),
                'items': many(256, least=1)},
    'Opening': {'position': upto(255), 'salt': HASH},
    'Leaf': {'index': BELOW_2_63, 'entry': fixed(80), 'vector': fixed(1024),
             'part': Bound(present=True), 'path': HASHES_63},
    'SignedStatement': {'statement': within(1, 65536), 'signer': OIN, 'key_id': fixed(8),
                        'size': within(1, 256), 'path': many(8, HASH), 'signature': fixed(64)},
    'Delivery': {'leaf': Bound(present=True), 'slots_vector': Bound(lengths=(0, 2048, 4096)),
                 'openings': many(128), 'verrijkingen': many(256),
                 'sender_consistency': HASHES_63},
    'Reply': {'about': HASH, 'field': upto(120), 'deliveries': many(256), 'register': many(256)},
    'Replies': {'checkpoint': upto(16384), 'old_size': BELOW_2_63, 'consistency': HASHES_63,
                'replies': many(256)},
    'PartSender': {'origin': ORIGIN, 'source': upto(120), 'id': upto(64), 'header_hash': HASH,
                   'field': upto(120)},
    'PartVerstrekking': {
        'origin': ORIGIN, 'oin': OIN, 'functie': FUNCTIE, 'number': within(1), 'soort': within(1),
        'header_hash': HASH, 'slots': many(128, upto(127)), 'verrijking': MAYBE_HASH,
        'gronden': many(4096), 'convenant_hash': HASH},
    'Grond': {'regel': upto(1024), 'convenantartikel': upto(1024), 'doel': upto(1024),
              'grondslag': many(64, within(1, 1024)), 'overleg': upto(64)},
    'PartVerantwoording': {
        'source': upto(120), 'id': upto(64), 'header_hash': HASH, 'convenant_hash': MAYBE_HASH,
        'personen': many(256), 'feiten': many(16384), 'giften': many(65536),
        'verplichtingen': many(4096), 'rubrieken': many(128), 'velden': many(600),
        'signer': upto(20), 'signer_functies': many(16, FUNCTIE), 'convenant': upto(64)},
    'Wpg20': {name: within(1, 1024) for name in (
        'zwaarwegend_belang', 'samenwerkingsverband', 'doel', 'gegevens', 'voorwaarden',
        'ontvangers')},
    'Feit': {'waarden': many(1024, upto(1024)), 'herkomst': many(65536)},
    'PersoonLink': {'handle': fixed(16), 'identificaties': many(64)},
    'Identificatie': {'waarde': within(1, 120)},
    'Gift': {'oin': OIN, 'functie': FUNCTIE, 'regels': many(256, within(1, 1024))},
    'Verplichting': {'soort': within(1), 'oin': upto(20), 'functie': upto(32), 'regel': upto(1024),
                     'convenant': upto(64)},
    'Rubriekplaats': {'position': upto(127)},
    'PartRegister': {'vorige': MAYBE_HASH, 'partner': upto(8192), 'ingetrokken': optional(8),
                     'acts': many(16), 'opdracht': upto(1024)},
    'Genesis': {'origin': ORIGIN, 'oin': OIN, 'naam': within(1, 1024), 'log_key': HASH,
                'receive_key': HASH, 'send_key': HASH, 'transport_key': HASH,
                'rollen': many(16, within(1, 8192)), 'predecessor': upto(255)},
    'Convenantversie': {'naam': within(1, 1024), 'hash': HASH},
    'PartTick': {'vervallen': many(65536), 'erased_begun': many(4096), 'erased_done': many(4096),
                 'tellingen': many(1024)},
    'Telling': {'oin': OIN},
    'PartWissing': {'opdracht': within(1, 1024), 'acts': many(16), 'slots': many(4096)},
    'PartVernietiging': {'soort': Bound(lengths=(1, 2)), 'vernietigd': many(256), 'bronnen': many(256),
                         'ontvangers': many(4096)},
    'PartStop': {'opdracht': within(1, 1024), 'acts': many(16), 'meldingen': many(256)},
    'Vernietigd': {'slots': many(4096), 'entries': many(4096)},
    'BronTeller': {'source': within(1, 120), 'sequences': many(65536)},
    'OntvangerTeller': {'oin': OIN, 'functie': FUNCTIE},
    'Bundle': {'oin': OIN, 'naam': within(1, 119), 'soort': within(1, 31),
               'functies': many(16, FUNCTIE), 'suite': within(1), 'identity': HASH,
               'sealing': MAYBE_HASH, 'transport': MAYBE_HASH},
    'SignedBundle': {'bundle': within(1, 8192), 'identity_proof': fixed(64),
                     'sealing_proof': MAYBE_HASH, 'transport_proof': MAYBE_HASH},
}
