// SPDX-License-Identifier: EUPL-1.2
// The control questions core answers. The socket only carries: what changes the register rests on
// the signatures in the acts, which the register checks, never on who may open the socket.
#include "core/command.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/compact.h"
#include "core/voorlopig.h"
#include "flow/find.h"
#include "flow/openstaand.h"
#include "parent/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

void say_ok(const struct core *core, struct buffer *out)
{
	control_append_text(out, "result", "ok");
	if (core->registry.genesis.oefening)
		control_append_text(out, "oefening", "yes");
}

// What belongs in the paper convenant: the leaf hash of the first entry.
static void say_fingerprint(const struct core *core, struct buffer *out)
{
	char hex[65];
	hex_encode(hex, bytes_of_hash(&core->registry.genesis.leaf));
	control_append_text(out, "fingerprint", hex);
}

void say_problem(struct buffer *out, const struct problem *problem, enum result result)
{
	buffer_clear(out);
	control_append_text(out, "result", problem->code ? problem->code : reason_code(REASON_IO));
	control_append_text(out, "message",
			    problem->message[0] ? problem->message : result_name(result));
	if (problem->file[0])
		control_append_text(out, "file", problem->file);
	if (problem->line)
		control_append_number(out, "line", problem->line);
	if (problem->field[0])
		control_append_text(out, "field", problem->field);
	control_append_text(out, "fix", problem->fix);
}

void say_reason(struct buffer *out, enum reason reason, const char *message)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(reason), reason_fix(reason), "%s", message);
	say_problem(out, &problem, RESULT_OK);
}

// ---- log, status, partners, metrics --------------------------------------------------------

static void command_log(struct core *core, const struct control_message *ask, struct buffer *out)
{
	char vkey[VKEY_MAX];
	struct core_paths paths;
	struct buffer genesis;
	(void)ask;
	core_paths(core->settings, &paths);
	buffer_init(&genesis, OBJECT_MAX);
	enum result r = file_read(paths.genesis, OBJECT_MAX, &genesis);
	if (r) {
		say_reason(out, REASON_FILE_MISSING, "the genesis file cannot be read");
	} else {
		vkey_format(vkey, signing_vkey(&core->signing));
		say_ok(core, out);
		control_append_text(out, "origin", register_origin(&core->registry));
		control_append_text(out, "vkey", vkey);
		say_fingerprint(core, out);
		control_append_number(out, "size", core->checkpoint.size);
		control_append(out, "genesis", buffer_view(&genesis));
		control_append(out, "checkpoint", buffer_view(&core->note));
		core_say_house_keys(core, out);
	}
	buffer_done(&genesis);
}

struct status_lines {
	struct core *core;
	struct buffer *out;
};

static bool add_obligation(void *context, const struct state_obligation *o)
{
	const struct status_lines *lines = context;
	openstaand_line(lines->core, o, NULL, lines->out);
	return lines->out->len < CONTROL_MESSAGE_MAX / 2;
}

static bool add_ontvanger(void *context, const struct state_ontvanger_row *row)
{
	const struct status_lines *lines = context;
	struct buffer *out = lines->out;
	char line[160];
	int64_t since = row->unacknowledged ? core_oldest_waiting(lines->core, &row->ontvanger) : 0;
	snprintf(line, sizeof line, "%s/%s last=%llu waiting=%llu since=%lld",
		 row->ontvanger.oin.text, row->ontvanger.functie,
		 (unsigned long long)row->last_number, (unsigned long long)row->unacknowledged,
		 (long long)since);
	control_append_text(out, "queue", line);
	return out->len < CONTROL_MESSAGE_MAX / 2;
}

static void add_store(struct buffer *out, struct core *core)
{
	struct store_facts facts;
	if (journal_facts(core->journal, &facts) == RESULT_OK) {
		control_append_number(out, "log-map-used", facts.used_bytes);
		control_append_number(out, "log-map-size", facts.map_bytes);
	}
	if (state_facts(core->state, &facts) == RESULT_OK) {
		control_append_number(out, "state-map-used", facts.used_bytes);
		control_append_number(out, "state-map-size", facts.map_bytes);
	}
}

// When state and log were last read as a whole by the background scrub.
static void add_scrub(struct buffer *out, const struct core *core)
{
	char line[120], state[21] = "never", log[21] = "never";
	if (core->scrub.state_done)
		time_format(state, core->scrub.state_done);
	if (core->scrub.log_done)
		time_format(log, core->scrub.log_done);
	snprintf(line, sizeof line, "state=%s log=%s", state, log);
	control_append_text(out, "scrub", line);
}

static void add_alarms(struct buffer *out, struct core *core)
{
	core_look(core, time_now(core));
	for (size_t i = 0; i < core->alarms.count; i++)
		alarm_append(out, &core->alarms.lines[i]);
}

// "<oin> <reason code> hour=N day=N total=N": numbers and codes, nothing of what was sent.
static void add_refusals(struct buffer *out, struct core *core)
{
	int64_t now = time_now(core);
	for (size_t i = 0; i < core->watch.refusal_count; i++) {
		const struct watch_refusals *row = &core->watch.refusals[i];
		char line[200];
		snprintf(line, sizeof line, "%s %s hour=%llu day=%llu total=%llu last=%lld",
			 row->oin.text, reason_code(row->reason),
			 (unsigned long long)watch_refused_in(row, now, 1),
			 (unsigned long long)watch_refused_in(row, now, WATCH_HOURS),
			 (unsigned long long)row->total, (long long)row->last);
		control_append_text(out, "refused", line);
	}
}

// What the convenanten in force rest on that nobody confirmed.
static void add_voorlopig(struct buffer *out, const struct core *core)
{
	struct codes_set set = {{0}};
	for (size_t i = 0; i < core->convenant_count; i++)
		convenant_berust(core->convenanten[i], core->codes, &set);
	voorlopig_tell(core->codes, &set, out);
}

static void command_status(struct core *core, const struct control_message *ask, struct buffer *out)
{
	(void)ask;
	say_ok(core, out);
	control_append_text(out, "origin", register_origin(&core->registry));
	say_fingerprint(core, out);
	control_append_number(out, "size", core->checkpoint.size);
	control_append(out, "checkpoint", buffer_view(&core->note));
	control_append_text(out, "readonly", core->readonly ? core->readonly_why : "no");
	for (size_t i = 0; i < core->convenant_count; i++)
		control_append_text(out, "convenant", convenant_name(core->convenanten[i]));
	if (core->convenant_count == 0)
		control_append_text(out, "convenant", "none");
	control_append_number(out, "aanvaard", core->counts.aanvaard);
	control_append_number(out, "geweigerd", core->counts.geweigerd);
	control_append_number(out, "unsealed", core->counts.unsealed);
	add_store(out, core);
	add_scrub(out, core);
	compact_tell(core, out);
	add_alarms(out, core);
	add_refusals(out, core);
	add_voorlopig(out, core);
	acceptatie_tell(core, out);
	core_say_ways(core, out);
	// Where they cannot be read the alarms say so.
	struct status_lines lines = {core, out};
	(void)!state_ontvangers(core->state, add_ontvanger, &lines);
	(void)!state_obligations(core->state, add_obligation, &lines);
}

// The beheerder looked: the clock of the machine is right.
static void command_clock(struct core *core, const struct control_message *ask, struct buffer *out)
{
	char moment[21];
	if (!bytes_equal(control_value(ask, "confirm"), bytes_of_text("yes"))) {
		say_reason(out, REASON_USAGE, "say confirm yes");
		return;
	}
	time_confirm(core);
	time_format(moment, time_now(core));
	say_ok(core, out);
	control_append_text(out, "clock", moment);
}

static void partner_line(struct buffer *out, const struct party *party)
{
	char line[1024];
	int used = snprintf(line, sizeof line, "%s %s %llu ", party->bundle.oin.text,
			    party->until == REGISTER_NEVER ? "actief" : "ingetrokken",
			    (unsigned long long)party->from);
	for (size_t i = 0; i < party->bundle.functie_count; i++)
		used += snprintf(line + used, sizeof line - (size_t)used, "%s%s", i ? "," : "",
				 party->bundle.functies[i]);
	snprintf(line + used, sizeof line - (size_t)used, " %s", party->bundle.naam);
	control_append_text(out, "partner", line);
	// What a revocation names.
	hex_encode(line, bytes_make(party->identity_id.b, KEY_ID_LEN));
	control_append_text(out, "key", line);
}

// Where a party that lost its inbox goes on: the first delivery that nobody acked and that can be
// read.
static enum result add_next(struct core *core, const struct party *party, const char *functie,
			    struct buffer *out)
{
	struct ontvanger ontvanger = {.oin = party->bundle.oin};
	struct state_delivery delivery = {.number = 0};
	char line[FUNCTIE_MAX + 24];
	uint64_t number;
	snprintf(ontvanger.functie, sizeof ontvanger.functie, "%s", functie);
	enum result r;
	do
		r = state_next_delivery(core->state, &ontvanger, delivery.number, &delivery);
	while (!r && watch_is_damaged(&core->watch, &ontvanger, delivery.number));
	number = r ? 0 : delivery.number;
	if (r == RESULT_NOT_FOUND) {
		r = state_last_number(core->state, &ontvanger, &number);
		number++;
	}
	if (r)
		return r;
	snprintf(line, sizeof line, "%s %llu", functie, (unsigned long long)number);
	control_append_text(out, "next", line);
	return RESULT_OK;
}

// All of them; of one OIN, if the question names it, also where each stands.
static void command_partners(struct core *core, const struct control_message *ask,
			     struct buffer *out)
{
	struct bytes oin = control_value(ask, "oin");
	enum result r = RESULT_OK;
	say_ok(core, out);
	for (size_t i = 0; i < core->registry.party_count; i++) {
		const struct party *party = &core->registry.parties[i];
		if (oin.data && !bytes_equal(oin, bytes_of_text(party->bundle.oin.text)))
			continue;
		partner_line(out, party);
		if (party->until != REGISTER_NEVER)
			control_append_number(out, "ended", party->until);
		bool stands = oin.data && !party->is_role && party->until == REGISTER_NEVER;
		for (size_t f = 0; !r && stands && f < party->bundle.functie_count; f++)
			r = add_next(core, party, party->bundle.functies[f], out);
	}
	if (r)
		log_line(LOG_LEVEL_WARNING, "event=partners-unread result=\"%s\"", result_name(r));
}

static void add_store_metrics(struct buffer *out, struct core *core)
{
	struct store_facts facts;
	if (journal_facts(core->journal, &facts) == RESULT_OK) {
		control_append_number(out, "knooppunt_log_map_used_bytes", facts.used_bytes);
		control_append_number(out, "knooppunt_log_map_size_bytes", facts.map_bytes);
	}
	if (state_facts(core->state, &facts) == RESULT_OK) {
		control_append_number(out, "knooppunt_state_map_used_bytes", facts.used_bytes);
		control_append_number(out, "knooppunt_state_map_size_bytes", facts.map_bytes);
	}
}

static void add_open_metric(struct buffer *out, struct core *core)
{
	uint64_t open;
	if (state_count_obligations(core->state, &open) == RESULT_OK)
		control_append_number(out, "knooppunt_open", open);
}

static void command_metrics(struct core *core, const struct control_message *ask,
			    struct buffer *out)
{
	const struct flow_counts *c = &core->counts;
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {{"knooppunt_log_entries", core->checkpoint.size},
		    {"knooppunt_aanvaard_total", c->aanvaard},
		    {"knooppunt_geweigerd_total", c->geweigerd},
		    {"knooppunt_duplicates_total", c->duplicates},
		    {"knooppunt_conflicts_total", c->conflicts},
		    {"knooppunt_again_total", c->again},
		    {"knooppunt_unsealed_total", c->unsealed},
		    {"knooppunt_delivered_total", c->delivered},
		    {"knooppunt_acks_total", c->acks},
		    {"knooppunt_batches_total", c->batches},
		    {"knooppunt_sequence_reuse_total", c->sequence_reuse},
		    {"knooppunt_loop_us_total", c->loop_us},
		    {"knooppunt_readonly", core->readonly}};
	(void)ask;
	control_append_text(out, "result", "ok"); // numbers only from here
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		control_append_number(out, rows[i].name, rows[i].value);
	core_look(core, time_now(core));
	control_append_number(out, "knooppunt_alarms", core->alarms.count);
	add_open_metric(out, core);
	add_store_metrics(out, core);
	add_refusals(out, core);
}

// ---- why, export ---------------------------------------------------------------------------

void command_why(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct why_request request = {.id = control_value(ask, "id"),
				      .source = control_value(ask, "source"),
				      .ontvanger = control_value(ask, "ontvanger"),
				      .betrokkene = control_value(ask, "betrokkene"),
				      .rubriek = control_value(ask, "rubriek"),
				      .convenant = control_value(ask, "convenant")};
	say_ok(core, out);
	struct problem problem = {.code = NULL};
	enum result r = core_why(core, &request, out, &problem);
	if (r && problem.code)
		say_problem(out, &problem, r);
	else if (r)
		say_reason(out, REASON_IO, result_name(r));
}

// Which entry the statement with this id has, and its header hash: what an order to erase it names;
// and which melding it is or is about.
static void command_melding(struct core *core, const struct control_message *ask,
			    struct buffer *out)
{
	struct state_outcome outcome;
	uint64_t melding;
	char hex[65];
	enum result r =
		flow_find(core, control_value(ask, "source"), control_value(ask, "id"), &outcome);
	if (r) {
		say_reason(out, r == RESULT_NOT_FOUND ? REASON_NOT_FOUND : REASON_DAMAGED,
			   "no melding has this id");
		return;
	}
	hex_encode(hex, bytes_of_hash(&outcome.header_hash));
	say_ok(core, out);
	control_append_number(out, "index", outcome.index);
	control_append_text(out, "header", hex);
	if (say_what_goes(core, outcome.index, out, &melding))
		say_reason(out, REASON_DAMAGED, "the entry cannot be read");
}

// One at a time writes there, whoever comes first: the folder itself is the lock.
static int lock_export(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void command_export(struct core *core, const struct control_message *ask, struct buffer *out)
{
	// Core reaches its data folder only: whoever asked copies it from there. An export that was
	// made before is brought up to date.
	char folder[400];
	(void)ask;
	snprintf(folder, sizeof folder, "%s/" EXPORT_FOLDER, core->settings->data);
	pulse_long_work(core->pulse, true);
	int lock = lock_export(folder);
	// Who came first may have written a newer checkpoint than there was when this was asked.
	enum result r = lock < 0 ? RESULT_IO : core_renew_checkpoint(core);
	struct journal_export export = {.folder = folder,
					.size = core->checkpoint.size,
					.note = buffer_view(&core->note),
					.keys = &core->signing.keys};
	if (!r)
		r = journal_export_tiles(core->journal, &export);
	if (!r)
		r = core_export_register(core, folder);
	pulse_long_work(core->pulse, false);
	if (lock >= 0)
		close(lock);
	if (r) {
		say_reason(out, REASON_IO, result_name(r));
		return;
	}
	say_ok(core, out);
	control_append_number(out, "size", export.size);
	control_append_text(out, "folder", folder);
}

// `knooppuntd rotate` made a key that core must hold before the register can have it.
static void command_keys(struct core *core, const struct control_message *ask, struct buffer *out)
{
	(void)ask;
	core->renew = true;
	say_ok(core, out);
}

// It made or destroyed one that the gate reads when it starts.
static void command_doors(struct core *core, const struct control_message *ask, struct buffer *out)
{
	(void)ask;
	core->reopen = true;
	say_ok(core, out);
}

static const struct {
	const char *name;
	command_fn *run;
} commands[] = {
	{"log", command_log},           {"status", command_status},
	{"partners", command_partners}, {"metrics", command_metrics},
	{"propose", command_propose},   {"proposals", command_proposals},
	{"proposal", command_proposal}, {"approve", command_approve},
	{"export", command_export},     {"backup", command_backup},
	{"clock", command_clock},       {"melding", command_melding},
	{"refusals", command_refusals}, {"replay", command_replay},
	{"impact", command_impact},     {"convenanten", command_convenanten},
	{"document", command_document}, {"keys", command_keys},
	{"doors", command_doors},       {"register", command_register},
	{"terms", command_terms},       {"erasures", command_erasures},
	{"stops", command_stops},       {"completeness", command_completeness},
	{"codes", command_codes},       {"backup-newest", command_backup_newest},
	{"compact", command_compact},   {"compacted", command_compacted},
};

void core_command(struct core *core, struct bytes request, struct buffer *answer)
{
	struct control_message *ask = calloc(1, sizeof *ask);
	enum result r = ask ? control_parse(request, ask) : RESULT_NO_MEMORY;
	size_t n = 0, count = sizeof commands / sizeof commands[0];
	if (!r && ask->count > 0)
		while (n < count &&
		       !bytes_equal(ask->lines[0].name, bytes_of_text(commands[n].name)))
			n++;
	if (r || ask->count == 0 || n == count)
		say_reason(answer, REASON_USAGE, "core does not know this command");
	else
		commands[n].run(core, ask, answer);
	if (!r)
		control_message_done(ask);
	free(ask);
	arena_clear(core->command_arena);
}
