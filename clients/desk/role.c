// SPDX-License-Identifier: EUPL-1.2
#include "desk/role.h"

#include "base/file.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "tree/note.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_LEN 400
#define BUNDLE_MAX 16384
#define PASSPHRASE_MAX 1024
#define GENESIS_MAX (256u * 1024)
#define ARENA_MAX (4u * 1024 * 1024)

static int path_in(struct desk *desk, const char *name, char out[PATH_LEN])
{
	int len = snprintf(out, PATH_LEN, "%s/%s", desk->values[DESK_KEY], name);
	if (len < 0 || len >= PATH_LEN)
		return desk_misused(desk, "the path of the key folder is too long");
	return DESK_DONE;
}

static int fail(struct desk *desk, const char *file, enum reason reason, const char *message)
{
	struct problem problem = {0};
	problem_set_file(&problem, file);
	problem_set(&problem, reason_code(reason), reason_fix(reason), "%s", message);
	return desk_fail(desk, &problem, DESK_CONFIG);
}

// ---- the role ------------------------------------------------------------------------------

// The first line of the file, in `room`, which the caller wipes.
static int read_passphrase(struct desk *desk, struct buffer *room, struct unlock *ret_unlock)
{
	const char *path = desk->values[DESK_PASSPHRASE];
	if (file_read_private(path, PASSPHRASE_MAX, room) != RESULT_OK)
		return fail(desk, path, REASON_FILE_MODE,
			    "the passphrase file cannot be read, or others may read it");
	const uint8_t *end = memchr(room->data, '\n', room->len);
	ret_unlock->passphrase =
		bytes_make(room->data, end ? (size_t)(end - room->data) : room->len);
	return DESK_DONE;
}

static int find_unlock(struct desk *desk, char own[PATH_LEN], struct buffer *room,
		       struct unlock *ret_unlock)
{
	if (desk->values[DESK_UNLOCK] && desk->values[DESK_PASSPHRASE])
		return desk_misused(desk, "give --unlock-file or --passphrase-file, not both");
	if (desk->values[DESK_PASSPHRASE])
		return read_passphrase(desk, room, ret_unlock);
	if (desk->values[DESK_UNLOCK]) {
		ret_unlock->key_file = desk->values[DESK_UNLOCK];
		return DESK_DONE;
	}
	int code = path_in(desk, "unlock.key", own);
	if (code != DESK_DONE)
		return code;
	if (access(own, F_OK) != 0)
		return desk_misused(desk, "give --unlock-file or --passphrase-file");
	ret_unlock->key_file = own;
	return DESK_DONE;
}

static int open_key(struct desk *desk, struct private_key *ret_key)
{
	char own[PATH_LEN];
	struct buffer room;
	struct unlock unlock = {0};
	struct problem problem = {0};
	buffer_init(&room, PASSPHRASE_MAX);
	int code = find_unlock(desk, own, &room, &unlock);
	if (code == DESK_DONE &&
	    keyfile_open(
		    &(const struct keyfile){desk->values[DESK_KEY], "identity", KEY_KIND_IDENTITY},
		    &unlock, ret_key, &problem) != RESULT_OK)
		code = desk_fail(desk, &problem, DESK_CONFIG);
	buffer_wipe(&room);
	return code;
}

static bool is_zero(const uint8_t key[32])
{
	static const uint8_t zero[32];
	return memcmp(key, zero, sizeof zero) == 0;
}

// A partner has keys to seal and to connect; a role signs and does nothing else.
static int not_a_role(struct desk *desk, const struct bundle *bundle)
{
	struct problem problem = {0};
	problem_set_file(&problem, desk->values[DESK_KEY]);
	problem_set(&problem, reason_code(REASON_FUNCTIE_NOT_HELD),
		    "sign with the key folder of the beheerder, the privacy officer or the deputy, "
		    "made with knooppunt keygen --role",
		    "this is the key of a partner (%s), and no partner signs for the house",
		    bundle->naam);
	return desk_fail(desk, &problem, DESK_CONFIG);
}

// Whose key it is stands in the bundle beside it.
static int read_owner(struct desk *desk, const struct private_key *key, struct oin *ret_oin)
{
	char path[PATH_LEN];
	struct buffer wire;
	struct bundle bundle;
	struct problem problem = {0};
	int code = path_in(desk, "bundle.knp", path);
	if (code != DESK_DONE)
		return code;
	buffer_init(&wire, BUNDLE_MAX);
	code = desk_read_file(desk, path, BUNDLE_MAX, &wire);
	if (code == DESK_DONE) {
		problem_set_file(&problem, path);
		if (bundle_decode(buffer_view(&wire), NULL, &bundle, &problem) != RESULT_OK)
			code = desk_fail(desk, &problem, DESK_CONFIG);
		else if (memcmp(bundle.identity, key->public_key, 32) != 0)
			code = fail(desk, path, REASON_UNKNOWN_KEY,
				    "the bundle is of another key than identity.key");
		else if (!is_zero(bundle.sealing))
			code = not_a_role(desk, &bundle);
		else
			*ret_oin = bundle.oin;
	}
	buffer_done(&wire);
	return code;
}

int role_open(struct desk *desk, struct role *ret_role)
{
	struct role role = {0};
	int code = open_key(desk, &role.key);
	if (code != DESK_DONE)
		return code;
	code = read_owner(desk, &role.key, &role.oin);
	if (code == DESK_DONE)
		*ret_role = role;
	else
		private_key_done(&role.key);
	return code;
}

void role_done(struct role *role)
{
	private_key_done(&role->key);
}

// ---- the log -------------------------------------------------------------------------------

static int pin_genesis(struct desk *desk, struct bytes genesis)
{
	char path[PATH_LEN];
	struct buffer pinned;
	int code = path_in(desk, "genesis", path);
	if (code != DESK_DONE)
		return code;
	enum result result = file_create(path, genesis, 0600);
	if (result == RESULT_OK)
		return DESK_DONE;
	if (result != RESULT_EXISTS)
		return fail(desk, path, REASON_IO, "genesis cannot be kept in the key folder");
	buffer_init(&pinned, GENESIS_MAX);
	code = desk_read_file(desk, path, GENESIS_MAX, &pinned);
	if (code == DESK_DONE && !bytes_equal(buffer_view(&pinned), genesis))
		code = fail(desk, path, REASON_CONFLICT,
			    "knooppuntd runs another log than this key signed for before");
	buffer_done(&pinned);
	return code;
}

static enum result fold_genesis(struct bytes wire, struct registry *reg, struct problem *problem)
{
	struct genesis_file file;
	struct arena *arena;
	struct part part;
	enum result result = genesis_file_decode(wire, &file);
	if (result != RESULT_OK)
		return result;
	result = arena_new(ARENA_MAX, &arena);
	if (result != RESULT_OK)
		return result;
	result = part_decode(file.part, arena, &part);
	if (result == RESULT_OK && part.kind != PART_REGISTER)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK) {
		struct register_leaf leaf = {
			.index = 0,
			.hash = tree_leaf(bytes_make(file.entry, sizeof file.entry)),
			.part = &part.registerdeel,
		};
		struct register_source source = {.send = NULL, .problem = problem};
		result = register_fold(reg, &leaf, source);
	}
	arena_free(arena);
	return result;
}

static enum result verify_head(const struct registry *reg, struct bytes note, struct head *ret_head)
{
	struct checkpoint checkpoint;
	struct log_keys *keys = calloc(1, sizeof *keys);
	enum result result = keys ? register_log_keys(reg, keys) : RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		result = log_keys_verify(keys, note, &checkpoint);
	if (result == RESULT_OK)
		*ret_head = (struct head){.size = checkpoint.size, .root = checkpoint.root};
	free(keys);
	return result;
}

static enum result fold_shown(struct registry *reg, struct bytes wire, bool *ret_more)
{
	struct arena *arena;
	struct replies replies;
	struct problem problem = {0};
	enum result result = arena_new(ARENA_MAX, &arena);
	if (result != RESULT_OK)
		return result;
	result = replies_decode(wire, arena, &replies);
	if (result == RESULT_OK && replies.reply_count != 1)
		result = RESULT_MALFORMED;
	for (size_t i = 0; result == RESULT_OK && i < replies.replies[0].leaf_count; i++)
		result = register_fold_shown(reg, &replies.replies[0].leaves[i], arena, &problem);
	*ret_more =
		result == RESULT_OK && replies.replies[0].more && replies.replies[0].leaf_count > 0;
	arena_free(arena);
	return result;
}

// The key of the log changed since genesis: the register has the acts of two roles that brought it.
static int learn_register(struct desk *desk, struct registry *reg)
{
	bool more = true;
	int code = DESK_DONE;
	while (more && code == DESK_DONE) {
		struct buffer request;
		struct answer *answer;
		desk_question(&request, "register");
		control_append_number(&request, "after", reg->head_index);
		code = desk_ask(desk, &request, &answer);
		if (code != DESK_DONE)
			return code;
		if (fold_shown(reg, control_value(&answer->message, "leaves"), &more) != RESULT_OK)
			code = desk_odd_answer(desk, "a leaf of the register that does not hold");
		answer_free(answer);
	}
	return code;
}

int house_learn_register(struct desk *desk, struct house *house)
{
	return learn_register(desk, &house->registry);
}

static int learn_head(struct desk *desk, struct house *house, struct bytes note)
{
	if (verify_head(&house->registry, note, &house->head) == RESULT_OK)
		return DESK_DONE;
	int code = learn_register(desk, &house->registry);
	if (code != DESK_DONE)
		return code;
	if (verify_head(&house->registry, note, &house->head) == RESULT_OK)
		return DESK_DONE;
	return desk_odd_answer(desk, "its checkpoint is not signed by the key in genesis, nor by "
				     "one that two roles brought since");
}

static int learn(struct desk *desk, const struct answer *answer, struct house *house)
{
	struct problem problem = {0};
	struct bytes genesis = control_value(&answer->message, "genesis");
	if (fold_genesis(genesis, &house->registry, &problem) != RESULT_OK)
		return desk_odd_answer(desk, "genesis does not hold together");
	// Pinned first: the checkpoint is worth what the key in genesis is worth.
	int code = pin_genesis(desk, genesis);
	if (code != DESK_DONE)
		return code;
	return learn_head(desk, house, control_value(&answer->message, "checkpoint"));
}

int house_learn(struct desk *desk, struct house *ret_house)
{
	struct buffer request;
	struct answer *answer;
	struct house house = {0};
	desk_question(&request, "log");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	register_init(&house.registry);
	code = learn(desk, answer, &house);
	answer_free(answer);
	if (code == DESK_DONE)
		*ret_house = house;
	else
		house_done(&house);
	return code;
}

void house_done(struct house *house)
{
	register_done(&house->registry);
}
