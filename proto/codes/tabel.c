// SPDX-License-Identifier: EUPL-1.2
#include "codes/tabel.h"

#include "codes/row.h"
#include "melding/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tabel {
	struct rij *rijen;
	size_t count;
};

// ---- one row of each table ---------------------------------------------------------------------

static enum result read_klasse(const struct row_reading *reading, struct rij *rij)
{
	return row_text(reading, "ruimer", false, RIJ_CODE_MAX, rij->ruimer);
}

static enum result read_thema(const struct row_reading *reading, struct rij *rij)
{
	(void)reading;
	(void)rij;
	return RESULT_OK;
}

static enum result read_grondslag(const struct row_reading *reading, struct rij *rij)
{
	struct row_period period;
	enum result result = row_text(reading, "naam", true, RIJ_TEXT_MAX, rij->naam);
	if (result == RESULT_OK)
		result = row_period(reading, &period);
	if (result != RESULT_OK)
		return result;
	rij->has_van = period.has_van;
	rij->has_tot = period.has_tot;
	rij->van = period.van;
	rij->tot = period.tot;
	return RESULT_OK;
}

static enum result read_grondslagen(const struct row_reading *reading, struct rij *rij)
{
	const struct yaml_node *list;
	enum result result = row_list(reading, "grondslagen", &list);
	if (result != RESULT_OK)
		return result;
	if (yaml_count(list) == 0 || yaml_count(list) > RIJ_GRONDSLAGEN_MAX)
		return row_refuse(reading, list, REASON_OUT_OF_RANGE, "grondslagen",
				  "A term is about 1 to 16 grondslagen.");
	for (size_t n = 0; n < yaml_count(list); n++) {
		struct bytes name = yaml_scalar(yaml_item(list, n));
		if (name.len == 0 || name.len > RIJ_CODE_MAX)
			return row_refuse(reading, yaml_item(list, n), REASON_BAD_TYPE,
					  "grondslagen", "A grondslag is a short name.");
		memcpy(rij->grondslagen[rij->grondslag_count++], name.data, name.len);
	}
	return RESULT_OK;
}

static enum result read_bewaartermijn(const struct row_reading *reading, struct rij *rij)
{
	static const char at_most[] = "inhoud_hoogstens", at_least[] = "verantwoording_minstens";
	bool most = yaml_find(reading->row, at_most), least = yaml_find(reading->row, at_least);
	const char *key = most ? at_most : at_least;
	enum result result = row_text(reading, "naam", true, RIJ_TEXT_MAX, rij->naam);
	if (result == RESULT_OK && most == least)
		result = row_refuse(reading, NULL, REASON_MISSING_KEYWORD, key,
				    "A row has one of inhoud_hoogstens, verantwoording_minstens.");
	if (result == RESULT_OK)
		result = row_text(reading, key, true, RIJ_CODE_MAX, rij->termijn_text);
	if (result == RESULT_OK &&
	    termijn_parse(bytes_of_text(rij->termijn_text), &rij->termijn) != RESULT_OK)
		result = row_refuse(reading, yaml_find(reading->row, key), REASON_BAD_VALUE, key,
				    "A term is written as P5Y, P6M or P14D.");
	rij->grens = most ? GRENS_INHOUD_HOOGSTENS : GRENS_VERANTWOORDING_MINSTENS;
	return result == RESULT_OK ? read_grondslagen(reading, rij) : result;
}

// ---- the tables --------------------------------------------------------------------------------

static const struct tabel_row {
	const char *name, *code; // of the list, and of the key that has a row's code
	const char *list;        // the closed list whose codes these are, or NULL: any short name
	const char *const keys[9];
	enum result (*read)(const struct row_reading *reading, struct rij *rij);
} tabellen[TABEL_COUNT] = {
	[TABEL_KLASSEN] = {"klassen",
			   "klasse",
			   "klasse",
			   {"klasse", "ruimer", "bron", "status", NULL},
			   read_klasse},
	[TABEL_THEMAS] =
		{"themas", "thema", "thema", {"thema", "bron", "status", NULL}, read_thema},
	[TABEL_GRONDSLAGEN] = {"grondslagen",
			       "grondslag",
			       NULL,
			       {"grondslag", "naam", "van", "tot", "bron", "status", NULL},
			       read_grondslag},
	[TABEL_BEWAARTERMIJNEN] = {"bewaartermijnen",
				   "bewaartermijn",
				   NULL,
				   {"bewaartermijn", "naam", "inhoud_hoogstens",
				    "verantwoording_minstens", "grondslagen", "bron", "status",
				    NULL},
				   read_bewaartermijn},
};

const char *tabel_name(enum tabel_soort soort)
{
	return tabellen[soort].name;
}

static const struct code_list *list_of(const struct tabel_row *row)
{
	return row->list ? code_list_named(bytes_of_text(row->list)) : NULL;
}

static enum result read_code(const struct row_reading *reading, const struct tabel_row *row,
			     struct rij *rij)
{
	if (!row->list)
		return row_name(reading, row->code, true, RIJ_CODE_MAX, rij->code);
	enum result result = row_text(reading, row->code, true, RIJ_CODE_MAX, rij->code);
	if (result == RESULT_OK && !code_find(list_of(row), bytes_of_text(rij->code)))
		result =
			row_refuse(reading, yaml_find(reading->row, row->code), REASON_UNKNOWN_CODE,
				   row->code, "This is no code of the closed list of this name.");
	return result;
}

static enum result read_rij(const struct row_reading *reading, const struct tabel_row *row,
			    const struct tabel *tabel, struct rij *rij)
{
	enum result result =
		yaml_only_keys(reading->yaml, reading->row, row->keys, reading->problem);
	if (result == RESULT_OK)
		result = read_code(reading, row, rij);
	if (result == RESULT_OK && tabel_find(tabel, bytes_of_text(rij->code)))
		result = row_refuse(reading, NULL, REASON_DUPLICATE_KEYWORD, row->code,
				    "This code has a row already.");
	if (result == RESULT_OK)
		result = row->read(reading, rij);
	if (result == RESULT_OK)
		result = row_text(reading, "bron", true, RIJ_TEXT_MAX, rij->bron);
	if (result == RESULT_OK)
		result = row_status(reading, &rij->bevestigd);
	rij->line = yaml_line(reading->row);
	return result;
}

// ---- the rows together -------------------------------------------------------------------------

static enum result check_wider(const struct row_reading *reading, const struct tabel *tabel,
			       const struct rij *rij)
{
	const struct rij *at = rij;
	for (size_t steps = 0; at->ruimer[0]; steps++) {
		at = tabel_find(tabel, bytes_of_text(at->ruimer));
		if (!at)
			return row_refuse(reading, yaml_find(reading->row, "ruimer"),
					  REASON_NOT_FOUND, "ruimer",
					  "The wider klasse has no row in this file.");
		if (steps > tabel->count)
			return row_refuse(reading, yaml_find(reading->row, "ruimer"),
					  REASON_CONFLICT, "ruimer",
					  "The wider klassen lead in a circle.");
	}
	return RESULT_OK;
}

// A code that may be sent and of which nobody says where it comes from would pass unseen.
static enum result check_whole(const struct row_reading *reading, const struct tabel_row *row,
			       const struct tabel *tabel)
{
	const struct code_list *list = list_of(row);
	char message[160];
	for (size_t i = 0; list && i < list->count; i++) {
		if (tabel_find(tabel, bytes_of_text(list->codes[i].code)))
			continue;
		snprintf(message, sizeof message, "The code %s has no row.", list->codes[i].code);
		return row_refuse(reading, NULL, REASON_MISSING_KEYWORD, row->code, message);
	}
	return RESULT_OK;
}

static enum result read_rijen(struct row_reading *reading, const struct tabel_row *row,
			      const struct yaml_node *list, struct tabel *tabel)
{
	tabel->rijen = calloc(yaml_count(list) + 1, sizeof *tabel->rijen);
	if (!tabel->rijen)
		return RESULT_NO_MEMORY;
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < yaml_count(list); n++) {
		reading->row = yaml_item(list, n);
		result = read_rij(reading, row, tabel, &tabel->rijen[n]);
		tabel->count += result == RESULT_OK;
	}
	for (size_t n = 0; result == RESULT_OK && n < tabel->count; n++) {
		reading->row = yaml_item(list, n);
		result = check_wider(reading, tabel, &tabel->rijen[n]);
	}
	reading->row = list;
	return result == RESULT_OK ? check_whole(reading, row, tabel) : result;
}

static enum result read_document(const struct yaml *yaml, const struct tabel_row *row,
				 struct tabel *tabel, struct problem *problem)
{
	const char *const keys[] = {row->name, NULL};
	struct row_reading reading = {yaml, yaml_root(yaml), problem};
	const struct yaml_node *list;
	enum result result = yaml_only_keys(yaml, reading.row, keys, problem);
	if (result == RESULT_OK)
		result = row_list(&reading, row->name, &list);
	return result == RESULT_OK ? read_rijen(&reading, row, list, tabel) : result;
}

static enum result load(enum tabel_soort soort, const struct yaml *yaml, struct tabel **ret_tabel,
			struct problem *problem)
{
	struct tabel *tabel = calloc(1, sizeof *tabel);
	if (!tabel)
		return RESULT_NO_MEMORY;
	enum result result = read_document(yaml, &tabellen[soort], tabel, problem);
	if (result == RESULT_OK)
		*ret_tabel = tabel;
	else
		tabel_free(tabel);
	return result;
}

enum result tabel_load(enum tabel_soort soort, struct bytes document, const char *file,
		       struct tabel **ret_tabel, struct problem *problem)
{
	struct yaml *yaml;
	enum result result = yaml_parse(document, file, &yaml, problem);
	if (result != RESULT_OK)
		return result;
	result = load(soort, yaml, ret_tabel, problem);
	yaml_close(yaml);
	return result;
}

void tabel_free(struct tabel *tabel)
{
	if (!tabel)
		return;
	free(tabel->rijen);
	free(tabel);
}

size_t tabel_count(const struct tabel *tabel)
{
	return tabel->count;
}

const struct rij *tabel_at(const struct tabel *tabel, size_t n)
{
	return n < tabel->count ? &tabel->rijen[n] : NULL;
}

const struct rij *tabel_find(const struct tabel *tabel, struct bytes code)
{
	for (size_t i = 0; i < tabel->count; i++)
		if (bytes_equal(bytes_of_text(tabel->rijen[i].code), code))
			return &tabel->rijen[i];
	return NULL;
}
