// SPDX-License-Identifier: EUPL-1.2
#include "desk/act.h"

#include "desk/role.h"
#include "melding/reason.h"
#include "register/register.h"

#include <string.h>

#define ARENA_MAX (1024u * 1024)

static int wrong_act(struct desk *desk, enum reason reason, const char *message)
{
	struct problem problem = {0};
	problem_set_file(&problem, desk->values[DESK_ACT]);
	problem_set(&problem, reason_code(reason),
		    "sign an act about exactly this object, with knooppunt act or with --key", "%s",
		    message);
	return desk_fail(desk, &problem, DESK_NO);
}

// Only what saves a journey: the daemon checks signature, role and time.
static int check_act(struct desk *desk, struct bytes wire, const struct act_subject *subject)
{
	struct arena *arena;
	struct signed_statement proven;
	struct statement statement;
	struct act_view act;
	int code = DESK_DONE;
	if (arena_new(ARENA_MAX, &arena) != RESULT_OK)
		return wrong_act(desk, REASON_IO, "there is no memory to read the act");
	if (signed_statement_decode(wire, arena, &proven) != RESULT_OK ||
	    statement_decode(proven.statement, arena, &statement) != RESULT_OK ||
	    register_act_view(&statement, &act) != RESULT_OK)
		code = wrong_act(desk, REASON_MALFORMED, "the file is no signed act");
	else if (!bytes_equal(act.soort, bytes_of_text(subject->soort)) ||
		 !bytes_equal(act.object, bytes_of_hash(&subject->object)))
		code = wrong_act(desk, REASON_CONFLICT, "the act is about something else");
	arena_free(arena);
	return code;
}

static int act_of_file(struct desk *desk, const struct act_subject *subject, struct buffer *ret_act)
{
	struct buffer wire;
	buffer_init(&wire, ACT_FILE_MAX);
	int code = desk_read_file(desk, desk->values[DESK_ACT], ACT_FILE_MAX, &wire);
	if (code == DESK_DONE)
		code = check_act(desk, buffer_view(&wire), subject);
	if (code == DESK_DONE)
		buffer_append(ret_act, buffer_view(&wire));
	buffer_done(&wire);
	return code;
}

// Signs the statement of the act; 5 with a word only when our own code or memory fails.
static int sign(struct desk *desk, const struct act_request *request, const struct private_key *key,
		struct buffer *ret_act)
{
	struct buffer statement;
	struct signed_statement proven;
	uint8_t signature[SIGNATURE_LEN];
	buffer_init(&statement, STATEMENT_MAX);
	enum result result = register_act_statement(request, &statement);
	struct bytes view = buffer_view(&statement);
	if (result == RESULT_OK)
		result = batch_sign(&(const struct batch_signer){&request->signer, key}, &view, 1,
				    signature, &proven);
	if (result == RESULT_OK)
		result = signed_statement_encode(&proven, ret_act);
	buffer_done(&statement);
	if (result == RESULT_OK)
		return DESK_DONE;
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_IO), "report this with the message",
		    "the act cannot be signed: %s", result_name(result));
	return desk_fail(desk, &problem, DESK_BROKEN);
}

static int act_of_key(struct desk *desk, const struct act_subject *subject, struct buffer *ret_act)
{
	struct role role;
	struct house house;
	int code = role_open(desk, &role);
	if (code != DESK_DONE)
		return code;
	code = house_learn(desk, &house);
	if (code == DESK_DONE) {
		struct act_request request = {
			.registry = &house.registry,
			.head = house.head,
			.soort = subject->soort,
			.object = subject->object,
			.signer = role.oin,
			.systeem = "beheer",
			.now = clock_wall_ms(),
		};
		code = sign(desk, &request, &role.key, ret_act);
		house_done(&house);
	}
	role_done(&role);
	return code;
}

int desk_act(struct desk *desk, const struct act_subject *subject, struct buffer *ret_act)
{
	if (!desk->values[DESK_KEY] && !desk->values[DESK_ACT])
		return desk_misused(desk, "give --key DIR, or --act FILE");
	return desk->values[DESK_ACT] ? act_of_file(desk, subject, ret_act)
				      : act_of_key(desk, subject, ret_act);
}

static int counts(struct desk *desk, const struct act_demand *demand, struct bytes act,
		  const struct registry *registry)
{
	struct arena *arena;
	struct signed_statement proven;
	struct problem problem = {0};
	enum result result = arena_new(ARENA_MAX, &arena);
	if (result != RESULT_OK)
		return wrong_act(desk, REASON_IO, "there is no memory to read the act");
	result = signed_statement_decode(act, arena, &proven);
	if (result == RESULT_OK)
		result = register_check_acts(registry, demand, &proven, 1, &problem);
	else
		problem_set(&problem, reason_code(REASON_MALFORMED), reason_fix(REASON_MALFORMED),
			    "the act cannot be read back");
	arena_free(arena);
	return result == RESULT_OK ? DESK_DONE : desk_fail(desk, &problem, DESK_NO);
}

int desk_act_counts(struct desk *desk, const struct act_subject *subject, struct bytes act)
{
	struct house house;
	int code = house_learn(desk, &house);
	if (code != DESK_DONE)
		return code;
	code = house_learn_register(desk, &house);
	const struct act_demand demand = {.index = house.head.size,
					  .time = (uint64_t)clock_wall_ms(),
					  .soort = subject->soort,
					  .object = subject->object,
					  .one = true};
	if (code == DESK_DONE)
		code = counts(desk, &demand, act, &house.registry);
	house_done(&house);
	return code;
}
