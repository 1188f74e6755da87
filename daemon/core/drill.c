// SPDX-License-Identifier: EUPL-1.2
// knooppuntd restore --drill: can this backup be used? In a folder of its own, with the keys of the
// house, a start is made of it as it would be made in earnest: the keystore is opened, every order
// to erase is carried out again, state is replayed, and all of the log is verified.
#include "core/drill.h"

#include "base/clock.h"
#include "base/file.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t count_erased(struct keystore *keystore)
{
	uint8_t key[KEYSTORE_KEY_LEN];
	uint64_t count = 0;
	for (uint64_t i = KEYSTORE_FIRST_FREE; i < keystore_filled(keystore); i++)
		count += keystore_get(keystore, i, key) == RESULT_ERASED;
	secret_wipe(key, sizeof key);
	return count;
}

static enum result count_before(struct drill *drill, uint64_t *ret_count)
{
	char path[BACKUP_PATH_MAX];
	struct keystore *keystore;
	drill_path(path, drill->scratch, "keystore");
	enum result r = keystore_open_to_read(path, &keystore);
	if (r)
		return drill_fail(drill, r, REASON_IO, path, "the keystore cannot be opened");
	*ret_count = count_erased(keystore);
	keystore_close(keystore);
	return RESULT_OK;
}

// A start signs anew whatever log it finds; the backup says up to where its own goes.
static enum result read_checkpoint(struct drill *drill, const struct core *core)
{
	char path[BACKUP_PATH_MAX];
	struct buffer note;
	buffer_init(&note, CHECKPOINT_MAX);
	drill_path(path, drill->backup, "checkpoint");
	enum result r = file_read(path, CHECKPOINT_MAX, &note);
	if (!r)
		r = log_keys_verify(&core->signing.keys, buffer_view(&note), &drill->checkpoint);
	buffer_done(&note);
	return r;
}

static enum result check(struct drill *drill, struct core *core)
{
	char what[80] = "the log of the backup is not what its checkpoint says";
	const struct backup_room room = {&core->stored_parts, &core->stored_content, NULL};
	enum result r = read_checkpoint(drill, core);
	if (!r)
		r = backup_check(core->journal, &drill->checkpoint, &room, &drill->found);
	if (r && drill->found.has_bad)
		snprintf(what, sizeof what, "entry %llu of the log does not verify",
			 (unsigned long long)drill->found.bad);
	return drill_fail(drill, r, REASON_DAMAGED, drill->backup, what);
}

// What a start could not use is named to the entry, where one is to blame.
static void find_entry(struct drill *drill)
{
	char path[BACKUP_PATH_MAX];
	struct keystore *keystore = NULL;
	struct journal *journal = NULL;
	struct buffer parts, content;
	const struct backup_room room = {&parts, &content, NULL};
	buffer_init(&parts, STORED_MAX);
	buffer_init(&content, STORED_MAX);
	drill_path(path, drill->scratch, "keystore");
	enum result r = keystore_open_to_read(path, &keystore);
	drill_path(path, drill->scratch, "log");
	if (!r)
		r = journal_open(path, (size_t)drill->settings.map_log_mib << 20, keystore, true,
				 &journal);
	if (!r) {
		const struct checkpoint own = {.size = journal_size(journal),
					       .root = journal_root(journal)};
		r = backup_check(journal, &own, &room, &drill->found);
	}
	if (r == RESULT_DAMAGED && drill->found.has_bad)
		snprintf(drill->problem.message, sizeof drill->problem.message,
			 "entry %llu of the log does not verify",
			 (unsigned long long)drill->found.bad);
	journal_close(journal);
	keystore_close(keystore);
	buffer_wipe(&parts);
	buffer_wipe(&content);
}

static enum result with_core(struct drill *drill, struct core *core)
{
	uint64_t before = 0;
	enum result r = count_before(drill, &before);
	if (!r)
		r = core_open(core, &drill->settings, &drill->problem);
	if (r == RESULT_DAMAGED)
		find_entry(drill);
	if (r)
		return r;
	drill->erased_again = count_erased(core->keystore) - before;
	r = check(drill, core);
	drill->took_ms = clock_monotonic_ms() - drill->begun;
	if (!r)
		r = drill->use(drill, core);
	core_close(core);
	return r;
}

enum result drill_run(struct drill *drill)
{
	drill->begun = clock_monotonic_ms();
	enum result r = drill_fill(drill);
	snprintf(drill->settings.data, sizeof drill->settings.data, "%s", drill->scratch);
	drill->settings.guard[0] = '\0';
	if (r)
		return r;
	struct core *core = calloc(1, sizeof *core);
	if (!core)
		return drill_fail(drill, RESULT_NO_MEMORY, REASON_IO, drill->scratch, "no memory");
	r = with_core(drill, core);
	free(core);
	return r;
}
