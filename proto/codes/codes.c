// SPDX-License-Identifier: EUPL-1.2
#include "codes/codes.h"

#include "melding/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LEN 400

struct codes {
	struct gemeenten *gemeenten;
	struct tabel *tabellen[TABEL_COUNT];
};

static enum result refuse(struct problem *problem, const char *path, const struct rij *rij,
			  enum reason reason, const char *message)
{
	problem_set_file(problem, path);
	problem->line = rij ? rij->line : 0;
	problem_set(problem, reason_code(reason), reason_fix(reason), "%s", message);
	if (rij)
		problem_set_field(problem, "%s", "grondslagen");
	return RESULT_CONFIG;
}

// What a term is about must be there: a slip in a name would take the limit away.
static enum result check_termijnen(const struct codes *codes, const char *path,
				   struct problem *problem)
{
	const struct tabel *termijnen = codes->tabellen[TABEL_BEWAARTERMIJNEN];
	for (size_t n = 0; n < tabel_count(termijnen); n++) {
		const struct rij *rij = tabel_at(termijnen, n);
		for (size_t i = 0; i < rij->grondslag_count; i++)
			if (!tabel_find(codes->tabellen[TABEL_GRONDSLAGEN],
					bytes_of_text(rij->grondslagen[i])))
				return refuse(problem, path, rij, REASON_NOT_FOUND,
					      "The table of grondslagen has no row of this name.");
	}
	if (codes_count(codes) > CODES_ROWS_MAX)
		return refuse(problem, path, NULL, REASON_TOO_MANY,
			      "The code tables together have more rows than are read.");
	return RESULT_OK;
}

static enum result read_all(struct codes *codes, const char *folder, struct problem *problem)
{
	char path[PATH_LEN];
	snprintf(path, sizeof path, "%s/gemeenten.yaml", folder);
	enum result result = gemeenten_read(path, &codes->gemeenten, problem);
	for (unsigned soort = 0; result == RESULT_OK && soort < TABEL_COUNT; soort++) {
		snprintf(path, sizeof path, "%s/%s.yaml", folder, tabel_name(soort));
		result = tabel_read(soort, path, &codes->tabellen[soort], problem);
	}
	return result == RESULT_OK ? check_termijnen(codes, path, problem) : result;
}

enum result codes_read(const char *folder, struct codes **ret_codes, struct problem *problem)
{
	struct codes *codes = calloc(1, sizeof *codes);
	if (!codes)
		return RESULT_NO_MEMORY;
	enum result result = read_all(codes, folder, problem);
	if (result == RESULT_OK)
		*ret_codes = codes;
	else
		codes_free(codes);
	return result;
}

void codes_free(struct codes *codes)
{
	if (!codes)
		return;
	gemeenten_free(codes->gemeenten);
	for (size_t i = 0; i < TABEL_COUNT; i++)
		tabel_free(codes->tabellen[i]);
	free(codes);
}

const struct gemeenten *codes_gemeenten(const struct codes *codes)
{
	return codes->gemeenten;
}

const struct tabel *codes_tabel(const struct codes *codes, enum tabel_soort soort)
{
	return codes->tabellen[soort];
}

size_t codes_klassen(const struct codes *codes, struct bytes klasse, bool bevestigd,
		     const char *out[KLASSEN_DIEP_MAX])
{
	const struct tabel *klassen = codes->tabellen[TABEL_KLASSEN];
	const struct rij *rij = tabel_find(klassen, klasse);
	size_t count = 0;
	while (rij && count < KLASSEN_DIEP_MAX) {
		if (bevestigd && !rij->bevestigd)
			return 0;
		out[count++] = rij->code;
		rij = rij->ruimer[0] ? tabel_find(klassen, bytes_of_text(rij->ruimer)) : NULL;
	}
	return count;
}

// ---- every row ---------------------------------------------------------------------------------

size_t codes_count(const struct codes *codes)
{
	size_t count = gemeenten_count(codes->gemeenten);
	for (size_t i = 0; i < TABEL_COUNT; i++)
		count += tabel_count(codes->tabellen[i]);
	return count;
}

struct codes_row codes_at(const struct codes *codes, size_t n)
{
	const struct gemeente *gemeente = gemeenten_at(codes->gemeenten, n);
	if (gemeente)
		return (struct codes_row){"gemeenten", gemeente->code, gemeente->bron,
					  gemeente->bevestigd, gemeente->line};
	n -= gemeenten_count(codes->gemeenten);
	for (unsigned soort = 0; soort < TABEL_COUNT; soort++) {
		const struct rij *rij = tabel_at(codes->tabellen[soort], n);
		if (rij)
			return (struct codes_row){tabel_name(soort), rij->code, rij->bron,
						  rij->bevestigd, rij->line};
		n -= tabel_count(codes->tabellen[soort]);
	}
	return (struct codes_row){.tabel = NULL};
}

size_t codes_number(const struct codes *codes, enum tabel_soort soort, struct bytes code)
{
	size_t number = gemeenten_count(codes->gemeenten);
	for (unsigned i = 0; i < (unsigned)soort; i++)
		number += tabel_count(codes->tabellen[i]);
	const struct rij *rij = tabel_find(codes->tabellen[soort], code);
	return rij ? number + (size_t)(rij - tabel_at(codes->tabellen[soort], 0)) : CODES_ROWS_MAX;
}

size_t codes_number_gemeente(const struct codes *codes, struct bytes code, struct civil_date on)
{
	const struct gemeente *first = gemeenten_at(codes->gemeenten, 0);
	const struct gemeente *row = gemeente_on(codes->gemeenten, code, on);
	for (size_t n = 0; !row && n < gemeenten_count(codes->gemeenten); n++) {
		const struct gemeente *one = gemeenten_at(codes->gemeenten, n);
		if (one && bytes_equal(bytes_of_text(one->code), code))
			row = one;
	}
	return row ? (size_t)(row - first) : CODES_ROWS_MAX;
}

void codes_set_add(struct codes_set *set, size_t n)
{
	if (n < CODES_ROWS_MAX)
		set->bits[n / 64] |= UINT64_C(1) << (n % 64);
}

bool codes_set_has(const struct codes_set *set, size_t n)
{
	return n < CODES_ROWS_MAX && (set->bits[n / 64] >> (n % 64) & 1);
}
