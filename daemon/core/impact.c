// SPDX-License-Identifier: EUPL-1.2
// `impact`: what a convenant that is not in force would have made of every melding there was,
// beside what the convenant of its name made of it (none: nobody received anything under that
// name); both on the recorded facts and with every weging that was given since, at the moment the
// melding came. What other convenanten gave stays as it is, and is no part of it.
//
//   ask: document <the convenant>; from <entry>
//   differ <entry> <oin>/<functie> <betrokkene> <rubriek> <oordeel> <oordeel under the other>
//   unreadable <entry>             facts or convenant of a melding that should be there
//   entries <n>  decisions <n>  forgotten <n>                                of this stretch
//   next <entry>                   where to go on; left out at the end of the log
#include "core/again.h"
#include "core/command.h"
#include "core/kept.h"
#include "crypto/hash.h"
#include "flow/in_force.h"
#include "flow/type.h"
#include "state/bron.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 4096 // entries of one answer
#define ROOM (CONTROL_MESSAGE_MAX / 2)

struct impact {
	struct core *core;
	struct buffer *out;
	struct hash hash; // of the candidate
	uint64_t at, end; // entries
	uint64_t entries, decisions, forgotten;
};

static enum oordeel oordeel_of(const struct again *again, const struct answer_again *like)
{
	for (size_t i = 0; i < again->count; i++) {
		const struct answer_again *answer = &again->answers[i];
		bool same_table = answer->overleg && like->overleg
					  ? strcmp(answer->overleg, like->overleg) == 0
					  : answer->overleg == like->overleg;
		if (same_table && answer->plaats.betrokkene == like->plaats.betrokkene &&
		    answer->plaats.rubriek == like->plaats.rubriek &&
		    ontvanger_equal(answer->ontvanger, like->ontvanger))
			return answer->beslissing.oordeel;
	}
	return OORDEEL_GEWEIGERD;
}

static void say_difference(const struct impact *impact, const struct answer_again *answer,
			   enum oordeel was, enum oordeel becomes)
{
	static const char *const words[] = {"geweigerd", "wacht", "verstrekt"};
	char line[256];
	if (was == becomes)
		return;
	snprintf(line, sizeof line, "%llu %s/%s %u %s %s %s", (unsigned long long)impact->at,
		 answer->ontvanger->oin.text, answer->ontvanger->functie, answer->plaats.betrokkene,
		 answer->overleg ? "agenda" : rubriek_naam(answer->plaats.rubriek), words[was],
		 words[becomes]);
	control_append_text(impact->out, "differ", line);
}

// Each answer that either does not refuse; what neither names both refuse.
static void compare(const struct impact *impact, const struct again *was,
		    const struct again *becomes)
{
	for (size_t i = 0; i < was->count; i++)
		say_difference(impact, &was->answers[i], was->answers[i].beslissing.oordeel,
			       oordeel_of(becomes, &was->answers[i]));
	for (size_t i = 0; i < becomes->count; i++)
		if (oordeel_of(was, &becomes->answers[i]) == OORDEEL_GEWEIGERD)
			say_difference(impact, &becomes->answers[i], OORDEEL_GEWEIGERD,
				       becomes->answers[i].beslissing.oordeel);
}

// Of a melding that does not concern it a convenant makes nothing.
static enum result decide(struct again *again)
{
	struct oin bron;
	bool oefening = again->core->registry.genesis.oefening;
	if (oin_parse(bron_of(again->melding->verantwoording), &bron))
		return RESULT_DAMAGED;
	if (!convenant_hears(again->convenant, &bron, oefening))
		return RESULT_OK;
	enum result r = again_decide(again, false);
	if (!r)
		again_drop_lone(again);
	return r;
}

static enum result take_melding(struct impact *impact, const struct recalled *melding)
{
	const struct part_verantwoording *v = melding->verantwoording;
	const struct part_verantwoording *decision = NULL;
	struct again was = {.core = impact->core,
			    .melding = melding,
			    .before = UINT64_MAX,
			    .now = (int64_t)v->received};
	struct again becomes = was;
	// Used last, so that what is loaded beside it does not push it out.
	enum result r = kept_convenant(impact->core, &impact->hash, &becomes.convenant);
	if (!r)
		r = recall_decision(impact->core, melding,
				    bytes_of_text(convenant_name(becomes.convenant)),
				    impact->core->command_arena, &decision);
	if (!r && decision)
		r = kept_convenant(impact->core, &decision->convenant_hash, &was.convenant);
	if (!r && was.convenant) // else nobody received anything
		r = decide(&was);
	if (!r)
		r = decide(&becomes);
	if (!r)
		compare(impact, &was, &becomes);
	impact->decisions += !r;
	return r;
}

// What was put before the convenant by itself, accepted.
static bool is_melding(const struct part_verantwoording *v)
{
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->decided && !v->betreft && v->feit_count > 0;
}

static enum result step(struct impact *impact)
{
	struct core *core = impact->core;
	struct recalled entry;
	enum result r = recall_entry(core, impact->at, RECALL_PARTS, core->command_arena, &entry);
	if (!r && entry.verantwoording && is_melding(entry.verantwoording))
		r = take_melding(impact, &entry);
	else if (!r && entry.erased && !entry.verantwoording)
		impact->forgotten++;
	if (r == RESULT_DAMAGED || r == RESULT_NOT_FOUND || r == RESULT_CONFIG) {
		control_append_number(impact->out, "unreadable", impact->at);
		r = RESULT_OK;
	}
	arena_clear(core->command_arena);
	impact->at++;
	impact->entries++;
	return r ? r : core_breathe(core);
}

static void go_on(struct impact *impact)
{
	enum result r = RESULT_OK;
	for (size_t n = 0;
	     !r && n < STEPS_MAX && impact->at < impact->end && impact->out->len < ROOM; n++)
		r = step(impact);
	if (r) {
		say_reason(impact->out, REASON_IO, result_name(r));
		return;
	}
	control_append_number(impact->out, "entries", impact->entries);
	control_append_number(impact->out, "decisions", impact->decisions);
	control_append_number(impact->out, "forgotten", impact->forgotten);
	if (impact->at < impact->end)
		control_append_number(impact->out, "next", impact->at);
}

static bool take_candidate(struct core *core, const struct control_message *ask,
			   struct hash *ret_hash, struct buffer *out)
{
	struct bytes document = control_value(ask, "document");
	struct convenant *loaded = NULL;
	struct problem problem = {.code = NULL};
	*ret_hash = sha256(document);
	if (kept_find(core, ret_hash))
		return true;
	enum result r = convenant_load(document, "convenant", &loaded, &problem);
	if (r) {
		say_problem(out, &problem, r);
		return false;
	}
	kept_put(core, loaded);
	return true;
}

void command_impact(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct impact impact = {.core = core, .out = out, .end = core->checkpoint.size};
	struct bytes from = control_value(ask, "from");
	if (from.data && number_parse(from, &impact.at)) {
		say_reason(out, REASON_USAGE, "from is the number of an entry");
		return;
	}
	if (!take_candidate(core, ask, &impact.hash, out))
		return;
	say_ok(core, out);
	go_on(&impact);
}
