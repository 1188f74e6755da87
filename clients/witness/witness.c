// SPDX-License-Identifier: EUPL-1.2
#include "witness/witness.h"

#include "base/clock.h"
#include "base/file.h"
#include "melding/reason.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define KEY_NAME "witness"
#define VKEY_FILE "witness.vkey"
#define SEEN_MODE 0600
#define PUBLIC_MODE 0644
#define TEXT_TYPE "text/plain; charset=utf-8"
#define SIZE_TYPE "text/x.tlog.size"

struct witness {
	char folder[PATH_MAX];
	struct private_key key;
	struct vkey vkey;
	struct policy policy;
};

static enum result path_of(const char *folder, const char *name, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/%s", folder, name);
	return len > 0 && len < PATH_MAX ? RESULT_OK : RESULT_TOO_LARGE;
}

// ---- its folder --------------------------------------------------------------------------------

static enum result keep_vkey(const char *folder, const struct vkey *vkey)
{
	char text[VKEY_MAX], line[VKEY_MAX + 1], path[PATH_MAX];
	vkey_format(text, vkey);
	snprintf(line, sizeof line, "%s\n", text);
	enum result result = path_of(folder, VKEY_FILE, path);
	return result == RESULT_OK ? file_create(path, bytes_of_text(line), PUBLIC_MODE) : result;
}

enum result witness_create(const char *folder, const char *name, const struct unlock *unlock)
{
	const struct keyfile file = {.folder = folder, .name = KEY_NAME, .kind = KEY_KIND_COSIGN};
	struct private_key key = {.secret = NULL};
	struct vkey vkey;
	if (!origin_is_valid(name))
		return RESULT_MALFORMED;
	enum result result = keyfile_create(&file, unlock, &key);
	if (result == RESULT_OK)
		result = cosigner_make(name, key.public_key, &vkey);
	if (result == RESULT_OK)
		result = keep_vkey(folder, &vkey);
	private_key_done(&key);
	return result;
}

static enum result refuse(struct problem *problem, const char *path, const char *what)
{
	problem_set_file(problem, path);
	problem_set(problem, reason_code(REASON_SYNTAX), "mend it, or put the right file there",
		    "%s", what);
	return RESULT_CONFIG;
}

static enum result read_vkey(struct witness *witness, struct problem *problem)
{
	char path[PATH_MAX];
	struct buffer text;
	buffer_init(&text, VKEY_MAX + 1);
	enum result result = path_of(witness->folder, VKEY_FILE, path);
	if (result == RESULT_OK)
		result = file_read(path, VKEY_MAX, &text);
	struct bytes line = buffer_view(&text);
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.len--;
	if (result != RESULT_OK || cosigner_parse(line, &witness->vkey) != RESULT_OK ||
	    memcmp(witness->vkey.public_key, witness->key.public_key, SIGN_PUBLIC_LEN) != 0)
		result = refuse(problem, path, "this is not the public half of the witness's key");
	buffer_done(&text);
	return result;
}

static enum result read_policy(struct witness *witness, struct problem *problem)
{
	char path[PATH_MAX], what[80];
	unsigned line = 0;
	struct buffer text;
	buffer_init(&text, POLICY_MAX);
	enum result result = path_of(witness->folder, "policy", path);
	if (result == RESULT_OK)
		result = file_read(path, POLICY_MAX, &text);
	if (result != RESULT_OK) {
		result = refuse(problem, path, "whose logs it looks at cannot be read");
	} else if (policy_parse(buffer_view(&text), &witness->policy, &line) != RESULT_OK) {
		snprintf(what, sizeof what, "line %u is not one of a tlog-policy", line);
		result = refuse(problem, path, what);
	} else if (witness->policy.log_count == 0) {
		result = refuse(problem, path, "it names no log: add a line log <vkey>");
	}
	buffer_done(&text);
	return result;
}

enum result witness_open(const char *folder, const struct unlock *unlock,
			 struct witness **ret_witness, struct problem *problem)
{
	const struct keyfile file = {.folder = folder, .name = KEY_NAME, .kind = KEY_KIND_COSIGN};
	struct witness *witness = calloc(1, sizeof *witness);
	char path[PATH_MAX];
	if (!witness)
		return RESULT_NO_MEMORY;
	snprintf(witness->folder, sizeof witness->folder, "%s", folder);
	enum result result = keyfile_open(&file, unlock, &witness->key, problem);
	if (result == RESULT_OK)
		result = read_vkey(witness, problem);
	if (result == RESULT_OK)
		result = read_policy(witness, problem);
	if (result == RESULT_OK)
		result = path_of(folder, "seen", path);
	if (result == RESULT_OK)
		result = folder_ensure(path);
	if (result == RESULT_OK)
		*ret_witness = witness;
	else
		witness_close(witness);
	return result;
}

void witness_close(struct witness *witness)
{
	if (!witness)
		return;
	private_key_done(&witness->key);
	free(witness);
}

// ---- what it saw -------------------------------------------------------------------------------

static enum result seen_path(const struct witness *witness, const char *log, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/seen/%s", witness->folder, log);
	return len > 0 && len < PATH_MAX ? RESULT_OK : RESULT_TOO_LARGE;
}

static void log_name(const char *origin, char out[2 * sizeof(struct hash) + 1])
{
	struct hash hash = sha256(bytes_of_text(origin));
	hex_encode(out, bytes_of_hash(&hash));
}

// Signed by a key of that log, as its policy names them.
static enum result verify_log(const struct witness *witness, struct bytes note,
			      struct checkpoint *ret_checkpoint)
{
	const uint8_t *end = memchr(note.data, '\n', note.len);
	struct bytes origin = bytes_make(note.data, end ? (size_t)(end - note.data) : 0);
	enum result found = RESULT_NOT_FOUND;
	for (size_t i = 0; i < witness->policy.log_count && found != RESULT_OK; i++) {
		const struct vkey *vkey = &witness->policy.logs[i].vkey;
		if (bytes_equal(origin, bytes_of_text(vkey->name)))
			found = checkpoint_verify(note, vkey, ret_checkpoint);
	}
	return found;
}

// RESULT_OK with size 0 when it saw none.
static enum result read_seen(const struct witness *witness, const char *path,
			     struct checkpoint *ret_seen)
{
	struct buffer note;
	*ret_seen = (struct checkpoint){.root = tree_empty_root()};
	buffer_init(&note, CHECKPOINT_MAX);
	enum result result = file_read(path, CHECKPOINT_MAX, &note);
	struct bytes text;
	uint64_t time;
	// What is not signed by itself was put there by another.
	if (result == RESULT_OK)
		result = cosignature_verify(buffer_view(&note), &witness->vkey, &text, &time);
	if (result == RESULT_OK)
		result = verify_log(witness, buffer_view(&note), ret_seen);
	buffer_done(&note);
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

// ---- add-checkpoint ----------------------------------------------------------------------------

static void say(struct witness_answer *answer, unsigned status, const char *text)
{
	answer->status = status;
	answer->type = TEXT_TYPE;
	buffer_clear(&answer->body);
	buffer_append_text(&answer->body, text);
}

static enum result append_text_of(struct bytes note, struct buffer *out)
{
	const uint8_t *end = memmem(note.data, note.len, "\n\n", 2);
	if (!end)
		return RESULT_MALFORMED;
	buffer_append(out, bytes_make(note.data, (size_t)(end - note.data) + 1));
	return out->status;
}

// On the disk before anybody has it: the note as it came, with the cosignature behind it.
static void cosign(struct witness *witness, const char *path, struct bytes note,
		   struct witness_answer *answer)
{
	struct buffer text, kept;
	buffer_init(&text, CHECKPOINT_MAX);
	buffer_init(&kept, CHECKPOINT_MAX);
	buffer_clear(&answer->body);
	enum result result = append_text_of(note, &text);
	if (result == RESULT_OK)
		result = cosignature_append(buffer_view(&text), &witness->vkey, witness->key.secret,
					    (uint64_t)clock_wall_ms() / 1000, &answer->body);
	buffer_append(&kept, note);
	buffer_append(&kept, buffer_view(&answer->body));
	if (result == RESULT_OK)
		result = kept.status;
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&kept), SEEN_MODE);
	buffer_done(&text);
	buffer_done(&kept);
	if (result != RESULT_OK) {
		say(answer, 500, "the checkpoint cannot be kept\n");
		return;
	}
	answer->status = 200;
	answer->type = TEXT_TYPE;
}

static bool is_extended(const struct checkpoint *seen, const struct checkpoint *next,
			const struct tree_path *proof)
{
	return tree_verify_consistency(seen->size, &seen->root, next->size, &next->root, proof) ==
	       RESULT_OK;
}

// The order of these is that of tlog-witness.
static void compare(struct witness *witness, const struct witness_request *request,
		    const struct checkpoint *next, struct witness_answer *answer)
{
	char name[2 * sizeof(struct hash) + 1], path[PATH_MAX];
	struct checkpoint seen;
	log_name(next->origin, name);
	enum result result = seen_path(witness, name, path);
	if (result == RESULT_OK)
		result = read_seen(witness, path, &seen);
	if (result != RESULT_OK) {
		say(answer, 500, "what was cosigned before cannot be read\n");
	} else if (request->old > next->size) {
		say(answer, 400, "the old size is above that of the checkpoint\n");
	} else if (request->old != seen.size) {
		answer->status = 409;
		answer->type = SIZE_TYPE;
		buffer_append_format(&answer->body, "%llu\n", (unsigned long long)seen.size);
	} else if (!is_extended(&seen, next, &request->proof)) {
		say(answer, 422, "the proof does not lead from what was cosigned before to this\n");
	} else {
		cosign(witness, path, request->note, answer);
	}
}

static int lock_folder(const struct witness *witness)
{
	char path[PATH_MAX];
	if (path_of(witness->folder, "lock", path) != RESULT_OK)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, SEEN_MODE);
	if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void witness_add(struct witness *witness, struct bytes body, struct witness_answer *answer)
{
	struct witness_request request;
	struct checkpoint next;
	buffer_init(&answer->body, CHECKPOINT_MAX);
	if (witness_request_parse(body, &request) != RESULT_OK) {
		say(answer, 400, "this is no request to add a checkpoint\n");
		return;
	}
	enum result result = verify_log(witness, request.note, &next);
	if (result == RESULT_NOT_FOUND) {
		say(answer, 404, "this witness does not look at that log\n");
	} else if (result == RESULT_BAD_SIGNATURE) {
		say(answer, 403, "no key of that log signed it\n");
	} else if (result != RESULT_OK) {
		say(answer, 400, "this is no checkpoint\n");
	} else {
		int lock = lock_folder(witness);
		if (lock < 0)
			say(answer, 500, "the folder cannot be locked\n");
		else
			compare(witness, &request, &next, answer);
		if (lock >= 0)
			close(lock);
	}
}

void witness_seen(struct witness *witness, const char *log, struct witness_answer *answer)
{
	char path[PATH_MAX];
	uint8_t hash[sizeof(struct hash)];
	buffer_init(&answer->body, CHECKPOINT_MAX);
	bool is_name = strlen(log) == 2 * sizeof hash &&
		       hex_decode(hash, sizeof hash, bytes_of_text(log)) == RESULT_OK;
	if (!is_name || seen_path(witness, log, path) != RESULT_OK ||
	    file_read(path, CHECKPOINT_MAX, &answer->body) != RESULT_OK) {
		say(answer, 404, "nothing was cosigned of that log\n");
		return;
	}
	answer->status = 200;
	answer->type = TEXT_TYPE;
}
