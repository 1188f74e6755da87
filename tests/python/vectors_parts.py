# SPDX-License-Identifier: EUPL-1.2
"""Vectors of parts of entries, of what the knooppunt adds, and of bundles."""

from knp_crypto import sign_pair, x25519_public
from knp_messages import decode, encode, pb
from knp_wire import Batch, make_bundle, verrijking_commitment
from vector_cast import (GEMEENTE, HOUSE, LOW_ORDER, ORIGIN, POLITIE, RECEIVE_END, SEND_END,
                         fields_of, identity, message_row, refused, secret)
from vectors_messages import rubriek, wire_negatives


# --- parts of entries ------------------------------------------------------------------------

def verstrekking():
    message = pb.PartVerstrekking(
        origin=ORIGIN, oin=GEMEENTE, functie='wmo', number=1, soort=1,
        header_hash=secret('header'), slots=[50, 3], verrijking=secret('verrijking'),
        convenant_hash=secret('convenant'), geldig_tot=1797592000000, oefening=True)
    message.gronden.add(betrokkene=1, rubriek=3, regel='overlast-wmo',
                        convenantartikel='(voorbeeld)', doel='zorg', grondslag=['wmo-5.2'])
    return message


def verantwoording():
    message = pb.PartVerantwoording(
        source=f'urn:nld:oin:{POLITIE}:systeem:bvh', id='019300a0-0000-7000-8000-000000000001',
        header_hash=secret('header'), source_number=1, sequence=41,
        convenant_hash=secret('convenant'), bewaar_inhoud=1810000000000,
        bewaar_verantwoording=1950000000000, slot_inhoud=4, slot_verantwoording=5,
        signer=POLITIE, received=1795000000100, type=1, signer_functies=['basisteam'])
    person = message.personen.add(betrokkene=1, handle=bytes(8) + secret('handle')[:8])
    person.identificaties.add(soort=1, waarde='999990019')
    message.feiten.add(attribuut=1, bekend=True, waarden=['overlast'])
    message.feiten.add(attribuut=30, betrokkene=1, bekend=True, waarden=['2'], herkomst=[3, 300])
    message.feiten.add(attribuut=31, betrokkene=1)
    message.giften.add(oin=GEMEENTE, functie='wmo', betrokkene=1, rubriek=3,
                       regels=['overlast-wmo'])
    message.verplichtingen.add(soort=1, oin=HOUSE, functie='procesregisseur',
                               regel='detentie-lokaal', uiterlijk=1795080000000, betrokkene=1)
    message.rubrieken.add(rubriek=1, position=50)
    message.rubrieken.add(betrokkene=1, rubriek=3, position=3)
    message.velden.add(veld=4, waarde=b'lokaal')
    return message


def wpg20():
    return pb.Wpg20(
        zwaarwegend_belang='huiselijk geweld stoppen', samenwerkingsverband='Huis Voorbeeld',
        doel='hulp en handhaving samen', gegevens='het incident en wie erbij was',
        voorwaarden='geen vrije tekst buiten het huis', ontvangers='wie een regel noemt')


def register_parts():
    act = Batch(HOUSE, identity('beheerder'), [b'act']).signed_statement(0)
    genesis = pb.Genesis(
        origin=ORIGIN, oin=HOUSE, naam='Veiligheidshuis Voorbeeld', log_key=sign_pair(
            secret('log'))[0], receive_key=RECEIVE_END[1], send_key=SEND_END[1],
        transport_key=x25519_public(secret('house transport')), rollen=[b'bundel'], oefening=True,
        created=1795000000000)
    vorige = secret('register head')
    convenant = pb.Convenantversie(naam='voorbeeld', hash=secret('convenant'), size=9000)
    return [('genesis', pb.PartRegister(genesis=genesis)),
            ('a partner', pb.PartRegister(soort=1, vorige=vorige, partner=b'bundel', acts=[act])),
            ('a revocation', pb.PartRegister(soort=2, vorige=vorige, ingetrokken=bytes(8),
                                             acts=[act])),
            ('a convenant', pb.PartRegister(soort=3, vorige=vorige, convenant=convenant,
                                            acts=[act]))]


def part_negatives(verstrekking_wire):
    def bad(kind, reason, part):
        return refused(kind, reason, type='Part',
                       wire=part.SerializeToString(deterministic=True))

    def given(**changes):
        message = verstrekking()
        message.MergeFrom(pb.PartVerstrekking(**changes))
        return pb.Part(verstrekking=message)
    zero = verstrekking()
    zero.ClearField('number')
    vorige = bytes(32)
    short = verantwoording()
    short.wpg20.CopyFrom(wpg20())
    short.wpg20.ClearField('voorwaarden')
    return wire_negatives(pb.Part, 'Part', verstrekking_wire) + [
        refused('malformed', 'no part at all', type='Part', wire=b''),
        refused('malformed', 'two parts', type='Part', wire=b'\x2a\0\x2a\0'),
        bad('malformed', 'delivery number 0', pb.Part(verstrekking=zero)),
        bad('malformed', 'five elements of the six of Wpg art. 20',
            pb.Part(verantwoording=short)),
        bad('large', 'position 128', given(slots=[128])),
        bad('malformed', 'a header hash of 31 bytes', given(header_hash=bytes(31))),
        bad('malformed', 'a genesis that names a leaf before it', pb.Part(register=pb.PartRegister(
            vorige=vorige, genesis=register_parts()[0][1].genesis))),
        bad('malformed', 'a partner that names none',
            pb.Part(register=pb.PartRegister(soort=1, partner=b'b'))),
        bad('malformed', 'a revocation with a partner', pb.Part(register=pb.PartRegister(
            soort=2, vorige=vorige, partner=b'b', ingetrokken=bytes(8)))),
        bad('malformed', 'an unknown soort of vernietiging',
            pb.Part(vernietiging=pb.PartVernietiging(soort=3))),
        bad('malformed', 'an unknown soort of register leaf',
            pb.Part(register=pb.PartRegister(soort=4, vorige=vorige))),
    ]


def part_file():
    sender = pb.PartSender(
        origin=ORIGIN, source=f'urn:nld:oin:{POLITIE}:systeem:bvh',
        id='019300a0-0000-7000-8000-000000000001', header_hash=secret('header'), outcome=2,
        reason=24, field='rubriek[1].bsn.waarde', oefening=True)
    vervallen = pb.PartVerstrekking(
        origin=ORIGIN, oin=GEMEENTE, functie='wmo', number=2, soort=2,
        header_hash=secret('header'), convenant_hash=secret('convenant'))
    tick = pb.PartTick(generation=3, vervallen=[7, 300], erased_begun=[4, 5], erased_done=[1])
    tick.tellingen.add(oin=GEMEENTE, minuut=29916666, reden=4, aantal=12)
    rows = [message_row('sender', pb.Part(sender=sender)),
            message_row('verstrekking', pb.Part(verstrekking=verstrekking())),
            message_row('vervallen', pb.Part(verstrekking=vervallen)),
            message_row('verantwoording', pb.Part(verantwoording=verantwoording()))]
    rows += [message_row(name, pb.Part(register=part)) for name, part in register_parts()]
    rows += [message_row('tick', pb.Part(tick=tick)),
             message_row('a tick in which nothing happened', pb.Part(tick=pb.PartTick()))]
    gone = pb.PartVernietiging(soort=2)
    gone.vernietigd.add(melding=7, slots=[17, 70000], entries=[7, 12])
    gone.bronnen.add(source=f'urn:nld:oin:{POLITIE}:systeem:bvh', number=1, sequences=[4, 9])
    gone.ontvangers.add(oin=GEMEENTE, functie='wmo', number=3)
    rows += [message_row('vernietiging', pb.Part(vernietiging=gone))]
    stop = pb.PartStop(opdracht=b'vernietigingsstop', meldingen=[7, 9], herzien=1780000000000)
    rows += [message_row('stop', pb.Part(stop=stop)),
             message_row('the end of a stop', pb.Part(stop=pb.PartStop(
                 opdracht=b'einde vernietigingsstop', einde=45)))]
    given = verantwoording()
    given.wpg20.CopyFrom(wpg20())
    rows += [message_row('verantwoording with what Wpg art. 20 asks',
                         pb.Part(verantwoording=given))]
    given = verantwoording()
    given.codes_hash = secret('codes')
    given.feiten[0].voorlopig = True
    provisional = verstrekking()
    provisional.gronden[0].voorlopig = True
    rows += [message_row('verantwoording with the code tables of its decision',
                         pb.Part(verantwoording=given)),
             message_row('verstrekking on a code that nobody confirmed',
                         pb.Part(verstrekking=provisional))]
    accepted = pb.PartAcceptatie(opdracht=b'acceptatie van codes', acts=[
        Batch(HOUSE, identity('beheerder'), [b'act']).signed_statement(0)])
    rows += [message_row('codes accepted until a day', pb.Part(acceptatie=accepted))]
    return {'about': 'Parts of entries; "fields" as in statement.json.', 'vectors': rows,
            'negative': part_negatives(rows[1]['wire'])}


def verrijking_file():
    openings = [pb.Opening(position=n, salt=secret(f'salt {n}'), value=encode(rubriek(
        40, 1, 1, '', [(1, '0'), (2, str(n)), (3, '5')]))) for n in range(2)]

    def row(name, chosen):
        return {'name': name, 'openings': [{'position': o.position, 'salt': o.salt,
                                            'value': o.value} for o in chosen],
                'commitment': verrijking_commitment(chosen)}
    return {
        'about': 'SHA-256(PAE("knooppunt/verrijking/v1", then for each opening: salt, value)).',
        'vectors': [row('one', openings[:1]), row('two', openings),
                    row('two in the other order', openings[::-1])],
    }


X25519 = {name: secret(f'gemeente {name}') for name in ('sealing', 'transport')}


def gemeente_bundle(**changes):
    return pb.Bundle(**{**dict(
        oin=GEMEENTE, naam='Gemeente Voorbeeld', soort='gemeente',
        functies=['wmo', 'oov', 'nazorg'], suite=1,
        identity=identity('gemeente')[0],
        sealing=x25519_public(X25519['sealing']),
        transport=x25519_public(X25519['transport'])), **changes})


def signed_bundle(bundle, send=True):
    signer = identity('gemeente')[1]
    if not bundle.sealing:
        return make_bundle(bundle, signer)
    return make_bundle(bundle, signer, X25519['sealing'], X25519['transport'],
                       SEND_END[1] if send else None)


def bundle_row(name, bundle, send=True):
    return {'name': name, 'fields': fields_of(bundle), 'send_secret': secret('house send'),
            'proven': send and bool(bundle.sealing), 'wire': signed_bundle(bundle, send)}


def bundle_negatives():
    good = signed_bundle(gemeente_bundle())

    def bad(kind, reason, wire):
        return refused(kind, reason, send_secret=secret('house send'), wire=wire)

    def changed(**changes):
        return signed_bundle(gemeente_bundle(**changes))

    def reproven(field, value):
        message = decode('SignedBundle', good)
        setattr(message, field, value)
        return encode(message)
    published = bytes.fromhex('bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518')
    one_key = make_bundle(gemeente_bundle(transport=b''),
                          identity('gemeente')[1])
    unproven = signed_bundle(gemeente_bundle(), send=False)
    other = x25519_public(secret('other'))
    return [
        bad('malformed', 'cut short', good[:-1]),
        bad('unsupported', 'suite 2', changed(suite=2)),
        bad('malformed', 'no OIN', changed(oin='A' * 20)),
        bad('malformed', 'a control character in the name', changed(naam='Gemeente\x1b')),
        bad('malformed', 'a name that is seen in another order',
            changed(naam='Gemeente \u202eX')),
        bad('malformed', 'a functie with a capital', changed(functies=['Wmo'])),
        bad('malformed', 'a functie twice', changed(functies=['wmo', 'wmo'])),
        bad('malformed', 'a sealing key without a transport key', one_key),
        bad('malformed', 'one key for sealing and transport',
            changed(transport=x25519_public(X25519['sealing']))),
        bad('malformed', 'a sealing key of low order', changed(sealing=LOW_ORDER)),
        bad('malformed', 'a transport key printed in zmq_curve(7)', changed(transport=published)),
        bad('malformed', 'the identity element as identity key',
            changed(identity=b'\x01' + bytes(31))),
        bad('signature', 'signed by another',
            changed(identity=identity('politie')[0])),
        bad('signature', 'no proof of the sealing key', unproven),
        bad('signature', 'a transport key that is not its own', changed(transport=other)),
        bad('signature', 'the sealing proof for the transport key',
            reproven('transport_proof', decode('SignedBundle', good).sealing_proof)),
    ]


def bundle_file():
    role = pb.Bundle(oin=HOUSE, naam='Beheerder', soort='veiligheidshuis',
                     functies=['beheerder'], suite=1,
                     identity=identity('gemeente')[0])
    return {
        'about': 'SignedBundle: proofs over claim = PAE("knooppunt/bundle/v1", Bundle). '
                 'identity_proof is Ed25519; the others HMAC-SHA-256(HKDF-SHA-256(salt '
                 '"knooppunt/bundle/v1", X25519(key, send), PAE(u8 kind, public key, send public '
                 'key)), claim).',
        'secrets': {'identity_seed': secret('gemeente identity'), **X25519},
        'vectors': [bundle_row('a gemeente', gemeente_bundle()),
                    bundle_row('without proofs, for who has no send key', gemeente_bundle(), False),
                    bundle_row('a role, which only signs', role)],
        'negative': bundle_negatives(),
    }
