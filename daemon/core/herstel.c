// SPDX-License-Identifier: EUPL-1.2
// knooppuntd restore --propose and --order: a log goes on from a copy after a loss, under an origin
// of its own (register/herstel.h). What the guard still says of the loss counts here: it is never
// put back, and no text may claim less than it knows.
#include "core/drill.h"

#include "base/file.h"
#include "base/json_out.h"
#include "wire/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACT_MAX 16384
#define GUARD_FILE_MAX (64 * 1024)
#define BEFORE ".voorganger" // behind the name of a guard that another origin follows

// ---- what the guard knows --------------------------------------------------------------------

// Who holds which key of the log is known only once a copy is opened.
static enum result verify_guard(struct drill *drill, const struct core *core,
				const struct guard *guard, struct checkpoint *ret_held)
{
	enum result r = log_keys_verify(&core->signing.keys, guard_note(guard), ret_held);
	if (!r)
		return r;
	// Of what is lost: by a key that the copy has, at a size that it does not.
	for (size_t i = 0; r && i < core->signing.keys.count; i++)
		r = checkpoint_verify(guard_note(guard), &core->signing.keys.keys[i].vkey,
				      ret_held);
	return r ? drill_fail(drill, r, REASON_BEHIND_GUARD, drill->guard,
			      "the guard is there, and holds no checkpoint of this log")
		 : RESULT_OK;
}

// That of the house is core's; whoever runs this opens a copy.
static enum result open_guard(struct drill *drill, struct guard **ret_guard)
{
	char copy[BACKUP_PATH_MAX];
	struct buffer bytes;
	drill_path(copy, drill->scratch, DRILL_GUARD_COPY);
	buffer_init(&bytes, GUARD_FILE_MAX);
	enum result r = file_read(drill->guard, GUARD_FILE_MAX, &bytes);
	if (!r)
		r = file_replace(copy, buffer_view(&bytes), 0600);
	if (!r)
		r = guard_open_to_read(copy, ret_guard);
	buffer_done(&bytes);
	return drill_fail(drill, r, REASON_BEHIND_GUARD, drill->guard,
			  "the guard is there, and cannot be read");
}

// 0: there is no guard, or it is one of this very herstel, cut off. Else how far it knows of.
static enum result guard_knows(struct drill *drill, const struct core *core, uint64_t *ret_size)
{
	struct guard *guard;
	struct checkpoint held;
	char first[ORIGIN_MAX + 2];
	*ret_size = 0;
	if (access(drill->guard, F_OK) != 0 && errno == ENOENT)
		return RESULT_OK;
	enum result r = open_guard(drill, &guard);
	if (r)
		return r;
	snprintf(first, sizeof first, "%s\n", drill->herstel.log);
	struct bytes note = guard_note(guard);
	if (!bytes_take_text(&note, first)) {
		r = verify_guard(drill, core, guard, &held);
		*ret_size = r ? 0 : held.size;
		drill->guard_is_before = !r;
	}
	guard_close(guard);
	return r;
}

enum result herstel_may(struct drill *drill)
{
	char path[BACKUP_PATH_MAX];
	drill_path(path, drill->data, "log");
	if (access(path, F_OK) == 0 || errno != ENOENT)
		return drill_fail(drill, RESULT_EXISTS, REASON_EXISTS, path,
				  "the house has its log: move the data folder away, but for its "
				  "guard, if that log is not to be used any more");
	return RESULT_OK;
}

static enum result check_loss(struct drill *drill, const struct core *core, uint64_t *ret_known)
{
	enum result r = guard_knows(drill, core, ret_known);
	if (!r && *ret_known > 0 && *ret_known <= drill->checkpoint.size)
		return drill_fail(drill, RESULT_CONFLICT, REASON_CONFLICT, drill->guard,
				  "nothing is lost: the guard knows of no entry that this backup "
				  "has not");
	return r;
}

// ---- proposing -------------------------------------------------------------------------------

static enum result take_seen(struct drill *drill, const struct core *core, const char *path,
			     uint64_t *known)
{
	struct buffer note;
	struct checkpoint seen;
	enum result r = RESULT_BAD_SIGNATURE;
	buffer_init(&note, CHECKPOINT_MAX);
	enum result read = file_read(path, CHECKPOINT_MAX, &note);
	for (size_t i = 0; !read && r && i < core->signing.keys.count; i++)
		r = checkpoint_verify(buffer_view(&note), &core->signing.keys.keys[i].vkey, &seen);
	buffer_done(&note);
	if (read)
		return drill_fail(drill, read, REASON_FILE_MISSING, path, "it cannot be read");
	if (r)
		return drill_fail(drill, r, REASON_NOT_PROVEN, path,
				  "this is no checkpoint of this log");
	if (seen.size > *known)
		*known = seen.size;
	return RESULT_OK;
}

// A backup that is newer and whole loses less.
static enum result check_newest(struct drill *drill)
{
	char folder[BACKUP_PATH_MAX], what[120], name[BACKUP_MOMENT_LEN + 1];
	int64_t own, newest;
	snprintf(folder, sizeof folder, "%s", drill->backup);
	for (size_t len = strlen(folder); len > 1 && folder[len - 1] == '/';)
		folder[--len] = '\0';
	const char *moment = strrchr(folder, '/');
	if (!moment || backup_moment_of(moment + 1, &own))
		return RESULT_OK; // of another name: nothing says when it was made
	folder[moment - folder] = '\0';
	char *above = strrchr(folder, '/');
	if (!above)
		return RESULT_OK;
	*above = '\0';
	enum result r = backup_newest(folder, INT64_MAX, &newest);
	if (r == RESULT_NOT_FOUND || (!r && newest <= own))
		return RESULT_OK;
	backup_moment(newest, name);
	snprintf(what, sizeof what, "a newer backup lies beside it, %s: with it less is lost",
		 name);
	return r ? drill_fail(drill, r, REASON_IO, folder, "the backups cannot be listed")
		 : drill_fail(drill, RESULT_CONFLICT, REASON_CONFLICT, drill->backup, what);
}

static enum result write_text(struct drill *drill, uint64_t known)
{
	struct herstel *herstel = &drill->herstel;
	struct buffer text;
	memcpy(herstel->voorganger, drill->checkpoint.origin, sizeof herstel->voorganger);
	herstel->omvang = drill->checkpoint.size;
	herstel->wortel = drill->checkpoint.root;
	herstel->verloren = known > herstel->omvang ? known : herstel->omvang;
	buffer_init(&text, HERSTEL_MAX);
	enum result r = herstel_write(herstel, &text);
	if (r == RESULT_MALFORMED)
		r = drill_fail(drill, r, REASON_BAD_VALUE, drill->out,
			       "--origin or --reden cannot stand in a herstel: another origin than "
			       "now, without spaces, and a plain line of at most 200");
	else if (!r)
		r = drill_fail(drill, file_replace(drill->out, buffer_view(&text), 0644), REASON_IO,
			       drill->out, "the text cannot be written");
	if (!r)
		printf("%.*s", (int)text.len, (const char *)text.data);
	buffer_done(&text);
	return r;
}

enum result herstel_propose(struct drill *drill, struct core *core)
{
	uint64_t known = 0;
	enum result r = check_newest(drill);
	if (!r)
		r = check_loss(drill, core, &known);
	for (size_t i = 0; !r && i < drill->seen_count; i++)
		r = take_seen(drill, core, drill->seen[i], &known);
	return r ? r : write_text(drill, known);
}

// ---- carrying it out -------------------------------------------------------------------------

static enum result check_text(struct drill *drill, const struct core *core)
{
	const struct herstel *herstel = &drill->herstel;
	char what[200];
	uint64_t known;
	if (herstel->omvang != drill->checkpoint.size ||
	    !hash_equal(&herstel->wortel, &drill->checkpoint.root) ||
	    strcmp(herstel->voorganger, drill->checkpoint.origin) != 0)
		return drill_fail(drill, RESULT_CONFLICT, REASON_CONFLICT, drill->backup,
				  "this is not the backup that the text was signed for");
	enum result r = check_loss(drill, core, &known);
	snprintf(
		what, sizeof what,
		"the text says that the log had %llu entries, and the guard knows of %llu: propose "
		"it again",
		(unsigned long long)herstel->verloren, (unsigned long long)known);
	if (!r && herstel->verloren < known)
		r = drill_fail(drill, RESULT_CONFLICT, REASON_CONFLICT, drill->order, what);
	return r;
}

static enum result read_act(struct drill *drill, const char *path, struct arena *arena,
			    struct signed_statement *ret_act)
{
	struct buffer wire;
	buffer_init(&wire, ACT_MAX);
	enum result r = file_read(path, ACT_MAX, &wire);
	struct bytes kept = r ? (struct bytes){0} : arena_copy(arena, buffer_view(&wire));
	buffer_done(&wire);
	if (r)
		return drill_fail(drill, r, REASON_FILE_MISSING, path, "the act cannot be read");
	r = signed_statement_decode(kept, arena, ret_act);
	return drill_fail(drill, r, REASON_MALFORMED, path, "this is no signed act");
}

// The flow takes back the batch's arena as it commits: the acts stand in another.
static enum result make_leaf(struct drill *drill, struct core *core, struct bytes text)
{
	struct signed_statement acts[2];
	uint64_t index;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < drill->act_count; i++)
		r = read_act(drill, drill->acts[i], core->command_arena, &acts[i]);
	struct part_register part = {.soort = REGISTER_HERSTEL,
				     .opdracht = text,
				     .acts = acts,
				     .act_count = drill->act_count};
	if (!r)
		r = flow_register(core, &part, (struct bytes){0}, &index, &drill->problem);
	if (!r)
		drill->restored = core->checkpoint;
	return r && !drill->problem.code
		       ? drill_fail(drill, r, REASON_IO, drill->order, "the leaf was not made")
		       : r;
}

enum result herstel_record(struct drill *drill, struct core *core)
{
	struct buffer text;
	buffer_init(&text, HERSTEL_MAX);
	enum result r = file_read(drill->order, HERSTEL_MAX, &text);
	if (!r)
		r = herstel_read(buffer_view(&text), &drill->herstel);
	r = drill_fail(drill, r, r == RESULT_MALFORMED ? REASON_MALFORMED : REASON_FILE_MISSING,
		       drill->order, "this is no text of a herstel");
	if (!r)
		r = check_text(drill, core);
	if (!r)
		r = make_leaf(drill, core, buffer_view(&text));
	buffer_done(&text);
	return r;
}

// ---- in the place of the data ----------------------------------------------------------------

// Where root runs this, what it made is to be of whoever has the data folder.
static bool give(const struct drill *drill, const char *path)
{
	struct stat folder;
	return geteuid() != 0 ||
	       (stat(drill->data, &folder) == 0 && lchown(path, folder.st_uid, folder.st_gid) == 0);
}

static bool give_log(const struct drill *drill)
{
	static const char *const files[] = {"log/data.mdb", "log/lock.mdb", "log"};
	char path[BACKUP_PATH_MAX];
	bool given = true;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		drill_path(path, drill->scratch, files[i]);
		given = given && (give(drill, path) || errno == ENOENT);
	}
	return given;
}

static enum result put_in_place(struct drill *drill, const char *name)
{
	char from[BACKUP_PATH_MAX], to[BACKUP_PATH_MAX];
	drill_path(from, drill->scratch, name);
	drill_path(to, drill->data, name);
	if (rename(from, to) == 0 && give(drill, to))
		return file_sync_folder(drill->data);
	return drill_fail(drill, RESULT_IO, REASON_IO, to, "it cannot be put in place");
}

// The guard of the predecessor stays, under another name: it is evidence of how far that had come.
static enum result put_guard(struct drill *drill)
{
	char path[BACKUP_PATH_MAX], before[BACKUP_PATH_MAX];
	struct buffer bytes;
	snprintf(before, sizeof before, "%.380s" BEFORE, drill->guard);
	if (drill->guard_is_before && rename(drill->guard, before) != 0)
		return drill_fail(drill, RESULT_IO, REASON_IO, before,
				  "the guard of before cannot be kept");
	drill_path(path, drill->scratch, "guard");
	buffer_init(&bytes, GUARD_FILE_MAX);
	enum result r = file_read(path, GUARD_FILE_MAX, &bytes);
	if (!r)
		r = file_replace(drill->guard, buffer_view(&bytes), 0600);
	if (!r && !give(drill, drill->guard))
		r = RESULT_IO;
	buffer_done(&bytes);
	return drill_fail(drill, r, REASON_IO, drill->guard, "the guard cannot be written");
}

static void say_done(const struct drill *drill)
{
	struct json_out out;
	struct buffer text;
	char hex[65];
	buffer_init(&text, 2 * HERSTEL_MAX);
	json_out_init(&out, &text);
	json_out_object_begin(&out);
	json_out_add_bool(&out, "restored", true);
	json_out_add_text(&out, "origin", drill->herstel.log);
	json_out_add_text(&out, "voorganger", drill->herstel.voorganger);
	json_out_add_number(&out, "omvang", drill->herstel.omvang);
	json_out_add_number(&out, "verloren", drill->herstel.verloren);
	json_out_add_text(&out, "opdrachten", herstel_opdrachten_name(drill->herstel.opdrachten));
	json_out_add_number(&out, "erased_again", drill->erased_again);
	json_out_add_number(&out, "size", drill->restored.size);
	hex_encode(hex, bytes_of_hash(&drill->restored.root));
	json_out_add_text(&out, "root", hex);
	json_out_object_end(&out);
	printf("%.*s\n", (int)text.len, (const char *)text.data);
	buffer_done(&text);
}

enum result herstel_install(struct drill *drill)
{
	static const char *const files[] = {"keystore", "genesis", "log.vkey"};
	char path[BACKUP_PATH_MAX];
	enum result r = put_guard(drill);
	for (size_t i = 0; !r && i < sizeof files / sizeof files[0]; i++)
		r = put_in_place(drill, files[i]);
	drill_path(path, drill->data, "state");
	if (!r)
		r = drill_fail(drill, core_discard_state(path), REASON_IO, path,
			       "the state of before cannot be removed");
	// What stopped signing before is answered by two roles now.
	drill_path(path, drill->data, FLOW_STOPPED_FILE);
	if (!r && unlink(path) != 0 && errno != ENOENT)
		r = drill_fail(drill, RESULT_IO, REASON_IO, path, "it cannot be removed");
	if (!r && !give_log(drill))
		r = drill_fail(drill, RESULT_IO, REASON_IO, drill->data,
			       "the log cannot be given to whoever has the data");
	if (!r)
		r = put_in_place(drill, "log");
	if (!r)
		say_done(drill);
	return r;
}
