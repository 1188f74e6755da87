// SPDX-License-Identifier: EUPL-1.2
// The Authorization Decision Log: a decision for each verstrekking (all its rubrieken in one
// record, as AuthZEN's Access Evaluations), and one for each statement that was refused. What the
// engine withheld is no record here: it is not stored, and why-not takes it again.
#include "audit/logboek.h"

#include "base/clock.h"
#include "base/json_out.h"

#include <stdio.h>
#include <string.h>

static void write_ids(const struct actie *actie, struct json_out *out, const char *event)
{
	const struct actie statement = {.g = actie->g};
	char trace[TRACE_HEX + 1], span[SPAN_HEX + 1], parent[SPAN_HEX + 1];
	logboek_trace(actie->g, trace);
	logboek_span(actie, 0, span);
	if (actie->gift)
		logboek_span(&statement, 0, parent);
	else
		logboek_melding_span(actie->g, parent);
	json_out_add_text(out, "trace_id", trace);
	json_out_add_text(out, "span_id", span);
	if (parent[0])
		json_out_add_text(out, "parent_span_id", parent);
	json_out_add_text(out, "event_name", event);
	json_out_add_number(out, "timestamp", (uint64_t)actie->g->ms);
	json_out_add_text(out, "status", "Unset");
}

// By reference only: a convenant and the code tables by their hash, facts by the entry that has
// them.
static void write_sources(const struct gebeurtenis *g, struct json_out *out)
{
	json_out_key(out, "attributes");
	json_out_object_begin(out);
	if (g->convenant_hash[0]) {
		json_out_key(out, "adl.core.policies");
		json_out_object_begin(out);
		json_out_add_text(out, g->convenant[0] ? g->convenant : "convenant",
				  g->convenant_hash);
		json_out_object_end(out);
	}
	json_out_key(out, "adl.core.information");
	json_out_object_begin(out);
	json_out_add_number(out, "entry", g->entry);
	json_out_object_end(out);
	json_out_key(out, "adl.core.configuration");
	json_out_object_begin(out);
	json_out_add_text(out, "knooppunt", KNP_VERSION);
	if (g->codes_hash[0])
		json_out_add_text(out, "codetabellen", g->codes_hash);
	json_out_object_end(out);
	json_out_object_end(out);
}

static void write_producer(const struct logboek *logboek, struct json_out *out)
{
	json_out_key(out, "resource");
	json_out_object_begin(out);
	json_out_add_text(out, "service.name", "knooppunt");
	json_out_add_text(out, "service.instance.id", logboek->huis->origin);
	json_out_add_text(out, "oin", logboek->huis->oin);
	if (logboek->oefening)
		json_out_add_text(out, "deployment.environment", "OEFENING");
	json_out_object_end(out);
}

static void write_named(struct json_out *out, const char *key, const char *type, const char *id)
{
	json_out_key(out, key);
	json_out_object_begin(out);
	json_out_add_text(out, "type", type);
	json_out_add_text(out, "id", id);
	json_out_object_end(out);
}

static void write_action(struct json_out *out, const char *name)
{
	json_out_key(out, "action");
	json_out_object_begin(out);
	json_out_add_text(out, "name", name);
	json_out_object_end(out);
}

static void write_moment(const struct gebeurtenis *g, struct json_out *out)
{
	char moment[21];
	time_format(moment, g->ms);
	json_out_key(out, "context");
	json_out_object_begin(out);
	json_out_add_text(out, "time", moment);
	json_out_object_end(out);
}

// For each rubriek of a grond, by `each`.
static void for_rubrieken(const struct actie *actie, struct json_out *out,
			  void (*each)(const struct actie *actie, struct json_out *out,
				       const struct gebeurtenis_grond *grond, struct bytes rubriek))
{
	json_out_key(out, "evaluations");
	json_out_array_begin(out);
	for (size_t i = 0; i < actie->gift->grond_count; i++) {
		const struct gebeurtenis_grond *grond = &actie->gift->gronden[i];
		for (const char *at = grond->rubrieken; *at;) {
			size_t len = strcspn(at, ",");
			each(actie, out, grond, bytes_make((const uint8_t *)at, len));
			at += len + (at[len] == ',');
		}
	}
	json_out_array_end(out);
}

static void ask_rubriek(const struct actie *actie, struct json_out *out,
			const struct gebeurtenis_grond *grond, struct bytes rubriek)
{
	const struct gebeurtenis *g = actie->g;
	char id[160];
	snprintf(id, sizeof id, "%llu/%u/%.*s",
		 (unsigned long long)(g->betreft ? g->betreft : g->entry), grond->betrokkene,
		 (int)rubriek.len, (const char *)rubriek.data);
	json_out_object_begin(out);
	write_named(out, "resource", "rubriek", id);
	json_out_object_end(out);
}

static void answer_rubriek(const struct actie *actie, struct json_out *out,
			   const struct gebeurtenis_grond *grond, struct bytes rubriek)
{
	(void)actie;
	(void)rubriek;
	json_out_object_begin(out);
	json_out_add_bool(out, "decision", true);
	json_out_key(out, "context");
	json_out_object_begin(out);
	json_out_add_text(out, "regel", grond->regel);
	if (grond->mens[0])
		json_out_add_text(out, "mens", grond->mens);
	json_out_object_end(out);
	json_out_object_end(out);
}

static void write_gift(const struct actie *actie, struct json_out *out)
{
	const struct gebeurtenis_gift *gift = actie->gift;
	char id[80];
	snprintf(id, sizeof id, "%s/%s", gift->oin, gift->functie);
	json_out_key(out, "adl.core.request");
	json_out_object_begin(out);
	write_named(out, "subject", "ontvanger", id);
	write_action(out, gift->soort);
	write_moment(actie->g, out);
	for_rubrieken(actie, out, ask_rubriek);
	json_out_object_end(out);
	json_out_key(out, "adl.core.response");
	json_out_object_begin(out);
	for_rubrieken(actie, out, answer_rubriek);
	json_out_object_end(out);
}

static void write_refusal(const struct logboek *logboek, const struct actie *actie,
			  struct json_out *out)
{
	const struct gebeurtenis *g = actie->g;
	json_out_key(out, "adl.core.request");
	json_out_object_begin(out);
	write_named(out, "subject", "partner", g->oin);
	write_action(out, g->type);
	write_named(out, "resource", "knooppunt", logboek->huis->origin);
	write_moment(g, out);
	json_out_object_end(out);
	json_out_key(out, "adl.core.response");
	json_out_object_begin(out);
	json_out_add_bool(out, "decision", false);
	json_out_key(out, "context");
	json_out_object_begin(out);
	json_out_add_text(out, "reason", g->uitkomst);
	json_out_object_end(out);
	json_out_object_end(out);
}

static enum result write_record(struct logboek *logboek, const struct actie *actie)
{
	struct json_out out;
	json_out_init(&out, logboek->out);
	json_out_object_begin(&out);
	write_ids(actie, &out, actie->gift ? "adl.access_evaluations" : "adl.access_evaluation");
	write_sources(actie->g, &out);
	write_producer(logboek, &out);
	json_out_key(&out, "body");
	json_out_object_begin(&out);
	if (actie->gift)
		write_gift(actie, &out);
	else
		write_refusal(logboek, actie, &out);
	json_out_object_end(&out);
	json_out_object_end(&out);
	return logboek_end(logboek);
}

// A rechtzetting tells of what was given and decides nothing.
static bool is_decision(const struct actie *actie)
{
	if (!actie->gift)
		return strcmp(actie->g->uitkomst, "aanvaard") != 0;
	return actie->gift->grond_count > 0 && (strcmp(actie->gift->soort, "verstrekking") == 0 ||
						strcmp(actie->gift->soort, "getoond") == 0);
}

enum result logboek_adl(struct logboek *logboek, const struct gebeurtenis *g)
{
	enum result result = RESULT_OK;
	struct actie actie;
	for (size_t n = 0; result == RESULT_OK && actie_at(g, n, &actie); n++)
		if (is_decision(&actie))
			result = write_record(logboek, &actie);
	return result;
}
