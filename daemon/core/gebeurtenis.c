// SPDX-License-Identifier: EUPL-1.2
#include "core/kept.h"
#include "core/logboek.h"

#include "base/clock.h"
#include "flow/toestemming.h"
#include "flow/type.h"
#include "state/bron.h"
#include "tree/tree.h"

#include <stdio.h>
#include <string.h>

// The event in hand.
struct gebeurtenis {
	const struct stretch *stretch;
	const struct logboek *logboek;
	struct recalled entry, melding;
	const struct part_verantwoording *v, *of; // `of`: of the melding; itself when it is one
	const struct type_row *type;              // NULL: what waited was decided again
};

static bool tells(const struct gebeurtenis *g, enum tell what)
{
	return (g->logboek->tell & what) != 0;
}

static void say_words(const struct gebeurtenis *g, const char *name, struct buffer *line)
{
	control_append(g->stretch->out, name, buffer_view(line));
	if (line->status)
		g->stretch->out->status = line->status;
	buffer_wipe(line);
}

static void begin_line(struct buffer *line)
{
	buffer_init(line, CONTROL_MESSAGE_MAX / 4);
}

static void append_bytes(struct buffer *line, struct bytes value)
{
	buffer_append_text(line, line->len > 0 ? " " : "");
	buffer_append(line, value.len > 0 ? value : bytes_of_text("-"));
}

static void append_hash(struct buffer *line, const struct hash *hash)
{
	char hex[65];
	hex_encode(hex, bytes_of_hash(hash));
	append_bytes(line, bytes_of_text(hex));
}

static void append_handle(struct buffer *line, const uint8_t *handle)
{
	char hex[2 * HANDLE_LEN + 1] = "-";
	if (handle)
		hex_encode(hex, bytes_make(handle, HANDLE_LEN));
	append_bytes(line, bytes_of_text(hex));
}

// ---- what it is ----------------------------------------------------------------------------

static void say_head(const struct gebeurtenis *g)
{
	const struct part_sender *sender = &g->entry.parts[0].sender;
	bool sent = g->entry.parts[0].kind == PART_SENDER;
	const char *code = sent && sender->outcome != OUTCOME_AANVAARD
				   ? reason_code((enum reason)sender->reason)
				   : "aanvaard";
	struct buffer line;
	begin_line(&line);
	buffer_append_format(&line, "%llu %llu %s %s", (unsigned long long)g->stretch->entry.time,
			     (unsigned long long)g->stretch->index,
			     g->type ? g->type->name : "herbeslissing", code ? code : "unknown");
	append_bytes(&line, g->v->signer);
	buffer_append_format(&line, " %llu", (unsigned long long)g->v->betreft);
	say_words(g, "gebeurtenis", &line);
}

static void say_proof(const struct gebeurtenis *g)
{
	const struct part_verantwoording *v = g->v;
	struct hash leaf = tree_leaf(bytes_make(g->entry.entry, ENTRY_LEN));
	struct hash of = tree_leaf(bytes_make(g->melding.entry, ENTRY_LEN));
	struct buffer line;
	begin_line(&line);
	append_hash(&line, &leaf);
	if (v->betreft && g->of)
		append_hash(&line, &of);
	else
		append_bytes(&line, bytes_make(NULL, 0));
	say_words(g, "e-blad", &line);
	if (v->has_convenant) {
		begin_line(&line);
		append_hash(&line, &v->convenant_hash);
		append_bytes(&line, v->convenant);
		say_words(g, "e-convenant", &line);
	}
	if (v->has_codes) {
		begin_line(&line);
		append_hash(&line, &v->codes_hash);
		say_words(g, "e-codes", &line);
	}
	if (v->bewaar_verantwoording)
		control_append_number(g->stretch->out, "e-bewaar", v->bewaar_verantwoording);
}

static void say_facts(const struct gebeurtenis *g)
{
	static const struct {
		uint32_t attribuut;
		const char *name;
	} rows[] = {{ATTRIBUUT_SOORT, "soort"}, {ATTRIBUUT_THEMA, "thema"}};
	for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
		for (size_t i = 0; i < g->of->feit_count; i++) {
			const struct feit_waarde *feit = &g->of->feiten[i];
			for (size_t w = 0;
			     feit->attribuut == rows[n].attribuut && w < feit->waarde_count; w++) {
				struct buffer line;
				begin_line(&line);
				append_bytes(&line, bytes_of_text(rows[n].name));
				append_bytes(&line, feit->waarden[w]);
				say_words(g, "e-feit", &line);
			}
		}
}

static void say_persons(const struct gebeurtenis *g)
{
	const struct part_verantwoording *of = g->v->persoon_count > 0 ? g->v : g->of;
	uint32_t last = betrokkenen_of(of);
	for (uint32_t n = 1; n <= last; n++) {
		const struct persoon_link *link = persoon_of(of->personen, of->persoon_count, n);
		struct buffer line;
		begin_line(&line);
		buffer_append_format(&line, "%u", n);
		append_handle(&line, link ? link->handle : NULL);
		append_bytes(&line, feit_of(of, ATTRIBUUT_ROL, n));
		say_words(g, "e-persoon", &line);
	}
}

struct bytes core_recorded(const struct part_verantwoording *v, const char *name)
{
	const struct type_row *type = type_row(v->type);
	const struct veld_row *row =
		type ? veld_row_named(type->velden, type->veld_count, bytes_of_text(name)) : NULL;
	return row ? veld_get(v->velden, v->veld_count, row->veld) : bytes_make(NULL, 0);
}

static void say_recorded(const struct gebeurtenis *g, const char *line, const char *name)
{
	struct bytes value = core_recorded(g->v, name);
	if (value.len > 0)
		control_append(g->stretch->out, line, value);
}

// Something was known: a regel gave it.
static bool was_answered(const struct gebeurtenis *g)
{
	bool any = false;
	for (size_t i = 0; i < g->entry.part_count; i++)
		any |= g->entry.parts[i].kind == PART_VERSTREKKING &&
		       g->entry.parts[i].verstrekking.grond_count > 0;
	return any;
}

static void say_vraag(const struct gebeurtenis *g)
{
	const struct type_handler *handler = type_handler(g->v->type);
	struct vraag_record record;
	struct buffer line;
	if (handler && handler->asks)
		control_append_text(g->stretch->out, "e-casus", was_answered(g) ? "ja" : "nee");
	if (!handler || !handler->asked)
		return;
	handler->asked(g->v, &record);
	begin_line(&line);
	append_bytes(&line, record.vraag);
	append_bytes(&line, record.zaak);
	append_handle(&line, record.over.len == HANDLE_LEN ? record.over.data : NULL);
	append_bytes(&line, bytes_of_text(record.vervolg ? "ja" : ""));
	say_words(g, "e-vraag", &line);
}

static uint64_t listed(const struct gebeurtenis *g)
{
	const struct type_handler *handler = type_handler(g->v->type);
	return handler ? handler->listed : 0;
}

static void say_veld(const struct gebeurtenis *g, const char *name, struct bytes value)
{
	struct buffer line;
	begin_line(&line);
	append_bytes(&line, bytes_of_text(name));
	append_bytes(&line, value);
	say_words(g, "e-veld", &line);
}

// What its type lists, and until when an answer is owed for it.
static void say_velden(const struct gebeurtenis *g)
{
	const struct part_verantwoording *v = g->v;
	for (size_t i = 0; listed(g) && i < v->veld_count; i++) {
		const struct veld *veld = &v->velden[i];
		const struct veld_row *row =
			veld_row(g->type->velden, g->type->veld_count, veld->veld);
		if (row && (listed(g) >> row->veld & 1))
			say_veld(g, row->name, veld->waarde);
	}
	for (size_t i = 0; listed(g) && i < v->verplichting_count; i++) {
		char moment[21];
		time_format(moment, (int64_t)v->verplichtingen[i].uiterlijk);
		say_veld(g, "uiterlijk", bytes_of_text(moment));
	}
}

static void say_free_text(const struct gebeurtenis *g)
{
	uint32_t count = 0;
	for (size_t i = 0; i < g->of->rubriek_count; i++)
		count += g->of->rubrieken[i].rubriek == RUBRIEK_TOELICHTING;
	control_append_number(g->stretch->out, "e-vrij", count);
}

// ---- to whom it went -----------------------------------------------------------------------

static const char *who_decided(const struct gebeurtenis *g, const struct convenant *convenant,
			       const struct grond *grond)
{
	size_t n;
	if (grond->overleg.len > 0)
		return "overleg";
	if (!convenant || convenant_regel_named(convenant, grond->regel, &n) != RESULT_OK)
		return "onbekend";
	if (convenant_weging(convenant, n))
		return "weging";
	return g->type && g->v->betreft ? g->type->name : "-";
}

static bool same_grond(const struct grond *a, const struct grond *b)
{
	return a->betrokkene == b->betrokkene && bytes_equal(a->regel, b->regel) &&
	       bytes_equal(a->overleg, b->overleg);
}

static bool is_wanted(const struct gebeurtenis *g, const struct grond *grond)
{
	return !tells(g, TELL_VRIJ) || grond->rubriek == RUBRIEK_TOELICHTING;
}

static void append_rubrieken(const struct gebeurtenis *g, const struct part_verstrekking *v,
			     const struct grond *first, struct buffer *line)
{
	const char *before = " ";
	for (const struct grond *grond = first; grond < v->gronden + v->grond_count; grond++) {
		if (!same_grond(grond, first) || !is_wanted(g, grond))
			continue;
		buffer_append_text(line, before);
		buffer_append_text(line, grond->overleg.len > 0 ? "agenda"
								: rubriek_naam(grond->rubriek));
		before = ",";
	}
}

static bool was_said(const struct gebeurtenis *g, const struct part_verstrekking *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same_grond(&v->gronden[i], &v->gronden[n]) && is_wanted(g, &v->gronden[i]))
			return true;
	return false;
}

static enum result say_gronden(const struct gebeurtenis *g, const struct part_verstrekking *v)
{
	const struct convenant *convenant = NULL;
	enum result r = kept_convenant(g->stretch->core, &v->convenant_hash, &convenant);
	if (r == RESULT_NO_MEMORY)
		return r;
	for (size_t i = 0; i < v->grond_count; i++) {
		const struct grond *grond = &v->gronden[i];
		struct buffer line;
		if (!is_wanted(g, grond) || was_said(g, v, i))
			continue;
		begin_line(&line);
		buffer_append_format(&line, "%u", grond->betrokkene);
		append_bytes(&line, grond->regel);
		append_bytes(&line, bytes_of_text(who_decided(g, convenant, grond)));
		append_bytes(&line, grond->overleg);
		append_rubrieken(g, v, grond, &line);
		say_words(g, "v-grond", &line);
	}
	return RESULT_OK;
}

static bool has_wanted(const struct gebeurtenis *g, const struct part_verstrekking *v)
{
	for (size_t i = 0; i < v->grond_count; i++)
		if (is_wanted(g, &v->gronden[i]))
			return true;
	return !tells(g, TELL_VRIJ);
}

static enum result say_verstrekking(const struct gebeurtenis *g, const struct part_verstrekking *v)
{
	const char *status = "", *soort = verstrekking_soort_name(v->soort);
	struct buffer line;
	enum result r = core_delivery_status(g->stretch->core, v, g->stretch->index, &status);
	if (r || v->soort == VERSTREKKING_VERVALLEN || !has_wanted(g, v))
		return r;
	begin_line(&line);
	append_bytes(&line, v->oin);
	append_bytes(&line, v->functie);
	append_bytes(&line, bytes_of_text(soort ? soort : "unknown"));
	append_bytes(&line, bytes_of_text(status));
	say_words(g, "e-verstrekking", &line);
	return tells(g, TELL_GRONDEN) ? say_gronden(g, v) : RESULT_OK;
}

// ---- one event -----------------------------------------------------------------------------

static bool occurs(const struct part_verantwoording *v, const uint8_t *handle)
{
	for (size_t i = 0; i < v->persoon_count; i++)
		if (memcmp(v->personen[i].handle, handle, HANDLE_LEN) == 0)
			return true;
	return false;
}

static bool is_asked_about(const struct gebeurtenis *g)
{
	const struct type_handler *handler = type_handler(g->v->type);
	bool asks = handler && (handler->asks || handler->asked);
	bool given = false;
	for (size_t i = 0; i < g->entry.part_count; i++)
		given |= g->entry.parts[i].kind == PART_VERSTREKKING;
	if (g->logboek->handle && !occurs(g->of, g->logboek->handle))
		return false;
	if ((tells(g, TELL_VRAGEN_ONLY) && !asks) || (tells(g, TELL_LISTED_ONLY) && !listed(g)))
		return false;
	return !tells(g, TELL_MELDINGEN) || given ||
	       (g->type && g->type->has_slots && !g->v->betreft);
}

static enum result say_event(struct gebeurtenis *g)
{
	enum result r = RESULT_OK;
	say_head(g);
	if (tells(g, TELL_BEWIJS))
		say_proof(g);
	if (tells(g, TELL_BRON) && g->of->source.len > 0)
		control_append(g->stretch->out, "e-bron", bron_of(g->of));
	if (tells(g, TELL_FEITEN))
		say_facts(g);
	if (tells(g, TELL_PERSONEN)) {
		say_persons(g);
		say_recorded(g, "e-over", "betrokkene");
	}
	if (tells(g, TELL_VRAAG))
		say_vraag(g);
	if (tells(g, TELL_MEDEWERKER))
		say_recorded(g, "e-medewerker", "medewerker");
	if (tells(g, TELL_VELDEN))
		say_velden(g);
	if (tells(g, TELL_VRIJ))
		say_free_text(g);
	for (size_t i = 0; !r && tells(g, TELL_GEGEVEN) && i < g->entry.part_count; i++)
		if (g->entry.parts[i].kind == PART_VERSTREKKING)
			r = say_verstrekking(g, &g->entry.parts[i].verstrekking);
	return r;
}

enum result say_gebeurtenis(const struct stretch *stretch)
{
	struct core *core = stretch->core;
	struct gebeurtenis g = {.stretch = stretch, .logboek = stretch->context};
	enum result r =
		recall_entry(core, stretch->index, RECALL_PARTS, core->command_arena, &g.entry);
	g.v = g.of = r ? NULL : g.entry.verantwoording;
	if (!g.v) // forgotten: its account is gone
		return r;
	g.type = type_row(g.v->type);
	if (g.v->betreft) {
		r = recall_entry(core, g.v->betreft, RECALL_PARTS, core->command_arena, &g.melding);
		if (!r && g.melding.verantwoording)
			g.of = g.melding.verantwoording;
	}
	return r || !is_asked_about(&g) ? r : say_event(&g);
}
