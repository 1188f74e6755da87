// SPDX-License-Identifier: EUPL-1.2
// Helpers of the convenant tests: loads a convenant, says facts by name, asks by name.
#ifndef KNP_TESTS_UNIT_CONVENANT_CASE_H
#define KNP_TESTS_UNIT_CONVENANT_CASE_H

#include "tests/unit/unit.h"

#include "base/file.h"
#include "convenant/convenant.h"
#include "melding/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KLEIN KNP_FIXTURES "/convenanten/klein.yaml"
#define SOORTEN KNP_FIXTURES "/convenanten/soorten.yaml"
#define VOORBEELD KNP_SOURCE "/config/convenanten/voorbeeld-westelijke-mijnstreek.yaml"

// The text of a file; free() it.
static inline char *case_read(const char *path)
{
	struct buffer buffer;
	buffer_init(&buffer, CONVENANT_MAX + 1);
	if (file_read(path, CONVENANT_MAX, &buffer) != RESULT_OK)
		fail_msg("cannot read %s", path);
	char *text = strndup((const char *)buffer.data, buffer.len);
	buffer_done(&buffer);
	return text;
}

static inline struct convenant *case_load_text(const char *text)
{
	struct convenant *convenant = NULL;
	struct problem problem = {0};
	if (convenant_load(bytes_of_text(text), "case.yaml", &convenant, &problem) != RESULT_OK)
		fail_msg("line %u: %s: %s", problem.line, problem.field, problem.message);
	return convenant;
}

static inline struct convenant *case_load(const char *path)
{
	char *text = case_read(path);
	struct convenant *convenant = case_load_text(text);
	free(text);
	return convenant;
}

// `text` with the only occurrence of `from` replaced; free() it.
static inline char *case_edit(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	if (!at || strstr(at + 1, from))
		fail_msg("not there exactly once: %s", from);
	size_t size = strlen(text) + strlen(to) + 1;
	char *edited = malloc(size);
	if (!edited)
		abort();
	int before = at ? (int)(at - text) : 0;
	snprintf(edited, size, "%.*s%s%s", before, text, to, text + before + strlen(from));
	return edited;
}

// Facts of which nothing is known yet, of `betrokkenen` persons; free() them.
static inline struct feiten *case_feiten(size_t betrokkenen)
{
	struct feiten *feiten = calloc(1, sizeof *feiten);
	if (!feiten)
		abort();
	feiten->betrokkenen = betrokkenen;
	feiten->now = INT64_C(1790000000000); // 2026-09-21
	return feiten;
}

static inline struct feit *case_feit(struct feiten *feiten, const char *name, uint32_t betrokkene)
{
	const struct attribuut_row *row = attribuut_row_named(bytes_of_text(name));
	struct feit *feit = row ? feiten_at(feiten, row->attribuut, betrokkene) : NULL;
	if (!feit)
		fail_msg("no fact %s of %u", name, betrokkene);
	return feit;
}

// betrokkene 0 for facts of the melding. The text must outlive the facts.
static inline void case_say(struct feiten *feiten, const char *name, uint32_t betrokkene,
			    const char *waarde)
{
	feit_set(case_feit(feiten, name, betrokkene), bytes_of_text(waarde));
}

static inline void case_forget(struct feiten *feiten, const char *name, uint32_t betrokkene)
{
	*case_feit(feiten, name, betrokkene) = (struct feit){0};
}

// Everything is known to have no value.
static inline void case_say_all_none(struct feiten *feiten)
{
	const struct attribuut_row *row;
	for (size_t i = 0; (row = attribuut_row_at(i)); i++) {
		for (uint32_t b = 1; b <= BETROKKENEN_MAX; b++)
			feit_set_none(feiten_at(feiten, row->attribuut, b));
	}
}

static inline const struct partij *case_partij(const struct convenant *convenant, const char *name)
{
	for (size_t i = 0; i < convenant_partij_count(convenant); i++) {
		if (strcmp(convenant_partij(convenant, i)->partij, name) == 0)
			return convenant_partij(convenant, i);
	}
	fail_msg("no partij %s", name);
	return NULL;
}

// "stad/wmo"
static inline struct ontvanger case_ontvanger(const struct convenant *convenant, const char *name)
{
	struct ontvanger ontvanger = {0};
	char partij[64];
	const char *slash = strchr(name, '/');
	snprintf(partij, sizeof partij, "%.*s", (int)(slash - name), name);
	ontvanger.oin = case_partij(convenant, partij)->oin;
	snprintf(ontvanger.functie, sizeof ontvanger.functie, "%s", slash + 1);
	return ontvanger;
}

static inline struct vraag case_vraag(const struct convenant *convenant, const char *ontvanger,
				      uint32_t betrokkene, const char *rubriek)
{
	const struct rubriek_row *row = rubriek_row_named(bytes_of_text(rubriek));
	if (!row)
		fail_msg("no rubriek %s", rubriek);
	return (struct vraag){.ontvanger = case_ontvanger(convenant, ontvanger),
			      .betrokkene = betrokkene,
			      .rubriek = (uint32_t)row->soort};
}

static inline struct beslissing case_ask(const struct convenant *convenant,
					 const struct feiten *feiten, const char *ontvanger,
					 uint32_t betrokkene, const char *rubriek)
{
	struct beslissing beslissing;
	struct vraag vraag = case_vraag(convenant, ontvanger, betrokkene, rubriek);
	convenant_decide(convenant, feiten, &vraag, &beslissing);
	return beslissing;
}

// Writes the reasons as "regel regel", in the order they stand in.
static inline const char *case_reasons(const struct convenant *convenant,
				       const struct beslissing *beslissing, char out[400])
{
	out[0] = '\0';
	for (size_t i = 0; i < beslissing->regel_count; i++) {
		size_t used = strlen(out);
		snprintf(out + used, 400 - used, "%s%s", i ? " " : "",
			 convenant_regel(convenant, beslissing->regels[i])->regel);
	}
	return out;
}

static inline void case_expect(const struct convenant *convenant, struct beslissing beslissing,
			       enum oordeel oordeel, const char *reasons)
{
	char text[400];
	assert_int_equal(beslissing.oordeel, oordeel);
	assert_string_equal(case_reasons(convenant, &beslissing, text), reasons);
}

#define GIVEN OORDEEL_VERSTREKT
#define WAITS OORDEEL_WACHT
#define REFUSED OORDEEL_GEWEIGERD

#endif
