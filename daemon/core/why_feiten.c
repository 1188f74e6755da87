// SPDX-License-Identifier: EUPL-1.2
// `why`: the facts a decision rested on, and the regels, told.
#include "core/why.h"

#include "control/control.h"
#include "convenant/onderzoek.h"
#include "core/voorlopig.h"

#include <stdio.h>
#include <string.h>

const struct recalled *why_facts_of(const struct why *why)
{
	return why->asked ? why->asked : &why->recalled;
}

// "<feit>=<entry>,<entry>": the entries a fact was computed from, where it rests on any. `said` is
// the line that told the fact, "<feit>=<value>".
static void say_origin(const struct feit *feit, const char *said, const char *name,
		       struct buffer *out)
{
	char line[FEIT_HERKOMST_MAX * 21 + 128];
	size_t used = strcspn(said, "=");
	if (feit->herkomst_count == 0 || used >= 128)
		return;
	memcpy(line, said, used);
	for (size_t i = 0; i < feit->herkomst_count; i++)
		used += (size_t)snprintf(line + used, sizeof line - used, "%c%llu", i ? ',' : '=',
					 (unsigned long long)feit->herkomst[i]);
	control_append_text(out, name, line);
}

static void say_feit(const struct attribuut_row *row, uint32_t betrokkene, const struct feit *feit,
		     char line[512])
{
	int used = betrokkene ? snprintf(line, 512, "%u.%s=", betrokkene, row->name)
			      : snprintf(line, 512, "%s=", row->name);
	if (!feit->bekend)
		snprintf(line + used, 512 - (size_t)used, "onbekend");
	for (size_t w = 0; w < feit->waarde_count && used < 400; w++)
		used += snprintf(line + used, 512 - (size_t)used, "%s%.*s", w ? "," : "",
				 (int)feit->waarden[w].len, (const char *)feit->waarden[w].data);
}

// "weging.<regel>=<uitkomst>", of betrokkene N alone "N.weging.<regel>=<uitkomst>".
static void say_weging(const struct weging_feit *weging, const char *name, struct buffer *out)
{
	char line[256], place[12] = "";
	if (weging->betrokkene)
		snprintf(place, sizeof place, "%u.", weging->betrokkene);
	snprintf(line, sizeof line, "%sweging.%.*s=%.*s", place, (int)weging->regel.len,
		 (const char *)weging->regel.data, (int)weging->uitkomst.len,
		 (const char *)weging->uitkomst.data);
	control_append_text(out, name, line);
}

// "<betrokkene>.toestemming.<grond>=<gever, or ->".
static void say_toestemming(const struct toestemming_feit *t, const char *name, struct buffer *out)
{
	char line[160];
	snprintf(line, sizeof line, "%u.toestemming.%.*s=%.*s", t->betrokkene, (int)t->grond.len,
		 (const char *)t->grond.data, t->gever.len ? (int)t->gever.len : 1,
		 t->gever.len ? (const char *)t->gever.data : "-");
	control_append_text(out, name, line);
}

void why_feiten(const struct feiten *feiten, const char *name, bool origins, struct buffer *out)
{
	const struct attribuut_row *row;
	char origin[40], line[512];
	snprintf(origin, sizeof origin, "%s-uit", name);
	for (size_t n = 0; (row = attribuut_row_at(n)); n++) {
		uint32_t first = row->of_betrokkene, last = 0;
		if (row->of_betrokkene)
			last = (uint32_t)feiten->betrokkenen;
		for (uint32_t b = first; b <= last; b++) {
			const struct feit *feit = feiten_get(feiten, row->attribuut, b);
			say_feit(row, b, feit, line);
			control_append_text(out, name, line);
			if (origins)
				say_origin(feit, line, origin, out);
		}
	}
	for (size_t i = 0; i < feiten->weging_count; i++)
		say_weging(&feiten->wegingen[i], name, out);
	for (size_t i = 0; i < feiten->toestemming_count; i++)
		say_toestemming(&feiten->toestemmingen[i], name, out);
}

// Which facts it looks at: of all there are, those that decided.
void why_tests(const struct convenant *convenant, size_t n, struct buffer *out)
{
	const struct attribuut_row *row;
	struct buffer asked;
	buffer_init(&asked, 4096);
	for (size_t i = 0; (row = attribuut_row_at(i)); i++) {
		buffer_clear(&asked);
		convenant_asked(convenant, n, row->attribuut, &asked);
		if (asked.len > 0)
			control_append_text(out, "getoetst", row->name);
	}
	buffer_done(&asked);
}

void why_codes(const struct core *core, const struct part_verantwoording *v, const char *name,
	       struct buffer *out)
{
	struct hash now = codes_hash(core->codes);
	char line[80], hex[65];
	if (!v->has_codes)
		return;
	hex_encode(hex, bytes_of_hash(&v->codes_hash));
	snprintf(line, sizeof line, "%s %s", hex, hash_equal(&now, &v->codes_hash) ? "yes" : "no");
	control_append_text(out, name, line);
}

void why_regel(const struct convenant *convenant, const struct why_rust *rust, size_t n,
	       struct buffer *out)
{
	struct codes_set set = {{0}};
	const struct regel_text *regel = convenant_regel(convenant, n);
	control_append_text(out, "regel", regel->regel);
	if (regel->convenantartikel)
		control_append_text(out, "convenantartikel", regel->convenantartikel);
	if (regel->herkomst)
		control_append_text(out, "herkomst", regel->herkomst);
	if (regel->doel)
		control_append_text(out, "doel", regel->doel);
	for (size_t g = 0; g < regel->grondslag_count; g++)
		control_append_text(out, "grondslag", regel->grondslag[g]);
	convenant_regel_berust(convenant, n, rust->codes, &set);
	convenant_feiten_berust(convenant, &(struct regel_bij){n, rust->feiten, rust->betrokkene},
				rust->codes, &set);
	voorlopig_tell(rust->codes, &set, out);
	why_tests(convenant, n, out);
}

void why_wpg20(const struct part_verantwoording *v, struct buffer *out)
{
	for (size_t i = 0; v->has_wpg20 && i < WPG20_COUNT; i++) {
		char name[64];
		snprintf(name, sizeof name, "g-wpg20-%s", convenant_wpg20_name(i));
		control_append(out, name, v->wpg20[i]);
	}
}
