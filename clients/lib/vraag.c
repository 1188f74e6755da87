// SPDX-License-Identifier: EUPL-1.2
// A question that is recorded first and answered beside the receipt: of the privacy officer, or
// what an overleg is shown. It stands in no outbox: what was not answered is asked anew, and
// recorded as asked twice. When the connection is cut while an answer is on its way, as it is for
// everybody when any key is revoked, that is done here, within the time of the first.
#include "lib/shared.h"

#include "base/clock.h"

#include <string.h>

#define ROUNDS 3
#define ANSWER_MS 60000 // what the knooppunt may take for it (specification, K27)
#define VELDEN_OF_VRAAG 80

// One question on its way.
struct vraag {
	struct buffer wire; // the statement
	struct statement statement;
	struct ask ask;
	struct buffer *told;
	uint64_t index;
	int64_t until; // monotonic: what it may take, asked anew or not
	bool stale;    // a register leaf is lacking, by which the receipt would be judged
	bool lost;     // the connection was cut before its answer came
};

static enum result not_proven(struct client *client, enum proof_check check)
{
	client_fail(client, RESULT_BAD_SIGNATURE, REASON_NOT_PROVEN,
		    "the answer comes without proof that it was recorded: %s",
		    proof_check_text(check));
	problem_set_field(&client->problem, "%s", proof_check_name(check));
	return RESULT_BAD_SIGNATURE;
}

// That this very question is in the log.
static enum proof_check prove(struct client *client, const struct answer *answer,
			      struct vraag *vraag)
{
	const struct reply *reply = vraag->ask.reply;
	const struct proof_base base = client_proof_base(client, answer);
	const struct receipt_claim claim = {.statement = &vraag->statement,
					    .header_hash = &vraag->ask.about,
					    .outcome = reply->outcome,
					    .reason = reply->reason};
	struct proven_leaf proven;
	if (!reply->has_receipt)
		return PROOF_OUTCOME;
	vraag->index = reply->receipt.index;
	return proof_receipt(&base, &reply->receipt, &claim, &proven);
}

// Its outcome, its receipt, then what it says.
static enum result take_answer(struct client *client, const struct answer *answer,
			       struct vraag *vraag)
{
	uint32_t pause_ms;
	enum result result = reply_result(client, vraag->ask.reply, &pause_ms);
	if (result == RESULT_AGAIN)
		return result;
	bool refused = result == RESULT_DENIED;
	if (refused && !vraag->ask.reply->has_receipt)
		return result; // refused before anything could be recorded
	enum proof_check check = prove(client, answer, vraag);
	vraag->stale = check == PROOF_STALE;
	if (check != PROOF_FINE)
		return not_proven(client, check);
	if (!refused)
		buffer_append(vraag->told, vraag->ask.reply->antwoord);
	return refused ? result : vraag->told->status;
}

static enum result ask_once(struct client *client, struct vraag *vraag)
{
	struct answer answer = {.pause_ms = 0};
	int64_t left = vraag->until - clock_monotonic_ms();
	enum result result = exchange(client, &vraag->ask, 1, left > 0 ? left : 0, &answer);
	vraag->lost = result == RESULT_AGAIN && answer.lost && left > 0;
	if (result == RESULT_OK)
		result = held_save(&client->held, &client->spool);
	return result == RESULT_OK ? take_answer(client, &answer, vraag) : result;
}

// ---- putting it into words -------------------------------------------------------------------

struct vraag_velden {
	uint32_t type;
	struct veld rows[VELDEN_OF_VRAAG];
	size_t count;
};

// In the order of their numbers; those of one number as they came.
static void add_veld(struct vraag_velden *velden, struct veld veld)
{
	size_t at = velden->count++;
	for (; at > 0 && velden->rows[at - 1].veld > veld.veld; at--)
		velden->rows[at] = velden->rows[at - 1];
	velden->rows[at] = veld;
}

static const struct veld_row *row_named(uint32_t of, struct bytes name)
{
	const struct type_row *type = type_row(of);
	for (size_t i = 0; i < type->veld_count; i++)
		if (bytes_equal(name, bytes_of_text(type->velden[i].name)))
			return &type->velden[i];
	return NULL;
}

// Checked here already: a refusal would be an entry.
static enum result read_lines(struct client *client, const struct vraag_lines *lines,
			      struct vraag_velden *velden)
{
	struct civil_date today = date_amsterdam(client->wall_ms());
	for (size_t i = 0; i < lines->count; i++) {
		const struct vraag_line *line = &lines->lines[i];
		const struct veld_row *row = row_named(lines->type, line->name);
		struct refusal refusal = {REASON_NONE, ""};
		if (!row || velden->count == VELDEN_OF_VRAAG)
			return client_fail(client, RESULT_MALFORMED, REASON_UNSUPPORTED,
					   "a question has no such line");
		if (!veld_validate(row, line->waarde, today, &refusal)) {
			client_fail(client, RESULT_MALFORMED, refusal.reason,
				    "the question cannot be asked: %s",
				    reason_text(refusal.reason));
			problem_set_field(&client->problem, "%s", row->name);
			return RESULT_MALFORMED;
		}
		add_veld(velden, (struct veld){row->veld, line->waarde});
	}
	return RESULT_OK;
}

static enum result draft_vraag(struct client *client, const struct vraag_velden *velden,
			       struct vraag *vraag)
{
	const struct draft draft = {
		.type = velden->type, .velden = velden->rows, .veld_count = velden->count};
	buffer_clear(&vraag->wire);
	enum result result = draft_encode(client, &draft, &vraag->wire);
	arena_clear(client->work);
	if (result == RESULT_OK)
		result = statement_decode(buffer_view(&vraag->wire), client->work,
					  &vraag->statement);
	if (result == RESULT_OK)
		return RESULT_OK;
	return client_fail(client, RESULT_MALFORMED, REASON_BAD_VALUE,
			   "the question cannot be put into words: %s", result_name(result));
}

static enum result ask_rounds(struct client *client, const struct vraag_velden *velden,
			      struct vraag *vraag)
{
	uint32_t pause_ms;
	bool again = true;
	enum result result = register_greet(client, &pause_ms);
	vraag->until = clock_monotonic_ms() + ANSWER_MS;
	for (unsigned round = 0; again && round < ROUNDS; round++) {
		buffer_clear(vraag->told);
		if (round > 0) // it may have changed: why else was the connection cut
			result = register_sync(client, &pause_ms);
		vraag->stale = vraag->lost = false;
		if (result == RESULT_OK)
			result = draft_vraag(client, velden, vraag);
		if (result != RESULT_OK)
			break;
		vraag->ask = (struct ask){.statement = buffer_view(&vraag->wire)};
		result = ask_once(client, vraag);
		again = vraag->stale || vraag->lost;
	}
	return result;
}

enum result client_vraag(struct client *client, const struct vraag_lines *lines,
			 struct buffer *ret_told, uint64_t *ret_index)
{
	struct vraag vraag = {.told = ret_told};
	struct vraag_velden velden = {.type = lines->type};
	buffer_init(&vraag.wire, STATEMENT_MAX);
	enum result result = read_lines(client, lines, &velden);
	if (result == RESULT_OK)
		result = ask_rounds(client, &velden, &vraag);
	buffer_wipe(&vraag.wire);
	if (result == RESULT_OK)
		*ret_index = vraag.index;
	else
		buffer_scrub(ret_told); // half of an answer is none
	return result;
}
