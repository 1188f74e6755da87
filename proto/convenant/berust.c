// SPDX-License-Identifier: EUPL-1.2
#include "convenant/berust.h"

#include "convenant/model.h"
#include "convenant/parse.h"
#include "melding/reason.h"

#include <stdio.h>
#include <string.h>

// Rows of gemeenten are asked for on a day that lies in all of them still in force.
static const struct civil_date any_day = {9999, 12, 31};

static bool is_gemeente(const struct attribuut_row *row)
{
	return row->kind == ATTRIBUUT_IS_GEMEENTE;
}

// The table whose codes an attribute has; false: none of the small ones.
static bool tabel_of(const struct attribuut_row *row, enum tabel_soort *ret_soort)
{
	switch (row->attribuut) {
	case ATTRIBUUT_THEMA:
		*ret_soort = TABEL_THEMAS;
		return true;
	case ATTRIBUUT_KLASSE:
	case ATTRIBUUT_KLASSEN:
		*ret_soort = TABEL_KLASSEN;
		return true;
	default:
		return false;
	}
}

// ---- which rows --------------------------------------------------------------------------------

static bool is_about(const struct rij *termijn, const char *grondslag)
{
	for (size_t i = 0; i < termijn->grondslag_count; i++)
		if (strcmp(termijn->grondslagen[i], grondslag) == 0)
			return true;
	return false;
}

static void add_grondslag(const struct codes *codes, const char *grondslag, struct codes_set *set)
{
	const struct tabel *termijnen = codes_tabel(codes, TABEL_BEWAARTERMIJNEN);
	codes_set_add(set, codes_number(codes, TABEL_GRONDSLAGEN, bytes_of_text(grondslag)));
	for (size_t n = 0; n < tabel_count(termijnen); n++)
		if (is_about(tabel_at(termijnen, n), grondslag))
			codes_set_add(set,
				      codes_number(codes, TABEL_BEWAARTERMIJNEN,
						   bytes_of_text(tabel_at(termijnen, n)->code)));
}

static void add_toets(const struct codes *codes, const struct toets *toets, struct codes_set *set)
{
	enum tabel_soort soort;
	for (size_t i = 0; i < toets->waarde_count; i++) {
		if (is_gemeente(toets->row))
			codes_set_add(set,
				      codes_number_gemeente(codes, toets->waarden[i], any_day));
		else if (tabel_of(toets->row, &soort))
			codes_set_add(set, codes_number(codes, soort, toets->waarden[i]));
	}
}

void convenant_regel_berust(const struct convenant *convenant, size_t regel,
			    const struct codes *codes, struct codes_set *set)
{
	const struct regel *r = &convenant->regels[regel];
	for (size_t i = 0; i < r->text.grondslag_count; i++)
		add_grondslag(codes, r->text.grondslag[i], set);
	for (size_t i = 0; i < r->toets_count; i++)
		add_toets(codes, &convenant->toetsen[r->toetsen[i].toets], set);
}

// ---- facts that are found by the tables --------------------------------------------------------

static bool find_huis(const struct feit *gemeente, const struct feiten *feiten,
		      const struct codes *codes, struct codes_set *rows, struct feit *feit)
{
	const char *huis =
		gemeente->waarde_count == 1
			? codes_huis(codes, gemeente->waarden[0], date_amsterdam(feiten->now), rows)
			: NULL;
	if (huis)
		feit_set(feit, bytes_of_text(huis));
	return huis != NULL;
}

// The klasse and every wider one. Of a melding without klasse there are none.
static bool find_klassen(const struct feit *klasse, const struct codes *codes,
			 struct codes_set *rows, struct feit *feit)
{
	const char *found[KLASSEN_DIEP_MAX];
	size_t count = klasse->waarde_count == 1
			       ? codes_klassen(codes, klasse->waarden[0], rows, found)
			       : 0;
	if (klasse->waarde_count == 0)
		feit_set_none(feit);
	for (size_t i = 0; i < count; i++)
		feit_add(feit, bytes_of_text(found[i]));
	return feit->bekend;
}

static bool found_by(enum attribuut attribuut, enum attribuut *ret_source)
{
	switch (attribuut) {
	case ATTRIBUUT_HUIS:
		*ret_source = ATTRIBUUT_GEMEENTE;
		return true;
	case ATTRIBUUT_WOONHUIS:
		*ret_source = ATTRIBUUT_WOONGEMEENTE;
		return true;
	case ATTRIBUUT_KLASSEN:
		*ret_source = ATTRIBUUT_KLASSE;
		return true;
	default:
		return false;
	}
}

bool feit_by_codes(const struct feiten *feiten, struct feit_plaats of, const struct codes *codes,
		   struct codes_set *rows, struct feit *ret_feit)
{
	enum attribuut source;
	struct feit feit = {.bekend = false};
	const struct feit *from =
		found_by(of.attribuut, &source) ? feiten_get(feiten, source, of.betrokkene) : NULL;
	bool told =
		from && from->bekend &&
		(of.attribuut == ATTRIBUUT_KLASSEN ? find_klassen(from, codes, rows, &feit)
						   : find_huis(from, feiten, codes, rows, &feit));
	if (told)
		*ret_feit = feit;
	return told;
}

void convenant_feiten_berust(const struct convenant *convenant, const struct regel_bij *of,
			     const struct codes *codes, struct codes_set *set)
{
	const struct regel *r = &convenant->regels[of->regel];
	for (size_t i = 0; i < r->toets_count; i++) {
		const struct attribuut_row *row = convenant->toetsen[r->toetsen[i].toets].row;
		uint32_t first = row->of_betrokkene && of->betrokkene == 0 ? 1 : of->betrokkene;
		uint32_t last = first > of->betrokkene ? (uint32_t)of->feiten->betrokkenen : first;
		struct feit unused;
		for (uint32_t b = first; b <= last; b++) {
			const struct feit *feit = feiten_get(of->feiten, row->attribuut, b);
			if (feit && feit->bekend)
				(void)!feit_by_codes(of->feiten,
						     (struct feit_plaats){row->attribuut, b}, codes,
						     set, &unused);
		}
	}
}

static bool feit_is_voorlopig(const struct feiten *feiten, const struct attribuut_row *row,
			      uint32_t betrokkene)
{
	uint32_t first = row->of_betrokkene && betrokkene == 0 ? 1 : betrokkene;
	uint32_t last = first > betrokkene ? (uint32_t)feiten->betrokkenen : first;
	for (uint32_t b = first; b <= last; b++) {
		const struct feit *feit = feiten_get(feiten, row->attribuut, b);
		if (feit && feit->voorlopig)
			return true;
	}
	return false;
}

bool convenant_is_voorlopig(const struct convenant *convenant, size_t regel,
			    const struct feiten *feiten, uint32_t betrokkene)
{
	const struct regel *r = &convenant->regels[regel];
	bool voorlopig = r->voorlopig;
	for (size_t i = 0; !voorlopig && i < r->toets_count; i++)
		voorlopig = feit_is_voorlopig(feiten, convenant->toetsen[r->toetsen[i].toets].row,
					      betrokkene);
	return voorlopig;
}

void regels_weigh_codes(struct convenant *convenant, const struct codes *codes)
{
	for (size_t n = 0; codes && n < convenant->regel_count; n++) {
		struct codes_set set = {{0}};
		convenant_regel_berust(convenant, n, codes, &set);
		convenant->regels[n].voorlopig = codes_set_is_voorlopig(codes, &set);
	}
}

void convenant_berust(const struct convenant *convenant, const struct codes *codes,
		      struct codes_set *set)
{
	for (size_t n = 0; n < convenant->regel_count; n++)
		convenant_regel_berust(convenant, n, codes, set);
	for (size_t n = 0; n < convenant->partij_count; n++)
		if (convenant->partijen[n].gemeente)
			codes_set_add(set,
				      codes_number_gemeente(
					      codes, bytes_of_text(convenant->partijen[n].gemeente),
					      any_day));
}

// ---- whether it fits ---------------------------------------------------------------------------

struct fitting {
	const struct convenant *convenant;
	const struct codes *codes;
	const char *file;
	struct problem *problem;
};

struct misfit {
	enum reason reason;
	unsigned line;
	const char *regel, *field, *fix; // regel NULL: not of one
};

static enum result refuse(const struct fitting *f, const struct misfit *misfit, const char *what,
			  const char *name)
{
	problem_set_file(f->problem, f->file);
	f->problem->line = misfit->line;
	problem_set(f->problem, reason_code(misfit->reason), misfit->fix, "%s \"%.64s\".", what,
		    name);
	problem_set_field(f->problem, "%s%s%s%s", misfit->regel ? "regels." : "",
			  misfit->regel ? misfit->regel : "", misfit->regel ? "." : "",
			  misfit->field);
	return RESULT_CONFIG;
}

static enum result fits_in_time(const struct fitting *f, const struct regel *r,
				const struct rij *rij)
{
	if ((!r->has_tot || !rij->has_van || date_to_days(rij->van) <= r->tot) &&
	    (!r->has_van || !rij->has_tot || r->van <= date_to_days(rij->tot)))
		return RESULT_OK;
	return refuse(f,
		      &(struct misfit){REASON_INTERVAL, r->text.line, r->text.regel, "grondslag",
				       "Name a grondslag that is in force while the regel holds."},
		      "On no day of the regel is this grondslag in force:", rij->code);
}

static bool passes(const struct rij *limit, const struct termijn *inhoud,
		   const struct termijn *verantwoording)
{
	int64_t bound = termijn_end(&limit->termijn, 0);
	return limit->grens == GRENS_INHOUD_HOOGSTENS ? termijn_end(inhoud, 0) > bound
						      : termijn_end(verantwoording, 0) < bound;
}

static enum result fits_terms(const struct fitting *f, const struct regel *r, const char *grondslag)
{
	const struct tabel *termijnen = codes_tabel(f->codes, TABEL_BEWAARTERMIJNEN);
	const struct termijn *inhoud = r->has_bewaar ? &r->inhoud : &f->convenant->inhoud;
	const struct termijn *verantwoording =
		r->has_bewaar ? &r->verantwoording : &f->convenant->verantwoording;
	char fix[160];
	for (size_t n = 0; n < tabel_count(termijnen); n++) {
		const struct rij *limit = tabel_at(termijnen, n);
		bool most = limit->grens == GRENS_INHOUD_HOOGSTENS;
		if (!is_about(limit, grondslag) || !passes(limit, inhoud, verantwoording))
			continue;
		snprintf(fix, sizeof fix, "Make bewaar.%s %s %s, or mend the table.",
			 most ? "inhoud" : "verantwoording", most ? "at most" : "at least",
			 limit->termijn_text);
		return refuse(f,
			      &(struct misfit){REASON_OUT_OF_RANGE, r->text.line, r->text.regel,
					       "bewaar", fix},
			      "The terms pass the limit", limit->code);
	}
	return RESULT_OK;
}

static enum result fits_grondslag(const struct fitting *f, const struct regel *r,
				  const char *grondslag)
{
	const struct tabel *tabel = codes_tabel(f->codes, TABEL_GRONDSLAGEN);
	const struct rij *rij = tabel_find(tabel, bytes_of_text(grondslag));
	if (!rij)
		return refuse(f,
			      &(struct misfit){REASON_UNKNOWN_CODE, r->text.line, r->text.regel,
					       "grondslag",
					       "Use one of codes/grondslagen.yaml, or add a row "
					       "there with its source."},
			      "There is no row for the grondslag", grondslag);
	enum result result = fits_in_time(f, r, rij);
	return result == RESULT_OK ? fits_terms(f, r, grondslag) : result;
}

static enum result fits_gemeente(const struct fitting *f, struct bytes code,
				 const struct misfit *misfit)
{
	char name[GEMEENTE_CODE_LEN + 1] = "";
	if (codes_number_gemeente(f->codes, code, any_day) < CODES_ROWS_MAX)
		return RESULT_OK;
	memcpy(name, code.data, code.len < GEMEENTE_CODE_LEN ? code.len : GEMEENTE_CODE_LEN);
	return refuse(f, misfit, "There is no row for the gemeente", name);
}

#define GEMEENTE_FIX "Use a code of codes/gemeenten.yaml, or add a row there with its source."

static enum result fits_toetsen(const struct fitting *f, const struct regel *r)
{
	const struct misfit misfit = {REASON_UNKNOWN_CODE, r->text.line, r->text.regel, "als",
				      GEMEENTE_FIX};
	enum result result = RESULT_OK;
	for (size_t i = 0; i < r->toets_count; i++) {
		const struct toets *toets = &f->convenant->toetsen[r->toetsen[i].toets];
		for (size_t n = 0;
		     result == RESULT_OK && is_gemeente(toets->row) && n < toets->waarde_count; n++)
			result = fits_gemeente(f, toets->waarden[n], &misfit);
	}
	return result;
}

static enum result fits_regel(const struct fitting *f, const struct regel *r)
{
	enum result result = fits_toetsen(f, r);
	for (size_t i = 0; result == RESULT_OK && i < r->text.grondslag_count; i++)
		result = fits_grondslag(f, r, r->text.grondslag[i]);
	return result;
}

static enum result fits_overleg(const struct fitting *f, const struct overleg *overleg)
{
	const struct misfit empty = {REASON_MISSING_FIELD, overleg->line, NULL, "overleggen.leden",
				     "Name who sits there, or leave the overleg out."};
	const struct misfit unknown = {REASON_UNKNOWN_CODE, overleg->line, NULL,
				       "overleggen.gemeenten", GEMEENTE_FIX};
	enum result result = RESULT_OK;
	if (overleg->lid_count == 0)
		return refuse(f, &empty, "Nobody sits at the overleg", overleg->overleg);
	for (size_t n = 0; result == RESULT_OK && n < overleg->gemeenten.count; n++)
		result = fits_gemeente(f, overleg->gemeenten.waarden[n], &unknown);
	return result;
}

enum result convenant_fits(const struct convenant *convenant, const struct codes *codes,
			   const char *file, struct problem *problem)
{
	const struct fitting f = {convenant, codes, file, problem};
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < convenant->partij_count; n++) {
		const struct partij *partij = &convenant->partijen[n];
		const struct misfit misfit = {REASON_UNKNOWN_CODE, 0, NULL, "partijen.gemeente",
					      GEMEENTE_FIX};
		if (partij->gemeente)
			result = fits_gemeente(&f, bytes_of_text(partij->gemeente), &misfit);
	}
	for (size_t n = 0; result == RESULT_OK && n < convenant->overleg_count; n++)
		result = fits_overleg(&f, &convenant->overleggen[n]);
	for (size_t n = 0; result == RESULT_OK && n < convenant->regel_count; n++)
		result = fits_regel(&f, &convenant->regels[n]);
	return result;
}
