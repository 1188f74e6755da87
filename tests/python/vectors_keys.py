# SPDX-License-Identifier: EUPL-1.2
"""Vectors of the keys of the knooppunt itself: the texts that bring and end one, and which key of a
log a checkpoint must be signed by."""

from knp_client import NEVER, LogKeys
from knp_crypto import SEALING, TRANSPORT, agree, hkdf, hmac_sha256, pae, sign, sign_pair, x25519_public
from knp_tree import LogKey, Refused
from vector_cast import LOW_ORDER, ORIGIN, refused, secret

FIRST, FIRST_OF_END = ('sleutel van het knooppunt', 'einde van een sleutel van het knooppunt')
SEND = x25519_public(secret('house send'))


ADRES = 'tcp://knooppunt.example:7478'


def claim_of(first, gebruik, key, origin=ORIGIN):
    adres = f'adres {ADRES}\n' if gebruik == 'verbinding' and first == FIRST else ''
    return f'{first}\nlog {origin}\ngebruik {gebruik}\nsleutel {key.hex()}\n{adres}'.encode()


def agreed_proof(kind, own, claim):
    public = x25519_public(own)
    key = hkdf('knooppunt/bundle/v1', agree(own, SEND), pae(bytes([kind]), public, SEND))
    return hmac_sha256(key, claim)


def receive_proof(own, claim):
    return agreed_proof(SEALING, own, claim)


def transport_proof(own, claim):
    return agreed_proof(TRANSPORT, own, claim)


def log_proof(own, claim):
    return sign(sign_pair(own)[1], pae('knooppunt/huissleutel/v1', claim))


USES = {'ontvangen': (x25519_public, receive_proof), 'verzenden': (x25519_public, receive_proof),
        'log': (lambda own: sign_pair(own)[0], log_proof),
        'verbinding': (x25519_public, transport_proof)}


def begin(gebruik, own):
    public, proof = USES[gebruik]
    claim = claim_of(FIRST, gebruik, public(own))
    return public(own), proof(own, claim), claim + f'bewijs {proof(own, claim).hex()}\n'.encode()


def begin_row(gebruik):
    own = secret(f'next {gebruik}')
    key, proof, text = begin(gebruik, own)
    return {'name': f'the next key for {gebruik}', 'gebruik': gebruik, 'einde': False,
            'own_secret': own, 'key': key, 'adres': ADRES if gebruik == 'verbinding' else '',
            'bewijs': proof, 'text': text}


def end_row(gebruik):
    key = USES[gebruik][0](secret(f'next {gebruik}'))
    return {'name': f'the end of a key for {gebruik}', 'gebruik': gebruik, 'einde': True,
            'own_secret': b'', 'key': key, 'adres': '', 'bewijs': b'',
            'text': claim_of(FIRST_OF_END, gebruik, key)}


def huissleutel_file():
    receive, log = (begin(use, secret(f'next {use}'))[2] for use in ('ontvangen', 'log'))
    other = begin('log', secret('another log key'))
    door = begin('verbinding', secret('next verbinding'))[2]
    adres = f'adres {ADRES}\n'.encode()
    bewijs = b'bewijs ' + other[1].hex().encode() + b'\n'
    upper = log.split(b'bewijs ')[0] + b'bewijs ' + log.split(b'bewijs ')[1].upper()

    def bad(reason, text, kind='malformed'):
        return refused(kind, reason, text=text)
    return {
        'about': 'The texts of register leaves of soort 4 and 5. "send" is the secret of the '
                 'knooppunt\'s send key, towards which all but log keys are proven.',
        'send': secret('house send'), 'origin': ORIGIN,
        'vectors': [row(use) for use in USES for row in (begin_row, end_row)],
        'negative': [
            bad('empty', b''), bad('cut short', log[:-1]), bad('a line too many', log + b'\n'),
            bad('capitals in hex', upper), bad('no bewijs', log.split(b'bewijs ')[0]),
            bad('an end with a bewijs', log.replace(FIRST.encode(), FIRST_OF_END.encode(), 1)),
            bad('a bewijs of a receive key for a log key',
                receive.replace(b'gebruik ontvangen', b'gebruik log')),
            bad('a gebruik that is none', log.replace(b'gebruik log', b'gebruik lezen'),
                'unsupported'),
            bad('the bewijs of another key', log.split(b'bewijs ')[0] + bewijs, 'signature'),
            bad('the bewijs of another text',
                log.replace(b'example', b'exbmple', 1), 'signature'),
            bad('a transport key without adres', door.replace(adres, b'')),
            bad('a transport key for every address',
                door.replace(b'knooppunt.example', b'0.0.0.0')),
            bad('a transport key at no port', door.replace(b':7478', b':0')),
            bad('the end of a transport key with an adres',
                claim_of(FIRST_OF_END, 'verbinding', secret('k')) + adres),
            bad('a receive key with an adres', receive.replace(b'bewijs ', adres + b'bewijs ')),
            bad('a transport key that was proven for another adres',
                door.replace(b':7478', b':7479'), 'signature'),
            bad('a transport key with the bewijs of a receive key',
                receive.replace(b'gebruik ontvangen', b'gebruik verbinding').replace(
                    b'bewijs ', adres + b'bewijs '), 'signature'),
            bad('a receive key that is not proven', receive.replace(
                x25519_public(secret('next ontvangen')).hex().encode(), LOW_ORDER.hex().encode()),
                'signature'),
        ],
    }


def log_keys_file():
    keys = [LogKey(ORIGIN, secret(f'log {n}')) for n in range(3)]
    spans = [(0, 20), (10, NEVER), (30, NEVER)]
    rows = LogKeys(keys[0].vkey)
    rows.rows = [[since, until, key.vkey] for (since, until), key in zip(spans, keys)]
    root = secret('a root')

    def note(size, *who):
        made = keys[who[0]].checkpoint(size, root)
        for n in who[1:]:
            made += keys[n].signature_line(made[:made.index(b'\n\n') + 1])
        return made

    def good(name, size, *who):
        assert rows.verify(note(size, *who)).size == size, name
        return {'name': name, 'size': size, 'note': note(size, *who)}

    def bad(reason, size, *who):
        try:
            rows.verify(note(size, *who))
        except Refused as why:
            assert why.kind == 'signature'
            return refused('signature', reason, note=note(size, *who))
        raise AssertionError(reason)
    return {
        'about': 'Which key of a log must have signed a checkpoint: a key counts for the sizes '
                 'from < size <= until; 18446744073709551615 is never.',
        'keys': [{'vkey': str(key.vkey), 'from': since, 'until': str(min(until, NEVER - 1))}
                 for (since, until), key in zip(spans, keys)],
        'vectors': [
            good('before the change', 10, 0), good('both, while both count', 11, 0, 1),
            good('both, in the other order', 15, 1, 0),
            good('the last size of the old one', 20, 0, 1), good('the new one alone', 21, 1),
            good('with the signature of a key that has ended', 21, 1, 0),
            good('a second change', 31, 1, 2)],
        'negative': [
            bad('only the old key, where a newer one counts', 11, 0),
            bad('the old key after its end', 21, 0),
            bad('the new key before its time', 10, 1),
            bad('the newest but one', 40, 1),
            bad('a key that is not in the register yet', 30, 2)],
    }
