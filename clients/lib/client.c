// SPDX-License-Identifier: EUPL-1.2
// Opening and closing: keys, spool, pinned genesis, register, checkpoint, outbox.
#include "lib/shared.h"

#include "base/clock.h"
#include "base/file.h"
#include "crypto/secret.h"
#include "lib/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum result client_fail(struct client *client, enum result result, enum reason reason,
			const char *format, ...)
{
	char message[sizeof client->problem.message];
	va_list args;
	va_start(args, format);
	if (vsnprintf(message, sizeof message, format, args) < 0)
		message[0] = '\0';
	va_end(args);
	client->problem.file[0] = client->problem.field[0] = '\0';
	client->problem.line = 0;
	problem_set(&client->problem, reason_code(reason), reason_fix(reason), "%s", message);
	return result;
}

// ---- who we are ------------------------------------------------------------------------------

void client_who(const struct client *client, char out[CLIENT_WHO_MAX])
{
	char key[2 * KEY_ID_LEN + 1];
	const struct party *party = register_by_identity(&client->reg, &client->keys->identity.id);
	const char *against = "";
	if (party && party->until != REGISTER_NEVER)
		against = ", which is revoked";
	else if (!party && client->held.note.len > 0)
		against = ", which the register lacks";
	hex_encode(key, bytes_make(client->keys->identity.id.b, KEY_ID_LEN));
	snprintf(out, CLIENT_WHO_MAX, "oin setting %s, identity key %s%s",
		 client->settings.oin.text, key, against);
}

bool client_oin_differs(const struct client *client)
{
	const struct party *party = register_by_identity(&client->reg, &client->keys->identity.id);
	return party && !oin_equal(&party->bundle.oin, &client->settings.oin);
}

enum result client_check_oin(struct client *client)
{
	char key[2 * KEY_ID_LEN + 1];
	const struct party *party = register_by_identity(&client->reg, &client->keys->identity.id);
	if (!client_oin_differs(client))
		return RESULT_OK;
	hex_encode(key, bytes_make(client->keys->identity.id.b, KEY_ID_LEN));
	client_fail(client, RESULT_CONFIG, REASON_BAD_VALUE,
		    "the settings say oin %s, but the register has our identity key %s under "
		    "oin %s",
		    client->settings.oin.text, key, party->bundle.oin.text);
	snprintf(client->problem.fix, sizeof client->problem.fix,
		 "Correct oin in the settings, or name the key folder of that OIN under keys.");
	problem_set_field(&client->problem, "oin");
	return RESULT_CONFIG;
}

// ---- genesis ---------------------------------------------------------------------------------

static enum result read_handed_out(struct client *client, struct buffer *ret_wire)
{
	enum result result = file_read(client->settings.genesis, CLIENT_GENESIS_MAX, ret_wire);
	if (result != RESULT_OK && result != RESULT_NOT_FOUND) {
		client_fail(client, result, REASON_IO, "the genesis file cannot be read: %s",
			    result_name(result));
		problem_set_file(&client->problem, client->settings.genesis);
	}
	return result;
}

static enum result pin(struct client *client, const char *path, const struct buffer *handed_out)
{
	struct genesis_file genesis;
	enum result result = genesis_file_decode(buffer_view(handed_out), &genesis);
	if (result != RESULT_OK) {
		client_fail(client, RESULT_CONFIG, REASON_DAMAGED,
			    "the genesis file does not hold together: %s", result_name(result));
		problem_set_file(&client->problem, client->settings.genesis);
		return RESULT_CONFIG;
	}
	return spool_write_plain(&client->spool, path, buffer_view(handed_out));
}

// The genesis of the first start counts for good: another one is another log.
static enum result pin_genesis(struct client *client, struct buffer *ret_wire)
{
	char path[SPOOL_PATH_MAX];
	struct buffer handed_out;
	spool_path(&client->spool, path, "genesis");
	buffer_init(&handed_out, CLIENT_GENESIS_MAX);
	enum result given = read_handed_out(client, &handed_out);
	enum result result = spool_read_plain(&client->spool, path, CLIENT_GENESIS_MAX, ret_wire);
	if (given != RESULT_OK && given != RESULT_NOT_FOUND) {
		result = given;
	} else if (result == RESULT_NOT_FOUND && given == RESULT_NOT_FOUND) {
		result = client_fail(client, RESULT_CONFIG, REASON_FILE_MISSING,
				     "there is no genesis file, and none was pinned before");
		problem_set_file(&client->problem, client->settings.genesis);
	} else if (result == RESULT_NOT_FOUND) {
		result = pin(client, path, &handed_out);
		if (result == RESULT_OK)
			buffer_append(ret_wire, buffer_view(&handed_out));
		if (result == RESULT_OK)
			result = ret_wire->status;
	} else if (result == RESULT_OK && given == RESULT_OK &&
		   !bytes_equal(buffer_view(&handed_out), buffer_view(ret_wire))) {
		result = client_fail(client, RESULT_CONFLICT, REASON_CONFLICT,
				     "the genesis file is not the one pinned in this spool: "
				     "another log needs a spool of its own");
		problem_set_file(&client->problem, client->settings.genesis);
	}
	buffer_done(&handed_out);
	return result;
}

// ---- opening ---------------------------------------------------------------------------------

static enum result make_memory(struct client *client)
{
	buffer_init(&client->frame, ENVELOPE_FRAME_MAX);
	buffer_init(&client->plain, ENVELOPE_FRAME_MAX);
	buffer_init(&client->leaves, SPOOL_FILE_MAX);
	register_init(&client->reg);
	enum result result = arena_new(CLIENT_ARENA, &client->arena);
	if (result == RESULT_OK)
		result = arena_new(CLIENT_ARENA, &client->work);
	return result;
}

static enum result open_log(struct client *client)
{
	struct buffer genesis;
	buffer_init(&genesis, CLIENT_GENESIS_MAX);
	enum result result = pin_genesis(client, &genesis);
	if (result == RESULT_OK)
		result = register_load(client);
	buffer_done(&genesis);
	if (result == RESULT_OK)
		result = keys_follow(client);
	if (result == RESULT_OK)
		result = held_load(&client->held, &client->spool, &client->log_keys,
				   &client->reg.genesis.leaf);
	return result;
}

static enum result recall_receipts(struct client *client)
{
	struct bytes note = buffer_view(&client->outbox.note);
	if (note.len == 0)
		return RESULT_OK;
	return held_recall(&client->held, &client->log_keys, note, HELD_RECEIPTS);
}

// Old files of the outbox go once what only they tell is written down. While that cannot be done
// (the disk may be full) they stay, and all else goes on.
static enum result expire(struct client *client)
{
	enum result result = inboxes_save(client);
	if (result == RESULT_OK && client->held.place == HELD_RECEIPTS)
		result = held_save(&client->held, &client->spool);
	if (result == RESULT_OK)
		return outbox_expire(&client->outbox, &client->log_keys, client->wall_ms());
	client->problem = (struct problem){.code = NULL};
	return RESULT_OK;
}

static enum result open_all(struct client *client)
{
	enum result result = make_memory(client);
	if (result == RESULT_OK)
		result = keys_open(client);
	if (result == RESULT_OK)
		result = spool_open(client->settings.spool, client->keyring.spool_key,
				    &client->problem, &client->spool);
	if (result == RESULT_OK)
		result = open_log(client);
	if (result == RESULT_OK)
		result = outbox_open(&client->outbox, &client->spool, &client->log_keys);
	if (result == RESULT_OK) // which a kill may have cut off
		result = herstel_reopen(client);
	if (result == RESULT_OK)
		result = inboxes_recall(client);
	if (result == RESULT_OK)
		result = recall_receipts(client);
	return result == RESULT_OK ? expire(client) : result;
}

static enum result open_client(const struct client_settings *settings, const struct link *link,
			       struct client **ret_client, struct problem *problem)
{
	if (crypto_start() != RESULT_OK)
		return RESULT_INTERNAL;
	struct client *client = calloc(1, sizeof *client);
	if (!client)
		return RESULT_NO_MEMORY;
	client->settings = *settings;
	client->wall_ms = clock_wall_ms;
	client->spool.lock = -1;
	if (link) {
		client->link = *link;
		client->linked = client->link_given = true;
	}
	enum result result = open_all(client);
	if (result != RESULT_OK) {
		if (!client->problem.code)
			client_fail(client, result, REASON_IO, "the client cannot start: %s",
				    result_name(result));
		if (problem)
			*problem = client->problem;
		client_close(client);
		return result;
	}
	*ret_client = client;
	return RESULT_OK;
}

enum result client_open(const struct client_settings *settings, struct client **ret_client,
			struct problem *problem)
{
	return open_client(settings, NULL, ret_client, problem);
}

enum result client_open_over(const struct client_settings *settings, const struct link *link,
			     struct client **ret_client, struct problem *problem)
{
	return open_client(settings, link, ret_client, problem);
}

void client_close(struct client *client)
{
	if (!client)
		return;
	if (client->linked && client->link.close)
		client->link.close(client->link.context);
	// What fails here is found in inbox and outbox again.
	enum result saved = held_save(&client->held, &client->spool);
	if (saved == RESULT_OK)
		saved = inboxes_save(client);
	(void)saved;
	for (size_t i = 0; i < FUNCTIES_MAX; i++)
		inbox_free(client->inboxes[i]);
	outbox_done(&client->outbox);
	held_done(&client->held);
	free(client->chain.links);
	register_done(&client->reg);
	spool_close(&client->spool);
	keyring_done(&client->keyring);
	secret_wipe(&client->to, sizeof client->to);
	secret_wipe(client->from, sizeof client->from);
	buffer_wipe(&client->frame);
	buffer_wipe(&client->plain);
	buffer_wipe(&client->leaves);
	arena_free(client->arena);
	arena_free(client->work);
	free(client);
}

// ---- looking ---------------------------------------------------------------------------------

const struct registry *client_register(const struct client *client)
{
	return &client->reg;
}

const struct checkpoint *client_checkpoint(const struct client *client)
{
	static const struct checkpoint none;
	return client->held.note.len > 0 ? &client->held.checkpoint : &none;
}

struct bytes client_checkpoint_note(const struct client *client)
{
	return buffer_view(&client->held.note);
}

const struct problem *client_problem(const struct client *client)
{
	return &client->problem;
}

const char *client_systeem(const struct client *client)
{
	return client->settings.systeem;
}

size_t client_settled(const struct client *client)
{
	return client->outbox.outcome_count;
}

bool client_has_conflict(const struct client *client)
{
	return client->held.conflict;
}

bool client_log_stands_still(const struct client *client)
{
	return client->held.stands_still;
}

const struct party *client_party(const struct client *client)
{
	const struct party *party = register_by_identity(&client->reg, &client->keys->identity.id);
	return party && party->until == REGISTER_NEVER ? party : NULL;
}

const struct key_change *client_key_change(const struct client *client)
{
	return &client->key_change;
}

bool client_is_own(const struct client *client, const struct party *party)
{
	const struct keyring *ring = &client->keyring;
	return key_id_equal(&party->identity_id, &ring->current.identity.id) ||
	       (ring->has_next && key_id_equal(&party->identity_id, &ring->next.identity.id));
}

// Another key of the same organisation is fine as long as it holds another functie.
const struct party *client_foreign_key(const struct client *client)
{
	const struct party *own = client_party(client);
	for (size_t i = 0; own && i < client->reg.party_count; i++) {
		const struct party *other = &client->reg.parties[i];
		if (client_is_own(client, other) || other->is_role ||
		    other->until != REGISTER_NEVER ||
		    !oin_equal(&other->bundle.oin, &client->settings.oin))
			continue;
		for (size_t f = 0; f < own->bundle.functie_count; f++) {
			if (party_has_functie(other, own->bundle.functies[f]))
				return other;
		}
	}
	return NULL;
}
