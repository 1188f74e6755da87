// SPDX-License-Identifier: EUPL-1.2
// Which attempt a registratienummer of JZV stands for. The outbox is one of this test's.
#include "jzv/call.h"

#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How many attempts were refused and let go, how many after them were refused for their time, and
// how the one behind those stands.
static struct {
	unsigned gone;
	enum reason gone_for;
	unsigned over;
	bool there;
	struct item_status next;
} outbox;

void __wrap_client_make_id(const struct client *client, const char *prefix,
			   const struct bytes *pieces, size_t count, char ret_id[ID_MAX + 1]);
void __wrap_client_make_id(const struct client *client, const char *prefix,
			   const struct bytes *pieces, size_t count, char ret_id[ID_MAX + 1])
{
	(void)client;
	(void)pieces;
	(void)count;
	snprintf(ret_id, ID_MAX + 1, "%s-first", prefix);
}

void __wrap_client_attempt_id(const struct client *client, const char *prefix, const char *first,
			      uint32_t attempt, char ret_id[ID_MAX + 1]);
void __wrap_client_attempt_id(const struct client *client, const char *prefix, const char *first,
			      uint32_t attempt, char ret_id[ID_MAX + 1])
{
	(void)client;
	assert_string_equal(prefix, "jzv");
	assert_string_equal(first, "jzv-first");
	snprintf(ret_id, ID_MAX + 1, "attempt-%u", attempt);
}

enum result __wrap_client_item(struct client *client, const char *id,
			       struct item_status *ret_status);
enum result __wrap_client_item(struct client *client, const char *id,
			       struct item_status *ret_status)
{
	unsigned long attempt = strtoul(id + strlen("attempt-"), NULL, 10);
	(void)client;
	*ret_status = outbox.next;
	if (attempt < outbox.gone)
		return RESULT_NOT_FOUND;
	if (attempt < outbox.over)
		*ret_status = (struct item_status){.state = ITEM_GEWEIGERD,
						   .refusal = {.reason = REASON_TOO_OLD}};
	return attempt < outbox.over || (attempt == outbox.over && outbox.there) ? RESULT_OK
										 : RESULT_NOT_FOUND;
}

enum result __wrap_client_refused_before(const struct client *client, const char *id,
					 enum reason *ret_reason);
enum result __wrap_client_refused_before(const struct client *client, const char *id,
					 enum reason *ret_reason)
{
	(void)client;
	if (strtoul(id + strlen("attempt-"), NULL, 10) >= outbox.gone)
		return RESULT_NOT_FOUND;
	*ret_reason = outbox.gone_for;
	return RESULT_OK;
}

static void assert_stands(unsigned to_push, unsigned pushed)
{
	const struct jzv_settings settings = {.port = 0};
	const struct gateway gateway = {.settings = &settings};
	char id[ID_MAX + 1], wanted[ID_MAX + 1];
	struct bytes number = bytes_of_text("PL2300-1");
	assert_int_equal(jzv_id_to_push(&gateway, "melding", number, id), RESULT_OK);
	snprintf(wanted, sizeof wanted, "attempt-%u", to_push);
	assert_string_equal(id, wanted);
	assert_int_equal(jzv_id_pushed(&gateway, "melding", number, id), RESULT_OK);
	snprintf(wanted, sizeof wanted, "attempt-%u", pushed);
	assert_string_equal(id, wanted);
}

static void what_was_refused_for_its_time_goes_under_a_next_id(void **unused)
{
	(void)unused;
	memset(&outbox, 0, sizeof outbox);
	assert_stands(0, 0);
	outbox.over = 1;
	assert_stands(1, 0);
	outbox.there = true;
	outbox.next.state = ITEM_OUTBOX;
	assert_stands(1, 1);
	outbox.next.state = ITEM_AANVAARD;
	assert_stands(1, 1);
	outbox.next = (struct item_status){.state = ITEM_GEWEIGERD,
					   .refusal = {.reason = REASON_UNKNOWN_CODE}};
	assert_stands(1, 1);
}

// However often that was: the next is another one still, and is shown once it is there.
static void there_is_a_next_id_after_any_number_of_attempts(void **unused)
{
	(void)unused;
	memset(&outbox, 0, sizeof outbox);
	for (outbox.over = 62; outbox.over < 300; outbox.over++) {
		outbox.there = false;
		assert_stands(outbox.over, outbox.over - 1);
		outbox.there = true;
		outbox.next.state = ITEM_OUTBOX;
		assert_stands(outbox.over, outbox.over);
	}
}

static void what_was_refused_and_let_go_goes_under_a_next_id(void **unused)
{
	(void)unused;
	const enum reason reasons[] = {REASON_TOO_OLD, REASON_FROM_FUTURE, REASON_UNKNOWN_CODE};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		memset(&outbox, 0, sizeof outbox);
		outbox.gone = outbox.over = 3;
		outbox.gone_for = reasons[i];
		assert_stands(3, 2);
		outbox.there = true;
		outbox.next.state = ITEM_AANVAARD;
		assert_stands(3, 3);
		outbox.over = 4; // one more, that the outbox still has
		outbox.there = false;
		assert_stands(4, 3);
	}
}

// The knooppunt took another under that id: a next one would be a second melding.
static void what_was_a_conflict_never_goes_under_a_next_id(void **unused)
{
	(void)unused;
	memset(&outbox, 0, sizeof outbox);
	outbox.gone = 1;
	outbox.gone_for = REASON_CONFLICT;
	assert_stands(0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_refused_for_its_time_goes_under_a_next_id),
		cmocka_unit_test(there_is_a_next_id_after_any_number_of_attempts),
		cmocka_unit_test(what_was_refused_and_let_go_goes_under_a_next_id),
		cmocka_unit_test(what_was_a_conflict_never_goes_under_a_next_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
