// SPDX-License-Identifier: EUPL-1.2
#include "keys/keys.h"

#include "fake_log.h"

#include "crypto/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAKE_ARENA (128 * 1024 * 1024)
#define PART_MAX 65536

void fake_must(enum result result)
{
	if (result == RESULT_OK)
		return;
	fprintf(stderr, "the fake knooppunt failed: %s\n", result_name(result));
	abort();
}

void fake_log_init(struct fake_log *log)
{
	memset(log, 0, sizeof *log);
	fake_must(arena_new(FAKE_ARENA, &log->arena));
	log->key.kind = KEY_KIND_LOG;
	fake_must(secret_alloc(SIGN_SECRET_LEN, &log->key.secret));
	sign_keypair(log->key.public_key, log->key.secret);
	fake_must(vkey_make(FAKE_ORIGIN, log->key.public_key, &log->vkey));
	log->clock = 1795000000000;
}

void fake_log_done(struct fake_log *log)
{
	private_key_done(&log->key);
	arena_free(log->arena);
}

static struct bytes encode_part(struct fake_log *log, const struct part *part)
{
	struct buffer wire;
	buffer_init(&wire, PART_MAX);
	fake_must(part_encode(part, &wire));
	struct bytes copy = arena_copy(log->arena, buffer_view(&wire));
	buffer_done(&wire);
	return copy;
}

uint64_t fake_log_append(struct fake_log *log, enum entry_class class, const struct part *parts,
			 size_t count)
{
	if (log->size == FAKE_ENTRIES_MAX || count > FAKE_PARTS_MAX)
		abort();
	struct fake_entry *made = &log->entries[log->size];
	struct vector vector;
	random_bytes(made->seed, sizeof made->seed);
	for (size_t i = 0; i < count; i++)
		made->parts[i] = encode_part(log, &parts[i]);
	made->part_count = count;
	fake_must(vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, made->seed, made->parts, count,
			      &vector));
	struct entry entry = {.class = class,
			      .time = log->clock++,
			      .register_head = log->register_head,
			      .parts_root = vector_root(&vector)};
	entry_encode(made->wire, &entry);
	fake_log_rehash(log, log->size);
	if (class == ENTRY_GENESIS || class == ENTRY_REGISTER)
		log->register_head = made->leaf;
	return log->size++;
}

void fake_log_rehash(struct fake_log *log, uint64_t index)
{
	struct fake_entry *entry = &log->entries[index];
	entry->leaf = tree_leaf(bytes_make(entry->wire, ENTRY_LEN));
}

// ---- the tree, subtree by subtree --------------------------------------------------------------

static enum result read_subtree(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	const struct fake_log *log = context;
	if (level == 0) {
		*ret_hash = log->entries[index].leaf;
		return RESULT_OK;
	}
	struct hash left, right;
	fake_must(read_subtree(context, level - 1, 2 * index, &left));
	fake_must(read_subtree(context, level - 1, 2 * index + 1, &right));
	*ret_hash = tree_node(&left, &right);
	return RESULT_OK;
}

static struct tree_reader reader_of(const struct fake_log *log)
{
	return (struct tree_reader){.read = read_subtree, .context = (void *)(uintptr_t)log};
}

struct hash fake_log_root(const struct fake_log *log, uint64_t size)
{
	struct tree_reader reader = reader_of(log);
	struct hash root;
	fake_must(tree_root_at(&reader, size, &root));
	return root;
}

void fake_log_consistency(const struct fake_log *log, uint64_t old_size, uint64_t size,
			  struct tree_path *ret_path)
{
	struct tree_reader reader = reader_of(log);
	fake_must(tree_consistency(&reader, old_size, size, ret_path));
}

struct bytes fake_log_note(const struct fake_log *log, uint64_t size, struct arena *arena)
{
	struct checkpoint checkpoint = {.size = size, .root = fake_log_root(log, size)};
	struct buffer note;
	snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", FAKE_ORIGIN);
	buffer_init(&note, CHECKPOINT_MAX);
	fake_must(checkpoint_sign(&checkpoint, &log->vkey, log->key.secret, &note));
	struct bytes copy = arena_copy(arena, buffer_view(&note));
	buffer_done(&note);
	return copy;
}

void fake_log_leaf(const struct fake_log *log, uint64_t index, size_t part, struct arena *arena,
		   struct leaf *ret_leaf)
{
	const struct fake_entry *entry = &log->entries[index];
	struct tree_reader reader = reader_of(log);
	struct vector vector;
	fake_must(vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, entry->seed, entry->parts,
			      entry->part_count, &vector));
	unsigned position = vector.order[part];
	*ret_leaf = (struct leaf){
		.index = index,
		.entry = arena_copy(arena, bytes_make(entry->wire, ENTRY_LEN)),
		.vector = arena_copy(arena, vector_bytes(&vector)),
		.part = {.position = position,
			 .salt = arena_copy(arena, bytes_of_hash(&vector.salts[position])),
			 .value = arena_copy(arena, entry->parts[part])},
	};
	fake_must(tree_inclusion(&reader, index, log->size, &ret_leaf->path));
}
