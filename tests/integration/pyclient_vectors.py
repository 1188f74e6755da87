# SPDX-License-Identifier: EUPL-1.2
"""The Python client from the folder of its package, and the vectors of the specification from theirs:
the first two words of the command line."""

import json
import os
import sys
import unittest

PACKAGE, VECTORS = sys.argv[1:3]
sys.path.insert(0, PACKAGE)

from knooppunt_client.errors import Refused  # noqa: E402


def load(name):
    with open(os.path.join(VECTORS, f'{name}.json'), encoding='utf-8') as file:
        return json.load(file)


def unhex(text):
    return bytes.fromhex(text)


class OfVectors(unittest.TestCase):
    also = {}  # reason to rule, where one input breaks two rules and this client sees the other first

    def refuse(self, row, call, *arguments):
        """A negative vector is refused for its rule and as its kind."""
        with self.subTest(reason=row['reason']):
            with self.assertRaises(Refused) as caught:
                call(*arguments)
            self.assertIn(caught.exception.rule, {row['rule'], self.also.get(row['reason'])})
            self.assertEqual(caught.exception.kind, row['kind'])
