// SPDX-License-Identifier: EUPL-1.2
// Sending: JSON into the outbox, the outbox to the knooppunt, and how each item stands.
#include "api/handle.h"
#include "json/client_json.h"
#include "json/melding_json.h"
#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

#define ARENA_EXTRA (64 * 1024)
#define VELDEN_SAID_MAX 32

// ---- a melding ---------------------------------------------------------------------------------

static enum result read_melding(struct knp_client *client, struct bytes text, struct arena *arena,
				struct melding_file *ret_file)
{
	char soort[32];
	enum result result = client_soort(client->client, soort);
	if (result != RESULT_OK) {
		client->problem = *client_problem(client->client);
		return result;
	}
	struct melding_json_input input = {.text = text,
					   .file = "",
					   .partner_soort = bytes_of_text(soort),
					   .today = date_amsterdam(clock_wall_ms())};
	result = melding_json_read(&input, arena, ret_file, &client->problem);
	if (result != RESULT_OK || ret_file->systeem.len == 0 ||
	    bytes_equal(ret_file->systeem, bytes_of_text(client_systeem(client->client))))
		return result;
	problem_set_field(&client->problem, "/systeem");
	problem_set(&client->problem, reason_code(REASON_BAD_VALUE),
		    "push it with the settings of its own source system",
		    "the melding comes from another system than the settings say");
	return RESULT_MALFORMED;
}

static enum knp_result push_read(struct knp_client *client, const struct melding_file *file,
				 const char **ret_id)
{
	struct push_result pushed;
	bool given = file->id.len > 0;
	snprintf(client->id, sizeof client->id, "%.*s", (int)file->id.len,
		 given ? (const char *)file->id.data : "");
	enum result result =
		client_push(client->client, &file->melding, given ? client->id : NULL, &pushed);
	if (result != RESULT_OK)
		return api_done(client, result);
	memcpy(client->id, pushed.id, sizeof client->id);
	*ret_id = client->id;
	return KNP_OK;
}

enum knp_result knp_push(struct knp_client *client, const char *json, size_t length,
			 const char **ret_id)
{
	enum knp_result told;
	struct arena *arena = NULL;
	struct melding_file file;
	if (!api_begin(client, json && ret_id, &told))
		return told;
	client->problem = (struct problem){.code = NULL};
	size_t size = length < MELDING_JSON_MAX ? length : MELDING_JSON_MAX;
	enum result result = arena_new(8 * size + ARENA_EXTRA, &arena);
	if (result == RESULT_OK)
		result = read_melding(client, bytes_make(json, length), arena, &file);
	if (result == RESULT_OK)
		told = push_read(client, &file, ret_id);
	else
		told = api_fail(client, result, &client->problem);
	arena_free(arena);
	return told;
}

// ---- a statement about one ---------------------------------------------------------------------

// Those that are about a melding: they name its entry.
static const struct type_row *find_type(const char *name)
{
	const struct type_row *row;
	for (size_t n = 0; (row = type_row_at(n)) != NULL; n++) {
		if (strcmp(row->name, name) == 0 && row->logged && !row->has_slots &&
		    veld_row_named(row->velden, row->veld_count, bytes_of_text("entry")))
			return row;
	}
	return NULL;
}

static enum knp_result unknown(struct knp_client *client, enum reason reason, const char *field)
{
	(void)problem_refuse(&client->problem, reason, field, NULL);
	return KNP_REFUSED;
}

static enum knp_result push_velden_named(struct knp_client *client, const struct type_row *row,
					 const struct knp_veld *given, size_t count)
{
	struct veld velden[VELDEN_SAID_MAX];
	struct push_result pushed;
	for (size_t i = 0; i < count; i++) {
		if (!given[i].name || !given[i].value)
			return api_misused(client, "a veld has no name or no value");
		const struct veld_row *veld =
			veld_row_named(row->velden, row->veld_count, bytes_of_text(given[i].name));
		if (!veld)
			return unknown(client, REASON_UNKNOWN_FIELD, "velden");
		velden[i] = (struct veld){veld->veld, bytes_of_text(given[i].value)};
	}
	enum result result = client_push_velden(client->client, row->type, velden, count, &pushed);
	if (result == RESULT_OK)
		memcpy(client->id, pushed.id, sizeof client->id);
	return api_done(client, result);
}

enum knp_result knp_say(struct knp_client *client, const char *type, const struct knp_veld *velden,
			size_t count, const char **ret_id)
{
	enum knp_result told;
	if (!api_begin(client, type && ret_id && (velden || count == 0), &told))
		return told;
	if (count > VELDEN_SAID_MAX)
		return api_misused(client, "there are too many velden");
	client->problem = (struct problem){.code = NULL};
	const struct type_row *row = find_type(type);
	told = row ? push_velden_named(client, row, velden, count)
		   : unknown(client, REASON_UNKNOWN_TYPE, "type");
	if (told == KNP_OK)
		*ret_id = client->id;
	return told;
}

// ---- out, and how it stands --------------------------------------------------------------------

enum knp_result knp_flush(struct knp_client *client, unsigned *ret_pause_ms)
{
	enum knp_result told;
	uint32_t pause_ms = 0;
	if (!api_begin(client, true, &told))
		return told;
	told = api_done(client, client_flush(client->client, &pause_ms));
	if (ret_pause_ms && (told == KNP_OK || told == KNP_AGAIN))
		*ret_pause_ms = pause_ms;
	return told;
}

static enum knp_state state_of(enum item_state state)
{
	return state == ITEM_AANVAARD    ? KNP_ACCEPTED
	       : state == ITEM_GEWEIGERD ? KNP_DECLINED
					 : KNP_OUTBOX;
}

enum knp_result knp_item(struct knp_client *client, const char *id, enum knp_state *ret_state,
			 const char **ret_json)
{
	enum knp_result told;
	struct item_status status;
	struct json_out out;
	const char *json;
	if (!api_begin(client, id && ret_state, &told))
		return told;
	told = api_done(client, client_item(client->client, id, &status));
	if (told != KNP_OK)
		return told;
	api_json_begin(client, &out);
	item_json_write(&out, client->client, &status, NULL);
	told = api_json_end(client, &out, &json);
	if (told != KNP_OK)
		return told;
	*ret_state = state_of(status.state);
	if (ret_json)
		*ret_json = json;
	return KNP_OK;
}
