#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes the vectors of the specification. usage: make_vectors.py FOLDER

They come from this Python alone, never from the C they check. Everything is fixed: the same files
come out of every run, and a test holds them against what is kept in proto/spec/vectors. A file that
must change is a change of the protocol.
"""

import json
import os
import sys

from vector_cast import hexed
from vector_rules import name_rules
from vectors_basic import (entry_file, envelope_file, hint_file, key_id_file, pae_file,
                           pair_key_file, vector_file)
from vectors_keys import huissleutel_file, log_keys_file
from vectors_log import log_file
from vectors_messages import batch_file, request_file, statement_file
from vectors_parts import bundle_file, part_file, verrijking_file

FILES = {
    'pae': pae_file, 'key_id': key_id_file, 'pair_key': pair_key_file, 'envelope': envelope_file,
    'hint': hint_file, 'vector': vector_file, 'entry': entry_file, 'statement': statement_file,
    'request': request_file, 'batch': batch_file, 'part': part_file,
    'verrijking': verrijking_file, 'bundle': bundle_file, 'log': log_file,
    'huissleutel': huissleutel_file, 'log_keys': log_keys_file,
}


def render(name):
    """The text of one vector file."""
    return json.dumps(hexed(name_rules(name, FILES[name]())), indent=1, ensure_ascii=False) + '\n'


def main(folder):
    for name in FILES:
        with open(os.path.join(folder, name + '.json'), 'w', encoding='utf-8') as file:
            file.write(render(name))


if __name__ == '__main__':
    main(sys.argv[1])
