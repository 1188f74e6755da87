// SPDX-License-Identifier: EUPL-1.2
// `replay`: every recorded decision taken again, from its recorded facts under its recorded
// convenant. Nothing may come out otherwise: what does is named, entry by entry.
//
//   ask: from <entry>
//   differ <entry> <oin>/<functie> <betrokkene> <rubriek> <recorded> <now>
//                               regels with commas, or -
//   differ <entry> - <betrokkene> <attribuut> <recorded> <now>
//                               a fact that the code tables of then do not say so; values with
//                               commas, or -
//   unreadable <entry>          facts, convenant or code tables of a decision that should be there
//   entries <n>  decisions <n>  gifts <n>  forgotten <n>                     of this stretch
//   next <entry>                where to go on; left out at the end of the log
#include "convenant/berust.h"
#include "core/again.h"
#include "core/command.h"
#include "core/kept.h"
#include "flow/given.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 4096 // entries of one answer
#define ROOM (CONTROL_MESSAGE_MAX / 2)
#define REGELS_TEXT 1024

struct replay {
	struct core *core;
	struct buffer *out;
	uint64_t at, end; // entries
	uint64_t entries, decisions, gifts, forgotten;
};

// The decision in hand.
struct replaying {
	struct replay *replay;
	struct recalled entry;   // that decided
	struct recalled melding; // about which; the same for its own
	struct again again;
};

static bool is_same(const struct answer_again *answer, const struct gift *gift)
{
	return gift->betrokkene == answer->plaats.betrokkene &&
	       gift->rubriek == answer->plaats.rubriek &&
	       bytes_equal(gift->oin, bytes_of_text(answer->ontvanger->oin.text)) &&
	       bytes_equal(gift->functie, bytes_of_text(answer->ontvanger->functie)) &&
	       bytes_equal(gift->overleg, bytes_of_text(answer->overleg ? answer->overleg : ""));
}

static const struct gift *gift_of(const struct part_verantwoording *v,
				  const struct answer_again *answer)
{
	for (size_t i = 0; i < v->gift_count; i++)
		if (is_same(answer, &v->giften[i]))
			return &v->giften[i];
	return NULL;
}

static const struct answer_again *answer_of(const struct again *again, const struct gift *gift)
{
	for (size_t i = 0; i < again->count; i++)
		if (is_same(&again->answers[i], gift))
			return &again->answers[i];
	return NULL;
}

// Of a weging: without what was given before it, and stands. Only herkomst is told each time. Each
// convenant gives for itself.
static enum result subtract_earlier(struct replaying *replaying)
{
	struct core *core = replaying->replay->core;
	struct again *again = &replaying->again;
	const struct gegeven_welke welke = {replaying->melding.index, replaying->entry.index,
					    bytes_of_text(convenant_name(again->convenant)),
					    core->command_arena};
	struct gegeven gegeven;
	size_t kept = 0;
	enum result r = gegeven_read(core, &welke, &gegeven);
	for (size_t i = 0; !r && i < again->count; i++) {
		const struct answer_again *answer = &again->answers[i];
		struct bytes overleg = bytes_of_text(answer->overleg ? answer->overleg : "");
		if (answer->plaats.rubriek == RUBRIEK_HERKOMST ||
		    !gegeven_has(&gegeven, answer->ontvanger, &answer->plaats, overleg))
			again->answers[kept++] = *answer;
	}
	if (!r)
		again->count = kept;
	return r;
}

// ---- comparing -----------------------------------------------------------------------------

static size_t add_regel(char text[REGELS_TEXT], size_t used, struct bytes regel)
{
	int n = snprintf(text + used, REGELS_TEXT - used, "%s%.*s", used ? "," : "", (int)regel.len,
			 (const char *)regel.data);
	return used + (size_t)n < REGELS_TEXT ? used + (size_t)n : used;
}

static void gift_text(const struct gift *gift, char text[REGELS_TEXT])
{
	size_t used = 0;
	snprintf(text, REGELS_TEXT, "-");
	for (size_t i = 0; gift && i < gift->regel_count; i++)
		used = add_regel(text, used, gift->regels[i]);
}

static void answer_text(const struct again *again, const struct answer_again *answer,
			char text[REGELS_TEXT])
{
	size_t used = 0;
	snprintf(text, REGELS_TEXT, "-");
	for (size_t i = 0; answer && i < answer->beslissing.regel_count; i++)
		used = add_regel(text, used,
				 bytes_of_text(convenant_regel(again->convenant,
							       answer->beslissing.regels[i])
						       ->regel));
}

static const char *named(const struct gift *gift, const struct answer_again *answer)
{
	bool agenda = gift ? gift->overleg.len > 0 : answer->overleg != NULL;
	return agenda ? "agenda" : rubriek_naam(gift ? gift->rubriek : answer->plaats.rubriek);
}

static void compare(const struct replaying *replaying, const struct gift *gift,
		    const struct answer_again *answer)
{
	char line[2 * REGELS_TEXT + 160], recorded[REGELS_TEXT], now[REGELS_TEXT];
	gift_text(gift, recorded);
	answer_text(&replaying->again, answer, now);
	if (strcmp(recorded, now) == 0)
		return;
	struct bytes oin = gift ? gift->oin : bytes_of_text(answer->ontvanger->oin.text);
	struct bytes functie = gift ? gift->functie : bytes_of_text(answer->ontvanger->functie);
	snprintf(line, sizeof line, "%llu %.*s/%.*s %u %s %s %s",
		 (unsigned long long)replaying->entry.index, (int)oin.len, (const char *)oin.data,
		 (int)functie.len, (const char *)functie.data,
		 gift ? gift->betrokkene : answer->plaats.betrokkene, named(gift, answer), recorded,
		 now);
	control_append_text(replaying->replay->out, "differ", line);
}

static void compare_all(const struct replaying *replaying, bool whole)
{
	const struct part_verantwoording *v = replaying->entry.verantwoording;
	const struct again *again = &replaying->again;
	for (size_t i = 0; i < v->gift_count; i++)
		compare(replaying, &v->giften[i], answer_of(again, &v->giften[i]));
	for (size_t i = 0; whole && i < again->count; i++)
		if (!gift_of(v, &again->answers[i]))
			compare(replaying, NULL, &again->answers[i]);
	replaying->replay->gifts += v->gift_count;
	replaying->replay->decisions++;
}

// ---- facts found by the code tables ------------------------------------------------------------

static void feit_text(const struct feit *feit, char text[REGELS_TEXT])
{
	size_t used = 0;
	snprintf(text, REGELS_TEXT, "-");
	for (size_t i = 0; i < feit->waarde_count; i++)
		used = add_regel(text, used, feit->waarden[i]);
}

// One that is recorded must be what the tables say that the entry names. One that is not known may
// be so because rows did not count then.
static void compare_feit(const struct replaying *replaying, const struct feiten *feiten,
			 const struct codes *codes, struct feit_plaats of)
{
	const struct feit *recorded = feiten_get(feiten, of.attribuut, of.betrokkene);
	struct codes_set unused = {{0}};
	struct feit said = {.bekend = false};
	char line[2 * REGELS_TEXT + 160], was[REGELS_TEXT], now[REGELS_TEXT];
	if (!recorded || !recorded->bekend)
		return;
	(void)!feit_by_codes(feiten, of, codes, &unused, &said);
	feit_text(recorded, was);
	feit_text(&said, now);
	if (strcmp(was, now) == 0)
		return;
	snprintf(line, sizeof line, "%llu - %u %s %s %s",
		 (unsigned long long)replaying->entry.index, of.betrokkene,
		 attribuut_row(of.attribuut)->name, was, now);
	control_append_text(replaying->replay->out, "differ", line);
}

static enum result compare_feiten(const struct replaying *replaying)
{
	const struct part_verantwoording *v = replaying->entry.verantwoording;
	struct core *core = replaying->replay->core;
	const struct codes *codes;
	struct feiten *feiten;
	if (!v->has_codes || v->feit_count == 0)
		return RESULT_OK;
	enum result r = kept_codes(core, &v->codes_hash, &codes);
	if (!r)
		r = feiten_recall(v->feiten, v->feit_count, core->command_arena, &feiten);
	if (r)
		return r;
	feiten->now = (int64_t)v->received;
	compare_feit(replaying, feiten, codes, (struct feit_plaats){ATTRIBUUT_HUIS, 0});
	compare_feit(replaying, feiten, codes, (struct feit_plaats){ATTRIBUUT_KLASSEN, 0});
	for (uint32_t b = 1; b <= feiten->betrokkenen; b++)
		compare_feit(replaying, feiten, codes, (struct feit_plaats){ATTRIBUUT_WOONHUIS, b});
	return RESULT_OK;
}

// Whether an entry decided everything there is about its melding. A delivery that waited is decided
// again by itself: of that entry only what it gave is compared.
static bool is_whole(const struct part_verantwoording *v)
{
	const struct type_handler *handler = type_handler(v->type);
	return handler && handler->decided;
}

// About which melding it decided; one that is decided by itself on its own facts.
static bool decides_another(const struct part_verantwoording *v)
{
	const struct type_handler *handler = type_handler(v->type);
	return v->betreft && !(handler && handler->alone);
}

static enum result take_again(struct replaying *replaying)
{
	const struct part_verantwoording *v = replaying->entry.verantwoording;
	struct core *core = replaying->replay->core;
	struct again *again = &replaying->again;
	replaying->melding = replaying->entry;
	enum result r = RESULT_OK;
	if (decides_another(v))
		r = recall_entry(core, v->betreft, RECALL_PARTS, core->command_arena,
				 &replaying->melding);
	if (!r && !replaying->melding.verantwoording) {
		replaying->replay->forgotten++;
		return RESULT_OK;
	}
	// Up to and with this entry: a weging is among the facts it is decided on.
	*again = (struct again){.core = core,
				.melding = &replaying->melding,
				.before = replaying->entry.index + 1,
				.now = (int64_t)v->received};
	if (!r)
		r = kept_convenant(core, &v->convenant_hash, &again->convenant);
	if (!r)
		r = compare_feiten(replaying);
	if (!r)
		r = again_decide(again, true);
	if (!r && decides_another(v) && is_whole(v))
		r = subtract_earlier(replaying);
	if (r)
		return r;
	if (is_whole(v))
		again_drop_lone(again);
	compare_all(replaying, is_whole(v));
	return RESULT_OK;
}

static bool decided(const struct part_verantwoording *v)
{
	return v->has_convenant && (is_whole(v) || v->gift_count > 0);
}

static enum result step(struct replay *replay)
{
	struct core *core = replay->core;
	struct replaying replaying = {.replay = replay};
	struct recalled *entry = &replaying.entry;
	enum result r = recall_entry(core, replay->at, RECALL_PARTS, core->command_arena, entry);
	if (!r && entry->verantwoording && decided(entry->verantwoording))
		r = take_again(&replaying);
	else if (!r && entry->erased && !entry->verantwoording)
		replay->forgotten++;
	if (r == RESULT_DAMAGED || r == RESULT_NOT_FOUND || r == RESULT_CONFIG) {
		control_append_number(replay->out, "unreadable", replay->at);
		r = RESULT_OK;
	}
	arena_clear(core->command_arena);
	replay->at++;
	replay->entries++;
	return r ? r : core_breathe(core);
}

void command_replay(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct replay replay = {.core = core, .out = out, .end = core->checkpoint.size};
	struct bytes from = control_value(ask, "from");
	if (from.data && number_parse(from, &replay.at)) {
		say_reason(out, REASON_USAGE, "from is the number of an entry");
		return;
	}
	say_ok(core, out);
	enum result r = RESULT_OK;
	for (size_t n = 0; !r && n < STEPS_MAX && replay.at < replay.end && out->len < ROOM; n++)
		r = step(&replay);
	if (r) {
		say_reason(out, REASON_IO, result_name(r));
		return;
	}
	control_append_number(out, "entries", replay.entries);
	control_append_number(out, "decisions", replay.decisions);
	control_append_number(out, "gifts", replay.gifts);
	control_append_number(out, "forgotten", replay.forgotten);
	if (replay.at < replay.end)
		control_append_number(out, "next", replay.at);
}
