// SPDX-License-Identifier: EUPL-1.2
#include "lib/held.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CONFLICTS_MAX 1000
#define STILL_AFTER_MS (15 * MS_PER_MINUTE)

static void conflict_path(const struct spool *spool, unsigned number, const char *which,
			  char out[SPOOL_PATH_MAX])
{
	spool_path(spool, out, "conflict-%03u-%s", number, which);
}

static unsigned conflict_count(const struct spool *spool)
{
	char path[SPOOL_PATH_MAX];
	unsigned number = 0;
	do {
		conflict_path(spool, number + 1, "received", path);
	} while (spool_has(path) && ++number < CONFLICTS_MAX);
	return number;
}

enum result held_load(struct held *held, const struct spool *spool, const struct log_keys *keys,
		      const struct hash *genesis_leaf)
{
	struct held loaded = {.checkpoint = {.size = 1, .root = *genesis_leaf}};
	snprintf(loaded.checkpoint.origin, sizeof loaded.checkpoint.origin, "%s",
		 keys->keys[0].vkey.name);
	buffer_init(&loaded.note, CHECKPOINT_MAX);
	loaded.conflict = conflict_count(spool) > 0;
	char path[SPOOL_PATH_MAX];
	spool_path(spool, path, "checkpoint");
	enum result result = spool_read_plain(spool, path, CHECKPOINT_MAX, &loaded.note);
	if (result == RESULT_NOT_FOUND) {
		*held = loaded;
		return RESULT_OK;
	}
	if (result == RESULT_OK &&
	    log_keys_verify(keys, buffer_view(&loaded.note), &loaded.checkpoint) != RESULT_OK) {
		result = RESULT_DAMAGED;
		problem_set(spool->problem, "damaged",
			    "restore the file from a backup; without it a rollback of the log "
			    "would go unnoticed",
			    "the stored checkpoint does not verify");
		problem_set_file(spool->problem, path);
	}
	if (result != RESULT_OK) {
		buffer_done(&loaded.note);
		return result;
	}
	*held = loaded;
	return RESULT_OK;
}

void held_done(struct held *held)
{
	buffer_done(&held->note);
}

struct head held_head(const struct held *held, bool statement)
{
	struct head head = {.size = 0};
	if (statement && held->note.len == 0)
		return head;
	head.size = held->checkpoint.size;
	head.root = held->checkpoint.root;
	return head;
}

// Both notes are evidence that the log key signed two histories: they go to the privacy officer.
static enum result keep_conflict(struct held *held, const struct spool *spool, struct bytes note)
{
	unsigned number = conflict_count(spool) + 1;
	char path[SPOOL_PATH_MAX];
	held->conflict = true;
	if (held->note.len > 0) {
		conflict_path(spool, number, "held", path);
		enum result result = spool_write_plain(spool, path, buffer_view(&held->note));
		if (result != RESULT_OK)
			return result;
	}
	conflict_path(spool, number, "received", path);
	enum result result = spool_write_plain(spool, path, note);
	return result == RESULT_OK ? RESULT_CONFLICT : result;
}

static enum result hold(struct held *held, struct bytes note, const struct checkpoint *checkpoint)
{
	struct buffer copy;
	buffer_init(&copy, CHECKPOINT_MAX);
	buffer_append(&copy, note);
	if (copy.status != RESULT_OK) {
		enum result result = copy.status;
		buffer_done(&copy);
		return result;
	}
	buffer_done(&held->note);
	held->note = copy;
	held->checkpoint = *checkpoint;
	held->place = HELD_NOWHERE;
	held->since = clock_wall_ms();
	return RESULT_OK;
}

enum result held_rewind(struct held *held, const struct spool *spool, uint64_t size,
			const struct hash *root)
{
	char path[SPOOL_PATH_MAX];
	enum result result = RESULT_OK;
	spool_path(spool, path, "verloren-%012" PRIu64, held->checkpoint.size);
	if (held->note.len > 0)
		result = spool_write_plain(spool, path, buffer_view(&held->note));
	spool_path(spool, path, "checkpoint");
	if (result == RESULT_OK && spool_has(path))
		result = spool_remove(spool, path);
	if (result != RESULT_OK)
		return result;
	buffer_clear(&held->note);
	held->checkpoint.size = size;
	held->checkpoint.root = *root;
	held->place = HELD_SAVED; // there is nothing to save
	return RESULT_OK;
}

enum result held_save(struct held *held, const struct spool *spool)
{
	char path[SPOOL_PATH_MAX];
	if (held->place == HELD_SAVED)
		return RESULT_OK;
	spool_path(spool, path, "checkpoint");
	enum result result = spool_write_plain(spool, path, buffer_view(&held->note));
	if (result == RESULT_OK)
		held->place = HELD_SAVED;
	return result;
}

void held_lies_in(struct held *held, enum held_place place)
{
	if (held->place != HELD_SAVED)
		held->place = place;
}

enum result held_recall(struct held *held, const struct log_keys *keys, struct bytes note,
			enum held_place place)
{
	struct checkpoint checkpoint;
	if (log_keys_verify(keys, note, &checkpoint) != RESULT_OK)
		return RESULT_DAMAGED;
	if (checkpoint.size <= held->checkpoint.size && held->note.len > 0)
		return RESULT_OK;
	enum result result = hold(held, note, &checkpoint);
	if (result == RESULT_OK)
		held_lies_in(held, place);
	return result;
}

static bool is_old(const struct held *held, const struct spool *spool, int64_t now)
{
	char path[SPOOL_PATH_MAX];
	struct stat st;
	if (held->place != HELD_SAVED)
		return held->since < now - STILL_AFTER_MS;
	spool_path(spool, path, "checkpoint");
	return stat(path, &st) == 0 &&
	       (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND < now - STILL_AFTER_MS;
}

enum result held_compare(struct held *held, const struct spool *spool, const struct log_keys *keys,
			 const struct replies *replies, struct held_proof *ret_proof)
{
	const struct checkpoint *ours = &held->checkpoint;
	struct checkpoint next;
	enum proof_check *ret_check = &ret_proof->check;
	*ret_check = PROOF_CHECKPOINT;
	// The note that we hold was verified when it came.
	if (held->note.len > 0 && bytes_equal(replies->checkpoint, buffer_view(&held->note)))
		next = *ours;
	else if (log_keys_verify(keys, replies->checkpoint, &next) != RESULT_OK)
		return RESULT_BAD_SIGNATURE;
	*ret_check = PROOF_CONSISTENCY;
	bool same = next.size == ours->size && hash_equal(&next.root, &ours->root);
	// An answer to a request that named what we hold can only show as much or more.
	if (!same && next.size <= ours->size)
		return keep_conflict(held, spool, replies->checkpoint);
	if (!same && replies->old_size != ours->size)
		return RESULT_BAD_SIGNATURE;
	if (!same && tree_verify_consistency(ours->size, &ours->root, next.size, &next.root,
					     &replies->consistency) != RESULT_OK)
		return keep_conflict(held, spool, replies->checkpoint);
	*ret_proof = (struct held_proof){PROOF_FINE, next, same};
	return RESULT_OK;
}

enum result held_advance(struct held *held, const struct spool *spool, const struct log_keys *keys,
			 const struct replies *replies, enum proof_check *ret_check)
{
	struct held_proof proof;
	enum result result = held_compare(held, spool, keys, replies, &proof);
	*ret_check = proof.check;
	if (result == RESULT_OK && (!proof.same || held->note.len == 0))
		result = hold(held, replies->checkpoint, &proof.checkpoint);
	if (result == RESULT_OK)
		held->stands_still = proof.same && is_old(held, spool, clock_wall_ms());
	return result;
}
