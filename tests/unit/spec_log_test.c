// SPDX-License-Identifier: EUPL-1.2
// The whole small log of the specification's vectors, read by our C from genesis on: entries, tree,
// checkpoint, register, the receipt of a sender and the delivery of a recipient.
#include "tests/unit/spec_vectors.h"

#include "crypto/secret.h"
#include "lib/proof.h"
#include "register/register.h"
#include "tree/note.h"
#include "wire/entry.h"

struct whole_log {
	json_t *root;
	struct vkey vkey;
	struct checkpoint checkpoint;
	struct registry registry;
};

static int set_up(void **state)
{
	struct whole_log *log = calloc(1, sizeof *log);
	if (!log || spec_set_up(state))
		return -1;
	log->root = spec_load("log");
	register_init(&log->registry);
	*state = log;
	if (vkey_parse(bytes_of_text(vectors_text(log->root, "vkey")), &log->vkey))
		return -1;
	return checkpoint_verify(bytes_of_text(vectors_text(log->root, "checkpoint")), &log->vkey,
				 &log->checkpoint);
}

static int tear_down(void **state)
{
	struct whole_log *log = *state;
	json_decref(log->root);
	register_done(&log->registry);
	free(log);
	return spec_tear_down(state);
}

static struct replies read_replies(const json_t *row, const char *field)
{
	struct replies replies;
	assert_int_equal(replies_decode(spec_hex(row, field), spec_arena, &replies), RESULT_OK);
	return replies;
}

// Entry, vector, part and path of a leaf, under the checkpoint of the log.
static void read_leaf(const struct whole_log *log, const struct leaf *leaf, struct part *ret_part)
{
	struct entry entry;
	struct hash root, hash = tree_leaf(leaf->entry);
	assert_int_equal(entry_decode(leaf->entry, &entry), RESULT_OK);
	assert_int_equal(vector_root_of(VECTOR_PARTS_LABEL, leaf->vector, &root), RESULT_OK);
	assert_true(hash_equal(&root, &entry.parts_root));
	assert_int_equal(vector_check(VECTOR_PARTS_LABEL, leaf->vector, leaf->part.position,
				      leaf->part.salt, leaf->part.value),
			 RESULT_OK);
	assert_int_equal(tree_verify_inclusion(&hash, leaf->index, log->checkpoint.size,
					       &leaf->path, &log->checkpoint.root),
			 RESULT_OK);
	assert_int_equal(part_decode(leaf->part.value, spec_arena, ret_part), RESULT_OK);
}

static void fold_register(struct whole_log *log)
{
	struct replies replies = read_replies(log->root, "register");
	struct problem problem = {.code = NULL};
	assert_int_equal(replies.reply_count, 1);
	assert_int_equal(replies.replies[0].leaf_count, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct leaf *leaf = &replies.replies[0].leaves[i];
		struct part part;
		read_leaf(log, leaf, &part);
		assert_int_equal(part.kind, PART_REGISTER);
		struct entry entry;
		assert_int_equal(entry_decode(leaf->entry, &entry), RESULT_OK);
		struct register_leaf folded = {leaf->index, entry.time, tree_leaf(leaf->entry),
					       &part.registerdeel};
		enum result result = register_fold(&log->registry, &folded,
						   (struct register_source){NULL, 0, &problem});
		if (result)
			fail_msg("leaf %zu: %s", i, problem.message);
	}
}

static void entries_make_the_tree_and_hold_their_parts(void **state)
{
	struct whole_log *log = *state;
	struct frontier frontier;
	struct tree_done done[64];
	json_t *row;
	size_t i;
	frontier_init(&frontier);
	json_array_foreach(json_object_get(log->root, "entries"), i, row)
	{
		size_t count;
		struct bytes *parts = spec_list(row, "parts", &count);
		struct vector vector;
		struct entry entry;
		struct part part;
		assert_int_equal(vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS,
					     spec_hex32(row, "seed"), parts, count, &vector),
				 RESULT_OK);
		struct hash root = vector_root(&vector);
		assert_int_equal(entry_decode(spec_hex(row, "entry"), &entry), RESULT_OK);
		assert_true(hash_equal(&root, &entry.parts_root));
		for (size_t p = 0; p < count; p++)
			assert_int_equal(part_decode(parts[p], spec_arena, &part), RESULT_OK);
		struct hash leaf = tree_leaf(spec_hex(row, "entry"));
		struct hash expected = spec_hash(row, "leaf_hash");
		assert_true(hash_equal(&leaf, &expected));
		frontier_append(&frontier, &leaf, done);
	}
	struct hash root = frontier_root(&frontier);
	assert_true(frontier.size == log->checkpoint.size);
	assert_true(hash_equal(&root, &log->checkpoint.root));
}

static void the_register_folds_to_its_parties(void **state)
{
	struct whole_log *log = *state;
	fold_register(log);
	const struct registry *registry = &log->registry;
	struct hash genesis = spec_hash(log->root, "genesis_leaf");
	assert_true(hash_equal(&registry->genesis.leaf, &genesis));
	assert_true(registry->genesis.oefening);
	assert_int_equal(registry->party_count, 5);
	struct oin gemeente;
	const json_t *delivery = json_object_get(log->root, "delivery");
	assert_int_equal(oin_parse(bytes_of_text(vectors_text(delivery, "oin")), &gemeente),
			 RESULT_OK);
	assert_non_null(register_holder(registry, &gemeente, "wmo", 4));
	assert_null(register_holder(registry, &gemeente, "nazorg", 4));
	const struct register_convenant *convenant = register_convenant_at(registry, 0);
	assert_true(convenant && !register_convenant_at(registry, 1));
	assert_string_equal(convenant->naam, "voorbeeld");
}

// Replies prove that the log grew from what the asker held.
static void check_growth(const struct whole_log *log, const json_t *row,
			 const struct replies *replies)
{
	struct hash held = spec_hash(row, "held_root");
	struct checkpoint checkpoint;
	assert_int_equal(checkpoint_verify(replies->checkpoint, &log->vkey, &checkpoint),
			 RESULT_OK);
	assert_true(replies->old_size == spec_number(row, "held"));
	assert_int_equal(tree_verify_consistency(replies->old_size, &held, checkpoint.size,
						 &checkpoint.root, &replies->consistency),
			 RESULT_OK);
}

static void the_receipt_is_about_the_statement(void **state)
{
	struct whole_log *log = *state;
	const json_t *row = json_object_get(log->root, "receipt");
	struct replies replies = read_replies(row, "replies");
	const struct reply *reply = &replies.replies[0];
	struct hash header = header_hash(spec_hex(log->root, "statement"));
	struct part part;
	check_growth(log, row, &replies);
	assert_true(reply->has_receipt && reply->receipt.index == spec_number(row, "index"));
	read_leaf(log, &reply->receipt, &part);
	assert_int_equal(part.kind, PART_SENDER);
	assert_true(hash_equal(&part.sender.header_hash, &header));
	assert_true(hash_equal(&reply->about, &header));
	assert_int_equal(part.sender.outcome, OUTCOME_AANVAARD);
}

static void check_values(const json_t *row, const char *field, const struct opening *openings,
			 size_t count)
{
	size_t expected;
	struct bytes *values = spec_list(row, field, &expected);
	struct rubriek rubriek;
	assert_int_equal(count, expected);
	for (size_t i = 0; i < count; i++) {
		assert_true(bytes_equal(openings[i].value, values[i]));
		assert_int_equal(rubriek_decode(values[i], spec_arena, &rubriek), RESULT_OK);
	}
}

// The sender signed the vector, and the openings fit it.
static void check_sender(const struct whole_log *log, const struct delivery *delivery,
			 const struct part_verstrekking *part)
{
	struct key_id id;
	struct hash header, root;
	struct statement statement;
	memcpy(id.b, delivery->sender.key_id.data, KEY_ID_LEN);
	const struct party *party = register_by_identity(&log->registry, &id);
	assert_true(party && party_valid_at(party, delivery->leaf.index));
	assert_int_equal(batch_verify_one(&delivery->sender, party->bundle.identity, NULL, &header),
			 RESULT_OK);
	assert_true(hash_equal(&header, &part->header_hash));
	assert_int_equal(statement_decode(delivery->sender.statement, spec_arena, &statement),
			 RESULT_OK);
	assert_int_equal(vector_root_of(VECTOR_SLOTS, delivery->slots_vector, &root), RESULT_OK);
	assert_true(statement.has_slots && hash_equal(&statement.slots_root, &root));
	assert_int_equal(tree_verify_consistency(statement.head.size, &statement.head.root,
						 log->checkpoint.size, &log->checkpoint.root,
						 &delivery->sender_consistency),
			 RESULT_OK);
	assert_int_equal(delivery->opening_count, part->slot_count);
	for (size_t i = 0; i < part->slot_count; i++) {
		const struct opening *opening = &delivery->openings[i];
		assert_int_equal(opening->position, part->slots[i]);
		assert_int_equal(vector_check(VECTOR_SLOTS, delivery->slots_vector,
					      opening->position, opening->salt, opening->value),
				 RESULT_OK);
	}
}

static void the_delivery_holds_what_its_part_says(void **state)
{
	struct whole_log *log = *state;
	const json_t *row = json_object_get(log->root, "delivery");
	struct replies replies = read_replies(row, "replies");
	const struct delivery *delivery = &replies.replies[0].deliveries[0];
	struct part part;
	fold_register(log);
	check_growth(log, row, &replies);
	read_leaf(log, &delivery->leaf, &part);
	assert_int_equal(part.kind, PART_VERSTREKKING);
	assert_true(bytes_equal(part.verstrekking.oin, bytes_of_text(vectors_text(row, "oin"))));
	assert_true(bytes_equal(part.verstrekking.functie,
				bytes_of_text(vectors_text(row, "functie"))));
	assert_true(part.verstrekking.number == spec_number(row, "number"));
	check_sender(log, delivery, &part.verstrekking);
	struct hash own = verrijking_commitment(delivery->verrijkingen, delivery->verrijking_count);
	assert_true(part.verstrekking.has_verrijking &&
		    hash_equal(&own, &part.verstrekking.verrijking));
	check_values(row, "from_sender", delivery->openings, delivery->opening_count);
	check_values(row, "from_knooppunt", delivery->verrijkingen, delivery->verrijking_count);
	uint8_t item[40];
	struct hash part_hash = sha256(delivery->leaf.part.value);
	put_u64be(item, part.verstrekking.number);
	memcpy(item + 8, part_hash.b, sizeof part_hash);
	assert_true(bytes_equal(bytes_make(item, sizeof item), spec_hex(row, "ack_item")));
}

// The checks of libknooppunt on the delivery in `wire`, asked by who held the checkpoint of `row`.
static bool is_proven(const struct whole_log *log, const json_t *row, struct bytes wire)
{
	struct hash held = spec_hash(row, "held_root");
	struct checkpoint checkpoint;
	struct chain_link links[4];
	struct oin oin;
	struct replies replies;
	struct delivered delivered;
	const struct chain chain = {links, COUNT_OF(links)};
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		const json_t *entry = json_array_get(json_object_get(log->root, "entries"), i);
		links[i] = (struct chain_link){i, spec_hash(entry, "leaf_hash")};
	}
	assert_int_equal(replies_decode(wire, spec_arena, &replies), RESULT_OK);
	assert_int_equal(oin_parse(bytes_of_text(vectors_text(row, "oin")), &oin), RESULT_OK);
	if (checkpoint_verify(replies.checkpoint, &log->vkey, &checkpoint) != RESULT_OK ||
	    replies.old_size != spec_number(row, "held") ||
	    tree_verify_consistency(replies.old_size, &held, checkpoint.size, &checkpoint.root,
				    &replies.consistency) != RESULT_OK)
		return false;
	const struct proof_base base = {&log->registry, &chain, &checkpoint, spec_arena, NULL};
	const struct delivery_claim claim = {&oin, vectors_text(row, "functie"),
					     spec_number(row, "number"),
					     (int64_t)spec_number(row, "now")};
	return proof_delivery(&base, &replies.replies[0].deliveries[0], &claim, &delivered) ==
	       PROOF_FINE;
}

static void every_changed_delivery_is_refused_by_the_library(void **state)
{
	struct whole_log *log = *state;
	const json_t *good = json_object_get(log->root, "delivery");
	json_t *row;
	size_t i, count = 0;
	fold_register(log);
	assert_true(is_proven(log, good, spec_hex(good, "replies")));
	json_array_foreach(json_object_get(log->root, "negative"), i, row)
	{
		arena_clear(spec_arena);
		if (is_proven(log, good, spec_hex(row, "replies")))
			fail_msg("\"%s\" was taken", vectors_text(row, "reason"));
		count++;
	}
	assert_true(count > 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_make_the_tree_and_hold_their_parts),
		TEST(the_register_folds_to_its_parties),
		TEST(the_receipt_is_about_the_statement),
		TEST(the_delivery_holds_what_its_part_says),
		TEST(every_changed_delivery_is_refused_by_the_library),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
