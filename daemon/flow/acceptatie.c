// SPDX-License-Identifier: EUPL-1.2
// An acceptatie: two roles let rows of the code tables count until a day that nobody confirmed. In
// a leaf of its own, with the document of the tables it is about.
#include "flow/tabellen.h"
#include "flow/wissing.h"

#include "melding/reason.h"
#include "register/acceptatie.h"

#include <stdio.h>
#include <string.h>

#define ANEW "have knooppunt-audit codes accept write it anew"

// The first row of this table and code that nobody confirmed; CODES_ROWS_MAX when there is none.
static size_t find_row(const struct codes *codes, const struct acceptatie_rij *rij)
{
	for (size_t n = 0; n < codes_count(codes); n++) {
		const struct codes_row row = codes_at(codes, n);
		if (!row.bevestigd && bytes_equal(rij->tabel, bytes_of_text(row.tabel)) &&
		    bytes_equal(rij->code, bytes_of_text(row.code)))
			return n;
	}
	return CODES_ROWS_MAX;
}

static enum result refuse_rij(struct problem *problem, const struct acceptatie_rij *rij,
			      const char *what)
{
	problem_set(problem, reason_code(REASON_BAD_VALUE), ANEW, "%s: %.*s %.*s", what,
		    (int)rij->tabel.len, (const char *)rij->tabel.data, (int)rij->code.len,
		    (const char *)rij->code.data);
	return RESULT_MALFORMED;
}

static enum result refuse_changed(struct problem *problem)
{
	problem_set(problem, reason_code(REASON_CONFLICT), ANEW,
		    "the code tables are not those that it is about: they were changed");
	return RESULT_CONFLICT;
}

// In the order of the tables, so each once; and there is something to accept.
static enum result check_rijen(const struct core *core, const struct acceptatie *acceptatie,
			       struct problem *problem)
{
	struct bytes rest = acceptatie->rijen;
	struct acceptatie_rij rij;
	size_t before = 0, count = 0;
	for (; acceptatie_next(&rest, &rij); count++) {
		size_t n = find_row(core->codes, &rij);
		if (n == CODES_ROWS_MAX)
			return refuse_rij(problem, &rij,
					  "the code tables have no such row that nobody confirmed");
		if (count > 0 && n <= before)
			return refuse_rij(problem, &rij,
					  "the rows do not stand in the order of the tables");
		before = n;
	}
	return RESULT_OK;
}

static enum result check_days(int64_t now, const struct acceptatie *acceptatie,
			      struct problem *problem)
{
	int64_t days = date_to_days(acceptatie->tot) - date_to_days(date_amsterdam(now));
	return days >= 0 && days <= ACCEPTATIE_DAGEN_MAX
		       ? RESULT_OK
		       : order_refuse(problem, RESULT_DENIED, REASON_OUT_OF_RANGE,
				      "the last day of an acceptatie is today at the earliest and "
				      "within a year");
}

static enum result check(struct core *core, const struct wissing_request *request, bool whole,
			 struct problem *problem)
{
	struct acceptatie acceptatie;
	struct hash now = codes_hash(core->codes);
	if (acceptatie_read(request->opdracht, &acceptatie))
		return order_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				    "the acceptatie is not written as it should be");
	if (!hash_equal(&acceptatie.codes, &now))
		return refuse_changed(problem);
	enum result r = check_days(time_now(core), &acceptatie, problem);
	if (!r)
		r = check_rijen(core, &acceptatie, problem);
	return r ? r : order_check_acts(core, request, ACCEPTATIE_SOORT, whole, problem);
}

enum result flow_acceptatie_check(struct core *core, const struct wissing_request *request,
				  struct problem *problem)
{
	return check(core, request, false, problem);
}

static enum result add_leaf(struct core *core, const struct wissing_request *request)
{
	struct record *record;
	struct part *part = arena_alloc(core->arena, sizeof *part);
	if (!part)
		return RESULT_NO_MEMORY;
	part->kind = PART_ACCEPTATIE;
	struct part_acceptatie *acceptatie = &part->acceptatie;
	*acceptatie = (struct part_acceptatie){.opdracht = request->opdracht,
					       .act_count = request->act_count};
	acceptatie->acts = arena_alloc(core->arena, request->act_count * sizeof *acceptatie->acts);
	if (!acceptatie->acts)
		return RESULT_NO_MEMORY;
	memcpy(acceptatie->acts, request->acts, request->act_count * sizeof *acceptatie->acts);
	struct record_request leaf = {.class = ENTRY_EVENT,
				      .now = time_now(core),
				      .parts = part,
				      .count = 1,
				      .slot_parts = KEYSTORE_SLOT_SYSTEM};
	tabellen_bring(core, &leaf);
	return record_add(core, &leaf, &record);
}

enum result flow_acceptatie(struct core *core, const struct wissing_request *request,
			    uint64_t *ret_index, struct problem *problem)
{
	enum result r = order_ready(core, problem);
	if (!r)
		r = check(core, request, true, problem);
	if (r)
		return r;
	uint64_t index = journal_size(core->journal);
	r = order_commit(core, index, add_leaf(core, request), problem);
	if (!r)
		r = tabellen_accept(core);
	if (!r)
		*ret_index = index;
	return r;
}

// ---- which rows count by it ----------------------------------------------------------------

// Rows that stand in the tables as they did when they were accepted.
static void add_same(const struct core *core, const struct codes *then,
		     const struct acceptatie_rij *rij, struct codes_set *set)
{
	for (size_t n = 0; n < codes_count(core->codes); n++) {
		const struct codes_row row = codes_at(core->codes, n);
		if (bytes_equal(rij->tabel, bytes_of_text(row.tabel)) &&
		    bytes_equal(rij->code, bytes_of_text(row.code)) &&
		    codes_same_row(core->codes, n, then))
			codes_set_add(set, n);
	}
}

static enum result load_then(struct core *core, const struct hash *hash, struct codes **ret_codes)
{
	struct problem unheard = {.code = NULL};
	struct buffer document;
	buffer_init(&document, CODES_DOCUMENT_MAX);
	enum result r = journal_document(core->journal, hash, &document);
	if (!r)
		r = codes_load(buffer_view(&document), "codes", ret_codes, &unheard);
	buffer_done(&document);
	return r == RESULT_CONFIG || r == RESULT_MALFORMED ? RESULT_DAMAGED : r;
}

static enum result take(struct core *core, uint64_t index, struct bytes opdracht)
{
	struct aanvaard aanvaard = {.index = index, .rijen = core->tabellen.bevestigd};
	struct acceptatie acceptatie;
	struct acceptatie_rij rij;
	struct codes *then = NULL;
	enum result r = acceptatie_read(opdracht, &acceptatie);
	if (!r)
		r = load_then(core, &acceptatie.codes, &then);
	if (r)
		return r == RESULT_MALFORMED ? RESULT_DAMAGED : r;
	while (acceptatie_next(&acceptatie.rijen, &rij))
		add_same(core, then, &rij, &aanvaard.rijen);
	codes_free(then);
	aanvaard.tot = acceptatie.tot;
	aanvaard.count = acceptatie.rij_count;
	snprintf(aanvaard.grond, sizeof aanvaard.grond, "%s", acceptatie.grond);
	core->tabellen.aanvaard = aanvaard;
	return RESULT_OK;
}

enum result tabellen_accept(struct core *core)
{
	struct recalled recalled;
	uint64_t index, newest = 0;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = index + 1) {
		r = state_acceptatie(core->state, from, &index);
		newest = r ? newest : index;
	}
	if (r != RESULT_NOT_FOUND || newest == 0)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	r = recall_entry(core, newest, RECALL_PARTS, core->command_arena, &recalled);
	if (!r && (recalled.part_count == 0 || recalled.parts[0].kind != PART_ACCEPTATIE))
		r = RESULT_DAMAGED;
	return r ? r : take(core, newest, recalled.parts[0].acceptatie.opdracht);
}
