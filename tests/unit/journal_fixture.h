// SPDX-License-Identifier: EUPL-1.2
// A journal with its keystore in a temporary folder, and the log it should hold beside it.
#ifndef KNP_TESTS_UNIT_JOURNAL_FIXTURE_H
#define KNP_TESTS_UNIT_JOURNAL_FIXTURE_H

#include "unit.h"

#include "crypto/secret.h"
#include "journal/journal.h"
#include "temporary.h"
#include "testlog.h"

#define MAP ((size_t)64 << 20)
#define BATCH_MAX 256

struct fixture {
	struct temporary *t;
	char *folder, *keystore_path;
	size_t map;
	struct keystore *keystore;
	struct journal *journal;
	struct testlog log; // what the journal should hold
};

struct batch {
	struct journal_item items[BATCH_MAX];
	char texts[BATCH_MAX][2][200];
	struct testlog after;
};

// The slots are shared by 1,000 entries each: enough to erase one without its neighbour.
static inline uint64_t parts_slot(uint64_t index)
{
	return KEYSTORE_FIRST_FREE + 2 * (index % 1000);
}

static inline uint64_t content_slot(uint64_t index)
{
	return parts_slot(index) + 1;
}

static inline struct bytes parts_text(uint64_t index, char out[200])
{
	snprintf(out, 200, "parts of %llu, which are long enough to be found in a file",
		 (unsigned long long)index);
	return bytes_of_text(out);
}

// Every fourth entry has no content.
static inline struct bytes content_text(uint64_t index, char out[200])
{
	snprintf(out, 200, "content of %llu %100s", (unsigned long long)index, "");
	return index % 4 == 3 ? bytes_make(NULL, 0) : bytes_of_text(out);
}

static inline void make_batch(const struct fixture *f, struct batch *batch, size_t count)
{
	batch->after = f->log;
	for (size_t i = 0; i < count; i++) {
		struct journal_item *item = &batch->items[i];
		uint64_t index = batch->after.frontier.size;
		*item = (struct journal_item){
			.parts = parts_text(index, batch->texts[i][0]),
			.content = content_text(index, batch->texts[i][1]),
			.slot_parts = parts_slot(index),
			.slot_content = content_slot(index),
		};
		testlog_next(&batch->after, item->entry);
	}
}

static inline void append_ok(struct fixture *f, size_t count)
{
	struct batch *batch = malloc(sizeof *batch);
	make_batch(f, batch, count);
	assert_int_equal(journal_append(f->journal, f->log.frontier.size, batch->items, count),
			 RESULT_OK);
	f->log = batch->after;
	free(batch);
}

static inline void open_journal(struct fixture *f)
{
	assert_int_equal(journal_open(f->folder, f->map, f->keystore, false, &f->journal),
			 RESULT_OK);
}

static inline void close_journal(struct fixture *f)
{
	journal_close(f->journal);
	f->journal = NULL;
}

static inline void reopen(struct fixture *f)
{
	close_journal(f);
	open_journal(f);
}

static inline void assert_is_log(const struct fixture *f)
{
	struct hash got = journal_root(f->journal), want = frontier_root(&f->log.frontier);
	assert_int_equal(journal_size(f->journal), f->log.frontier.size);
	assert_true(hash_equal(&got, &want));
}

static inline void assert_checks(const struct fixture *f)
{
	uint64_t index;
	assert_int_equal(journal_check(f->journal, 0, &index), RESULT_OK);
}

static inline void assert_entry_reads(const struct fixture *f, uint64_t index)
{
	uint8_t entry[ENTRY_LEN];
	char want[200];
	struct buffer parts, content;
	buffer_init(&parts, 10000);
	buffer_init(&content, 10000);
	buffer_append_text(&content, "of another entry");
	assert_int_equal(journal_read(f->journal, index, entry, &parts, &content), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&parts), parts_text(index, want)));
	assert_true(bytes_equal(buffer_view(&content), content_text(index, want)));
	buffer_done(&parts);
	buffer_done(&content);
}

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->t = temporary_new();
	f->folder = strdup(temporary_path(f->t, "log"));
	f->keystore_path = strdup(temporary_path(f->t, "keystore"));
	f->map = MAP;
	*state = f;
	if (crypto_start() != RESULT_OK || keystore_create(f->keystore_path) != RESULT_OK ||
	    keystore_open(f->keystore_path, &f->keystore) != RESULT_OK ||
	    journal_create(f->folder, MAP) != RESULT_OK)
		return -1;
	testlog_init(&f->log);
	open_journal(f);
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;
	journal_close(f->journal);
	keystore_close(f->keystore);
	temporary_free(f->t);
	free(f->folder);
	free(f->keystore_path);
	free(f);
	return 0;
}

#endif
