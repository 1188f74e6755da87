// SPDX-License-Identifier: EUPL-1.2
#include "flow_work.h"

#include "flow/casus.h"

struct work work;

enum result __real_journal_read(struct journal *journal, uint64_t index, uint8_t *entry,
				struct buffer *parts, struct buffer *content);
enum result __wrap_journal_read(struct journal *journal, uint64_t index, uint8_t *entry,
				struct buffer *parts, struct buffer *content);
enum result __wrap_journal_read(struct journal *journal, uint64_t index, uint8_t *entry,
				struct buffer *parts, struct buffer *content)
{
	work.entries++;
	return __real_journal_read(journal, index, entry, parts, content);
}

enum result __real_state_person(struct state *state, const struct identificatie *identificatie,
				uint8_t ret_handle[HANDLE_LEN]);
enum result __wrap_state_person(struct state *state, const struct identificatie *identificatie,
				uint8_t ret_handle[HANDLE_LEN]);
enum result __wrap_state_person(struct state *state, const struct identificatie *identificatie,
				uint8_t ret_handle[HANDLE_LEN])
{
	work.persons++;
	return __real_state_person(state, identificatie, ret_handle);
}

enum result __real_state_casus(struct state *state, const uint8_t *handle, uint64_t from,
			       uint64_t *ret_first);
enum result __wrap_state_casus(struct state *state, const uint8_t *handle, uint64_t from,
			       uint64_t *ret_first);
enum result __wrap_state_casus(struct state *state, const uint8_t *handle, uint64_t from,
			       uint64_t *ret_first)
{
	work.casussen++;
	return __real_state_casus(state, handle, from, ret_first);
}

enum result __real_state_newest(struct state *state, uint64_t first, uint32_t type,
				uint64_t *ret_index);
enum result __wrap_state_newest(struct state *state, uint64_t first, uint32_t type,
				uint64_t *ret_index);
enum result __wrap_state_newest(struct state *state, uint64_t first, uint32_t type,
				uint64_t *ret_index)
{
	work.newest++;
	return __real_state_newest(state, first, type, ret_index);
}

enum result __real_convenant_decide_all(const struct convenant *convenant,
					const struct feiten *feiten, const struct plaats *plaatsen,
					size_t count, const struct beslissing_visitor *visitor);
enum result __wrap_convenant_decide_all(const struct convenant *convenant,
					const struct feiten *feiten, const struct plaats *plaatsen,
					size_t count, const struct beslissing_visitor *visitor);
enum result __wrap_convenant_decide_all(const struct convenant *convenant,
					const struct feiten *feiten, const struct plaats *plaatsen,
					size_t count, const struct beslissing_visitor *visitor)
{
	work.places += count;
	return __real_convenant_decide_all(convenant, feiten, plaatsen, count, visitor);
}

size_t work_newest_frame(struct flow_world *w)
{
	assert_true(w->frame_count > 0);
	return w->frames[w->frame_count - 1].bytes.len;
}

struct bytes work_bare(struct flow_world *w, const struct part_verstrekking *came)
{
	struct part whole = {.kind = PART_VERSTREKKING, .verstrekking = *came};
	struct buffer wire;
	whole.verstrekking.number = 1;
	whole.verstrekking.geldig_tot = came->geldig_tot ? 1 : 0;
	whole.verstrekking.betreft = came->betreft ? 1 : 0;
	memset(&whole.verstrekking.header_hash, 0, sizeof whole.verstrekking.header_hash);
	buffer_init(&wire, STATEMENT_MAX);
	assert_int_equal(part_encode(&whole, &wire), RESULT_OK);
	struct bytes copy = arena_copy(w->arena, buffer_view(&wire));
	buffer_done(&wire);
	return copy;
}

void work_erase_casus(struct flow_world *w, const char *bsn)
{
	uint64_t begun, first = 0;
	struct recalled recalled;
	char number[32];
	snprintf(number, sizeof number, "pgax:%s", bsn);
	assert_int_equal(casus_named(w->core, bytes_of_text(number), &first), RESULT_OK);
	assert_int_equal(recall_entry(w->core, first, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	struct bytes order = flow_order(w, first, &recalled.verantwoording->header_hash);
	assert_int_equal(flow_erase(w, order, 2, &begun), RESULT_OK);
}
