# SPDX-License-Identifier: EUPL-1.2
"""Which rule of the specification each negative vector breaks."""

# file: (rule of most rows, {reason: another rule})
RULES = {
    'pair_key': ('W2', {'the secret belongs to neither end': 'W14'}),
    'envelope': ('W10', {
        'the direction was changed': 'W14', 'an own envelope that came back': 'W14',
        'one byte too few': 'W11', 'one byte too many': 'W11',
        'a plaintext of no size class': 'W11', 'the prefix alone': 'W11', 'empty': 'W5',
        'a length beyond the plaintext': 'W12', 'padding that is not zero': 'W12',
        'the last byte of the padding is not zero': 'W12'}),
    'hint': ('W5', {}),
    'vector': ('W23', {}),
    'entry': ('L1', {}),
    'statement': ('W9', {
        'cut short': 'W6', 'a byte too many': 'W6', 'an unknown field': 'W7', 'a group': 'W6',
        'a default that is written out': 'W6', 'an empty text that is written out': 'W6',
        'a varint that is longer than need be': 'W6', 'a tag that is longer than need be': 'W6',
        'a number beyond 32 bits': 'W6', 'fields out of order': 'W6',
        'a field that occurs twice': 'W6', 'a wrong wire type': 'W6', 'NUL in a text': 'W8',
        'NUL first in a text': 'W8', 'bad UTF-8': 'W8', 'a surrogate': 'W8',
        'an overlong NUL': 'W8', 'an unknown field inside a veld': 'W7'}),
    'request': ('W9', {'cut short': 'W6', 'a byte too many': 'W6', 'an unknown field': 'W7',
                       'a group': 'W6'}),
    'batch': ('W19', {}),
    'part': ('W9', {
        'cut short': 'W6', 'a byte too many': 'W6', 'an unknown field': 'W7', 'a group': 'W6',
        'two parts': 'W6', 'delivery number 0': 'L6',
        'a genesis that names a leaf before it': 'L10', 'a partner that names none': 'L10',
        'a revocation with a partner': 'L12', 'an unknown soort of register leaf': 'L12'}),
    'bundle': ('L17', {
        'cut short': 'W6', 'suite 2': 'L16', 'a sealing key without a transport key': 'L16',
        'a sealing key of low order': 'W2', 'a transport key printed in zmq_curve(7)': 'W3',
        'the identity element as identity key': 'W2', 'signed by another': 'L16',
        'no proof of the sealing key': 'L16', 'a transport key that is not its own': 'L16',
        'the sealing proof for the transport key': 'L16'}),
    'huissleutel': ('L19', {}),
    'log_keys': ('L23', {}),
    'log': ('C12', {
        'a checkpoint signed by another log key': 'C6', 'a checkpoint over another tree': 'C6',
        'a proof from another size than was held': 'C6', 'the part of the sender': 'C9',
        'the accountability part': 'C9', 'the leaf of a tick': 'C9',
        'another place in the log': 'L5', 'a changed path': 'L5', 'a salt of another part': 'L5',
        'another entry': 'L5', 'another value in an opening': 'W23',
        'no sender, where herkomst is not withheld': 'C15', 'signed by a stranger': 'C11',
        'the other statement of the batch': 'C11',
        'no verrijking, where one was recorded': 'C13',
        'another salt of the verrijking': 'C13',
        'a proof that does not join the head of the sender': 'C17'}),
}


def name_rules(name, made):
    """Puts the rule into every negative row of a file, behind its reason."""
    usual, others = RULES.get(name, (None, {}))
    rows = made.get('negative', [])
    unknown = set(others) - {row['reason'] for row in rows}
    if unknown:
        raise ValueError(f'{name}: no row with reason {unknown}')
    made['negative'] = [{'reason': row['reason'], 'rule': others.get(row['reason'], usual), **row}
                        for row in rows]
    return made if rows else {key: value for key, value in made.items() if key != 'negative'}
