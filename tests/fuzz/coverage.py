#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""coverage.py BUILD: how much of each decoder its corpus reaches.

BUILD is a build of the preset "coverage". Prints a table, and every line that was not reached with
--lines; exits 1 when a decoder is below the mark. A decoder is the files named here; every function
in them counts but for those in NOT_DECODING, so that new code counts until somebody says why not.
Where two targets share a decoder a line counts that either reaches.
"""

import argparse
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MARK = 95.0

WIRE = ['proto/wire/check.c', 'proto/wire/codec.c']
CONVENANT = ['load', 'reader', 'partijen', 'regels', 'proeven', 'toetsen', 'doelgroepen',
             'ronde', 'index']
# decoder: the targets whose corpora it is reached by, the files it is.
DECODERS = {
    'vkey': (['vkey'], ['proto/tree/vkey.c']),
    'note': (['note'], ['proto/tree/note.c']),
    'checkpoint': (['checkpoint', 'tlog_proof'], ['proto/tree/checkpoint.c', 'proto/tree/text.c']),
    'entry bundle': (['bundle'], ['proto/tree/tiles.c']),
    'melding': (['melding', 'header'], ['proto/melding/validate.c', 'proto/melding/veld.c']),
    'yaml': (['yaml', 'convenant'], ['proto/yaml/parse.c', 'proto/yaml/access.c',
                                     'proto/codes/gemeenten.c',
                                     'proto/codes/row.c', 'proto/codes/tabel.c']),
    'melding as json': (['melding_json'], ['clients/json/read.c', 'clients/json/parse.c']),
    'jzv': (['jzv'], ['clients/json/jzv_check.c', 'clients/json/jzv_complete.c',
                      'clients/json/jzv_melding.c', 'clients/json/jzv_uitkomst.c']),
    'convenant': (['convenant'], ['proto/codes/termijn.c'] +
                  [f'proto/convenant/{name}.c' for name in CONVENANT]),
    'envelope': (['envelope', 'opener'], ['proto/wire/envelope.c']),
    'request': (['request'], ['proto/wire/request.c']),
    'replies': (['replies'], ['proto/wire/replies.c']),
    'statement': (['statement', 'rubriek', 'request'], ['proto/wire/statement.c',
                                                        'proto/wire/explain.c']),
    'part': (['part'], ['proto/wire/part.c', 'proto/wire/part_register.c',
                        'proto/wire/part_verantwoording.c', 'proto/wire/part_verstrekking.c']),
    'protobuf': (['part', 'request', 'replies', 'statement', 'rubriek', 'party_bundle'], WIRE),
    'entry': (['entry'], ['proto/wire/entry.c']),
    'party bundle': (['party_bundle'], ['proto/wire/bundle.c']),
    'guard': (['guard'], ['daemon/guard/guard.c']),
    'exported log': (['export'], ['clients/audit/verify.c', 'clients/audit/verify_tiles.c']),
    'opened': (['opened', 'opener'], ['daemon/ipc/opened_decode.c']),
    'opener': (['opener'], ['daemon/opener/open.c', 'daemon/opener/item.c',
                            'daemon/opener/parties.c']),
    'control': (['control'], ['daemon/control/message.c']),
}

# Functions in these files that read nothing from outside: they write, make, compute or release.
NOT_DECODING = {
    'proto/tree/checkpoint.c': {'checkpoint_sign', 'format_text', 'tlog_proof_format'},
    'proto/tree/note.c': {'note_append_signature'},
    'proto/tree/vkey.c': {'vkey_make'},
    'proto/tree/tiles.c': {'tile_name', 'tile_count', 'format_index', 'bundle_append_entry'},
    'proto/melding/validate.c': {'melding_find'},
    # what reads them is yaml_parse and gemeenten_load; the rest asks the table
    'proto/codes/gemeenten.c': {'gemeenten_read', 'huizen_count', 'huizen_at', 'gemeente_on',
                                  'gemeente_answering', 'gemeente_huis', 'ended_before'},
    # likewise
    'proto/codes/tabel.c': {'tabel_read', 'tabel_name'},
    # opens files
    'proto/yaml/parse.c': {'yaml_read', 'refuse_file'},
    # of settings, whose file is the beheerder's own
    'proto/yaml/access.c': {'yaml_bool', 'yaml_int', 'plain_scalar', 'is_decimal', 'list_allowed'},
    # when a term ends; judged while deciding
    'proto/codes/termijn.c': {'termijn_is_werkdag', 'weekday', 'is_fixed_feestdag',
                                  'easter_days', 'end_of_werkdagen', 'termijn_end'},
    'proto/convenant/load.c': {'convenant_new'},
    'proto/wire/envelope.c': {'envelope_seal'},
    'proto/wire/request.c': {'write_item'},
    'proto/wire/replies.c': {'write_delivery'},
    'proto/wire/part_verstrekking.c': {'verrijking_commitment'},
    'proto/wire/codec.c': {'append_packed'},
    'proto/wire/bundle.c': {'make_proof', 'make_proofs', 'encode_signed', 'encode_body'},
    # open, read and write files
    'clients/audit/verify.c': {'verify_read', 'check_folder', 'keep_last'},
    'daemon/guard/guard.c': {'guard_create', 'guard_write', 'write_block', 'open_result',
                             'guard_close'},
    'daemon/opener/open.c': {'opener_new', 'opener_free', 'opener_has_parties'},
    'daemon/opener/parties.c': {'parties_free', 'allocate'},
    'daemon/control/message.c': {'control_append_text', 'control_append_number', 'append_base64'},
}
# A line that only gives up because there is no memory: no input brings that about by itself.
NO_MEMORY = re.compile(r'^\s*(return |.*\? .*: )?RESULT_NO_MEMORY;$')


def run(*words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, **more).stdout.decode()


def replay(build, target, extra):
    """({file: {line: reached}}, {file: {function: (first, last)}}) of one corpus."""
    program = os.path.join(build, 'bin', f'fuzz_{target}')
    raw, data = (os.path.join(build, f'{target}.{kind}') for kind in ('profraw', 'profdata'))
    corpora = [os.path.join(ROOT, 'tests', 'fuzz', 'corpus', target)]
    corpora += [os.path.join(extra, f'fuzz_{target}')] if extra else []
    run(program, *corpora, env={**os.environ, 'LLVM_PROFILE_FILE': raw}, stderr=subprocess.STDOUT)
    run('llvm-profdata-14', 'merge', '-sparse', raw, '-o', data)
    with_profile = (program, f'-instr-profile={data}')
    lines = lines_of(run('llvm-cov-14', 'show', *with_profile, stderr=subprocess.DEVNULL))
    exported = run('llvm-cov-14', 'export', *with_profile, stderr=subprocess.DEVNULL)
    return lines, functions_of(json.loads(exported))


def measure(replayed, targets, files):
    """{file: {function: {line: reached}}}: by any of the corpora."""
    found = {}
    for lines, functions in (replayed[target] for target in targets):
        for path in files:
            for name, (first, last) in functions.get(path, {}).items():
                if name in NOT_DECODING.get(path, ()):
                    continue
                into = found.setdefault(path, {}).setdefault(name, {})
                for line, hit in lines[path].items():
                    if first <= line <= last:
                        into[line] = into.get(line, False) or hit
    return found


def lines_of(shown):
    lines, name = {}, ''
    for line in shown.splitlines():
        if line.startswith('/') and line.endswith(':'):
            name = os.path.relpath(os.path.realpath(line[:-1]), ROOT)
        found = re.match(r' *(\d+)\| *([\d.]+[kMGTPE]?)\|(.*)', line)
        if found and not NO_MEMORY.match(found[3]):
            lines.setdefault(name, {})[int(found[1])] = found[2] != '0'
    return lines


def functions_of(exported):
    found = {}
    for function in exported['data'][0]['functions']:
        path = os.path.relpath(os.path.realpath(function['filenames'][0]), ROOT)
        region = function['regions'][0]
        found.setdefault(path, {})[function['name'].split(':')[-1]] = (region[0], region[2])
    return found


def show(name, found, with_lines):
    """One row of the table; the share."""
    hits = [hit for functions in found.values() for lines in functions.values()
            for hit in lines.values()]
    share = 100.0 * sum(hits) / len(hits)
    mark = '' if share >= MARK else f'  below {MARK}'
    print(f'{name:<16}{len(hits):>7}{sum(hits):>9}{share:>7.1f}{mark}')
    for path, functions in found.items() if with_lines else ():
        for function, lines in functions.items():
            missed = [str(line) for line, hit in sorted(lines.items()) if not hit]
            if missed:
                print(f'    {path}: {function}: {" ".join(missed)}')
    return share


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--lines', action='store_true', help='print what was not reached')
    parser.add_argument('--extra', help='a folder with more corpora, fuzz_TARGET each')
    parser.add_argument('build')
    options = parser.parse_args()
    wanted = sorted({target for targets, _ in DECODERS.values() for target in targets})
    replayed = {target: replay(options.build, target, options.extra) for target in wanted}
    print(f'{"decoder":<16}{"lines":>7}{"reached":>9}{"%":>7}')
    shares = [show(name, measure(replayed, *of), options.lines) for name, of in DECODERS.items()]
    return 1 if min(shares) < MARK else 0


if __name__ == '__main__':
    sys.exit(main())
