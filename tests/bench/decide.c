// SPDX-License-Identifier: EUPL-1.2
// bench-decide: one decision over all ontvangers under a convenant of 200 regels, 30 partijen with
// 4 functies each, about meldingen with 4 betrokkenen; beside one Ed25519 verification. CPU time in
// microseconds, as one JSON object.
#include "base/bytes.h"
#include "convenant/convenant.h"
#include "crypto/secret.h"
#include "crypto/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PARTIJEN 30
#define FUNCTIE_COUNT 4
#define REGELS 200
#define BETROKKENEN 4
#define MELDINGEN 256
#define RUNS 40
#define REPEAT 4

static void must(enum result result, const char *doing)
{
	if (result == RESULT_OK)
		return;
	fprintf(stderr, "bench-decide: cannot %s: %s\n", doing, result_name(result));
	exit(1);
}

static uint64_t seed = 88172645463325252u;

static unsigned draw(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % below);
}

static double cpu_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static const char *const soorten[] = {"veiligheidshuis", "politie", "gemeente", "ggz",
				      "reclassering",    "om",      "rvdk",     "woningcorporatie"};
static const char *const melding_soorten[] = {"politie",        "partner",      "wth",
					      "detentie.begin", "veilig-thuis", "zsm.aanmelding"};
static const char *const themas[] = {"huiselijk-geweld", "overlast", "jeugd", "verward-gedrag",
				     "stalking"};
static const char *const rollen[] = {"vermoedelijke-pleger", "slachtoffer", "kind", "getuige"};
static const char *const rubrieken[] = {"betrokkenheid", "identificatie", "contact",  "gezondheid",
					"leefgebieden",  "regie",         "incident", "kenmerken"};

#define PICK(list) (list)[draw(sizeof(list) / sizeof(list)[0])]

static void write_partijen(struct buffer *out)
{
	for (unsigned i = 0; i < PARTIJEN; i++) {
		const char *soort = i ? soorten[1 + i % 7] : soorten[0];
		buffer_append_format(out,
				     "  - {partij: p%u, naam: P, oin: \"000000990000000000%02u\", "
				     "soort: %s, functies: [a, b, c, d], getekend: {door: X, op: "
				     "2026-01-05}",
				     i, i, soort);
		if (strcmp(soort, "gemeente") == 0)
			buffer_append_format(out, ", gemeente: GM%04u", 1000 + i);
		buffer_append_text(out, "}\n");
	}
}

static void write_regel(struct buffer *out, unsigned n)
{
	bool verbied = n % 20 == 0;
	const char *rubriek = rubrieken[n % 6];
	buffer_append_format(out,
			     "  - regel: r%u\n    convenantartikel: \"1\"\n    herkomst: \"papier: "
			     "«woorden»\"\n    als: {soort: [%s], thema: %s, rol: {niet: %s}, "
			     "minderjarig: %s}\n",
			     n, PICK(melding_soorten), PICK(themas), PICK(rollen),
			     draw(3) ? "nee" : "ja");
	if (verbied) {
		buffer_append_format(
			out, "    verbied: {aan: {partij: p%u, functie: a}, rubrieken: [%s]}\n",
			draw(PARTIJEN), rubriek);
		return;
	}
	if (n % 5 == 0)
		buffer_append_text(
			out, "    vereis: {weging: {door: a, uitkomst: ja-doen, binnen: P1D}}\n");
	if (n % 3 == 0)
		buffer_append_format(out, "    verstrek: {aan: {gemeente: woon, functie: %c}, ",
				     'a' + (int)draw(FUNCTIE_COUNT));
	else
		buffer_append_format(out, "    verstrek: {aan: {partij: p%u, functie: %c}, ",
				     draw(PARTIJEN), 'a' + (int)draw(FUNCTIE_COUNT));
	buffer_append_format(out, "rubrieken: [%s, %s]}\n    doel: d\n    grondslag: [g]\n",
			     rubriek, rubrieken[6 + n % 2]);
}

static struct convenant *make_convenant(void)
{
	struct buffer out;
	struct convenant *convenant;
	struct problem problem = {0};
	buffer_init(&out, CONVENANT_MAX);
	buffer_append_text(&out, "convenant: bench\nversie: \"1\"\nstatus: s\nhuis: p0\ndoel: d\n"
				 "contactpunt: c\nbewaar: {inhoud: P6M, verantwoording: P5Y}\n"
				 "wpg20: {zwaarwegend_belang: a, samenwerkingsverband: b, doel: c, "
				 "gegevens: d, voorwaarden: e, ontvangers: f}\npartijen:\n");
	write_partijen(&out);
	buffer_append_text(&out, "regels:\n");
	for (unsigned n = 0; n < REGELS; n++)
		write_regel(&out, n);
	enum result result = convenant_load(buffer_view(&out), "bench.yaml", &convenant, &problem);
	if (result)
		fprintf(stderr, "line %u: %s: %s\n", problem.line, problem.field, problem.message);
	must(result, "load the convenant");
	buffer_done(&out);
	return convenant;
}

static struct feiten *make_feiten(struct arena *arena)
{
	struct feiten *feiten;
	must(feiten_new(BETROKKENEN, arena, &feiten), "make facts");
	feiten->now = INT64_C(1790000000000);
	feit_set(feiten_at(feiten, ATTRIBUUT_SOORT, 0), bytes_of_text(PICK(melding_soorten)));
	feit_set(feiten_at(feiten, ATTRIBUUT_THEMA, 0), bytes_of_text(PICK(themas)));
	for (uint32_t b = 1; b <= BETROKKENEN; b++) {
		feit_set(feiten_at(feiten, ATTRIBUUT_ROL, b), bytes_of_text(PICK(rollen)));
		feit_set(feiten_at(feiten, ATTRIBUUT_MINDERJARIG, b),
			 bytes_of_text(draw(4) ? "nee" : "ja"));
		feit_set(feiten_at(feiten, ATTRIBUUT_WOONGEMEENTE, b), bytes_of_text("GM1008"));
	}
	return feiten;
}

static enum result count_answer(void *context, size_t ontvanger, const struct plaats *plaats,
				const struct beslissing *beslissing)
{
	(void)ontvanger;
	(void)plaats;
	*(size_t *)context += beslissing->regel_count;
	return RESULT_OK;
}

static size_t list_places(struct plaats *plaatsen)
{
	const struct rubriek_row *row;
	size_t count = 0;
	for (size_t i = 0; (row = rubriek_row_at(i)); i++) {
		for (uint32_t b = row->of_betrokkene; b <= (row->of_betrokkene ? BETROKKENEN : 0);
		     b++)
			plaatsen[count++] = (struct plaats){b, (uint32_t)row->soort};
	}
	return count;
}

static size_t measure(const struct convenant *convenant, double *took)
{
	struct arena *arena;
	struct feiten *feiten[MELDINGEN];
	struct plaats plaatsen[RUBRIEK_SOORT_MAX * (BETROKKENEN + 1)];
	size_t places = list_places(plaatsen), answers = 0, n = 0;
	struct beslissing_visitor visitor = {&answers, count_answer};
	must(arena_new((size_t)256 << 20, &arena), "make an arena");
	for (size_t i = 0; i < MELDINGEN; i++)
		feiten[i] = make_feiten(arena);
	for (size_t run = 0; run < RUNS; run++) {
		for (size_t i = 0; i < MELDINGEN; i++) {
			double before = cpu_us();
			for (size_t r = 0; r < REPEAT; r++)
				must(convenant_decide_all(convenant, feiten[i], plaatsen, places,
							  &visitor),
				     "decide");
			took[n++] = (cpu_us() - before) / REPEAT;
		}
	}
	arena_free(arena);
	return answers / (RUNS * REPEAT * MELDINGEN);
}

static double verify_us(void)
{
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN], signature[SIGN_LEN];
	uint8_t message[120];
	double took[RUNS];
	random_bytes(message, sizeof message);
	sign_keypair(public_key, secret);
	struct bytes view = bytes_make(message, sizeof message);
	sign_detached(signature, view, secret);
	for (size_t i = 0; i < RUNS; i++) {
		double before = cpu_us();
		for (size_t r = 0; r < REPEAT; r++)
			must(sign_verify(bytes_make(signature, sizeof signature), view, public_key),
			     "verify");
		took[i] = (cpu_us() - before) / REPEAT;
	}
	qsort(took, RUNS, sizeof *took, by_size);
	return took[RUNS / 2];
}

int main(void)
{
	static double took[RUNS * MELDINGEN];
	size_t count = sizeof took / sizeof took[0];
	struct convenant *convenant = make_convenant();
	size_t reasons = measure(convenant, took);
	qsort(took, count, sizeof *took, by_size);
	printf("{\"median_us\": %.2f, \"p99_us\": %.2f, \"verify_us\": %.2f, \"reasons\": %zu}\n",
	       took[count / 2], took[count / 100 * 99], verify_us(), reasons);
	convenant_free(convenant);
	return 0;
}
