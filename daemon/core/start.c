// SPDX-License-Identifier: EUPL-1.2
// Opening and closing everything core works with. Every doubt refuses the start and says what to
// do; nothing is repaired silently.
#include "core/compact.h"
#include "core/kept.h"
#include "core/opening.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "flow/in_force.h"
#include "flow/ready.h"
#include "flow/tabellen.h"
#include "flow/wissing.h"
#include "parent/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_ARENA (128 * MIB) // a largest delivery takes about twenty
#define CHECK_TAIL 1000          // entries checked before ready
#define SCRATCH_ARENA (64 * MIB)

void core_paths(const struct settings *settings, struct core_paths *ret_paths)
{
	const char *data = settings->data;
	snprintf(ret_paths->log, sizeof ret_paths->log, "%s/log", data);
	snprintf(ret_paths->state, sizeof ret_paths->state, "%s/state", data);
	snprintf(ret_paths->keystore, sizeof ret_paths->keystore, "%s/keystore", data);
	if (settings->guard[0])
		snprintf(ret_paths->guard, sizeof ret_paths->guard, "%s", settings->guard);
	else
		snprintf(ret_paths->guard, sizeof ret_paths->guard, "%s/guard", data);
	snprintf(ret_paths->genesis, sizeof ret_paths->genesis, "%s/genesis", data);
	snprintf(ret_paths->boot, sizeof ret_paths->boot, "%s/boot", data);
	snprintf(ret_paths->proposals, sizeof ret_paths->proposals, "%s/proposals", data);
}

static enum result open_stores(struct core *core, const struct core_paths *paths,
			       struct problem *problem)
{
	enum result r = keystore_open(paths->keystore, &core->keystore);
	if (r)
		return opening_fail(problem, r,
				    r == RESULT_UNSUPPORTED ? REASON_NEWER_FORMAT
							    : REASON_KEYSTORE_MISSING,
				    paths->keystore, "the keystore cannot be opened");
	r = journal_open(paths->log, (size_t)core->settings->map_log_mib * MIB, core->keystore,
			 false, &core->journal);
	if (r)
		return opening_fail(problem, r,
				    r == RESULT_UNSUPPORTED ? REASON_NEWER_FORMAT : REASON_DAMAGED,
				    paths->log, "the log cannot be opened");
	r = guard_open(paths->guard, &core->guard);
	if (r)
		return opening_fail(
			problem, r, REASON_BEHIND_GUARD, paths->guard,
			"the guard cannot be read, so nothing shows that this log is the newest");
	return RESULT_OK;
}

// ---- the register --------------------------------------------------------------------------

static enum result fold_leaf(struct core *core, uint64_t index, struct problem *problem)
{
	struct recalled recalled;
	enum result r = recall_entry(core, index, RECALL_PARTS, core->arena, &recalled);
	if (r)
		return r;
	if (recalled.part_count == 0 || recalled.parts[0].kind != PART_REGISTER)
		return RESULT_DAMAGED;
	struct entry entry;
	r = entry_decode(bytes_make(recalled.entry, ENTRY_LEN), &entry);
	if (r)
		return r;
	struct register_leaf leaf = {
		.index = index,
		.time = entry.time,
		.hash = tree_leaf(bytes_make(recalled.entry, ENTRY_LEN)),
		.part = &recalled.parts[0].registerdeel,
	};
	// Who proved what was checked before it was recorded: that send key may be destroyed by
	// now.
	struct register_source source = {.send = NULL, .problem = problem};
	r = register_fold(&core->registry, &leaf, source);
	if (!r && (leaf.part->soort == REGISTER_CONVENANT ||
		   leaf.part->soort == REGISTER_CONVENANT_EINDE))
		core->generation = index;
	return r;
}

// Where the leaves are is read from state, which nothing proves: a newest leaf that is missing
// there would leave a revoked key in force. The newest entry of the log names it.
static enum result check_register_head(struct core *core)
{
	uint8_t encoded[ENTRY_LEN];
	struct entry entry;
	enum result r =
		journal_read(core->journal, journal_size(core->journal) - 1, encoded, NULL, NULL);
	if (!r)
		r = entry_decode(bytes_make(encoded, ENTRY_LEN), &entry);
	if (r)
		return r;
	bool leaf = entry.class == ENTRY_REGISTER || entry.class == ENTRY_GENESIS;
	struct hash head = leaf ? tree_leaf(bytes_make(encoded, ENTRY_LEN)) : entry.register_head;
	return core->registry.leaves > 0 && hash_equal(&head, &core->registry.head)
		       ? RESULT_OK
		       : RESULT_DAMAGED;
}

enum result opening_register(struct core *core, struct problem *problem)
{
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r;) {
		uint64_t index = 0;
		r = state_register_leaf(core->state, from, &index);
		if (!r)
			r = fold_leaf(core, index, problem);
		arena_clear(core->arena);
		from = index + 1;
	}
	if (r == RESULT_NOT_FOUND)
		r = check_register_head(core);
	return r ? opening_fail(problem, r, REASON_DAMAGED, core->settings->data,
				"the register in the log does not verify")
		 : RESULT_OK;
}

// What a start must not miss a row of: orders to erase, which are carried out before anything can
// read what was to be gone (the keystore may be one that was put back), the register, and what was
// accepted of the code tables, of which the newest counts.
static enum result follow_state(struct core *core, const struct core_paths *paths,
				bool *ret_of_state, struct problem *problem)
{
	enum result r = state_check(core->state, STATE_WISSING);
	if (!r)
		r = state_check(core->state, STATE_REGISTER);
	if (!r)
		r = state_check(core->state, STATE_ACCEPTATIE);
	if (!r)
		r = flow_overwrite(core);
	if (r == RESULT_IO && !state_is_damaged(core->state))
		r = opening_named(problem, r, paths->keystore, "a key cannot be overwritten");
	*ret_of_state = !r || state_is_damaged(core->state);
	return r ? r : opening_register(core, problem);
}

static enum result not_up_to_date(struct problem *problem, enum result result,
				  const struct core_paths *paths)
{
	return opening_fail(problem, result, REASON_DAMAGED, paths->state,
			    "state cannot be brought up to date with the log");
}

// Only a register that does not verify from a replay of the log refuses the start.
static enum result use_state(struct core *core, const struct core_paths *paths,
			     struct problem *problem)
{
	bool of_state;
	enum result r = core_open_state(core, paths, problem);
	if (r)
		return problem->code ? r : not_up_to_date(problem, r, paths);
	r = follow_state(core, paths, &of_state, problem);
	if (!r || !of_state || r == RESULT_NO_MEMORY)
		return r;
	memset(problem, 0, sizeof *problem);
	register_done(&core->registry);
	register_init(&core->registry);
	core->generation = 0;
	r = core_heal_state(core);
	if (!r)
		r = follow_state(core, paths, &of_state, problem);
	return r && !problem->code ? not_up_to_date(problem, r, paths) : r;
}

// ---- the guard -----------------------------------------------------------------------------

// The first line of a note.
static enum result origin_of(struct bytes note, char ret_origin[ORIGIN_MAX + 1])
{
	const uint8_t *end = note.len > 0 ? memchr(note.data, '\n', note.len) : NULL;
	size_t len = end ? (size_t)(end - note.data) : 0;
	if (len == 0 || len > ORIGIN_MAX)
		return RESULT_MALFORMED;
	memcpy(ret_origin, note.data, len);
	ret_origin[len] = '\0';
	return RESULT_OK;
}

// The register is not folded yet: it must be signed by a key that we hold, and check_signers()
// looks whether it is the right one, under the origin that the log has.
static enum result read_guard(struct core *core, struct checkpoint *ret_held)
{
	char origin[ORIGIN_MAX + 1];
	if (origin_of(guard_note(core->guard), origin))
		return RESULT_NOT_FOUND;
	enum result r = RESULT_NOT_FOUND;
	for (size_t i = 0; r && i < core->signing.own.count; i++) {
		struct vkey vkey;
		r = vkey_make(origin, core->signing.own.keys[i].public_key, &vkey);
		if (!r)
			r = checkpoint_verify(guard_note(core->guard), &vkey, ret_held);
	}
	return r;
}

static enum result check_guard(struct core *core, const struct core_paths *paths,
			       struct problem *problem)
{
	struct checkpoint held;
	struct hash root;
	const char *file = paths->guard;
	enum result r = read_guard(core, &held);
	if (r)
		return opening_fail(problem, r, REASON_BEHIND_GUARD, file,
				    "the guard does not hold a checkpoint of this log");
	if (held.size > journal_size(core->journal))
		return opening_fail(problem, RESULT_DAMAGED, REASON_BEHIND_GUARD, file,
				    "the log is older than the guard: it was put back or cut off");
	struct tree_reader reader = journal_tree(core->journal);
	r = tree_root_at(&reader, held.size, &root);
	if (!r && !hash_equal(&root, &held.root))
		r = RESULT_DAMAGED;
	if (r)
		return opening_fail(problem, r, REASON_BEHIND_GUARD, file,
				    "the log and the guard are of different histories");
	core->checkpoint = held;
	buffer_append(&core->note, guard_note(core->guard));
	return core->note.status;
}

// What signs from here on, and whether that signed what the guard holds.
static enum result check_signers(struct core *core, struct problem *problem)
{
	struct checkpoint held;
	enum result r = signing_follow(&core->signing, &core->registry, problem);
	if (!r)
		r = own_keys_suffice(&core->sending, &core->registry, problem);
	if (r)
		return opening_fail(problem, r, REASON_FILE_MISSING, core->settings->keys,
				    "the keys of the knooppunt cannot be used");
	own_keys_forget_ended(&core->signing.own, &core->registry);
	own_keys_forget_ended(&core->sending, &core->registry);
	r = log_keys_verify(&core->signing.keys, guard_note(core->guard), &held);
	return r ? opening_fail(problem, r, REASON_BEHIND_GUARD, core->settings->data,
				"the guard is not signed by the key that the log had at its size")
		 : RESULT_OK;
}

// Before anything is written: no page that is in use may be one that a write takes. Pages that are
// damaged otherwise the scrub names.
static enum result check_pages(struct core *core, const struct core_paths *paths,
			       struct problem *problem)
{
	enum result r = journal_check_free(core->journal);
	if (!r)
		return RESULT_OK;
	if (r == RESULT_CONFLICT)
		return opening_fail(problem, RESULT_DAMAGED, REASON_DAMAGED, paths->log,
				    "a page of the log is in use, and listed as free");
	return opening_fail(problem, r, r == RESULT_DAMAGED ? REASON_DAMAGED : REASON_IO,
			    paths->log,
			    "it cannot be told whether a page that is listed as free is in use");
}

static enum result check_tail(struct core *core, const struct core_paths *paths,
			      struct problem *problem)
{
	uint64_t size = journal_size(core->journal), bad = 0;
	uint64_t from = size > CHECK_TAIL ? size - CHECK_TAIL : 0;
	enum result r = journal_check(core->journal, from, &bad);
	if (!r)
		return RESULT_OK;
	char what[120];
	snprintf(what, sizeof what, "entry %llu of the log does not verify",
		 (unsigned long long)bad);
	return opening_fail(problem, r, REASON_DAMAGED, paths->log, what);
}

// ---- all of it -----------------------------------------------------------------------------

enum result opening_time(struct core *core)
{
	uint8_t encoded[ENTRY_LEN];
	struct entry entry;
	enum result r =
		journal_read(core->journal, journal_size(core->journal) - 1, encoded, NULL, NULL);
	if (!r)
		r = entry_decode(bytes_make(encoded, ENTRY_LEN), &entry);
	if (!r)
		core->last_time = (int64_t)entry.time;
	if (!r)
		time_start(core);
	core->watch.started = time_now(core);
	if (core->readonly) // core_stay_readonly(), when there was no time yet
		core->watch.readonly_since = core->watch.started;
	return r;
}

enum result opening_genesis(struct core *core, const struct core_paths *paths,
			    struct problem *problem)
{
	struct buffer file;
	struct genesis_file genesis;
	struct part part;
	uint8_t first[ENTRY_LEN];
	buffer_init(&file, MIB);
	enum result r = file_read(paths->genesis, GENESIS_FILE_MAX, &file);
	if (!r)
		r = genesis_file_decode(buffer_view(&file), &genesis);
	if (!r)
		r = journal_read(core->journal, 0, first, NULL, NULL);
	if (!r && memcmp(first, genesis.entry, ENTRY_LEN) != 0)
		r = RESULT_CONFLICT;
	if (!r)
		r = part_decode(genesis.part, core->arena, &part);
	if (!r && (part.kind != PART_REGISTER || part.registerdeel.soort != REGISTER_GENESIS))
		r = RESULT_MALFORMED;
	buffer_done(&file);
	arena_clear(core->arena);
	return r ? opening_fail(problem, r, REASON_FILE_MISSING, paths->genesis,
				"the genesis file is missing or not of this log")
		 : RESULT_OK;
}

// Signing was stopped before, because another history of this log exists: it stays stopped, under
// the checkpoint of the guard, until a person removes the file.
static bool was_stopped(struct core *core)
{
	char path[300];
	snprintf(path, sizeof path, "%s/" FLOW_STOPPED_FILE, core->settings->data);
	if (access(path, F_OK))
		return false;
	flow_stop(core, "stopped-signing");
	core->other_history = true;
	log_line(LOG_LEVEL_ERROR, "event=still-stopped file=\"%s\"", path);
	return true;
}

// A reader may write nowhere else, and makes no folder beside it.
static enum result make_export_folder(const struct core *core)
{
	char path[300];
	snprintf(path, sizeof path, "%s/" EXPORT_FOLDER, core->settings->data);
	return folder_ensure(path);
}

static enum result open_all(struct core *core, struct problem *problem)
{
	struct core_paths paths;
	core_paths(core->settings, &paths);
	enum result r =
		core->sending.count ? RESULT_OK : core_open_keys(core, core->settings, problem);
	if (!r)
		r = opening_codes(core->settings, &core->codes, problem);
	if (!r && compact_clear(core->settings)) // nothing rests on what lies there
		log_line(LOG_LEVEL_WARNING, "event=compact-left");
	if (!r)
		r = open_stores(core, &paths, problem);
	if (!r)
		r = opening_genesis(core, &paths, problem);
	if (!r)
		r = check_guard(core, &paths, problem);
	if (!r)
		r = check_pages(core, &paths, problem);
	if (!r)
		r = check_tail(core, &paths, problem);
	if (!r)
		r = opening_named(problem, opening_time(core), paths.log,
				  "the newest entry cannot be read");
	if (!r)
		r = use_state(core, &paths, problem);
	if (!r)
		r = check_signers(core, problem);
	if (!r)
		r = opening_named(problem, in_force_load(core, problem), paths.log,
				  "the document of a convenant in force cannot be read");
	if (!r)
		r = tabellen_begin(core);
	if (!r && core_recall_refusals(core, time_now(core))) // counts are no reason not to start
		log_line(LOG_LEVEL_WARNING, "event=refusals-not-recalled");
	if (!r)
		r = opening_named(problem,
				  keystore_fill_ahead(core->keystore, state_next_slot(core->state)),
				  paths.keystore, "no keys can be made ahead");
	if (!r && !was_stopped(core) && !core->readonly)
		r = opening_named(problem, flow_sign(core), paths.guard,
				  "no checkpoint can be kept");
	if (!r)
		core_keep_vkey(core);
	if (!r && make_export_folder(core)) // a reader says so once somebody asks for one
		log_line(LOG_LEVEL_WARNING, "event=no-export-folder");
	return opening_named(problem, r, core->settings->data, "the start failed");
}

void core_stay_readonly(struct core *core)
{
	core->readonly = true;
	core->readonly_why = "earlier-core";
	log_line(LOG_LEVEL_ERROR, "event=read-only reason=earlier-core");
}

enum result core_open(struct core *core, const struct settings *settings, struct problem *problem)
{
	core->settings = settings;
	register_init(&core->registry);
	buffer_init(&core->note, CHECKPOINT_MAX);
	buffer_init(&core->content, ENVELOPE_CONTENT_MAX);
	buffer_init(&core->frame, ENVELOPE_FRAME_MAX);
	buffer_init(&core->stored_parts, STORED_MAX);
	buffer_init(&core->stored_content, STORED_MAX);
	buffer_init(&core->encoded, STORED_MAX);
	core->deliveries = calloc(FETCH_MAX_ITEMS, sizeof *core->deliveries);
	core->pairs = pair_cache_new();
	enum result r = core->pairs && core->deliveries ? arena_new(BATCH_ARENA, &core->arena)
							: RESULT_NO_MEMORY;
	if (!r)
		r = arena_new(SCRATCH_ARENA, &core->scratch);
	if (!r)
		r = arena_new(COMMAND_ARENA, &core->command_arena);
	if (!r)
		r = arena_new(ANSWER_ARENA, &core->answer_arena);
	if (!r)
		r = ready_cache_new(&core->ready);
	if (r)
		opening_fail(problem, r, REASON_IO, settings->data, "no memory");
	else
		r = open_all(core, problem);
	if (r)
		core_close(core);
	return r;
}

void core_close(struct core *core)
{
	if (core->state && !core->readonly && !core->reader)
		core_leave_clean(core);
	store_walk_done(&core->scrub.walk);
	state_close(core->state);
	journal_close(core->journal);
	guard_close(core->guard);
	keystore_close(core->keystore);
	in_force_free(core);
	kept_free(core);
	codes_free(core->codes);
	register_done(&core->registry);
	core_close_keys(core);
	pair_cache_free(core->pairs);
	buffer_done(&core->note);
	buffer_wipe(&core->content);
	buffer_done(&core->frame);
	buffer_wipe(&core->stored_parts);
	buffer_wipe(&core->stored_content);
	buffer_wipe(&core->encoded);
	arena_free(core->arena);
	arena_free(core->scratch);
	arena_free(core->command_arena);
	arena_free(core->answer_arena);
	ready_cache_free(core->ready);
	free(core->deliveries);
	memset(core, 0, sizeof *core);
}

enum result core_check(const struct settings *settings, struct problem *problem)
{
	struct core core = {.settings = settings};
	struct core_paths paths;
	core_paths(settings, &paths);
	enum result r = core_open_keys(&core, settings, problem);
	if (!r)
		r = opening_codes(settings, &core.codes, problem);
	if (!r && access(paths.keystore, R_OK))
		r = opening_fail(problem, RESULT_NOT_FOUND, REASON_KEYSTORE_MISSING, paths.keystore,
				 "the keystore is missing");
	if (!r && access(paths.genesis, R_OK))
		r = opening_fail(problem, RESULT_NOT_FOUND, REASON_FILE_MISSING, paths.genesis,
				 "this folder holds no log: run knooppuntd init first");
	codes_free(core.codes);
	core_close_keys(&core);
	return r;
}
