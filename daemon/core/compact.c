// SPDX-License-Identifier: EUPL-1.2
#include "core/compact.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/backup_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FOLDER "compact"
#define RECORD "compacted"
#define RECORD_MAX 4096
#define RESERVE ((uint64_t)64 << 20) // left over for what comes meanwhile, and for state
#define PATH_LEN 400
#define LINE_LEN 200

struct compacting {
	struct core *core;
	struct core_paths paths;
	char folder[PATH_LEN];
	struct journal_copy copy;
	uint64_t before, after, gone;
	bool is_exchanged;
	const char *what; // was being done when it failed
};

static void path_of(char out[PATH_LEN], const struct settings *settings, const char *name)
{
	snprintf(out, PATH_LEN, "%s/%s", settings->data, name);
}

// ---- what is in the way --------------------------------------------------------------------

// A database of ours, with all that LMDB or we put beside it.
static enum result destroy_folder(const char *folder)
{
	char path[PATH_LEN + 16];
	folder_clear_leftovers(folder);
	snprintf(path, sizeof path, "%s/data.mdb", folder);
	enum result r = file_destroy(path);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	snprintf(path, sizeof path, "%s/lock.mdb", folder);
	if (unlink(path) && errno != ENOENT)
		return RESULT_IO;
	return rmdir(folder) && errno != ENOENT ? RESULT_IO : RESULT_OK;
}

enum result compact_clear(const struct settings *settings)
{
	char folder[PATH_LEN];
	path_of(folder, settings, FOLDER);
	if (access(folder, F_OK))
		return RESULT_OK;
	// What lies here may be the log again after a power cut, until the exchange is on the disk.
	enum result r = file_sync_folder(settings->data);
	if (!r)
		r = destroy_folder(folder);
	return r ? r : file_sync_folder(settings->data);
}

// As much as the log takes now, whatever of it is freed, lies there twice for a while.
static bool has_room(struct core *core)
{
	struct store_facts facts;
	struct statvfs disk;
	return journal_facts(core->journal, &facts) == RESULT_OK &&
	       statvfs(core->settings->data, &disk) == 0 &&
	       (uint64_t)disk.f_bavail * disk.f_frsize >= facts.used_bytes + RESERVE;
}

// ---- the new log ---------------------------------------------------------------------------

// Ordered, done and told as done; and the key is not there any more.
static bool is_gone(void *context, uint64_t slot)
{
	struct core *core = context;
	struct state_wissing wissing;
	uint8_t key[KEYSTORE_KEY_LEN];
	return keystore_get(core->keystore, slot, key) == RESULT_ERASED &&
	       state_wissing(core->state, slot, &wissing) == RESULT_OK && wissing.slot == slot &&
	       wissing.klaar != 0;
}

static size_t map_bytes(const struct core *core)
{
	return (size_t)core->settings->map_log_mib << 20;
}

static enum result open_copy(struct compacting *c, bool read_only)
{
	return journal_open(c->folder, map_bytes(c->core), c->core->keystore, read_only,
			    &c->copy.target);
}

static void close_copy(struct compacting *c)
{
	journal_close(c->copy.target);
	c->copy.target = NULL;
}

static enum result write_log(struct compacting *c)
{
	bool of_target;
	c->what = "copy";
	c->copy = (struct journal_copy){
		.size = journal_size(c->core->journal), .is_gone = is_gone, .context = c->core};
	enum result r = folder_ensure(c->folder);
	if (!r)
		r = journal_create(c->folder, map_bytes(c->core));
	if (!r)
		r = open_copy(c, false);
	if (!r)
		r = journal_copy(c->core->journal, &c->copy, &of_target);
	close_copy(c);
	return r;
}

// As it lies on the disk: each row is what it was, and all of it is the log under its checkpoint.
static enum result verify_log(struct compacting *c)
{
	struct core *core = c->core;
	struct backup_found found;
	struct store_facts facts = {.used_bytes = 0};
	const struct backup_room room = {&core->stored_parts, &core->stored_content, core->pulse};
	c->what = "verify";
	enum result r = open_copy(c, true);
	if (!r)
		r = journal_same(core->journal, &c->copy, &c->gone);
	if (!r)
		r = backup_check(c->copy.target, &core->checkpoint, &room, &found);
	if (!r)
		r = journal_facts(c->copy.target, &facts);
	c->after = facts.used_bytes;
	close_copy(c);
	return r;
}

// One of the two is whole under the name of the log at every moment, and the other under a name
// that is destroyed.
static enum result exchange(struct compacting *c)
{
	c->what = "exchange";
	journal_close(c->core->journal);
	c->core->journal = NULL;
	if (renameat2(AT_FDCWD, c->folder, AT_FDCWD, c->paths.log, RENAME_EXCHANGE))
		return RESULT_IO;
	c->is_exchanged = true;
	return RESULT_OK; // on the disk before anything of the old one is touched: compact_clear()
}

// ---- what is derived -----------------------------------------------------------------------

// Rows of state are worth nothing without these keys, those that the file system freed included.
static enum result renew_state(struct compacting *c)
{
	c->what = "state";
	state_close(c->core->state);
	c->core->state = NULL;
	if (rename(c->paths.state, c->folder))
		return RESULT_IO;
	enum result r = file_sync_folder(c->core->settings->data);
	if (!r)
		r = keystore_rekey(c->core->keystore);
	return r ? r : compact_clear(c->core->settings);
}

static enum result compact(struct compacting *c)
{
	struct core *core = c->core;
	struct store_facts facts;
	c->what = "room";
	enum result r = core->readonly ? RESULT_DENIED : compact_clear(core->settings);
	if (!r)
		r = journal_facts(core->journal, &facts);
	if (r)
		return r;
	c->before = facts.used_bytes;
	r = has_room(core) ? write_log(c) : RESULT_FULL;
	if (!r)
		r = verify_log(c);
	if (!r)
		r = exchange(c);
	if (!r) {
		c->what = "old-log";
		r = compact_clear(core->settings);
	}
	return r ? r : renew_state(c);
}

// ---- what came of it -----------------------------------------------------------------------

static enum reason reason_of(enum result r)
{
	return r == RESULT_FULL      ? REASON_FULL
	       : r == RESULT_DAMAGED ? REASON_DAMAGED
	       : r == RESULT_DENIED  ? REASON_READONLY
				     : REASON_IO;
}

// The record is two lines of words: of the last that was done, and of one after it that was not;
// "begun=" in that second line: it was cut off, for who is not says what came of it.
struct compacted {
	char done[LINE_LEN], after[LINE_LEN];
};

#define NEVER "last=never log_before=0 log_after=0 gone=0"

static void read_record(const struct settings *settings, struct compacted *ret_record)
{
	char path[PATH_LEN];
	struct buffer file;
	struct compacted record = {NEVER, ""};
	path_of(path, settings, RECORD);
	buffer_init(&file, RECORD_MAX);
	enum result r = file_read(path, RECORD_MAX - 1, &file);
	buffer_append_u8(&file, 0);
	if (!r && !file.status)
		(void)sscanf((const char *)file.data, "%199[^\n]\n%199[^\n]", record.done,
			     record.after);
	buffer_done(&file);
	*ret_record = record;
}

static enum result write_record(const struct settings *settings, const struct compacted *record)
{
	char path[PATH_LEN], text[2 * LINE_LEN + 2];
	path_of(path, settings, RECORD);
	snprintf(text, sizeof text, "%s\n%s\n", record->done, record->after);
	enum result r = file_replace(path, bytes_of_text(text), 0600);
	if (r)
		log_line(LOG_LEVEL_WARNING, "event=compact-unrecorded");
	return r;
}

// What comes of it can only be told where this stands already.
static enum result record_begun(struct core *core)
{
	char now[21];
	struct compacted record;
	read_record(core->settings, &record);
	time_format(now, time_now(core));
	snprintf(record.after, sizeof record.after, "begun=%s", now);
	return write_record(core->settings, &record);
}

static void say_outcome(const struct compacting *c, enum result r, struct compacted *record)
{
	char now[21];
	time_format(now, time_now(c->core));
	if (!r) {
		snprintf(record->done, sizeof record->done,
			 "last=%s log_before=%llu log_after=%llu gone=%llu", now,
			 (unsigned long long)c->before, (unsigned long long)c->after,
			 (unsigned long long)c->gone);
		record->after[0] = '\0';
		log_line(LOG_LEVEL_NOTICE, "event=compacted %s", record->done);
		return;
	}
	snprintf(record->after, sizeof record->after, "failed=%s why=%s at=%s", now,
		 reason_code(reason_of(r)), c->what);
	log_line(LOG_LEVEL_ERROR, "event=compact-failed at=%s result=\"%s\" exchanged=%s", c->what,
		 result_name(r), c->is_exchanged ? "yes" : "no");
}

void core_compact(struct core *core)
{
	struct compacted record;
	struct compacting c = {.core = core, .what = "start"};
	core_paths(core->settings, &c.paths);
	path_of(c.folder, core->settings, FOLDER);
	read_record(core->settings, &record);
	pulse_long_work(core->pulse, true);
	enum result r = compact(&c);
	if (r && compact_clear(core->settings))
		log_line(LOG_LEVEL_WARNING, "event=compact-left");
	say_outcome(&c, r, &record);
	(void)!write_record(core->settings, &record); // else it says that it was begun
	pulse_long_work(core->pulse, false);
}

// ---- questions -----------------------------------------------------------------------------

void command_compact(struct core *core, const struct control_message *ask, struct buffer *out)
{
	(void)ask;
	if (core->readonly) {
		say_reason(out, REASON_READONLY, "core takes nothing, so it compacts nothing");
	} else if (!has_room(core)) {
		say_reason(out, REASON_FULL,
			   "the disk of the data folder has no room for the log a second time");
	} else if (record_begun(core)) {
		say_reason(out, REASON_IO, "that it begins cannot be written into the data folder");
	} else {
		core->compact = true;
		say_ok(core, out);
	}
}

// Each word as a line of its own, for programs.
static void say_words(const char *words, struct buffer *out)
{
	char name[CONTROL_NAME_MAX + 1], value[LINE_LEN];
	int used = 0;
	for (; sscanf(words, " %64[^= ]=%199s%n", name, value, &used) == 2; words += used)
		control_append_text(out, name, value);
}

// What the second line of the record says of one that was not done.
static void say_undone(const char *after, struct buffer *out)
{
	char code[LINE_LEN] = "", at[LINE_LEN] = "", what[2 * LINE_LEN];
	(void)sscanf(after, "failed=%*s why=%199s at=%199s", code, at);
	enum reason reason = reason_of_code(bytes_of_text(code));
	if (reason == REASON_NONE) {
		say_reason(out, REASON_BUSY,
			   "the compaction was cut off; log and state are whole, ask again");
		return;
	}
	snprintf(what, sizeof what, "the compaction failed at \"%s\"; log and state are whole", at);
	say_reason(out, reason, what);
}

void command_compacted(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct compacted record;
	(void)ask;
	read_record(core->settings, &record);
	if (record.after[0]) {
		say_undone(record.after, out);
		return;
	}
	say_ok(core, out);
	say_words(record.done, out);
}

void compact_tell(const struct core *core, struct buffer *out)
{
	char line[2 * LINE_LEN + 2];
	struct compacted record;
	read_record(core->settings, &record);
	snprintf(line, sizeof line, "%s%s%s", record.done, record.after[0] ? " " : "",
		 record.after);
	control_append_text(out, "compact", line);
}
