# SPDX-License-Identifier: EUPL-1.2
"""Adding a type of statement is a row and a file: KNOOPPUNTD_PROEF is the product with one row
(newtype/melding/types.def) and one file (newtype/type_proef.c) more, nothing else was compiled
anew. The new type goes the whole path; the product without it refuses the same statement.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_party import Item, pb  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from path_test import e33  # noqa: E402

PROEF = 62
ENTRY, REGEL, TEKST = 1, 2, 3
BINARY = os.environ.get('KNOOPPUNTD_PROEF', '')
ONLY = ('politie', 'huis', 'sittard', 'sittard-oov')
WEGING = kc.WEGING_REGEL


def proef(stage, entry, tekst, regel=WEGING):
    wire = stage.parties['politie'].statement(
        stage.genesis, PROEF, [(ENTRY, str(entry).encode()), (REGEL, regel.encode()),
                               (TEKST, tekst.encode())])
    return Item(wire, id=pb.Statement.FromString(wire).id)


class NewType(unittest.TestCase):
    def stage(self, binary):
        stage = Stage(ONLY, binary=binary)
        self.addCleanup(stage.close)
        return stage

    def waiting(self, stage):
        """A melding that waits for a weging: its receipt and item."""
        item = stage.melding('politie', e33([Betrokkene(bsn=bsn(20), minderjarig='nee')]))
        receipt, = stage.push('politie', item)
        return receipt.index, item

    def weigh(self, stage, entry):
        weging = stage.parties['huis'].velden_item(stage.genesis, 'weging', {
            'entry': entry, 'regel': WEGING, 'betrokkene': 0, 'uitkomst': 'doorzetten',
            'medewerker': 'mw-1', 'motivering': 'gewogen'})
        receipt, = stage.push('huis', weging)
        return receipt.outcome, receipt.reason

    def test_a_row_and_a_file_take_a_type_through_the_daemon(self):
        stage = self.stage(BINARY)
        entry, melding = self.waiting(stage)
        item = proef(stage, entry, 'gezien')
        receipt, = stage.push('politie', item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        again, = stage.push('politie', item)
        self.assertEqual((again.outcome, again.index), ('aanvaard', receipt.index))
        why = stage.vraag('why', ('id', melding.id), ('ontvanger', 'sittard/wmo'))
        told = [value for name, value in why.lines if name in ('gebeurtenis', 'g-proef')]
        self.assertEqual([line.split()[0] for line in told], ['beslissing', 'proef', 'gezien'])
        self.assertEqual(told[1].split()[1], str(receipt.index))
        # Its rows: the weging is owed no more.
        self.assertEqual(self.weigh(stage, entry), ('geweigerd', 'not-owed'))
        stage.house.stop()
        self.assertTrue(stage.house.rebuild()['equal'])

    def test_its_velden_and_its_own_rule_hold_it_back(self):
        stage = self.stage(BINARY)
        entry, _ = self.waiting(stage)
        for tekst, field in ('weiger', 'proef.tekst'), ('x' * 41, 'tekst'):
            receipt, = stage.push('politie', proef(stage, entry, tekst))
            self.assertEqual((receipt.outcome, receipt.field), ('geweigerd', field), tekst)
        self.assertEqual(self.weigh(stage, entry), ('aanvaard', ''))

    def test_without_the_row_the_type_is_not_known(self):
        stage = self.stage(None)
        entry, _ = self.waiting(stage)
        receipt, = stage.push('politie', proef(stage, entry, 'gezien'))
        self.assertEqual((receipt.outcome, receipt.reason, receipt.field),
                         ('geweigerd', 'unknown-type', 'type'))
        self.assertEqual(self.weigh(stage, entry), ('aanvaard', ''))


if __name__ == '__main__':
    if not os.access(BINARY, os.X_OK):
        sys.exit('KNOOPPUNTD_PROEF must name the daemon with one type more')
    main()
