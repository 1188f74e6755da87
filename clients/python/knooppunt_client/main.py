# SPDX-License-Identifier: EUPL-1.2
"""The command line. Exit codes are those of `knooppunt`: 0 done, 1 refused, 2 usage, 3 try again
and nothing is lost, 4 settings or keys, 5 I/O."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable
from typing import Any

from . import files, genesis
from .client import Client, Settings
from .errors import BadInput, KnooppuntError, NotReached, Refused, Trouble
from .keys import Keys, Names, Unlock, make_keys, read_keys, unlock_of, write_bundle
from .melding import read_json
from .outbox import Outcome
from .values import lists

DONE, NO, USAGE, AGAIN, CONFIGURATION, IO = 0, 1, 2, 3, 4, 5


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False))
    sys.stdout.flush()


def _seconds(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 3600:
        raise Trouble(f'{what} must be a number of seconds, above 0 and at most 3600')
    return float(value)


def read_settings(path: str) -> Settings:
    """A TOML file; relative paths in it are seen from its folder."""
    with open(path, 'rb') as file:
        data = tomllib.load(file)
    folder = os.path.dirname(os.path.abspath(path))

    def text(name: str, needed: bool = True) -> str:
        value = data.pop(name, '')
        if not isinstance(value, str) or (needed and not value):
            raise Trouble(f'{path}: {name} must be there, as a text')
        return value

    def place(name: str, needed: bool = True) -> str:
        value = text(name, needed)
        return os.path.join(folder, value) if value else ''

    keys = place('keys')
    timeout = _seconds(data.pop('timeout', 10), f'{path}: timeout')
    made = Settings(text('oin'), text('systeem'), keys, place('spool'), place('genesis'),
                    text('endpoint'),
                    unlock_of(keys, place('unlock_file', False), place('passphrase_file', False)),
                    text('fingerprint', False), timeout)
    if data:
        raise Trouble(f'{path}: unknown setting {sorted(data)[0]}')
    return made


def _outcome_line(outcome: Outcome) -> dict[str, Any]:
    line: dict[str, Any] = {'id': outcome.id, 'status': outcome.status}
    if outcome.index >= 0:
        line['index'] = outcome.index
        line['oefening'] = outcome.oefening
    if outcome.reason:
        code, text, fix = lists().reasons.get(outcome.reason, ('unsupported', '', ''))
        line['reden'] = {'code': code, 'veld': outcome.veld, 'uitleg': text, 'fix': fix}
    return line


# ---- commands ----

def _send_key(words: argparse.Namespace) -> bytes:
    """That of genesis, unless the house handed over another."""
    first: bytes = genesis.read_genesis(files.get(words.genesis)).register.genesis.send_key
    if not words.send:
        return first
    if not re.fullmatch('[0-9a-fA-F]{64}', words.send):
        raise Trouble('--send: a key is 64 hexadecimal digits')
    return bytes.fromhex(words.send)


def _bundle_of(words: argparse.Namespace, keys_at: Callable[[str, Unlock], Keys]) -> int:
    send = _send_key(words)  # before keys are made that no bundle would be of
    keys = keys_at(words.folder, unlock_of(words.folder, words.unlock_file, words.passphrase_file))
    names = Names(words.oin, words.naam, words.soort, tuple(words.functie))
    path = write_bundle(words.folder, keys, names, send)
    _say({'bundle': path, 'key': keys.identity_id.hex()})
    return DONE


def keygen(words: argparse.Namespace) -> int:
    return _bundle_of(words, make_keys)


def bundle(words: argparse.Namespace) -> int:
    return _bundle_of(words, read_keys)


def push(client: Client, words: argparse.Namespace) -> int:
    outcomes = {}
    for path in words.file:
        try:
            outcome = client.push([read_json(files.get(path))])[0]
        except BadInput as error:
            _say({'error': {'code': error.code, 'message': str(error), 'file': path,
                            'field': error.field}})
            return NO
        outcomes[outcome.id] = outcome
    for outcome in client.flush(words.wait):
        outcomes[outcome.id] = outcome
    for outcome in outcomes.values():
        _say(_outcome_line(outcome))
    if any(outcome.status == 'geweigerd' for outcome in outcomes.values()):
        return NO
    return DONE if all(outcome.is_final for outcome in outcomes.values()) else AGAIN


def fetch(client: Client, words: argparse.Namespace) -> int:
    """Acknowledged only after the line and the file are out."""
    status = DONE
    if words.first and len(words.functie or client.functies) != 1:
        raise BadInput('usage', '/first', 'it needs one --functie')
    for functie in words.functie or client.functies:
        report = client.fetch(functie, words.max, words.wait, words.first)
        for received in report.received:
            if words.out:
                files.make_folder(words.out)
                files.put(os.path.join(words.out, f'{functie}-{received.number}.json'),
                          json.dumps(received.content, ensure_ascii=False).encode())
            _say(received.content)
        if report.received:
            client.ack(functie, report.received[-1].number)
        for aside in report.aside:
            print(f'knooppunt-py: set aside, not acknowledged: {aside}', file=sys.stderr)
            status = NO
    return status


def ask(client: Client, words: argparse.Namespace) -> int:
    received = client.ask(_pairs(words.veld), words.wait)
    _say(received.content)
    client.ack(received.functie, received.number)
    return DONE


def say(client: Client, words: argparse.Namespace) -> int:
    outcome = client.say(words.type, _pairs(words.veld))
    for each in client.flush(words.wait):
        if each.id == outcome.id:
            outcome = each
    _say(_outcome_line(outcome))
    return {'aanvaard': DONE, 'geweigerd': NO}.get(outcome.status, AGAIN)


def status(client: Client, _: argparse.Namespace) -> int:
    register, held = client.memory.register, client.memory.heads.held
    alarms = client.alarms()
    _say({'log': register.log, 'oefening': register.oefening, 'size': held.size,
          'register': register.newest, 'outbox': client.outbox.count,
          'inbox': {functie: len(client.inbox(functie).waiting()) for functie in client.functies},
          'alarms': alarms})
    return NO if alarms else DONE


def sync(client: Client, words: argparse.Namespace) -> int:
    client.sync()
    return status(client, words)


def _pairs(words: list[str]) -> dict[str, Any]:
    """NAME=VALUE; one that occurs again makes a list."""
    made: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition('=')
        if not equals:
            raise BadInput('usage', f'/{name}', 'NAME=VALUE is expected')
        if name in made:
            made[name] = [*(made[name] if isinstance(made[name], list) else [made[name]]), value]
        else:
            made[name] = value
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='knooppunt-py', description='A client of a Knooppunt.')
    parser.add_argument('-c', dest='settings', default='client.toml', metavar='FILE')
    commands = parser.add_subparsers(dest='command', required=True)
    for name, alone in (('keygen', keygen), ('bundle', bundle)):
        command = commands.add_parser(name)
        command.set_defaults(alone=alone)
        command.add_argument('folder')
        for option in ('--oin', '--naam', '--soort', '--genesis'):
            command.add_argument(option, required=True)
        command.add_argument('--functie', action='append', required=True)
        command.add_argument('--send', default='', metavar='HEX')
        command.add_argument('--unlock-file', default='')
        command.add_argument('--passphrase-file', default='')
    _add(commands, 'push', push, 10.0).add_argument('file', nargs='*')
    command = _add(commands, 'fetch', fetch, 0)
    command.add_argument('--functie', action='append')
    command.add_argument('--max', type=_at_least(int, 1), default=256)
    command.add_argument('--out', default='')
    command.add_argument('--first', type=_at_least(int, 1), default=0)
    _add(commands, 'ask', ask, 60.0).add_argument('veld', nargs='+', metavar='NAME=VALUE')
    command = _add(commands, 'say', say, 10.0)
    command.add_argument('type')
    command.add_argument('veld', nargs='+', metavar='NAME=VALUE')
    for name, call in (('status', status), ('sync', sync)):
        commands.add_parser(name).set_defaults(call=call)
    return parser


def _at_least(kind: Any, least: int) -> Callable[[str], Any]:
    """A number from the command line; infinity and what is none are refused."""
    def read(word: str) -> Any:
        value = kind(word)
        if not least <= value <= 10**15:
            raise ValueError(word)
        return value
    read.__name__ = 'number'
    return read


def _add(commands: Any, name: str, call: Any, wait: float) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name)
    command.set_defaults(call=call)
    command.add_argument('--wait', type=_at_least(type(wait), 0), default=wait, metavar='SECONDS')
    return command


def _run(words: argparse.Namespace) -> int:
    if hasattr(words, 'alone'):
        return int(words.alone(words))
    with Client(read_settings(words.settings)) as client:
        return int(words.call(client, words))


def main(arguments: list[str] | None = None) -> int:
    words = _parser().parse_args(arguments)
    code, error, field = IO, '', ''
    try:
        return _run(words)
    except NotReached as caught:
        code, error, message = AGAIN, 'unreachable', str(caught)
    except BadInput as caught:
        code, error, message, field = NO, caught.code, str(caught), caught.field
    except Refused as caught:
        code, error, message = NO, 'not-proven', str(caught)
    except (Trouble, tomllib.TOMLDecodeError, ValueError) as caught:
        code, error, message = CONFIGURATION, 'bad-value', str(caught)
    except KnooppuntError as caught:
        code, error, message = IO, 'io', str(caught)
    except OSError as caught:
        error, message = 'io', str(caught)
    _say({'error': {'code': error, 'message': message, **({'field': field} if field else {})}})
    return code


if __name__ == '__main__':
    sys.exit(main())
