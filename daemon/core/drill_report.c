// SPDX-License-Identifier: EUPL-1.2
// The report of a drill: who tried which backup, when, what was found and how long it took.
#include "core/drill.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json_out.h"
#include "register/register.h"
#include "wire/batch.h"

#include <stdio.h>
#include <string.h>

#define REPORT_MAX 16384
#define ACT_MAX 16384
#define ACT_ARENA ((size_t)1 << 20)
#define REPORT_MODE 0600
#define DRILL_SOORT "drill"

static void add_hash(struct json_out *out, const char *key, const struct hash *hash)
{
	char text[65];
	hex_encode(text, bytes_of_hash(hash));
	json_out_add_text(out, key, text);
}

static void add_who(struct json_out *out, const struct party *role)
{
	char key[2 * KEY_ID_LEN + 1];
	hex_encode(key, bytes_make(role->identity_id.b, KEY_ID_LEN));
	json_out_key(out, "who");
	json_out_object_begin(out);
	json_out_add_text(out, "oin", role->bundle.oin.text);
	json_out_add_text(out, "functie", role->bundle.functies[0]);
	json_out_add_text(out, "key", key);
	json_out_object_end(out);
}

static void write_report(const struct drill *drill, const struct core *core,
			 const struct party *role, struct buffer *ret_text)
{
	struct json_out out;
	char when[21];
	time_format(when, clock_wall_ms());
	json_out_init(&out, ret_text);
	json_out_object_begin(&out);
	json_out_add_bool(&out, "usable", true);
	json_out_add_bool(&out, "oefening", core->registry.genesis.oefening);
	json_out_add_text(&out, "when", when);
	add_who(&out, role);
	json_out_add_text(&out, "backup", drill->backup);
	json_out_add_text(&out, "keystore", drill->keystore);
	json_out_add_number(&out, "keystore_size", drill->keystore_size);
	json_out_add_number(&out, "log_bytes", drill->log_bytes);
	json_out_add_number(&out, "keystore_bytes", drill->keystore_bytes);
	json_out_add_text(&out, "origin", register_origin(&core->registry));
	json_out_add_number(&out, "size", drill->checkpoint.size);
	add_hash(&out, "root", &drill->checkpoint.root);
	json_out_add_number(&out, "entries", drill->found.entries);
	json_out_add_number(&out, "erased", drill->found.erased);
	json_out_add_number(&out, "erased_again", drill->erased_again);
	json_out_add_number(&out, "took_ms", (uint64_t)drill->took_ms);
	json_out_object_end(&out);
	buffer_append_text(ret_text, "\n");
}

// Signs as a desk does. The head says up to where whoever signs had seen the log.
static enum result sign(const struct act_request *request, const struct private_key *key,
			struct buffer *ret_act)
{
	struct buffer statement;
	struct signed_statement proven;
	uint8_t signature[SIGNATURE_LEN];
	buffer_init(&statement, STATEMENT_MAX);
	enum result r = register_act_statement(request, &statement);
	struct bytes view = buffer_view(&statement);
	if (!r)
		r = batch_sign(&(const struct batch_signer){&request->signer, key}, &view, 1,
			       signature, &proven);
	if (!r)
		r = signed_statement_encode(&proven, ret_act);
	buffer_done(&statement);
	return r;
}

static enum result sign_report(const struct core *core, const struct private_key *key,
			       const struct party *role, struct bytes report,
			       struct buffer *ret_act)
{
	struct act_request request = {
		.registry = &core->registry,
		.head = {.size = core->checkpoint.size, .root = core->checkpoint.root},
		.soort = DRILL_SOORT,
		.object = sha256(report),
		.signer = role->bundle.oin,
		.systeem = "beheer",
		.now = clock_wall_ms(),
	};
	return sign(&request, key, ret_act);
}

static enum result put(struct drill *drill, const char *path, struct bytes content)
{
	enum result r = file_replace(path, content, REPORT_MODE);
	return drill_fail(drill, r, r == RESULT_FULL ? REASON_FULL : REASON_IO, path,
			  "the report cannot be written");
}

enum result drill_report(struct drill *drill, struct core *core)
{
	const struct unlock unlock = {.key_file = drill->role_unlock};
	const struct keyfile file = {drill->key, "identity", KEY_KIND_IDENTITY};
	struct private_key key;
	struct buffer report, act;
	char path[BACKUP_PATH_MAX];
	enum result r = keyfile_open(&file, &unlock, &key, &drill->problem);
	if (r)
		return r == RESULT_DAMAGED ? RESULT_CONFIG : r;
	const struct party *role = register_by_identity(&core->registry, &key.id);
	buffer_init(&report, REPORT_MAX);
	buffer_init(&act, ACT_MAX);
	if (!role || !role->is_role || role->until != REGISTER_NEVER)
		r = drill_fail(drill, RESULT_CONFIG, REASON_FUNCTIE_NOT_HELD, drill->key,
			       "this is the key of no role that is in force in this backup");
	if (!r) {
		write_report(drill, core, role, &report);
		r = report.status ? report.status
				  : sign_report(core, &key, role, buffer_view(&report), &act);
	}
	snprintf(path, sizeof path, "%.390s.act", drill->out);
	if (!r)
		r = put(drill, path, buffer_view(&act));
	if (!r)
		r = put(drill, drill->out, buffer_view(&report));
	if (!r)
		printf("%.*s", (int)report.len, (const char *)report.data);
	private_key_done(&key);
	buffer_done(&report);
	buffer_done(&act);
	return r;
}
