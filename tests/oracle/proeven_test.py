#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Every proef beside a regel, of the shipped convenanten and of those of the tests, comes out under
the oracle as it is written."""

import os
import sys

import cases
import language
from oracle import Convenant

FIXTURES = [os.path.join(language.SOURCE, 'tests', 'fixtures', 'convenanten', f'{name}.yaml')
            for name in ('klein', 'soorten', 'proef')]


def main():
    wrong = count = 0
    for path in [*map(language.path_of, language.SHIPPED), *FIXTURES]:
        document = language.read(path)
        convenant = Convenant(document)
        for regel, day, row in document.proeven:
            melding, question, expected = cases.proef(document, regel, day, row)
            answer = convenant.ask(melding)(question)
            count += 1
            if answer.oordeel != expected:
                wrong += 1
                print(f'{document.naam}: {regel}: {row}\n  expected {expected}, got {answer}')
    print(f'{count} proeven under the oracle, {wrong} otherwise than written')
    return wrong > 0 or count < 200


if __name__ == '__main__':
    sys.exit(main())
