#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The commands of the README, run as they stand there: what it says is what happens.

Only what every machine has otherwise is put in their place: a free port, a melding of today. As root
the commands see the users that the README has root make, and only they do.

usage: readme_test.py SOURCE BIN [SHARE]
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_sandbox import let_users_pass  # noqa: E402

# What the blocks say to whoever runs them comes from the programs; here they talk of it.
PRELUDE = """
set -eu
PATH={bin}:/usr/bin:/bin
KNOOPPUNT={share}
trap 'kill $(jobs -p) 2>/dev/null && wait' EXIT
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def blocks_of(source):
    with open(f'{source}/README.md', encoding='utf-8') as file:
        return re.findall(r'^```sh\n(.*?)^```$', file.read(), re.DOTALL | re.MULTILINE)


def melding_of(share):
    """The example that lies there, of yesterday."""
    with open(f'{share}/melding.example.json', encoding='utf-8') as file:
        melding = json.load(file)
    when = (datetime.now(timezone.utc) - timedelta(days=1)).isoformat(timespec='seconds')
    melding['kenmerken']['tijdstip'] = melding['incident']['begin'] = when
    return melding


def adapt(block, port):
    """What starts in the background must be ready before the next command."""
    block = block.replace(':7477', f':{port}')
    block = block.replace('$KNOOPPUNT/melding.example.json', 'melding.json')
    block = re.sub(r'^(knooppuntd .*) &$', r'sed -i s/:7477/:%d/ huis/knooppunt.yaml\n'
                   r'\1 >ready & until grep -q ^event=ready ready; do :; done' % port,
                   block, flags=re.MULTILINE)
    return re.sub(r'^(knooppunt .* (?:push|fetch) .*)$', r'\1 --json >>lines', block,
                  flags=re.MULTILINE)


def with_users(source, folder):
    """The command that runs others where the users of the installation are there too."""
    if os.geteuid() != 0:
        return []
    os.makedirs(f'{folder}/users/etc')
    with open(f'{source}/config/systemd/knooppunt.sysusers', 'rb') as file:
        subprocess.run(['systemd-sysusers', f'--root={folder}/users', '-'], stdin=file, check=True)
    files = ' && '.join(f'mount --bind {folder}/users/etc/{name} /etc/{name}'
                        for name in ('passwd', 'group'))
    return ['unshare', '--mount', 'sh', '-c', f'{files} && exec "$@"', 'sh']


def main(source, programs, share=None):
    """With the programs of a folder, or of several with a colon between."""
    blocks, port = blocks_of(source), free_port()
    assert len(blocks) == 7, len(blocks)
    share = share or f'{source}/config'
    melding = melding_of(share)
    script = PRELUDE.format(bin=programs, share=share) + f'id={melding["id"]}\n'
    script += '\n'.join(adapt(block, port) for block in blocks)
    with tempfile.TemporaryDirectory(prefix='knp-readme-') as folder:
        with open(f'{folder}/melding.json', 'w', encoding='utf-8') as file:
            json.dump(melding, file)
        let_users_pass(folder)
        done = subprocess.run([*with_users(source, folder), 'bash', '-c', script], cwd=folder,
                              capture_output=True, text=True, timeout=100, check=False)
        with open(f'{folder}/lines', encoding='utf-8') as file:
            printed = file.read()
        assert done.returncode == 0, done.stdout + done.stderr + printed
        assert os.path.exists(f'{folder}/export/checkpoint')
    lines = [json.loads(line) for line in printed.splitlines()]
    pushed, *fetched = lines
    assert (pushed['id'], pushed['status']) == (melding['id'], 'aanvaard'), pushed
    assert fetched and all(line['verified'] for line in fetched), fetched
    given = {rubriek['rubriek'] for line in fetched for rubriek in line['rubrieken']}
    assert {'kenmerken', 'identificatie'} <= given and 'toelichting' not in given, given
    for text in ('all is well', 'INTACT', 'identificatie of betrokkene 1: verstrekt',
                 'toelichting of the incident: geweigerd'):
        assert text in done.stderr, (text, done.stderr)
    print('the README holds')


if __name__ == '__main__':
    main(*sys.argv[1:])
