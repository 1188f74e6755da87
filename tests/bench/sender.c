// SPDX-License-Identifier: EUPL-1.2
#include "sender.h"

#include "base/clock.h"
#include "base/file.h"
#include "crypto/secret.h"
#include "lib/session.h"
#include "lib/shared.h"
#include "wire/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_LEN 512
#define GENESIS_MAX (1024 * 1024)
#define CORPUS_MAX ((size_t)4 << 30) // address space
#define WORK_MAX (64 * 1024 * 1024)
#define CONNECT_MS 10000
#define SILENCE_MS 20000 // without any answer

// ---- opening ---------------------------------------------------------------------------------

static enum result fail(const char *doing, enum result result)
{
	if (result != RESULT_OK)
		fprintf(stderr, "bench-load: cannot %s: %s\n", doing, result_name(result));
	return result;
}

static enum result open_keys(struct sender *sender, const char *folder)
{
	char keys[PATH_MAX_LEN], file[PATH_MAX_LEN];
	struct problem problem = {.code = NULL};
	snprintf(keys, sizeof keys, "%s/keys", folder);
	snprintf(file, sizeof file, "%s/unlock.key", folder);
	const struct unlock unlock = {.key_file = file};
	enum result result =
		keyfile_open(&(const struct keyfile){keys, "identity", KEY_KIND_IDENTITY}, &unlock,
			     &sender->identity, &problem);
	if (result == RESULT_OK)
		result = keyfile_open(&(const struct keyfile){keys, "sealing", KEY_KIND_SEALING},
				      &unlock, &sender->sealing, &problem);
	if (result == RESULT_OK)
		result =
			keyfile_open(&(const struct keyfile){keys, "transport", KEY_KIND_TRANSPORT},
				     &unlock, &sender->transport, &problem);
	return fail("open the keys", result);
}

// Genesis alone is enough: senders look up nobody else's key.
static enum result fold_genesis(struct sender *sender, struct bytes wire)
{
	struct genesis_file genesis;
	struct part part;
	struct problem problem = {.code = NULL};
	enum result result = genesis_file_decode(wire, &genesis);
	if (result == RESULT_OK)
		result = part_decode(genesis.part, sender->work, &part);
	if (result != RESULT_OK)
		return result;
	const struct register_leaf leaf = {.hash = tree_leaf(bytes_make(genesis.entry, ENTRY_LEN)),
					   .part = &part.registerdeel};
	return register_fold(&sender->reg, &leaf, (struct register_source){NULL, 0, &problem});
}

static enum result read_genesis(struct sender *sender)
{
	struct buffer wire;
	buffer_init(&wire, GENESIS_MAX);
	enum result result = file_read(sender->settings->genesis, GENESIS_MAX, &wire);
	if (result == RESULT_OK)
		result = fold_genesis(sender, buffer_view(&wire));
	buffer_done(&wire);
	const struct register_genesis *genesis = &sender->reg.genesis;
	if (result == RESULT_OK)
		result = vkey_make(genesis->origin, genesis->log_key, &sender->vkey);
	return fail("read genesis", result);
}

static enum result make_pair_keys(struct sender *sender)
{
	const struct register_genesis *genesis = &sender->reg.genesis;
	struct pair_end own = {.oin = sender->oin};
	struct pair_end receive = {.oin = genesis->house}, send = {.oin = genesis->house};
	memcpy(own.public_key, sender->sealing.public_key, 32);
	memcpy(receive.public_key, genesis->receive_key, 32);
	memcpy(send.public_key, genesis->send_key, 32);
	const uint8_t *secret = sender->sealing.secret;
	enum result result = envelope_pair_key(&(const struct pair_direction){genesis->origin,
									      ENVELOPE_TO_KNOOPPUNT,
									      &own, &receive, NULL},
					       secret, &sender->to);
	if (result == RESULT_OK)
		result = envelope_pair_key(&(const struct pair_direction){genesis->origin,
									  ENVELOPE_FROM_KNOOPPUNT,
									  &send, &own, NULL},
					   secret, &sender->from);
	return fail("make the pair keys", result);
}

static enum result make_memory(struct sender *sender)
{
	buffer_init(&sender->frame, ENVELOPE_FRAME_MAX);
	buffer_init(&sender->plain, ENVELOPE_FRAME_MAX);
	buffer_init(&sender->content, ENVELOPE_CONTENT_MAX);
	register_init(&sender->reg);
	enum result result = arena_new(CORPUS_MAX, &sender->memory);
	return result == RESULT_OK ? arena_new(WORK_MAX, &sender->work) : result;
}

// ---- one envelope ----------------------------------------------------------------------------

static enum result send_request(struct sender *sender, struct request *request)
{
	struct envelope_prefix prefix = {
		.direction = ENVELOPE_TO_KNOOPPUNT,
		.sender = sender->sealing.id,
		.recipient = register_house_key(&sender->reg, HOUSE_RECEIVE)->id};
	request->held = (struct head){.size = sender->held.size, .root = sender->held.root};
	buffer_clear(&sender->content);
	buffer_clear(&sender->frame);
	enum result result = request_encode(request, &sender->content);
	if (result == RESULT_OK)
		result = envelope_seal(&prefix, &sender->to, buffer_view(&sender->content),
				       &sender->frame);
	if (result == RESULT_OK)
		result = sender->link.send(sender->link.context, buffer_view(&sender->frame),
					   CONNECT_MS);
	return result;
}

static enum result encode_hello(const struct sender *sender, struct bytes source,
				struct buffer *out)
{
	char id[37];
	const struct register_genesis *genesis = &sender->reg.genesis;
	struct statement statement = {
		.type = TYPE_HELLO,
		.audience_oin = bytes_of_text(genesis->house.text),
		.audience_log = bytes_of_text(genesis->origin),
		.source = source,
		.time = (uint64_t)clock_wall_ms(),
	};
	uuid_make(id, (int64_t)statement.time);
	statement.id = bytes_of_text(id);
	random_bytes(statement.random, sizeof statement.random);
	return statement_encode(&statement, out);
}

static enum result send_hello(struct sender *sender, struct bytes statement)
{
	uint8_t signature[SIGNATURE_LEN];
	struct signed_statement signed_statement;
	enum result result =
		batch_sign(&(const struct batch_signer){&sender->oin, &sender->identity},
			   &statement, 1, signature, &signed_statement);
	struct item item = {.statement = statement};
	struct request request = {
		.signer = bytes_of_text(sender->oin.text),
		.key_id = bytes_make(sender->identity.id.b, KEY_ID_LEN),
		.size = 1,
		.signature = bytes_make(signature, sizeof signature),
		.items = &item,
		.item_count = 1,
	};
	return result == RESULT_OK ? send_request(sender, &request) : result;
}

static enum result receive_hello(struct sender *sender)
{
	struct replies replies;
	enum result result = sender->link.receive(sender->link.context, CONNECT_MS, &sender->frame);
	if (result == RESULT_OK)
		result = answer_open(sender, &replies);
	return result == RESULT_OK ? answer_prove(sender, &replies) : result;
}

static void write_source(const struct sender *sender, char out[SOURCE_MAX])
{
	snprintf(out, SOURCE_MAX, "urn:nld:oin:%s:systeem:%s", sender->oin.text,
		 sender->settings->systeem);
}

static enum result say_hello(struct sender *sender)
{
	char source[SOURCE_MAX];
	struct buffer statement;
	write_source(sender, source);
	buffer_init(&statement, STATEMENT_MAX);
	enum result result = encode_hello(sender, bytes_of_text(source), &statement);
	if (result == RESULT_OK)
		result = send_hello(sender, buffer_view(&statement));
	if (result == RESULT_OK)
		result = receive_hello(sender);
	buffer_done(&statement);
	return fail("say hello", result);
}

enum result sender_open(const struct load_settings *settings, const char *folder,
			struct sender *ret_sender)
{
	const char *name = strrchr(folder, '/');
	struct problem problem = {.code = NULL};
	struct sender *sender = ret_sender;
	*sender = (struct sender){.settings = settings};
	enum result result = oin_parse(bytes_of_text(name ? name + 1 : folder), &sender->oin);
	if (result == RESULT_OK)
		result = make_memory(sender);
	if (result == RESULT_OK)
		result = open_keys(sender, folder);
	if (result == RESULT_OK)
		result = read_genesis(sender);
	if (result == RESULT_OK)
		result = make_pair_keys(sender);
	const struct session_settings session = {.endpoint = settings->endpoint,
						 .server_key = sender->reg.genesis.transport_key,
						 .transport = &sender->transport};
	if (result == RESULT_OK)
		result = fail("connect", session_open(&session, &sender->link, &problem));
	return result == RESULT_OK ? say_hello(sender) : result;
}

void sender_close(struct sender *sender)
{
	if (sender->link.close)
		sender->link.close(sender->link.context);
	private_key_done(&sender->identity);
	private_key_done(&sender->sealing);
	private_key_done(&sender->transport);
	register_done(&sender->reg);
	buffer_done(&sender->frame);
	buffer_done(&sender->plain);
	buffer_done(&sender->content);
	arena_free(sender->memory);
	arena_free(sender->work);
	free(sender->index);
	free(sender->sent_us);
	free(sender->took_us);
}

// ---- the corpus ------------------------------------------------------------------------------

static struct index *index_find(const struct sender *sender, const struct hash *header)
{
	size_t at = get_u64be(header->b) & (sender->index_size - 1);
	while (sender->index[at].used && !hash_equal(&sender->index[at].header, header))
		at = (at + 1) & (sender->index_size - 1);
	return &sender->index[at];
}

static enum result make_index(struct sender *sender)
{
	const struct corpus *corpus = &sender->corpus;
	sender->index_size = 1024;
	while (sender->index_size < 2 * corpus->meldingen)
		sender->index_size *= 2;
	sender->index = calloc(sender->index_size, sizeof *sender->index);
	sender->sent_us = calloc(corpus->count, sizeof *sender->sent_us);
	sender->took_us = calloc(corpus->meldingen, sizeof *sender->took_us);
	if (!sender->index || !sender->sent_us || !sender->took_us)
		return RESULT_NO_MEMORY;
	for (size_t b = 0; b < corpus->count; b++) {
		for (size_t i = 0; i < corpus->batches[b].request.item_count; i++) {
			struct index *row = index_find(sender, &corpus->batches[b].headers[i]);
			row->used = true;
			row->header = corpus->batches[b].headers[i];
			row->batch = (uint32_t)b;
		}
	}
	return RESULT_OK;
}

enum result sender_prepare(struct sender *sender)
{
	char source[SOURCE_MAX];
	const struct register_genesis *genesis = &sender->reg.genesis;
	const struct load_settings *settings = sender->settings;
	write_source(sender, source);
	const struct corpus_signer signer = {
		.oin = &sender->oin,
		.identity = &sender->identity,
		.audience_oin = bytes_of_text(genesis->house.text),
		.audience_log = bytes_of_text(genesis->origin),
		.source = bytes_of_text(source),
		.head = {.size = sender->held.size, .root = sender->held.root},
		.sequence = settings->sequence,
		.first_person = settings->first_person,
		.klasse = bytes_of_text(settings->klasse),
	};
	enum result result = corpus_make(&signer, settings->meldingen, settings->batch,
					 sender->memory, &sender->corpus);
	if (result == RESULT_OK)
		result = make_index(sender);
	return fail("make the corpus", result);
}

// ---- sending ---------------------------------------------------------------------------------

static bool fits_window(const struct sender *sender, size_t next)
{
	size_t count = sender->corpus.batches[next].request.item_count;
	return sender->under_way == 0 || sender->under_way + count <= sender->settings->window;
}

// When an envelope is to go; one that went late counts from here, so that a receipt that stays out
// does not hide how long the next ones would have taken.
static int64_t due_us(const struct sender *sender, size_t next)
{
	const struct load_settings *settings = sender->settings;
	return sender->begin_us + settings->phase_us + (int64_t)next * settings->pace_us;
}

// Milliseconds to wait for answers; 0 when an envelope is due.
static int64_t wait_of(const struct sender *sender, size_t next)
{
	int64_t left = due_us(sender, next) - clock_monotonic_us();
	return left <= 0 ? 0 : left < 1000 ? 1 : left / 1000;
}

static enum result send_next(struct sender *sender, size_t next)
{
	struct request *request = &sender->corpus.batches[next].request;
	sender->sent_us[next] =
		sender->settings->pace_us ? due_us(sender, next) : clock_monotonic_us();
	enum result result = send_request(sender, request);
	if (result != RESULT_OK)
		return result;
	sender->under_way += request->item_count;
	sender->counts.sent += request->item_count;
	sender->counts.envelopes++;
	return RESULT_OK;
}

static void take_reply(struct sender *sender, const struct reply *reply, bool prove)
{
	struct sender_counts *counts = &sender->counts;
	struct index *row = index_find(sender, &reply->about);
	if (!row->used || row->settled)
		return;
	row->settled = true;
	sender->under_way--;
	sender->end_us = clock_monotonic_us();
	if (reply->outcome == OUTCOME_AANVAARD && reply->has_receipt) {
		int64_t took = sender->end_us - sender->sent_us[row->batch];
		sender->took_us[counts->aanvaard++] = (uint32_t)took;
	} else if (reply->outcome == OUTCOME_GEWEIGERD) {
		counts->geweigerd++;
	} else {
		counts->again++;
	}
	if (!prove)
		return;
	if (receipt_prove(sender, reply) == RESULT_OK)
		counts->verified++;
	else
		counts->bad++;
}

static enum result take_answer(struct sender *sender, size_t *answers)
{
	struct replies replies;
	enum result result = answer_open(sender, &replies);
	if (result == RESULT_NOT_FOUND) {
		sender->counts.hints++;
		return RESULT_OK;
	}
	if (result != RESULT_OK)
		return result;
	bool prove = (*answers)++ % sender->settings->verify == 0;
	if (prove)
		result = answer_prove(sender, &replies);
	for (size_t i = 0; result == RESULT_OK && i < replies.reply_count; i++)
		take_reply(sender, &replies.replies[i], prove);
	return result;
}

// Waits for one answer, then takes all that came with it. RESULT_AGAIN when none came.
static enum result take_answers(struct sender *sender, int64_t wait_ms, size_t *answers)
{
	for (;;) {
		enum result result =
			sender->link.receive(sender->link.context, wait_ms, &sender->frame);
		if (result == RESULT_AGAIN)
			return wait_ms ? result : RESULT_OK;
		if (result == RESULT_OK)
			result = take_answer(sender, answers);
		if (result != RESULT_OK)
			return result;
		wait_ms = 0;
	}
}

enum result sender_run(struct sender *sender)
{
	size_t next = 0, answers = 0;
	enum result result = RESULT_OK;
	sender->begin_us = sender->end_us = clock_monotonic_us();
	int64_t last_us = sender->begin_us + sender->settings->most_ms * 1000;
	while (result == RESULT_OK) {
		bool more = next < sender->corpus.count && clock_monotonic_us() < last_us;
		if (!more && sender->under_way == 0)
			break;
		bool fits = more && fits_window(sender, next);
		int64_t wait_ms = fits && sender->settings->pace_us ? wait_of(sender, next) : 0;
		if (fits && wait_ms == 0)
			result = send_next(sender, next++);
		else
			result = take_answers(sender, fits ? wait_ms : SILENCE_MS, &answers);
		if (result == RESULT_AGAIN && fits)
			result = RESULT_OK; // the next one is due
	}
	return fail("get all receipts", result);
}
