// SPDX-License-Identifier: EUPL-1.2
// A melding as a whole and the header of a statement. Each rubriek is checked on its own first, so
// that the checks of the whole may rely on numbers that are in range.
#include "melding/veld.h"

#include "keys/keys.h"
#include "tree/note.h"

#include <stdio.h>
#include <string.h>

#define TIME_MAX_MS UINT64_C(253402300799999) // the last millisecond of the year 9999
#define SOURCE_PREFIX "urn:nld:oin:"
#define SOURCE_MIDDLE ":systeem:"
#define SYSTEEM_MAX 64

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// Begin and end of one thing: the end may not lie before the begin.
static const struct {
	uint32_t soort, begin, end;
	bool is_time;
} intervals[] = {
	{RUBRIEK_INCIDENT, INCIDENT_BEGIN, INCIDENT_EINDE, true},
	{RUBRIEK_DETENTIE, DETENTIE_BEGIN, DETENTIE_EINDE, false},
	{RUBRIEK_VOORWAARDEN, VOORWAARDEN_BEGIN, VOORWAARDEN_EINDE, false},
};

static bool check_bron(struct bytes bron, const char *prefix, struct refusal *ret_refusal)
{
	if (bron.len > BRON_MAX)
		return refusal_set(ret_refusal, REASON_TOO_LONG, "%sbron", prefix);
	if (bron.len > 0 && (!utf8_is_clean_text(bron) || memchr(bron.data, '\n', bron.len) ||
			     memchr(bron.data, '\t', bron.len)))
		return refusal_set(ret_refusal, REASON_BAD_TEXT, "%sbron", prefix);
	return true;
}

static int64_t moment(struct bytes text, bool is_time)
{
	struct civil_date date;
	int64_t wall_ms;
	if (is_time)
		return time_parse(text, &wall_ms) == RESULT_OK ? wall_ms : 0;
	return date_parse(text, &date) == RESULT_OK ? date_to_days(date) : 0;
}

static bool check_intervals(const struct rubriek *rubriek, const struct rubriek_row *row,
			    const char *prefix, struct refusal *ret_refusal)
{
	for (size_t i = 0; i < COUNT(intervals); i++) {
		if (intervals[i].soort != rubriek->soort)
			continue;
		struct bytes begin =
			veld_get(rubriek->velden, rubriek->veld_count, intervals[i].begin);
		struct bytes end = veld_get(rubriek->velden, rubriek->veld_count, intervals[i].end);
		if (begin.len == 0 || end.len == 0)
			continue;
		bool is_time = intervals[i].is_time;
		if (moment(end, is_time) < moment(begin, is_time))
			return refusal_set(
				ret_refusal, REASON_IMPOSSIBLE_DATE, "%s%s", prefix,
				veld_row(row->velden, row->veld_count, intervals[i].end)->name);
	}
	return true;
}

// One rubriek on its own. Afterwards its soort is known and its betrokkene within 0..16.
static bool check_rubriek(const struct rubriek *rubriek, size_t n, struct civil_date today,
			  struct refusal *ret_refusal)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	char prefix[80];
	if (!row)
		return refusal_set(ret_refusal, REASON_UNKNOWN_FIELD, "rubriek[%zu]", n);
	snprintf(prefix, sizeof prefix, "rubriek[%zu].%s.", n, row->name);
	if (row->by_knooppunt)
		return refusal_set(ret_refusal, REASON_NOT_FOR_SENDER, "rubriek[%zu].%s", n,
				   row->name);
	if (row->of_betrokkene != (rubriek->betrokkene > 0) ||
	    rubriek->betrokkene > BETROKKENEN_MAX)
		return refusal_set(ret_refusal, REASON_UNKNOWN_BETROKKENE, "%sbetrokkene", prefix);
	if (rubriek->regime > REGIME_WMO_VT || !(row->regimes & 1U << rubriek->regime))
		return refusal_set(ret_refusal, REASON_BAD_REGIME, "%sregime", prefix);
	if (!check_bron(rubriek->bron, prefix, ret_refusal))
		return false;
	if (rubriek->veld_count == 0)
		return refusal_set(ret_refusal, REASON_MISSING_FIELD, "%svelden", prefix);
	struct velden_check check = {row->velden, row->veld_count, prefix, today};
	return velden_validate(&check, rubriek->velden, rubriek->veld_count, ret_refusal) &&
	       check_intervals(rubriek, row, prefix, ret_refusal);
}

static bool check_counts(const struct melding *melding, struct refusal *ret_refusal)
{
	uint8_t counts[BETROKKENEN_MAX + 1][RUBRIEK_SOORT_MAX + 1] = {{0}};
	for (size_t n = 0; n < melding->count; n++) {
		const struct rubriek *rubriek = &melding->rubrieken[n];
		const struct rubriek_row *row = rubriek_row(rubriek->soort);
		if (++counts[rubriek->betrokkene][rubriek->soort] > row->at_most)
			return refusal_set(ret_refusal,
					   row->at_most == 1 ? REASON_DUPLICATE : REASON_TOO_MANY,
					   "rubriek[%zu].%s", n, row->name);
	}
	return true;
}

// Number of betrokkenen as kenmerken says; false when there are no kenmerken.
static bool read_betrokkenen(const struct melding *melding, uint32_t *ret_count,
			     struct refusal *ret_refusal)
{
	const struct rubriek *kenmerken = melding_find(melding, RUBRIEK_KENMERKEN, 0);
	if (!kenmerken)
		return refusal_set(ret_refusal, REASON_MISSING_FIELD, "kenmerken");
	struct bytes text = veld_get(kenmerken->velden, kenmerken->veld_count, KENMERK_BETROKKENEN);
	if (!veld_parse_number(text, ret_count))
		return refusal_set(ret_refusal, REASON_BAD_VALUE, "kenmerken.betrokkenen");
	return true;
}

// Whom a rubriek of the gezinssysteem points at: someone else in this melding.
static bool check_relatie(const struct rubriek *rubriek, size_t n, uint32_t betrokkenen,
			  struct refusal *ret_refusal)
{
	uint32_t other = 0;
	struct bytes text = veld_get(rubriek->velden, rubriek->veld_count, GEZINSSYSTEEM_MET);
	if (!veld_parse_number(text, &other) || other < 1 || other > betrokkenen ||
	    other == rubriek->betrokkene)
		return refusal_set(ret_refusal, REASON_UNKNOWN_BETROKKENE,
				   "rubriek[%zu].gezinssysteem.met", n);
	return true;
}

static bool check_betrokkenen(const struct melding *melding, uint32_t betrokkenen,
			      struct refusal *ret_refusal)
{
	for (size_t n = 0; n < melding->count; n++) {
		const struct rubriek *rubriek = &melding->rubrieken[n];
		if (rubriek->betrokkene > betrokkenen)
			return refusal_set(ret_refusal, REASON_UNKNOWN_BETROKKENE,
					   "rubriek[%zu].%s.betrokkene", n,
					   rubriek_row(rubriek->soort)->name);
		if (rubriek->soort == RUBRIEK_GEZINSSYSTEEM &&
		    !check_relatie(rubriek, n, betrokkenen, ret_refusal))
			return false;
	}
	for (uint32_t b = 1; b <= betrokkenen; b++) {
		if (!melding_find(melding, RUBRIEK_BETROKKENHEID, b))
			return refusal_set(ret_refusal, REASON_MISSING_FIELD,
					   "betrokkene[%u].betrokkenheid", b);
	}
	return true;
}

bool melding_validate(const struct melding *melding, struct civil_date today,
		      struct refusal *ret_refusal)
{
	uint32_t betrokkenen = 0;
	if (melding->count > RUBRIEKEN_MAX)
		return refusal_set(ret_refusal, REASON_TOO_MANY, "rubrieken");
	for (size_t n = 0; n < melding->count; n++) {
		if (!check_rubriek(&melding->rubrieken[n], n, today, ret_refusal))
			return false;
	}
	if (!check_counts(melding, ret_refusal) ||
	    !read_betrokkenen(melding, &betrokkenen, ret_refusal) ||
	    !check_betrokkenen(melding, betrokkenen, ret_refusal))
		return false;
	*ret_refusal = (struct refusal){0};
	return true;
}

const struct rubriek *melding_find(const struct melding *melding, uint32_t soort,
				   uint32_t betrokkene)
{
	for (size_t n = 0; n < melding->count; n++) {
		const struct rubriek *rubriek = &melding->rubrieken[n];
		if (rubriek->soort == soort && rubriek->betrokkene == betrokkene)
			return rubriek;
	}
	return NULL;
}

bool id_is_valid(struct bytes id)
{
	if (id.len < ID_MIN || id.len > ID_MAX)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		uint8_t c = id.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && (c < '0' || c > '9') && c != '_' && c != '-')
			return false;
	}
	return true;
}

static bool is_oin(struct bytes text)
{
	struct oin oin;
	return oin_parse(text, &oin) == RESULT_OK;
}

bool systeem_is_valid(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-')
			return false;
	}
	return name.len >= 1 && name.len <= SYSTEEM_MAX;
}

static bool skip(struct bytes *text, const char *expected)
{
	struct bytes head = bytes_of_text(expected);
	if (text->len < head.len || memcmp(text->data, head.data, head.len) != 0)
		return false;
	*text = bytes_make(text->data + head.len, text->len - head.len);
	return true;
}

// urn:nld:oin:<20 characters>:systeem:<name> (NL GOV profile for CloudEvents).
static bool is_source(struct bytes text)
{
	if (text.len > SOURCE_MAX || !skip(&text, SOURCE_PREFIX) || text.len < OIN_LEN)
		return false;
	struct bytes oin = bytes_make(text.data, OIN_LEN);
	text = bytes_make(text.data + OIN_LEN, text.len - OIN_LEN);
	return is_oin(oin) && skip(&text, SOURCE_MIDDLE) && systeem_is_valid(text);
}

static bool is_origin(struct bytes text)
{
	char origin[ORIGIN_MAX + 1];
	if (text.len == 0 || text.len > ORIGIN_MAX || memchr(text.data, '\0', text.len))
		return false;
	memcpy(origin, text.data, text.len);
	origin[text.len] = '\0';
	return origin_is_valid(origin);
}

static bool check_required(bool good, struct bytes value, const char *field,
			   struct refusal *ret_refusal)
{
	if (value.len == 0)
		return refusal_set(ret_refusal, REASON_MISSING_FIELD, "%s", field);
	return good || refusal_set(ret_refusal, REASON_BAD_VALUE, "%s", field);
}

static bool check_names(const struct statement *statement, struct refusal *ret_refusal)
{
	if (!check_required(is_oin(statement->audience_oin), statement->audience_oin,
			    "audience_oin", ret_refusal) ||
	    !check_required(is_origin(statement->audience_log), statement->audience_log,
			    "audience_log", ret_refusal) ||
	    !check_required(is_source(statement->source), statement->source, "source",
			    ret_refusal) ||
	    !check_required(id_is_valid(statement->id), statement->id, "id", ret_refusal))
		return false;
	if (statement->antwoord_op.len > 0 && !id_is_valid(statement->antwoord_op))
		return refusal_set(ret_refusal, REASON_BAD_VALUE, "antwoord_op");
	if (statement->vervangt.len > 0 && !id_is_valid(statement->vervangt))
		return refusal_set(ret_refusal, REASON_BAD_VALUE, "vervangt");
	return true;
}

static bool check_moment(const struct statement *statement, const struct type_row *row,
			 struct refusal *ret_refusal)
{
	if (statement->time == 0)
		return refusal_set(ret_refusal, REASON_MISSING_FIELD, "time");
	if (statement->time > TIME_MAX_MS)
		return refusal_set(ret_refusal, REASON_BAD_VALUE, "time");
	// A melding without a number would escape the search for lost ones.
	if (row->has_slots && statement->sequence == 0)
		return refusal_set(ret_refusal, REASON_MISSING_FIELD, "sequence");
	if (bytes_all_zero(bytes_make(statement->random, RANDOM_LEN)))
		return refusal_set(ret_refusal, REASON_MISSING_FIELD, "random");
	bool no_root = bytes_all_zero(bytes_of_hash(&statement->head.root));
	if ((statement->head.size == 0) != no_root)
		return refusal_set(ret_refusal, REASON_BAD_VALUE, "head");
	return true;
}

bool statement_validate(const struct statement *statement, struct civil_date today,
			struct refusal *ret_refusal)
{
	const struct type_row *row = type_row(statement->type);
	if (!row)
		return refusal_set(ret_refusal, REASON_UNKNOWN_TYPE, "type");
	if (!check_names(statement, ret_refusal) || !check_moment(statement, row, ret_refusal))
		return false;
	if (statement->has_slots != row->has_slots)
		return refusal_set(ret_refusal,
				   row->has_slots ? REASON_MISSING_FIELD : REASON_UNKNOWN_FIELD,
				   "slots_root");
	struct velden_check check = {row->velden, row->veld_count, "", today};
	if (!velden_validate(&check, statement->velden, statement->veld_count, ret_refusal))
		return false;
	*ret_refusal = (struct refusal){0};
	return true;
}
