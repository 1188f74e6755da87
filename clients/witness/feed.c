// SPDX-License-Identifier: EUPL-1.2
#include "witness/feed.h"

#include "base/file.h"
#include "melding/reason.h"
#include "tree/policy.h"
#include "tree/tiler.h"
#include "witness/post.h"
#include "witness/witness.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT_MODE 0644

struct feed {
	const char *folder;
	struct policy policy;
	struct buffer note, tile, text;
	struct checkpoint checkpoint;
	struct feed_outcome *outcome;
};

// ---- what lies in the folder -------------------------------------------------------------------

static enum result read_file(const struct feed *feed, const char *name, size_t max,
			     struct buffer *out)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/%s", feed->folder, name);
	return len > 0 && len < PATH_MAX ? file_read(path, max, out) : RESULT_TOO_LARGE;
}

// For proofs: a complete subtree, from the tile in which the hashes below it stand.
static enum result read_subtree(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	struct feed *feed = context;
	struct hash below[TILE_WIDTH];
	char name[TILE_NAME_MAX];
	unsigned last_width, inside = level % 8;
	uint64_t first = index << inside, tile = first / TILE_WIDTH;
	uint64_t count = tile_count((int)(level / 8), feed->checkpoint.size, &last_width);
	size_t at = (size_t)(first % TILE_WIDTH) * sizeof *below, len = sizeof *below << inside;
	tile_name(name, (int)(level / 8), tile, tile + 1 == count ? last_width : TILE_WIDTH);
	enum result result = read_file(feed, name, TILE_BYTES, &feed->tile);
	if (result != RESULT_OK || feed->tile.len < at + len)
		return result != RESULT_OK ? result : RESULT_DAMAGED;
	memcpy(below, feed->tile.data + at, len);
	*ret_hash = tree_small_root(below, (size_t)1 << inside);
	return RESULT_OK;
}

static enum result refuse(struct problem *problem, const char *path, const char *what)
{
	problem_set_file(problem, path);
	problem_set(problem, reason_code(REASON_SYNTAX),
		    "look at the folder of the export and the policy", "%s", what);
	return RESULT_CONFIG;
}

static enum result read_policy(struct feed *feed, const char *path, struct problem *problem)
{
	char what[80] = "the policy cannot be read";
	unsigned line = 0;
	struct buffer text;
	buffer_init(&text, POLICY_MAX);
	enum result result = file_read(path, POLICY_MAX, &text);
	if (result == RESULT_OK) {
		result = policy_parse(buffer_view(&text), &feed->policy, &line);
		snprintf(what, sizeof what, "line %u is not one of a tlog-policy", line);
	}
	buffer_done(&text);
	return result == RESULT_OK ? RESULT_OK : refuse(problem, path, what);
}

static enum result read_checkpoint(struct feed *feed, struct problem *problem)
{
	enum result result = read_file(feed, "checkpoint", CHECKPOINT_MAX, &feed->note);
	if (result != RESULT_OK)
		return refuse(problem, feed->folder, "there is no checkpoint in the folder");
	result = RESULT_BAD_SIGNATURE;
	for (size_t i = 0; i < feed->policy.log_count && result != RESULT_OK; i++)
		result = checkpoint_verify(buffer_view(&feed->note), &feed->policy.logs[i].vkey,
					   &feed->checkpoint);
	if (result != RESULT_OK)
		return refuse(problem, feed->folder,
			      "the checkpoint is not signed by a log of the policy");
	const uint8_t *end = memmem(feed->note.data, feed->note.len, "\n\n", 2);
	size_t len = end ? (size_t)(end - feed->note.data) + 1 : 0;
	buffer_append(&feed->text, bytes_make(feed->note.data, len));
	return feed->text.status;
}

// ---- one witness -------------------------------------------------------------------------------

static enum result make_request(struct feed *feed, uint64_t old, struct buffer *out)
{
	const struct tree_reader reader = {.read = read_subtree, .context = feed};
	struct tree_path path = {.count = 0};
	enum result result = tree_consistency(&reader, old, feed->checkpoint.size, &path);
	buffer_append_format(out, "old %llu\n", (unsigned long long)old);
	for (size_t i = 0; i < path.count && result == RESULT_OK; i++) {
		char line[64];
		base64_encode(line, bytes_of_hash(&path.hashes[i]));
		buffer_append_format(out, "%s\n", line);
	}
	buffer_append_text(out, "\n");
	buffer_append(out, buffer_view(&feed->note));
	return result == RESULT_OK ? out->status : result;
}

static enum result post(struct feed *feed, const struct policy_member *witness, uint64_t old,
			struct post_answer *answer)
{
	struct buffer request;
	buffer_init(&request, WITNESS_REQUEST_MAX);
	enum result result = make_request(feed, old, &request);
	if (result == RESULT_OK)
		result = post_body(witness->url, buffer_view(&request), answer);
	buffer_done(&request);
	return result;
}

static void say_silent(struct feed *feed, const struct policy_member *witness, const char *why)
{
	snprintf(feed->outcome->silent, sizeof feed->outcome->silent, "%s (%s): %s", witness->name,
		 witness->url, why);
}

static void say_contradicts(struct feed *feed, const struct policy_member *witness,
			    const char *what)
{
	snprintf(feed->outcome->contradicts, sizeof feed->outcome->contradicts,
		 "%s (%s) %s; keep this folder and ask for its checkpoint as evidence",
		 witness->name, witness->url, what);
}

// What it answered counts when it is its cosignature of this very text.
static void take_cosignature(struct feed *feed, const struct policy_member *witness,
			     struct bytes lines)
{
	struct buffer own;
	struct bytes text;
	uint64_t time;
	buffer_init(&own, CHECKPOINT_MAX);
	buffer_append(&own, buffer_view(&feed->text));
	buffer_append_text(&own, "\n");
	buffer_append(&own, lines);
	if (own.status == RESULT_OK &&
	    cosignature_verify(buffer_view(&own), &witness->vkey, &text, &time) == RESULT_OK) {
		buffer_append(&feed->note, lines);
		feed->outcome->signed_by++;
	} else {
		say_silent(feed, witness, "what it answered is no cosignature of its key");
	}
	buffer_done(&own);
}

static bool read_size(struct bytes body, uint64_t *ret_size)
{
	if (body.len > 0 && body.data[body.len - 1] == '\n')
		body.len--;
	return number_parse(body, ret_size) == RESULT_OK;
}

static void take_answer(struct feed *feed, const struct policy_member *witness,
			const struct post_answer *answer)
{
	char why[60];
	uint64_t size;
	if (answer->status == 200)
		take_cosignature(feed, witness, buffer_view(&answer->body));
	else if (answer->status == 422)
		say_contradicts(feed, witness,
				"cosigned another history of this log than that of this export");
	else if (answer->status == 409 && read_size(buffer_view(&answer->body), &size) &&
		 size > feed->checkpoint.size)
		say_contradicts(feed, witness,
				"cosigned a later checkpoint of this log: it was cut off, rolled "
				"back, or the export is an older one");
	else {
		snprintf(why, sizeof why, "it answered %u", answer->status);
		say_silent(feed, witness, why);
	}
}

// It says what it holds when that is not what we begin with.
static enum result ask(struct feed *feed, const struct policy_member *witness)
{
	struct post_answer answer;
	uint64_t size;
	feed->outcome->asked++;
	enum result result = post(feed, witness, 0, &answer);
	if (result == RESULT_OK && answer.status == 409 &&
	    read_size(buffer_view(&answer.body), &size) && size > 0 &&
	    size <= feed->checkpoint.size) {
		buffer_done(&answer.body);
		result = post(feed, witness, size, &answer);
	}
	if (result == RESULT_OK)
		take_answer(feed, witness, &answer);
	buffer_done(&answer.body);
	if (result != RESULT_CLOSED)
		return result;
	say_silent(feed, witness, "it cannot be reached");
	return RESULT_OK;
}

// ---- all of them -------------------------------------------------------------------------------

static enum result ask_all(struct feed *feed)
{
	char path[PATH_MAX];
	enum result result = RESULT_OK;
	for (size_t i = 0; i < feed->policy.member_count && result == RESULT_OK; i++) {
		const struct policy_member *member = &feed->policy.members[i];
		struct bytes text;
		uint64_t time;
		bool has = !member->is_group &&
			   cosignature_verify(buffer_view(&feed->note), &member->vkey, &text,
					      &time) == RESULT_OK;
		if (!member->is_group && member->url[0] && !has)
			result = ask(feed, member);
	}
	if (result == RESULT_OK)
		result = feed->note.status;
	snprintf(path, sizeof path, "%s/checkpoint", feed->folder);
	if (result == RESULT_OK && feed->outcome->signed_by > 0)
		result = file_replace(path, buffer_view(&feed->note), CHECKPOINT_MODE);
	feed->outcome->is_met = policy_is_met(&feed->policy, buffer_view(&feed->note));
	return result;
}

enum result witness_feed(const char *folder, const char *policy, struct feed_outcome *ret_outcome,
			 struct problem *problem)
{
	struct feed *feed = calloc(1, sizeof *feed);
	if (!feed)
		return RESULT_NO_MEMORY;
	memset(ret_outcome, 0, sizeof *ret_outcome);
	feed->folder = folder;
	feed->outcome = ret_outcome;
	buffer_init(&feed->note, CHECKPOINT_MAX);
	buffer_init(&feed->text, CHECKPOINT_MAX);
	buffer_init(&feed->tile, TILE_BYTES + 1);
	enum result result = read_policy(feed, policy, problem);
	if (result == RESULT_OK)
		result = read_checkpoint(feed, problem);
	if (result == RESULT_OK)
		result = ask_all(feed);
	if (result == RESULT_NOT_FOUND || result == RESULT_DAMAGED)
		result = refuse(problem, folder, "a tile of the export is missing or damaged");
	buffer_done(&feed->note);
	buffer_done(&feed->text);
	buffer_done(&feed->tile);
	free(feed);
	return result;
}
