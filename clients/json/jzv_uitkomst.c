// SPDX-License-Identifier: EUPL-1.2
// An uitkomstmelding of JZV: what Veilig Thuis did with a melding. To the knooppunt it says whether
// the melding is taken over or given back; the rest of it is its motivering.
#include "json/jzv.h"

#include <stdio.h>
#include <string.h>

#define MOTIVERING_MAX 4000
#define GEGEVEN_MAX 2000

// Whoever finds that it was not theirs gives it back; whoever did anything with it took it over.
static const struct {
	const char *status, *antwoord, *words;
} statussen[] = {
	{"VT-00", "teruggegeven", "niet ontvankelijk"},
	{"VT-01-01", "aanvaard", "vervolgstappen belegd bij Veilig Thuis"},
	{"VT-01-02", "aanvaard", "overdracht"},
	{"VT-01-03", "aanvaard", "geen vervolgstappen nodig"},
	{"VT-01-04", "aanvaard", "inzet regionaal maatwerk"},
	{"VT-02", "aanvaard", "overdracht"},
	{"VT-03", "aanvaard", "afsluiting zonder overdracht"},
	{"VT-99", "teruggegeven", "onjuist geadresseerd"},
};
#define STATUSSEN (sizeof statussen / sizeof statussen[0])
static const struct jzv_code statuscodes[] = {
	{"VT-00", NULL},    {"VT-01-01", NULL}, {"VT-01-02", NULL},
	{"VT-01-03", NULL}, {"VT-01-04", NULL}, {"VT-02", NULL},
	{"VT-03", NULL},    {"VT-99", NULL},    {NULL, NULL}};

static const struct jzv_row rows[] = {
	{.path = "/registratienummer", .kind = JZV_TEXT, .required = true},
	{.path = "/status", .kind = JZV_TEXT, .required = true, .codes = statuscodes},
	{.path = "/knooppunt", .kind = JZV_OBJECT, .required = true},
	{.path = "/knooppunt/entry", .kind = JZV_NUMBER, .required = true},
	{.path = "/knooppunt/regel", .kind = JZV_TEXT, .required = true},
	{.path = "/knooppunt/medewerker", .kind = JZV_TEXT, .required = true},
	{.path = "/knooppunt/motivering", .kind = JZV_TEXT},
};

static enum result copy(struct arena *arena, struct bytes text, struct bytes *ret_copy)
{
	*ret_copy = arena_copy(arena, text);
	return ret_copy->data ? RESULT_OK : RESULT_NO_MEMORY;
}

static enum result copy_text(const struct jzv *jzv, struct arena *arena, const char *path,
			     struct bytes *ret_copy)
{
	return copy(arena, jzv_text(jzv_get(jzv, path)), ret_copy);
}

static enum result copy_entry(const struct jzv *jzv, struct arena *arena, struct bytes *ret_entry)
{
	char number[24];
	long long entry = json_integer_value(jzv_get(jzv, "/knooppunt/entry"));
	if (entry < 0)
		return jzv_fail(jzv, REASON_BAD_VALUE, "/knooppunt/entry",
				"Give the index of the verstrekking.");
	snprintf(number, sizeof number, "%lld", entry);
	return copy(arena, bytes_of_text(number), ret_entry);
}

static enum result motivate(const struct jzv *jzv, struct arena *arena, struct jzv_uitkomst *out)
{
	struct bytes status = jzv_text(jzv_get(jzv, "/status"));
	struct bytes given = jzv_text(jzv_get(jzv, "/knooppunt/motivering"));
	struct buffer text;
	size_t n = 0;
	while (n + 1 < STATUSSEN && !bytes_equal(bytes_of_text(statussen[n].status), status))
		n++;
	out->antwoord = statussen[n].antwoord;
	if (given.len > GEGEVEN_MAX)
		return jzv_fail(jzv, REASON_TOO_LONG, "/knooppunt/motivering",
				"At most 2000 bytes.");
	buffer_init(&text, MOTIVERING_MAX);
	buffer_append_format(&text, "JZV %s: %s%s", statussen[n].status, statussen[n].words,
			     given.len > 0 ? "; " : "");
	jzv_append_text(&text, given);
	enum result result = text.status == RESULT_OK
				     ? copy(arena, buffer_view(&text), &out->motivering)
				     : RESULT_NO_MEMORY;
	buffer_wipe(&text);
	return result;
}

static enum result read_all(const struct jzv *jzv, struct arena *arena, struct jzv_uitkomst *out)
{
	enum result result = jzv_check(jzv);
	if (result == RESULT_OK)
		result = copy_text(jzv, arena, "/registratienummer", &out->registratienummer);
	if (result == RESULT_OK)
		result = copy_entry(jzv, arena, &out->entry);
	if (result == RESULT_OK)
		result = copy_text(jzv, arena, "/knooppunt/regel", &out->regel);
	if (result == RESULT_OK)
		result = copy_text(jzv, arena, "/knooppunt/medewerker", &out->medewerker);
	return result == RESULT_OK ? motivate(jzv, arena, out) : result;
}

enum result jzv_uitkomst_read(const struct jzv_input *input, struct arena *arena,
			      struct jzv_uitkomst *ret_uitkomst, struct problem *problem)
{
	struct jzv jzv = {.input = input,
			  .problem = problem,
			  .rows = rows,
			  .row_count = sizeof rows / sizeof rows[0]};
	struct jzv_uitkomst read = {.antwoord = NULL};
	enum result result = json_text_parse(input->json.text, input->json.file, &jzv.doc, problem);
	if (result != RESULT_OK)
		return result;
	result = read_all(&jzv, arena, &read);
	json_decref(jzv.doc);
	if (result == RESULT_OK)
		*ret_uitkomst = read;
	return result;
}
