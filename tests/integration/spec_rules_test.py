#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Every numbered MUST of the specification is named by a test or by a vector that breaks it.

usage: spec_rules_test.py SOURCE

A test names a rule by "spec W12" in a comment or docstring, a negative vector by its `rule`.
"""

import json
import os
import re
import sys
import unittest

SOURCE = None
RULE = re.compile(r'^- \*\*([WLCK]\d+)\*\*', re.M)
NAMED = re.compile(r'spec ((?:[WLCK]\d+(?:, )?)+)')
# Rules that a test of another module carries: (file below tests, function).
CARRIED = {
    'W4': ('unit/client_session_test.c', 'a_message_of_several_parts_is_dropped_whole'),
    'W16': ('unit/client_outbox_test.c',
            'other_content_under_a_known_id_is_refused_for_good'),
    'W17': ('unit/header_test.c', 'the_header_of_a_melding_has_slots_and_no_velden'),
    'W18': ('unit/header_test.c', 'time_sequence_random_and_head_must_be_sound'),
    'W20': ('unit/opener_test.c', 'the_signer_must_be_the_sealer'),
    'W22': ('unit/opener_test.c', 'slots_that_do_not_give_the_signed_root_are_refused'),
    'W24': ('unit/validate_test.c', 'exactly_one_kenmerken_is_needed'),
    'C3': ('unit/client_outbox_test.c', 'again_and_hints_end_nothing'),
    'C5': ('unit/client_outbox_test.c', 'the_same_bytes_are_sent_until_a_receipt_came'),
    'C19': ('unit/client_delivery_test.c', 'each_piece_that_was_tampered_with_is_refused'),
}

def text_of(*path):
    with open(os.path.join(SOURCE, *path), encoding='utf-8') as file:
        return file.read()


def rules():
    return RULE.findall(text_of('proto', 'spec', 'specification.md'))


def named_by_vectors():
    folder = os.path.join(SOURCE, 'proto', 'spec', 'vectors')
    for name in sorted(os.listdir(folder)):
        made = json.loads(text_of('proto', 'spec', 'vectors', name))
        for row in made.get('negative', []):
            yield row['rule']


def named_by_tests():
    own = os.path.basename(__file__)
    for folder, _, files in os.walk(os.path.join(SOURCE, 'tests')):
        for name in files:
            if name.endswith(('.c', '.py')) and name != own:
                for names in NAMED.findall(text_of(folder, name)):
                    yield from re.findall(r'[WLCK]\d+', names)


def lists():
    return json.loads(text_of('proto', 'spec', 'vectors', 'lists.json'))


def lacking(page):
    """What the lists have of the types of statement, and the page does not say."""
    found = []
    [at_once] = re.findall(r'^- \*\*K3\*\*(.*?)(?=^- )', page, re.M | re.S)
    for row in lists()['types']:
        [velden] = re.findall(rf'^\| {row["name"]} \| (.*?) \| [^|]*\|$', page, re.M) or ['']
        found += [f'{row["name"]}.{veld["name"]}' for veld in row['velden']
                  if not re.search(rf'\b{veld["veld"]} {veld["name"]}\b', velden)]
        if not row['velden'] and not velden:
            found.append(row['name'])
        # An act comes in no request.
        if row['max_age_ms'] == 600000 and row['name'] not in re.findall(r'\w+', at_once + ' act'):
            found.append(f'K3 {row["name"]}')
    return found


class Rules(unittest.TestCase):
    def test_numbers_are_used_once_and_leave_no_gap(self):
        found = rules()
        for letter in 'WLCK':
            numbers = [int(rule[1:]) for rule in found if rule[0] == letter]
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)), letter)

    def test_types_stand_in_it_as_the_lists_have_them(self):
        page = text_of('proto', 'spec', 'specification.md')
        self.assertEqual(lacking(page), [])
        # Negative control: a veld under another number, and a type that is not named.
        self.assertEqual(lacking(page.replace('4 ontvanger: its OIN', '9 ontvanger: its OIN')),
                         ['nood.ontvanger'])
        self.assertEqual(lacking(page.replace('of a nood, a zsm', 'of a zsm')), ['K3 nood'])

    def test_every_rule_is_named(self):
        named = set(named_by_vectors()) | set(named_by_tests()) | set(CARRIED)
        unnamed = set(rules()) - named
        self.assertEqual(unnamed, set(), 'rules that no test names')

    def test_nothing_names_a_rule_that_is_not_there(self):
        named = set(named_by_vectors()) | set(named_by_tests()) | set(CARRIED)
        self.assertEqual(named - set(rules()), set())

    def test_the_tests_that_carry_a_rule_are_there(self):
        for rule, (path, function) in CARRIED.items():
            self.assertIn(f' {function}(', text_of('tests', path), rule)


if __name__ == '__main__':
    SOURCE = sys.argv.pop(1)
    unittest.main()
