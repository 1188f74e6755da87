// SPDX-License-Identifier: EUPL-1.2
#include "gate/admission.h"

#include "base/clock.h"
#include "ipc/channel.h"

#include <stdlib.h>
#include <string.h>

#define PAUSE_FIRST_MS 50
#define PAUSE_LAST_MS 2000

// One list: keys in ascending order, and the partners of those that are let in, in ascending order
// of OIN.
struct list {
	struct admit_row *rows;
	uint32_t *refused; // of each row, since it was taken out last
	size_t row_count;
	struct partner *partners;
	size_t partner_count;
};

struct admission {
	struct list list;
	bool is_set;
	uint32_t strangers; // refused with a key that is not on the list
	bool any_refused;
};

enum result admission_new(struct admission **ret_admission)
{
	struct admission *admission = calloc(1, sizeof *admission);
	if (!admission)
		return RESULT_NO_MEMORY;
	*ret_admission = admission;
	return RESULT_OK;
}

static void list_done(struct list *list)
{
	free(list->rows);
	free(list->refused);
	free(list->partners);
	*list = (struct list){0};
}

void admission_free(struct admission *admission)
{
	if (!admission)
		return;
	list_done(&admission->list);
	free(admission);
}

static int row_order(const void *a, const void *b)
{
	const struct admit_row *x = a, *y = b;
	return memcmp(x->transport, y->transport, sizeof x->transport);
}

static int partner_order(const void *a, const void *b)
{
	const struct partner *x = a, *y = b;
	return memcmp(x->oin.text, y->oin.text, OIN_LEN);
}

static bool oin_is_whole(const struct oin *oin)
{
	struct oin parsed;
	return oin->text[OIN_LEN] == '\0' &&
	       oin_parse(bytes_make(oin->text, OIN_LEN), &parsed) == RESULT_OK;
}

static bool rows_are_sound(const struct list *list)
{
	for (size_t i = 0; i < list->row_count; i++) {
		const struct admit_row *row = &list->rows[i];
		if (!oin_is_whole(&row->oin) ||
		    bytes_all_zero(bytes_make(row->transport, sizeof row->transport)))
			return false;
		if (i > 0 && row_order(row - 1, row) == 0)
			return false; // no key occurs twice in the register
	}
	return true;
}

static void partners_fill(struct list *list)
{
	size_t keys = 0;
	for (size_t i = 0; i < list->row_count; i++)
		if (!list->rows[i].revoked)
			list->partners[keys++] = (struct partner){.oin = list->rows[i].oin};
	qsort(list->partners, keys, sizeof *list->partners, partner_order);
	for (size_t i = 0; i < keys; i++) {
		size_t last = list->partner_count;
		if (last == 0 || partner_order(&list->partners[last - 1], &list->partners[i]) != 0)
			list->partners[list->partner_count++] = list->partners[i];
	}
}

static enum result list_make(struct bytes frame, struct list *ret_list)
{
	struct frame_admit header;
	if (frame.len < sizeof header)
		return RESULT_MALFORMED;
	memcpy(&header, frame.data, sizeof header);
	if (header.kind != FRAME_ADMIT || header.count > ADMIT_ROWS_MAX ||
	    frame.len != sizeof header + header.count * sizeof(struct admit_row))
		return RESULT_MALFORMED;
	struct list list = {.row_count = header.count};
	list.rows = calloc(header.count + 1, sizeof *list.rows);
	list.refused = calloc(header.count + 1, sizeof *list.refused);
	list.partners = calloc(header.count + 1, sizeof *list.partners);
	enum result result =
		list.rows && list.refused && list.partners ? RESULT_OK : RESULT_NO_MEMORY;
	if (result == RESULT_OK) {
		memcpy(list.rows, frame.data + sizeof header, frame.len - sizeof header);
		qsort(list.rows, list.row_count, sizeof *list.rows, row_order);
		result = rows_are_sound(&list) ? RESULT_OK : RESULT_MALFORMED;
	}
	if (result != RESULT_OK) {
		list_done(&list);
		return result;
	}
	partners_fill(&list);
	*ret_list = list;
	return RESULT_OK;
}

static const struct admit_row *row_find(const struct list *list, const uint8_t key[32])
{
	struct admit_row wanted = {0};
	memcpy(wanted.transport, key, sizeof wanted.transport);
	return list->row_count
		       ? bsearch(&wanted, list->rows, list->row_count, sizeof wanted, row_order)
		       : NULL;
}

static struct partner *partner_find(const struct list *list, const struct oin *oin)
{
	struct partner wanted = {.oin = *oin};
	return list->partner_count ? bsearch(&wanted, list->partners, list->partner_count,
					     sizeof wanted, partner_order)
				   : NULL;
}

static bool every_key_stays(const struct list *before, const struct list *after)
{
	for (size_t i = 0; i < before->row_count; i++) {
		const struct admit_row *row = row_find(after, before->rows[i].transport);
		if (!before->rows[i].revoked &&
		    (!row || row->revoked || !oin_equal(&row->oin, &before->rows[i].oin)))
			return false;
	}
	return true;
}

static void add(uint32_t *count, uint32_t more)
{
	*count = more < UINT32_MAX - *count ? *count + more : UINT32_MAX;
}

static void count_key(struct admission *admission, const uint8_t key[32], uint32_t count)
{
	const struct admit_row *row = row_find(&admission->list, key);
	bool known = row && row->revoked;
	add(known ? &admission->list.refused[row - admission->list.rows] : &admission->strangers,
	    count);
	admission->any_refused |= count > 0;
}

enum result admission_replace(struct admission *admission, struct bytes frame, bool *ret_cut)
{
	struct list list;
	enum result result = list_make(frame, &list);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; i < list.partner_count; i++) {
		const struct partner *before =
			partner_find(&admission->list, &list.partners[i].oin);
		if (before)
			list.partners[i] = *before;
	}
	*ret_cut = !every_key_stays(&admission->list, &list);
	struct list before = admission->list;
	admission->list = list;
	admission->is_set = true;
	for (size_t i = 0; i < before.row_count; i++)
		count_key(admission, before.rows[i].transport, before.refused[i]);
	list_done(&before);
	return RESULT_OK;
}

bool admission_is_set(const struct admission *admission)
{
	return admission->is_set;
}

bool admission_find(const struct admission *admission, const uint8_t key[32], struct oin *ret_oin)
{
	const struct admit_row *row = row_find(&admission->list, key);
	if (!row || row->revoked)
		return false;
	*ret_oin = row->oin;
	return true;
}

void admission_refused(struct admission *admission, const uint8_t key[32])
{
	count_key(admission, key, 1);
}

bool admission_next_refused(struct admission *admission, struct frame_count *ret_count)
{
	struct frame_count count = {.kind = FRAME_COUNT, .reason = REASON_UNKNOWN_KEY};
	struct list *list = &admission->list;
	memcpy(count.oin.text, OIN_NOBODY, sizeof OIN_NOBODY);
	count.count = admission->strangers;
	admission->strangers = 0;
	for (size_t i = 0; admission->any_refused && count.count == 0 && i < list->row_count; i++) {
		count.reason = REASON_REVOKED_KEY;
		count.oin = list->rows[i].oin;
		count.count = list->refused[i];
		list->refused[i] = 0;
	}
	admission->any_refused &= count.count > 0;
	if (count.count > 0)
		*ret_count = count;
	return count.count > 0;
}

void admission_put_back(struct admission *admission, const struct frame_count *count)
{
	const struct list *list = &admission->list;
	size_t i = 0;
	while (i < list->row_count &&
	       !(list->rows[i].revoked && oin_equal(&list->rows[i].oin, &count->oin)))
		i++;
	bool known = count->reason == REASON_REVOKED_KEY && i < list->row_count;
	add(known ? &list->refused[i] : &admission->strangers, count->count);
	admission->any_refused = true;
}

struct partner *admission_partner(struct admission *admission, const struct oin *oin)
{
	return partner_find(&admission->list, oin);
}

struct partner *admission_partner_at(struct admission *admission, size_t n)
{
	return n < admission->list.partner_count ? &admission->list.partners[n] : NULL;
}

bool partner_take(struct partner *partner, const struct credit *limit, size_t bytes)
{
	bool first = partner->frames == 0;
	if (!first && (partner->frames >= limit->frames || partner->bytes >= limit->bytes ||
		       bytes > limit->bytes - partner->bytes))
		return false;
	partner->frames++;
	partner->bytes += bytes;
	partner->pause_ms = 0;
	return true;
}

void partner_return(struct partner *partner, size_t bytes)
{
	partner->frames -= partner->frames > 0;
	partner->bytes -= bytes < partner->bytes ? bytes : partner->bytes;
}

bool partner_may_connect(struct partner *partner, int64_t now)
{
	const int64_t each = MS_PER_SECOND / CONNECTS_PER_SECOND;
	int64_t paid = partner->connects_ms > now ? partner->connects_ms : now;
	if (paid + each - now > CONNECTS_BURST * each)
		return false;
	partner->connects_ms = paid + each;
	return true;
}

bool partner_may_hint(struct partner *partner, int64_t now, uint32_t *ret_pause_ms)
{
	if (now < partner->hint_next_ms)
		return false;
	uint32_t pause = partner->pause_ms ? 2 * partner->pause_ms : PAUSE_FIRST_MS;
	partner->pause_ms = pause < PAUSE_LAST_MS ? pause : PAUSE_LAST_MS;
	partner->hint_next_ms = now + partner->pause_ms;
	*ret_pause_ms = partner->pause_ms;
	return true;
}
