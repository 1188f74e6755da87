// SPDX-License-Identifier: EUPL-1.2
// The register as this client folds it, leaf by proven leaf, from the pinned genesis. Nobody has to
// believe the knooppunt about a key.
//
// <spool>/register holds, sealed, for each leaf after genesis:
//   u64be index || entry (80) || u32be length || exact PART_REGISTER
#include "lib/shared.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_HEAD (8 + ENTRY_LEN + 4)
#define ROUNDS_MAX 4096 // answers of one sync
#define PAUSE_STANDARD_MS 1000

// Register, chain and file image change together or not at all.
struct fold {
	struct registry reg;
	struct chain chain;
	struct buffer leaves;
};

static void fold_done(struct fold *fold)
{
	register_done(&fold->reg);
	free(fold->chain.links);
	buffer_done(&fold->leaves);
}

static enum result fold_begin(const struct client *client, struct fold *fold)
{
	memset(fold, 0, sizeof *fold);
	register_init(&fold->reg);
	buffer_init(&fold->leaves, SPOOL_FILE_MAX);
	buffer_append(&fold->leaves, buffer_view(&client->leaves));
	enum result result = fold->leaves.status;
	if (result == RESULT_OK)
		result = register_copy(&client->reg, &fold->reg);
	size_t count = client->chain.count;
	if (result == RESULT_OK && count > 0) {
		fold->chain.links = malloc(count * sizeof *fold->chain.links);
		if (!fold->chain.links)
			result = RESULT_NO_MEMORY;
		else
			memcpy(fold->chain.links, client->chain.links,
			       count * sizeof *fold->chain.links);
		fold->chain.count = fold->chain.links ? count : 0;
	}
	if (result != RESULT_OK)
		fold_done(fold);
	return result;
}

// RESULT_CONFIG: it has no usable log key.
static enum result fold_commit(struct client *client, struct fold *fold)
{
	enum result result = register_log_keys(&fold->reg, &client->log_keys);
	if (result != RESULT_OK) {
		fold_done(fold);
		return client_fail(client, result, REASON_DAMAGED,
				   "the genesis file names no usable log key");
	}
	register_done(&client->reg);
	free(client->chain.links);
	buffer_done(&client->leaves);
	client->reg = fold->reg;
	client->chain = fold->chain;
	client->leaves = fold->leaves;
	return RESULT_OK;
}

static enum result fold_leaf(struct client *client, struct fold *fold,
			     const struct register_leaf *leaf)
{
	struct chain_link *grown =
		realloc(fold->chain.links, (fold->chain.count + 1) * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	fold->chain.links = grown;
	enum result result =
		register_fold(&fold->reg, leaf,
			      (struct register_source){.send = NULL, .problem = &client->problem});
	if (result == RESULT_OK)
		grown[fold->chain.count++] =
			(struct chain_link){.index = leaf->index, .hash = leaf->hash};
	return result;
}

// ---- from the spool --------------------------------------------------------------------------

static enum result load_part(struct client *client, struct fold *fold, uint64_t index,
			     struct bytes entry, struct bytes wire)
{
	struct part part;
	arena_clear(client->work);
	enum result result = part_decode(wire, client->work, &part);
	if (result == RESULT_OK && part.kind != PART_REGISTER)
		result = RESULT_MALFORMED;
	if (result != RESULT_OK)
		return result;
	struct entry decoded = {.time = 0};
	result = entry_decode(entry, &decoded);
	struct register_leaf leaf = {.index = index,
				     .time = decoded.time,
				     .hash = tree_leaf(entry),
				     .part = &part.registerdeel};
	return result ? result : fold_leaf(client, fold, &leaf);
}

// Those below `limit`; what comes after is cut off.
static enum result load_records(struct client *client, struct fold *fold, uint64_t limit)
{
	struct bytes rest = buffer_view(&fold->leaves);
	while (rest.len > 0) {
		if (rest.len < RECORD_HEAD)
			return RESULT_DAMAGED;
		uint64_t index = get_u64be(rest.data);
		if (index >= limit) {
			fold->leaves.len -= rest.len;
			break;
		}
		struct bytes entry = bytes_make(rest.data + 8, ENTRY_LEN);
		size_t len = get_u32be(rest.data + 8 + ENTRY_LEN);
		rest = bytes_make(rest.data + RECORD_HEAD, rest.len - RECORD_HEAD);
		if (len > rest.len)
			return RESULT_DAMAGED;
		enum result result =
			load_part(client, fold, index, entry, bytes_make(rest.data, len));
		if (result != RESULT_OK)
			return result == RESULT_NO_MEMORY ? result : RESULT_DAMAGED;
		rest = bytes_make(rest.data + len, rest.len - len);
	}
	return RESULT_OK;
}

static struct spool_file register_file(const struct client *client)
{
	struct spool_file file = {.kind = SPOOL_REGISTER, .number = 0, .scope = ""};
	spool_path(&client->spool, file.path, "register");
	return file;
}

static enum result read_genesis(struct client *client, struct buffer *wire,
				struct genesis_file *ret_genesis)
{
	char path[SPOOL_PATH_MAX];
	spool_path(&client->spool, path, "genesis");
	enum result result = spool_read_plain(&client->spool, path, CLIENT_GENESIS_MAX, wire);
	return result == RESULT_OK ? genesis_file_decode(buffer_view(wire), ret_genesis) : result;
}

// What is pinned and stored of the register below `limit`, folded anew.
static enum result load_below(struct client *client, uint64_t limit, struct fold *ret_fold,
			      bool *ret_opened)
{
	struct buffer wire;
	struct genesis_file genesis;
	struct spool_file file = register_file(client);
	*ret_fold = (struct fold){.chain = {.count = 0}};
	*ret_opened = true;
	register_init(&ret_fold->reg);
	buffer_init(&ret_fold->leaves, SPOOL_FILE_MAX);
	buffer_init(&wire, CLIENT_GENESIS_MAX);
	enum result result = read_genesis(client, &wire, &genesis);
	if (result == RESULT_OK)
		result = load_part(client, ret_fold, 0, bytes_make(genesis.entry, ENTRY_LEN),
				   genesis.part);
	else
		result = client_fail(client, RESULT_CONFIG, REASON_DAMAGED,
				     "the pinned genesis cannot be read: %s", result_name(result));
	if (result == RESULT_OK && limit > 1 && spool_has(file.path)) {
		result = spool_read(&client->spool, &file, &ret_fold->leaves);
		*ret_opened = result == RESULT_OK;
	}
	if (result == RESULT_OK)
		result = load_records(client, ret_fold, limit);
	buffer_done(&wire);
	return result;
}

enum result register_of_genesis(struct client *client, struct registry *ret_reg)
{
	struct fold fold;
	bool opened;
	enum result result = load_below(client, 1, &fold, &opened);
	if (result == RESULT_OK)
		result = register_copy(&fold.reg, ret_reg);
	fold_done(&fold);
	return result;
}

enum result register_rewind(struct client *client, uint64_t size)
{
	struct fold fold;
	bool opened;
	struct spool_file file = register_file(client);
	enum result result = load_below(client, size, &fold, &opened);
	if (result == RESULT_OK)
		result = spool_replace(&client->spool, &file, buffer_view(&fold.leaves));
	if (result == RESULT_OK)
		return fold_commit(client, &fold);
	fold_done(&fold);
	return result;
}

enum result register_load(struct client *client)
{
	struct fold fold;
	bool opened;
	struct spool_file file = register_file(client);
	enum result result = load_below(client, REGISTER_NEVER, &fold, &opened);
	if (result == RESULT_OK)
		return fold_commit(client, &fold);
	fold_done(&fold);
	if (result == RESULT_DAMAGED) {
		client_fail(client, result, REASON_DAMAGED,
			    opened ? "the stored register does not hold"
				   : "the spool does not open with these keys");
		if (!opened)
			snprintf(client->problem.fix, sizeof client->problem.fix,
				 "A spool opens with the keys it was made with only: with new keys "
				 "name a new folder as spool in the settings, and keep this one. "
				 "Where the keys are the same it was changed: restore from a "
				 "backup.");
		problem_set_file(&client->problem, file.path);
	}
	return result;
}

// ---- from the knooppunt ----------------------------------------------------------------------

static enum result not_proven(struct client *client, uint64_t index, enum proof_check check)
{
	client_fail(client, RESULT_BAD_SIGNATURE, REASON_NOT_PROVEN,
		    "register leaf %" PRIu64 " is not proven: %s", index, proof_check_text(check));
	problem_set_field(&client->problem, "%s", proof_check_name(check));
	return RESULT_BAD_SIGNATURE;
}

static enum result take_leaf(struct client *client, const struct answer *answer, struct fold *fold,
			     const struct leaf *leaf)
{
	struct proof_base base = client_proof_base(client, answer);
	struct proven_leaf proven;
	base.reg = &fold->reg;
	base.chain = &fold->chain;
	enum proof_check check = proof_leaf(&base, leaf, &proven);
	if (check == PROOF_FINE && proven.entry.class != ENTRY_REGISTER)
		check = PROOF_ENTRY;
	if (check == PROOF_FINE && proven.part.kind != PART_REGISTER)
		check = PROOF_PART;
	if (check == PROOF_FINE && leaf->index <= fold->reg.head_index)
		check = PROOF_REGISTER_HEAD;
	if (check != PROOF_FINE)
		return not_proven(client, leaf->index, check);
	struct entry decoded = {.time = 0};
	enum result result = entry_decode(leaf->entry, &decoded);
	struct register_leaf next = {.index = leaf->index,
				     .time = decoded.time,
				     .hash = proven.hash,
				     .part = &proven.part.registerdeel};
	if (result == RESULT_OK)
		result = fold_leaf(client, fold, &next);
	buffer_append_u64be(&fold->leaves, leaf->index);
	buffer_append(&fold->leaves, leaf->entry);
	buffer_append_u32be(&fold->leaves, (uint32_t)leaf->part.value.len);
	buffer_append(&fold->leaves, leaf->part.value);
	return result == RESULT_OK ? fold->leaves.status : result;
}

static enum result take_leaves(struct client *client, const struct answer *answer,
			       const struct reply *reply)
{
	struct fold fold;
	if (reply->leaf_count == 0)
		return RESULT_OK;
	enum result result = fold_begin(client, &fold);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; result == RESULT_OK && i < reply->leaf_count; i++)
		result = take_leaf(client, answer, &fold, &reply->leaves[i]);
	struct spool_file file = register_file(client);
	if (result == RESULT_OK)
		result = spool_replace(&client->spool, &file, buffer_view(&fold.leaves));
	if (result == RESULT_OK)
		return fold_commit(client, &fold);
	fold_done(&fold);
	return result;
}

enum result reply_result(struct client *client, const struct reply *reply, uint32_t *ret_pause_ms)
{
	if (reply->outcome == OUTCOME_AANVAARD)
		return RESULT_OK;
	bool again = reply->outcome == OUTCOME_AGAIN;
	enum reason reason = (enum reason)reply->reason;
	if (!reason_code(reason)) // a newer knooppunt may know more reasons
		reason = again ? REASON_BUSY : REASON_UNSUPPORTED;
	if (again)
		*ret_pause_ms = reply->pause_ms ? reply->pause_ms : PAUSE_STANDARD_MS;
	if (again)
		return client_fail(client, RESULT_AGAIN, reason,
				   "the knooppunt asks to try again later: %s",
				   reason_text(reason));
	char who[CLIENT_WHO_MAX];
	client_who(client, who);
	client_fail(client, RESULT_DENIED, reason, "the knooppunt refused (%s): %s", who,
		    reason_text(reason));
	problem_set_field(&client->problem, "%.*s", (int)reply->field.len,
			  reply->field.len > 0 ? (const char *)reply->field.data : "");
	return RESULT_DENIED;
}

// The statements of one round: what the knooppunt should know of us first, then the question.
static enum result draft_round(struct client *client, struct buffer *hello, struct buffer *question)
{
	char after[24];
	struct veld note = {HELLO_CHECKPOINT, buffer_view(&client->held.note)};
	int len = snprintf(after, sizeof after, "%" PRIu64, client->reg.head_index);
	struct veld veld = {REGISTER_AFTER, bytes_make(after, (size_t)len)};
	struct draft greeting = {.type = TYPE_HELLO, .velden = &note, .veld_count = 1};
	struct draft asking = {.type = TYPE_REGISTER, .velden = &veld, .veld_count = 1};
	enum result result = draft_encode(client, &asking, question);
	if (result == RESULT_OK && !client->greeted && client->held.note.len > 0)
		result = draft_encode(client, &greeting, hello);
	return result;
}

static enum result sync_round(struct client *client, bool *ret_more, uint32_t *ret_pause_ms)
{
	struct buffer hello, question;
	struct answer answer = {.pause_ms = 0};
	buffer_init(&hello, STATEMENT_MAX);
	buffer_init(&question, STATEMENT_MAX);
	enum result result = draft_round(client, &hello, &question);
	struct ask asks[2] = {{.statement = buffer_view(&question)},
			      {.statement = buffer_view(&hello)}};
	if (result == RESULT_OK)
		result = exchange(client, asks, hello.len > 0 ? 2 : 1, 0, &answer);
	// Hello and question may be answered in envelopes of their own.
	if (result == RESULT_OK && !asks[0].reply) {
		result = exchange_more(client, asks, 1, EXCHANGE_MORE_MS, &answer);
		if (result == RESULT_AGAIN)
			client_fail(client, result, REASON_BUSY,
				    "the knooppunt left a question unanswered");
	}
	if (result == RESULT_OK)
		result = held_save(&client->held, &client->spool);
	const struct reply *reply = asks[0].reply;
	*ret_pause_ms = answer.pause_ms;
	if (result == RESULT_OK)
		result = reply_result(client, reply, ret_pause_ms);
	if (result == RESULT_OK)
		result = take_leaves(client, &answer, reply);
	if (result == RESULT_OK)
		*ret_more = reply->more && reply->leaf_count > 0;
	buffer_done(&hello);
	buffer_done(&question);
	return result;
}

static enum result sync_rounds(struct client *client, uint32_t *ret_pause_ms)
{
	bool more = true;
	enum result result = RESULT_OK;
	for (unsigned round = 0; more && round < ROUNDS_MAX && result == RESULT_OK; round++) {
		more = false;
		result = sync_round(client, &more, ret_pause_ms);
		client->greeted = client->greeted || result == RESULT_OK;
	}
	return result;
}

// The same where the log may have another key meanwhile.
static enum result sync_over_change(struct client *client, uint32_t *ret_pause_ms)
{
	enum result result = sync_rounds(client, ret_pause_ms);
	if (result != RESULT_BAD_SIGNATURE || !client->problem.code ||
	    strcmp(client->problem.field, proof_check_name(PROOF_CHECKPOINT)) != 0)
		return result;
	result = ahead_begin(client);
	if (result == RESULT_OK)
		result = sync_rounds(client, ret_pause_ms);
	ahead_end(client);
	// The checkpoint is held once the register says by itself that it counts.
	if (result == RESULT_OK)
		result = sync_rounds(client, ret_pause_ms);
	return result == RESULT_OK ? herstel_reopen(client) : result;
}

static bool is_about_keys(const struct problem *problem)
{
	static const enum reason reasons[] = {REASON_UNREACHABLE, REASON_NOT_ADMITTED,
					      REASON_UNKNOWN_KEY, REASON_REVOKED_KEY};
	bool about = false;
	for (size_t i = 0; problem->code && i < sizeof reasons / sizeof reasons[0]; i++)
		about = about || strcmp(problem->code, reason_code(reasons[i])) == 0;
	return about;
}

// The keys in use may have been revoked before the register could tell us that the next ones are in
// force: then only those are let in.
static enum result sync_with_other(struct client *client, uint32_t *ret_pause_ms)
{
	const struct problem first = client->problem;
	enum result result = keys_try_other(client);
	if (result == RESULT_OK)
		result = sync_over_change(client, ret_pause_ms);
	if (result == RESULT_OK)
		return result;
	enum result back = keys_try_other(client);
	client->problem = first;
	return back == RESULT_OK || back == RESULT_NOT_FOUND ? result : back;
}

enum result register_sync(struct client *client, uint32_t *ret_pause_ms)
{
	uint32_t pause_ms = 0;
	enum result result = sync_over_change(client, ret_pause_ms);
	if (result != RESULT_OK && is_about_keys(&client->problem) &&
	    sync_with_other(client, &pause_ms) == RESULT_OK)
		result = RESULT_OK;
	return result == RESULT_OK ? keys_follow(client) : result;
}

enum result register_greet(struct client *client, uint32_t *ret_pause_ms)
{
	// While keys change every call looks first which of them count.
	bool done = client->greeted && !client->key_change.under_way;
	return done ? RESULT_OK : register_sync(client, ret_pause_ms);
}

enum result client_sync(struct client *client)
{
	uint32_t pause_ms = 0;
	return register_sync(client, &pause_ms);
}
