# SPDX-License-Identifier: EUPL-1.2
"""Which lines each fuzz target is about, for coverage.py.

A decoder is the files named here; every function in them counts but for those in NOT_DECODING, so
that new code counts until somebody says why not. Where two targets share a decoder a line counts that
either reaches. Every target of CMakeLists.txt stands in a row.
"""

WIRE = ['proto/wire/check.c', 'proto/wire/codec.c']
CONVENANT = ['load', 'reader', 'partijen', 'regels', 'soorten', 'eisen', 'toetsen', 'doelgroepen',
             'proeven_lezen', 'proeven', 'gronden', 'ronde', 'index']
# decoder: the targets whose corpora it is reached by, the files it is.
DECODERS = {
    'vkey': (['vkey'], ['proto/tree/vkey.c']),
    'note': (['note'], ['proto/tree/note.c']),
    'checkpoint': (['checkpoint', 'tlog_proof'], ['proto/tree/checkpoint.c', 'proto/tree/text.c']),
    'policy': (['policy'], ['proto/tree/policy.c']),
    'request to a witness': (['witness'], ['clients/witness/request.c']),
    'verified': (['verified'], ['proto/tree/verified.c']),
    'entry bundle': (['bundle'], ['proto/tree/tiles.c']),
    'melding': (['melding', 'header'], ['proto/melding/validate.c', 'proto/melding/veld.c']),
    'yaml': (['yaml', 'convenant'], ['proto/yaml/parse.c', 'proto/yaml/access.c',
                                     'proto/codes/gemeenten.c',
                                     'proto/codes/row.c', 'proto/codes/tabel.c']),
    'openingstijd': (['openingstijd'], ['proto/codes/openingstijd.c']),
    'csv': (['csv'], ['clients/adapter/csv.c']),
    'melding as json': (['melding_json'], ['clients/json/read.c', 'clients/json/parse.c',
                                           'clients/json/regime.c', 'clients/json/velden.c',
                                           'clients/json/waarden.c']),
    'jzv': (['jzv'], ['clients/json/jzv_check.c', 'clients/json/jzv_complete.c',
                      'clients/json/jzv_melding.c', 'clients/json/jzv_uitkomst.c']),
    'genesis': (['genesis'], ['proto/register/genesis_file.c']),
    'einde': (['einde'], ['proto/register/einde.c']),
    'herstel': (['herstel'], ['proto/register/herstel.c']),
    'huissleutel': (['huissleutel'], ['proto/register/huissleutel.c']),
    'acceptatie': (['acceptatie'], ['proto/register/acceptatie.c']),
    'stop': (['stop'], ['proto/register/stop.c']),
    'wissing': (['wissing'], ['proto/register/wissing.c']),
    'lines of an order': (['einde', 'herstel', 'huissleutel', 'acceptatie', 'stop', 'wissing'],
                          ['proto/register/lines.c']),
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
    'proto/tree/verified.c': {'append_hash', 'append_body', 'verified_format'},
    'proto/tree/checkpoint.c': {'checkpoint_sign', 'checkpoint_add_signature', 'format_text',
                                'tlog_proof_format'},
    'proto/tree/note.c': {'note_append_signature', 'cosignature_append', 'append_line', 'is_pair'},
    'proto/tree/policy.c': {'policy_has_log'},
    'proto/tree/vkey.c': {'vkey_make', 'cosigner_make'},
    'proto/tree/tiles.c': {'tile_name', 'tile_count', 'format_index', 'bundle_append_entry'},
    # bsn_is_in looks whether somebody wrote a BSN into a text of his own
    'proto/melding/validate.c': {'melding_find'},
    'proto/melding/veld.c': {'bsn_is_in'},
    # what reads them is yaml_parse and gemeenten_load; the rest asks the table
    'proto/codes/gemeenten.c': {'huizen_count', 'huizen_at', 'gemeente_on',
                                'gemeente_answering', 'ended_before',
                                'gemeente_weg', 'gemeenten_guess', 'begins_with'},
    # likewise
    'proto/codes/tabel.c': {'tabel_name'},
    # opens files
    'proto/yaml/parse.c': {'yaml_read', 'yaml_read_text', 'refuse_file'},
    # of settings, whose file is the beheerder's own
    'proto/yaml/access.c': {'yaml_bool', 'yaml_int', 'plain_scalar', 'is_decimal', 'list_allowed'},
    # when a term ends; judged while deciding
    'proto/codes/termijn.c': {'termijn_is_werkdag', 'termijn_is_feestdag', 'is_fixed_feestdag', 'easter_days', 'end_of_werkdagen',
                              'termijn_end'},
    # names for who reads a convenant, and one made by a test
    'proto/convenant/load.c': {'convenant_new', 'convenant_wpg20_name'},
    'proto/convenant/regels.c': {'laag_naam'},
    # of the tests of a regel those that no proef needs: asked by a command of the officer
    'proto/convenant/proeven.c': {'convenant_test_regel', 'convenant_test_is_proven'},
    'proto/wire/envelope.c': {'envelope_seal', 'envelope_seal_wide', 'envelope_class'},
    'proto/wire/request.c': {'write_item'},
    'proto/wire/replies.c': {'write_delivery'},
    'proto/wire/part_verstrekking.c': {'verrijking_commitment'},
    'proto/wire/codec.c': {'append_packed'},
    'proto/wire/bundle.c': {'make_proofs', 'encode_signed', 'encode_body'},
    # that whoever names a key holds it: computed for it, and checked, not read
    'proto/register/huissleutel.c': {'house_use_kind', 'huissleutel_prove', 'huissleutel_check',
                                     'prove_claim', 'check_signature', 'check_agreement',
                                     'pae_of'},
    # open, read and write files
    'clients/audit/verify.c': {'verify_read', 'check_folder', 'keep_last'},
    'daemon/guard/guard.c': {'guard_create', 'guard_write', 'check_note',
                             'guard_close'},
    'daemon/opener/open.c': {'opener_new', 'opener_free', 'opener_has_parties'},
    'daemon/opener/parties.c': {'parties_free', 'allocate'},
    'daemon/control/message.c': {'control_append_text', 'control_append_number', 'append_base64'},
}

# Lines that no bytes from outside reach, one by one: the file, the function, the line before it and
# those themselves as they stand there, and why. Lines that only give up because there is no memory are
# left out by coverage.py itself.
UNREACHABLE = [
    # vsnprintf and snprintf fail for a format or a locale, never for what is formatted
    ('proto/melding/veld.c', 'refusal_set',
     ('if (vsnprintf(refusal->field, sizeof refusal->field, format, args) < 0)',
      "refusal->field[0] = '\\0';"), 'formatting cannot fail'),
    ('proto/yaml/access.c', 'yaml_problem',
     ('if (vsnprintf(message, sizeof message, format, args) < 0)', "message[0] = '\\0';"),
     'formatting cannot fail'),
    ('proto/convenant/reader.c', 'reader_enter',
     ('if (vsnprintf(reader->place, sizeof reader->place, format, args) < 0)',
      "reader->place[0] = '\\0';"), 'formatting cannot fail'),
    ('proto/convenant/reader.c', 'reader_fail',
     ('if (vsnprintf(message, sizeof message, format, args) < 0)', "message[0] = '\\0';"),
     'formatting cannot fail'),
    ('clients/json/waarden.c', 'reader_point',
     ('if (snprintf(out, POINTER_MAX, "%s/%s", path, key) < 0)', "out[0] = '\\0';"),
     'formatting cannot fail'),
    ('clients/json/jzv_complete.c', 'fail_twice',
     ('if (snprintf(pointer, sizeof pointer, "/knooppunt%s", path) < 0)', "pointer[0] = '\\0';"),
     'formatting cannot fail'),
    ('clients/json/jzv_complete.c', 'merge_rubriek',
     ('if (snprintf(pointer, sizeof pointer, "%s/%s", path, key) < 0)', "pointer[0] = '\\0';"),
     'formatting cannot fail'),
    ('clients/json/jzv_melding.c', 'jzv_origin',
     ('if (snprintf(ret_origin, JZV_POINTER_MAX, "/knooppunt%s", pointer) < 0)',
      "ret_origin[0] = '\\0';"), 'formatting cannot fail'),
    # what gives up for lack of memory in more than a line
    ('proto/yaml/parse.c', 'open_parser',
     ('if (!yaml_parser_initialize(parser))', 'return false;'), 'no memory'),
    ('proto/convenant/proeven.c', 'proeven_run',
     ('if (!feiten) {', 'reader->result = RESULT_NO_MEMORY;', 'return;', '}'), 'no memory'),
    ('clients/json/jzv_complete.c', 'put_themas',
     ('if (json_array_append_new(list, json_string(soort->thema[i])) != 0) {',
      'json_decref(list);', 'return RESULT_NO_MEMORY;', '}'), 'no memory'),
    ('clients/json/jzv_melding.c', 'jzv_put',
     ('if (json_object_set_new(holder, rubriek, object) != 0)', 'object = NULL;'), 'no memory'),
    ('clients/json/jzv_melding.c', 'put_rows',
     ('if (result != RESULT_OK && result != RESULT_EXISTS)', 'return result;'), 'no memory'),
    ('clients/json/jzv_melding.c', 'put_middel',
     ('if (result != RESULT_OK && result != RESULT_EXISTS)', 'return result;'), 'no memory'),
    ('clients/json/jzv_melding.c', 'first_person',
     ('if (json_object_set_new(jzv->out, "betrokkenen", list) != 0)', 'return NULL;'),
     'no memory'),
    ('clients/json/jzv_melding.c', 'first_person',
     ('if (json_array_size(list) == 0 && json_array_append_new(list, json_object()) != 0)',
      'return NULL;'), 'no memory'),
    ('daemon/opener/item.c', 'read_melding',
     ('if (!melding.rubrieken) {', 'item_refuse(opened, REASON_TOO_MANY, "rubrieken");',
      'return false;', '}'),
     'the arena has room for more rubrieken than an envelope can hold'),
    # what somebody before them has seen to
    ('proto/convenant/reader.c', 'reader_text',
     ('if (!utf8_is_clean_text(text))',
      'reader_fail(reader, node, (struct reader_fault){REASON_BAD_TEXT, key, NULL},',
      '"The text holds bytes that are not clean UTF-8.");'),
     'yaml_parse refuses such a text as a whole'),
    ('daemon/opener/open.c', 'unseal',
     ('if (frame.len > ENVELOPE_FRAME_MAX)', 'return REASON_TOO_LONG;'),
     'envelope_read_prefix refused such a frame'),
    # a disk
    ('daemon/guard/guard.c', 'read_blocks',
     ('if (file_read_at(guard->fd, block, sizeof block, i * BLOCK_LEN))', 'return RESULT_IO;'),
     'only a disk that fails'),
]
