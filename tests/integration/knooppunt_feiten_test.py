# SPDX-License-Identifier: EUPL-1.2
"""Where the page of the language says a fact comes from: a melding that says all it can makes exactly
those known, in a running knooppuntd. (unit.convenant_feiten_test holds the page to the table.)"""

import os
import re

import knooppunt_world
from knooppunt_world import SOURCE, VT, Exchange, must


def of_the_page():
    """The attributes that the page knows a source of."""
    with open(os.path.join(SOURCE, 'docs', 'convenant-taal.md'), encoding='utf-8') as file:
        rows = re.findall(r'^\| \d+ \| `([^`]+)` \| (?:melding|betrokkene) \| .* \| ([^|]+) \|$',
                          file.read(), re.M)
    return [name for name, source in rows if source.strip()]


class Feiten(Exchange):
    def test_what_the_page_says_is_found_out(self):
        page = of_the_page()
        self.assertEqual(len(page), 41)
        # Read from the log only where a regel asks for it (unit.flow_nood_test).
        page.remove('eerdere.ontvangers')
        page.remove('bekend')  # of an answer to a question (unit.flow_bekend_test)
        [person, other] = knooppunt_world.example()['betrokkenen']
        person['leefgebieden'] = {'aandacht': ['huisvesting']}
        done = self.push(self.melding(betrokkenen=[person, other]), '--wait')
        self.assertEqual(done.code, 0, done.out)
        pushed = done.line
        [*_, told] = must('knooppunt-audit', 'why', pushed['id'], f'{VT}/frontoffice',
                          *self.house.asking).lines
        feiten = told['feiten']
        for name in page:
            value = feiten[name if name in feiten else f'1.{name}']
            self.assertNotEqual(value, 'onbekend', name)


if __name__ == '__main__':
    knooppunt_world.main()
