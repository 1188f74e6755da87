// SPDX-License-Identifier: EUPL-1.2
#include "codes/codes.h"

#include "melding/reason.h"
#include "melding/validate.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LEN 400
#define HEAD "knooppunt/codes/v1\n"
#define GEMEENTEN "gemeenten"

struct codes {
	struct buffer document;
	struct hash hash;
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

// ---- the document ------------------------------------------------------------------------------

static const char *name_at(size_t n)
{
	return n == 0 ? GEMEENTEN : tabel_name((enum tabel_soort)(n - 1));
}

static enum result load_one(struct codes *codes, size_t n, struct bytes text, const char *file,
			    struct problem *problem)
{
	return n == 0 ? gemeenten_load(text, file, &codes->gemeenten, problem)
		      : tabel_load((enum tabel_soort)(n - 1), text, file, &codes->tabellen[n - 1],
				   problem);
}

static enum result add_file(struct codes *codes, size_t n, const char *folder,
			    struct problem *problem)
{
	char path[PATH_LEN];
	struct buffer text;
	snprintf(path, sizeof path, "%s/%s.yaml", folder, name_at(n));
	buffer_init(&text, CODES_DOCUMENT_MAX);
	enum result result = yaml_read_text(path, &text, problem);
	if (result == RESULT_OK)
		result = load_one(codes, n, buffer_view(&text), path, problem);
	if (result == RESULT_OK) {
		buffer_append_format(&codes->document, "%s %zu\n", name_at(n), text.len);
		buffer_append(&codes->document, buffer_view(&text));
	}
	if (result == RESULT_OK && n == TABEL_COUNT)
		result = check_termijnen(codes, path, problem);
	buffer_done(&text);
	return result;
}

static enum result read_all(struct codes *codes, const char *folder, struct problem *problem)
{
	enum result result = RESULT_OK;
	buffer_append_text(&codes->document, HEAD);
	for (size_t n = 0; result == RESULT_OK && n <= TABEL_COUNT; n++)
		result = add_file(codes, n, folder, problem);
	return result == RESULT_OK ? codes->document.status : result;
}

// "<name> <bytes>\n" and so many bytes.
static bool take_table(struct bytes *rest, const char *name, struct bytes *ret_text)
{
	uint64_t len;
	const uint8_t *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t line = end ? (size_t)(end - rest->data) : 0, at = strlen(name) + 1;
	if (!end || line <= at || memcmp(rest->data, name, at - 1) != 0 ||
	    rest->data[at - 1] != ' ' ||
	    number_parse(bytes_make(rest->data + at, line - at), &len) != RESULT_OK ||
	    len > rest->len - line - 1)
		return false;
	*ret_text = bytes_make(end + 1, (size_t)len);
	*rest = bytes_make(end + 1 + len, rest->len - line - 1 - (size_t)len);
	return true;
}

static enum result load_all(struct codes *codes, struct bytes document, const char *name,
			    struct problem *problem)
{
	enum result result = RESULT_OK;
	struct bytes rest = document, text;
	if (document.len > CODES_DOCUMENT_MAX || !bytes_take_text(&rest, HEAD))
		return RESULT_MALFORMED;
	for (size_t n = 0; result == RESULT_OK && n <= TABEL_COUNT; n++)
		result = take_table(&rest, name_at(n), &text)
				 ? load_one(codes, n, text, name, problem)
				 : RESULT_MALFORMED;
	if (result == RESULT_OK)
		result = rest.len > 0 ? RESULT_MALFORMED : check_termijnen(codes, name, problem);
	buffer_append(&codes->document, document);
	return result == RESULT_OK ? codes->document.status : result;
}

static struct codes *codes_new(void)
{
	struct codes *codes = calloc(1, sizeof *codes);
	if (codes)
		buffer_init(&codes->document, CODES_DOCUMENT_MAX);
	return codes;
}

static enum result finish(struct codes *codes, enum result result, struct codes **ret_codes)
{
	if (result != RESULT_OK) {
		codes_free(codes);
		return result;
	}
	codes->hash = sha256(buffer_view(&codes->document));
	*ret_codes = codes;
	return RESULT_OK;
}

enum result codes_read(const char *folder, struct codes **ret_codes, struct problem *problem)
{
	struct codes *codes = codes_new();
	return codes ? finish(codes, read_all(codes, folder, problem), ret_codes)
		     : RESULT_NO_MEMORY;
}

enum result codes_load(struct bytes document, const char *name, struct codes **ret_codes,
		       struct problem *problem)
{
	struct codes *codes = codes_new();
	return codes ? finish(codes, load_all(codes, document, name, problem), ret_codes)
		     : RESULT_NO_MEMORY;
}

struct bytes codes_document(const struct codes *codes)
{
	return buffer_view(&codes->document);
}

struct hash codes_hash(const struct codes *codes)
{
	return codes->hash;
}

void codes_free(struct codes *codes)
{
	if (!codes)
		return;
	gemeenten_free(codes->gemeenten);
	for (size_t i = 0; i < TABEL_COUNT; i++)
		tabel_free(codes->tabellen[i]);
	buffer_done(&codes->document);
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

bool codes_set_within(const struct codes_set *set, const struct codes_set *whole)
{
	for (size_t i = 0; whole && i < CODES_ROWS_MAX / 64; i++)
		if (set->bits[i] & ~whole->bits[i])
			return false;
	return true;
}

bool codes_set_is_voorlopig(const struct codes *codes, const struct codes_set *set)
{
	for (size_t n = 0; n < codes_count(codes); n++)
		if (codes_set_has(set, n) && !codes_at(codes, n).bevestigd)
			return true;
	return false;
}

// ---- what they say -----------------------------------------------------------------------------

const char *codes_huis(const struct codes *codes, struct bytes gemeente, struct civil_date on,
		       struct codes_set *rows)
{
	const struct gemeente *weg[GEMEENTE_WEG_MAX];
	size_t count = gemeente_weg(codes->gemeenten, gemeente, on, weg);
	if (count == 0 || !weg[count - 1]->huis[0])
		return NULL;
	for (size_t i = 0; i < count; i++)
		codes_set_add(rows, (size_t)(weg[i] - gemeenten_at(codes->gemeenten, 0)));
	return weg[count - 1]->huis;
}

size_t codes_klassen(const struct codes *codes, struct bytes klasse, struct codes_set *rows,
		     const char *out[KLASSEN_DIEP_MAX])
{
	const struct tabel *klassen = codes->tabellen[TABEL_KLASSEN];
	const struct rij *rij = tabel_find(klassen, klasse);
	size_t count = 0;
	while (rij && count < KLASSEN_DIEP_MAX) {
		codes_set_add(rows, codes_number(codes, TABEL_KLASSEN, bytes_of_text(rij->code)));
		out[count++] = rij->code;
		rij = rij->ruimer[0] ? tabel_find(klassen, bytes_of_text(rij->ruimer)) : NULL;
	}
	return count;
}
