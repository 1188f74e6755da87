// SPDX-License-Identifier: EUPL-1.2
// Changes of the register, and orders to erase, that two must sign: one proposes, the other
// approves. Whoever may open the socket may bring a proposal; only the signatures in the acts
// count, and the register checks them.
#include "core/command.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/orders.h"
#include "core/voorlopig.h"
#include "crypto/hash.h"
#include "flow/in_force.h"
#include "flow/leaves.h"
#include "flow/wissing.h"
#include "register/acceptatie.h"
#include "register/einde.h"
#include "register/huissleutel.h"
#include "register/stop.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

// A proposal is two files named by the hash of the object: the object, and the act of whoever
// proposed it. The register decides; a proposal by itself changes nothing.
struct proposal {
	uint32_t soort;
	struct hash object;
	struct buffer bytes, act;
	struct signed_statement acts[2]; // decoded
	size_t act_count;
};

static const struct {
	uint32_t soort;
	const char *name;
} soorten[] = {{REGISTER_PARTNER, "partner"},
	       {REGISTER_INTREKKING, "intrekking"},
	       {REGISTER_CONVENANT, "convenant"},
	       {REGISTER_CONVENANT_EINDE, CONVENANT_EINDE_SOORT},
	       {REGISTER_HUISSLEUTEL, HUISSLEUTEL_SOORT},
	       {REGISTER_HUISSLEUTEL_EINDE, HUISSLEUTEL_EINDE_SOORT},
	       {PROPOSAL_WISSING, WISSING_SOORT},
	       {PROPOSAL_STOP, STOP_SOORT},
	       {PROPOSAL_ACCEPTATIE, ACCEPTATIE_SOORT}};

static const char *soort_name(uint32_t soort)
{
	for (size_t i = 0; i < sizeof soorten / sizeof soorten[0]; i++)
		if (soorten[i].soort == soort)
			return soorten[i].name;
	return "";
}

static bool soort_parse(struct bytes name, uint32_t *ret_soort)
{
	for (size_t i = 0; i < sizeof soorten / sizeof soorten[0]; i++)
		if (bytes_equal(name, bytes_of_text(soorten[i].name))) {
			*ret_soort = soorten[i].soort;
			return true;
		}
	return false;
}

static void proposal_path(const struct core *core, const struct hash *object, const char *what,
			  char out[400])
{
	struct core_paths paths;
	char hex[65];
	core_paths(core->settings, &paths);
	hex_encode(hex, bytes_of_hash(object));
	snprintf(out, 400, "%s/%s.%s", paths.proposals, hex, what);
}

static void proposal_done(struct proposal *proposal)
{
	buffer_done(&proposal->bytes);
	buffer_done(&proposal->act);
}

static enum result proposal_save(const struct core *core, const struct proposal *proposal)
{
	struct core_paths paths;
	char path[400];
	core_paths(core->settings, &paths);
	enum result r = folder_ensure(paths.proposals);
	proposal_path(core, &proposal->object, soort_name(proposal->soort), path);
	if (!r)
		r = file_replace(path, buffer_view(&proposal->bytes), 0600);
	proposal_path(core, &proposal->object, "act", path);
	return r ? r : file_replace(path, buffer_view(&proposal->act), 0600);
}

static enum result proposal_load(const struct core *core, struct proposal *proposal)
{
	char path[400];
	for (size_t i = 0; i < sizeof soorten / sizeof soorten[0]; i++) {
		proposal_path(core, &proposal->object, soorten[i].name, path);
		if (file_read(path, OBJECT_MAX, &proposal->bytes))
			continue;
		proposal->soort = soorten[i].soort;
		proposal_path(core, &proposal->object, "act", path);
		return file_read(path, OBJECT_MAX, &proposal->act);
	}
	return RESULT_NOT_FOUND;
}

static void proposal_remove(const struct core *core, const struct proposal *proposal)
{
	char path[400];
	proposal_path(core, &proposal->object, soort_name(proposal->soort), path);
	if (file_remove(path))
		log_line(LOG_LEVEL_WARNING, "event=proposal-left");
	proposal_path(core, &proposal->object, "act", path);
	if (file_remove(path))
		log_line(LOG_LEVEL_WARNING, "event=proposal-left");
}

// Outside an oefening every partij has signed, and not on a day that has yet to come.
static enum result signed_check(struct core *core, const struct convenant *convenant,
				struct problem *problem)
{
	const struct partij *later =
		convenant_signs_later(convenant, date_amsterdam(time_now(core)));
	if (core->registry.genesis.oefening || (convenant_is_signed(convenant) && !later))
		return RESULT_OK;
	problem_set(problem, reason_code(REASON_NOT_SIGNED), reason_fix(REASON_NOT_SIGNED), "%s",
		    later ? "the convenant names a day in the future on which it was signed"
			  : "an unsigned convenant counts only in an oefening");
	if (later)
		problem_set_field(problem, "partijen.%s.getekend.op", later->partij);
	return RESULT_DENIED;
}

// What the object would become in the register; checks it as far as it can be checked alone.
static enum result part_of(struct core *core, const struct proposal *proposal,
			   struct part_register *part, struct problem *problem)
{
	memset(part, 0, sizeof *part);
	part->soort = proposal->soort;
	struct bytes object = buffer_view(&proposal->bytes);
	if (proposal->soort == REGISTER_PARTNER) {
		struct bundle bundle;
		part->partner = object;
		return register_read_bundle(object, flow_register_source(core, problem), &bundle);
	}
	if (proposal->soort == REGISTER_INTREKKING) {
		part->ingetrokken = object;
		return register_check_revocation(&core->registry, object, problem);
	}
	if (proposal->soort != REGISTER_CONVENANT) {
		part->opdracht = object;
		return RESULT_OK;
	}
	struct convenant *convenant;
	enum result r =
		convenant_load_beside(object, "convenant", core->codes, &convenant, problem);
	if (r)
		return r;
	r = convenant_fits(convenant, core->codes, "convenant", problem);
	struct bytes name =
		arena_copy(core->command_arena, bytes_of_text(convenant_name(convenant)));
	part->convenant = (struct convenantversie){.naam = name,
						   .hash = convenant_hash(convenant),
						   .size = (uint32_t)object.len,
						   .ondertekend = convenant_is_signed(convenant)};
	if (!r)
		r = signed_check(core, convenant, problem);
	if (!r && !core->registry.genesis.oefening)
		r = voorlopig_check(core, convenant, problem);
	if (!r)
		r = in_force_check(core, convenant, problem);
	convenant_free(convenant);
	return r;
}

static enum result decode_act(struct core *core, struct bytes wire, struct proposal *proposal,
			      struct problem *problem)
{
	struct signed_statement *act = &proposal->acts[proposal->act_count];
	struct statement statement;
	enum result r = signed_statement_decode(wire, core->command_arena, act);
	proposal->act_count += !r;
	if (!r)
		r = statement_decode(act->statement, core->command_arena, &statement);
	if (r) {
		problem_set(problem, reason_code(REASON_MALFORMED), reason_fix(REASON_MALFORMED),
			    "the act is not a signed statement");
		return r;
	}
	return register_check_act_times(
		&statement, time_is_known(core) ? time_now(core) : INT64_MAX / 2, problem);
}

static void say_registered(const struct core *core, const struct proposal *proposal, uint64_t index,
			   struct buffer *out)
{
	char hex[65];
	hex_encode(hex, bytes_of_hash(&proposal->object));
	say_ok(core, out);
	control_append_text(out, "state",
			    proposal->soort == REGISTER_INTREKKING ? "ingetrokken"
			    : proposal->soort == REGISTER_HUISSLEUTEL_EINDE ||
					    proposal->soort == REGISTER_CONVENANT_EINDE
				    ? "beeindigd"
			    : order_is(proposal->soort) ? order_of(proposal->soort)->state
							: "actief");
	control_append_text(out, "object", hex);
	control_append_number(out, "index", index);
}

static struct wissing_request wissing_of(const struct proposal *proposal)
{
	return (struct wissing_request){.opdracht = buffer_view(&proposal->bytes),
					.acts = proposal->acts,
					.act_count = proposal->act_count};
}

static enum result enact(struct core *core, struct proposal *proposal, struct buffer *out,
			 struct problem *problem)
{
	struct part_register part;
	uint64_t index;
	if (order_is(proposal->soort)) {
		struct wissing_request request = wissing_of(proposal);
		enum result done = order_of(proposal->soort)->run(core, &request, &index, problem);
		if (!done)
			say_registered(core, proposal, index, out);
		return done;
	}
	enum result r = part_of(core, proposal, &part, problem);
	part.acts = proposal->acts;
	part.act_count = proposal->act_count;
	struct bytes document = proposal->soort == REGISTER_CONVENANT
					? buffer_view(&proposal->bytes)
					: bytes_make(NULL, 0);
	if (!r)
		r = flow_register(core, &part, document, &index, problem);
	if (r)
		return r;
	core->changed = true;
	if (part.soort == REGISTER_HUISSLEUTEL || part.soort == REGISTER_HUISSLEUTEL_EINDE)
		core_keep_vkey(core);
	say_registered(core, proposal, index, out);
	return RESULT_OK;
}

// What it is: its object, and for the register the part that it would become.
static enum result read_proposal(struct core *core, struct proposal *proposal,
				 struct part_register *part, struct problem *problem)
{
	if (order_is(proposal->soort)) {
		proposal->object = sha256(buffer_view(&proposal->bytes));
		return RESULT_OK; // check_proposal() reads it
	}
	enum result r = part_of(core, proposal, part, problem);
	if (!r)
		proposal->object = register_act_object(part);
	return r;
}

// Would this come into force if the other role signed it too?
static enum result check_proposal(struct core *core, struct proposal *proposal,
				  struct part_register *part, struct problem *problem)
{
	if (order_is(proposal->soort)) {
		struct wissing_request request = wissing_of(proposal);
		return order_of(proposal->soort)->check(core, &request, problem);
	}
	struct register_leaf leaf = {.index = journal_size(core->journal),
				     .time = (uint64_t)time_now(core),
				     .part = part};
	struct register_source source = flow_register_source(core, problem);
	part->acts = proposal->acts;
	part->act_count = proposal->act_count;
	return register_check_proposal(&core->registry, &leaf, source);
}

static enum result propose(struct core *core, struct proposal *proposal, struct buffer *out,
			   struct problem *problem)
{
	struct part_register part;
	char hex[65];
	enum result r = read_proposal(core, proposal, &part, problem);
	if (!r)
		r = decode_act(core, buffer_view(&proposal->act), proposal, problem);
	if (r)
		return r;
	// Revoking needs one: it can only take away (design §8).
	if (proposal->soort == REGISTER_INTREKKING)
		return enact(core, proposal, out, problem);
	r = check_proposal(core, proposal, &part, problem);
	if (!r)
		r = proposal_save(core, proposal);
	if (r)
		return r;
	hex_encode(hex, bytes_of_hash(&proposal->object));
	say_ok(core, out);
	control_append_text(out, "state", "voorgesteld");
	control_append_text(out, "object", hex);
	return RESULT_OK;
}

void command_propose(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct proposal proposal = {.soort = 0};
	struct problem problem = {.code = NULL};
	if (!soort_parse(control_value(ask, "soort"), &proposal.soort)) {
		say_reason(out, REASON_UNKNOWN_CODE,
			   "soort is partner, intrekking, convenant, convenant-einde, wissing, "
			   "vernietigingsstop, codes-acceptatie, "
			   "huissleutel or huissleutel-einde");
		return;
	}
	buffer_init(&proposal.bytes, OBJECT_MAX);
	buffer_init(&proposal.act, OBJECT_MAX);
	buffer_append(&proposal.bytes, control_value(ask, "object"));
	buffer_append(&proposal.act, control_value(ask, "act"));
	enum result r = propose(core, &proposal, out, &problem);
	if (r)
		say_problem(out, &problem, r);
	proposal_done(&proposal);
}

// A proposal that no second signature can bring into force is taken away: its act has expired, its
// signer was revoked, or its keys came into the register meanwhile.
static enum result still_stands(struct core *core, struct proposal *proposal,
				struct problem *problem)
{
	struct part_register part;
	char why[sizeof problem->message];
	enum result r = read_proposal(core, proposal, &part, problem);
	if (!r)
		r = check_proposal(core, proposal, &part, problem);
	if (r != RESULT_DENIED && r != RESULT_EXISTS && r != RESULT_BAD_SIGNATURE)
		return r;
	proposal_remove(core, proposal);
	snprintf(why, sizeof why, "%.200s", problem->message);
	problem_set(problem, problem->code, "have the beheerder propose it again if it is needed",
		    "%s; the proposal is removed", why);
	return r;
}

void command_approve(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct proposal proposal = {.soort = 0};
	struct problem problem = {.code = NULL};
	struct bytes object = control_value(ask, "object");
	buffer_init(&proposal.bytes, OBJECT_MAX);
	buffer_init(&proposal.act, OBJECT_MAX);
	enum result r =
		object.len == 64 ? hex_decode(proposal.object.b, 32, object) : RESULT_MALFORMED;
	if (!r)
		r = proposal_load(core, &proposal);
	if (r)
		problem_set(&problem, reason_code(REASON_NOT_FOUND), reason_fix(REASON_NOT_FOUND),
			    "there is no proposal with this object hash");
	if (!r)
		r = decode_act(core, buffer_view(&proposal.act), &proposal, &problem);
	if (!r)
		r = still_stands(core, &proposal, &problem);
	if (!r)
		r = decode_act(core, control_value(ask, "act"), &proposal, &problem);
	if (!r)
		r = enact(core, &proposal, out, &problem);
	if (r)
		say_problem(out, &problem, r);
	else
		proposal_remove(core, &proposal);
	proposal_done(&proposal);
}

enum result say_what_goes(struct core *core, uint64_t index, struct buffer *out,
			  uint64_t *ret_melding)
{
	struct recalled recalled;
	enum result r = recall_entry(core, index, RECALL_PARTS, core->command_arena, &recalled);
	const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
	const struct type_row *type = v ? type_row(v->type) : NULL;
	*ret_melding = v && v->betreft ? v->betreft : index;
	if (type)
		control_append_text(out, "wat", type->name);
	if (*ret_melding != index)
		control_append_number(out, "over", *ret_melding);
	return r;
}

// What an order to erase destroys, and of which melding as people name it. What cannot be read any
// more is left out: the order then says the entry alone.
static void say_melding(struct core *core, struct bytes text, struct buffer *out)
{
	struct wissing_opdracht opdracht;
	struct recalled recalled;
	struct statement header;
	uint64_t melding;
	char naam[40];
	if (wissing_opdracht_read(text, &opdracht))
		return;
	snprintf(naam, sizeof naam, "entry %llu", (unsigned long long)opdracht.melding);
	control_append_text(out, "naam", naam);
	if (say_what_goes(core, opdracht.melding, out, &melding) ||
	    recall_entry(core, melding, RECALL_PARTS_AND_CONTENT, core->command_arena, &recalled) ||
	    !recalled.has_content ||
	    statement_decode(recalled.content.sender.statement, core->command_arena, &header))
		return;
	control_append(out, "melding", header.id);
	control_append(out, "source", header.source);
}

// Whose bundle or which convenant it is, so that a list of proposals can be read.
static void say_what(struct core *core, const char *hex, struct buffer *out)
{
	struct proposal proposal = {.soort = 0};
	struct part_register part;
	struct bundle bundle;
	char key[2 * KEY_ID_LEN + 1];
	struct problem problem = {.code = NULL};
	buffer_init(&proposal.bytes, OBJECT_MAX);
	buffer_init(&proposal.act, OBJECT_MAX);
	bool loaded = hex_decode(proposal.object.b, 32, bytes_of_text(hex)) == RESULT_OK &&
		      proposal_load(core, &proposal) == RESULT_OK;
	if (loaded && proposal.soort == REGISTER_PARTNER &&
	    register_read_bundle(buffer_view(&proposal.bytes), flow_register_source(core, &problem),
				 &bundle) == RESULT_OK) {
		struct key_id id = key_id_of(KEY_KIND_IDENTITY, bundle.identity);
		hex_encode(key, bytes_make(id.b, KEY_ID_LEN));
		control_append_text(out, "naam", bundle.naam);
		control_append_text(out, "oin", bundle.oin.text);
		control_append_text(out, "key", key);
	} else if (loaded && proposal.soort == REGISTER_CONVENANT &&
		   part_of(core, &proposal, &part, &problem) == RESULT_OK) {
		control_append(out, "naam", part.convenant.naam);
	} else if (loaded && proposal.soort == PROPOSAL_WISSING) {
		say_melding(core, buffer_view(&proposal.bytes), out);
	}
	proposal_done(&proposal);
}

void command_proposals(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct core_paths paths;
	(void)ask;
	core_paths(core->settings, &paths);
	say_ok(core, out);
	DIR *folder = opendir(paths.proposals);
	if (!folder) {
		if (errno != ENOENT)
			say_reason(out, REASON_IO, "the proposals cannot be read");
		return;
	}
	const struct dirent *row;
	while ((row = readdir(folder))) {
		uint32_t soort;
		const char *dot = strchr(row->d_name, '.');
		if (!dot || dot - row->d_name != 64 || !soort_parse(bytes_of_text(dot + 1), &soort))
			continue;
		char hex[65];
		memcpy(hex, row->d_name, 64);
		hex[64] = '\0';
		control_append_text(out, "object", hex);
		control_append_text(out, "soort", dot + 1);
		control_append_text(out, "state", "voorgesteld");
		say_what(core, hex, out);
	}
	closedir(folder);
}

// The object of a proposal, so that the officer reads what it approves.
void command_proposal(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct proposal proposal = {.soort = 0};
	struct bytes object = control_value(ask, "object");
	buffer_init(&proposal.bytes, OBJECT_MAX);
	buffer_init(&proposal.act, OBJECT_MAX);
	if (object.len != 64 || hex_decode(proposal.object.b, 32, object) ||
	    proposal_load(core, &proposal)) {
		say_reason(out, REASON_NOT_FOUND, "there is no proposal with this object hash");
	} else {
		say_ok(core, out);
		control_append_text(out, "soort", soort_name(proposal.soort));
		control_append(out, "document", buffer_view(&proposal.bytes));
		if (proposal.soort == PROPOSAL_WISSING)
			say_melding(core, buffer_view(&proposal.bytes), out);
	}
	proposal_done(&proposal);
}
