// SPDX-License-Identifier: EUPL-1.2
// Asking: a question as JSON, its answer as JSON.
#include "api/handle.h"
#include "json/client_json.h"
#include "json/melding_json.h"
#include "json/problem_json.h"

#include "base/clock.h"

#include <string.h>

#define QUESTION_MAX (64 * 1024)
#define ARENA_EXTRA (64 * 1024)
#define WAIT_S_MAX 600

static enum result read_question(struct knp_client *client, const struct knp_question *question,
				 struct arena *arena, struct velden_file *ret_file)
{
	const struct velden_json_input input = {
		.text = bytes_make(question->json, question->length),
		.file = "",
		.row = asking_type(ASKING_ZSM),
		.today = date_amsterdam(clock_wall_ms())};
	return velden_json_read(&input, arena, ret_file, &client->problem);
}

static enum knp_result lapsed(struct knp_client *client)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_NOT_FOUND), "Ask again.",
		    "the answer lapsed before it was fetched");
	return api_fail(client, RESULT_NOT_FOUND, &problem);
}

static enum knp_result refused(struct knp_client *client, const struct refusal *refusal)
{
	(void)problem_refuse(&client->problem, refusal->reason, refusal->field, NULL);
	return KNP_REFUSED;
}

static enum knp_answered meaning(const struct asked *asked)
{
	return asked->refused                    ? KNP_IDENTIFICATION
	       : asked->answer.rubriek_count > 0 ? KNP_KNOWN
						 : KNP_NOTHING;
}

static enum knp_result tell(struct knp_client *client, const struct asked *asked,
			    struct knp_answer *ret_answer)
{
	struct json_out out;
	const char *json;
	if (asked->refused && asked->refusal.reason != REASON_IDENTIFICATION)
		return refused(client, &asked->refusal);
	if (!asked->refused && asked->answer.vervallen)
		return lapsed(client);
	api_json_begin(client, &out);
	asked_json_write(&out, asked);
	enum knp_result told = api_json_end(client, &out, &json);
	if (told != KNP_OK)
		return told;
	memcpy(client->functie, asked->functie, sizeof client->functie);
	*ret_answer = (struct knp_answer){.answered = meaning(asked),
					  .json = json,
					  .functie = client->functie,
					  .number = asked->refused ? 0 : asked->answer.number};
	return KNP_OK;
}

static enum knp_result ask(struct knp_client *client, const struct knp_question *question,
			   const struct velden_file *file, struct asked *ret_asked)
{
	const struct asking asking = {.kind = ASKING_ZSM,
				      .velden = file->velden,
				      .count = file->count,
				      .id = question->id,
				      .wait_ms = (int64_t)question->wait_s * MS_PER_SECOND};
	return api_done(client, client_ask(client->client, &asking, ret_asked));
}

enum knp_result knp_ask(struct knp_client *client, const struct knp_question *question,
			struct knp_answer *ret_answer)
{
	enum knp_result told;
	struct arena *arena = NULL;
	struct velden_file file;
	struct asked asked;
	if (!api_begin(client, question && question->json && ret_answer, &told))
		return told;
	if (question->wait_s > WAIT_S_MAX)
		return api_misused(client, "wait_s is 0 to 600");
	client->problem = (struct problem){.code = NULL};
	if (question->length > QUESTION_MAX)
		return refused(client, &(struct refusal){REASON_TOO_LONG, ""});
	enum result result = arena_new(8 * question->length + ARENA_EXTRA, &arena);
	if (result == RESULT_OK)
		result = read_question(client, question, arena, &file);
	told = result == RESULT_OK ? ask(client, question, &file, &asked)
				   : api_fail(client, result, &client->problem);
	if (told == KNP_OK)
		told = tell(client, &asked, ret_answer);
	arena_free(arena);
	return told;
}
