// SPDX-License-Identifier: EUPL-1.2
// Bringing state up to date with the log. State is derived: what is torn, of another log, of
// another format or does not hold together is thrown away and replayed, and said in the log.
#include "core/opening.h"

#include "base/file.h"
#include "base/log.h"
#include "flow/type.h"
#include "flow/wissing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNKNOWN_BOOT "unknown"
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

// "<boot id> open" while running, "<boot id> clean" after an orderly end.
static void boot_mark(char out[64], const char *how)
{
	struct buffer id;
	buffer_init(&id, 64);
	if (file_read(BOOT_ID_FILE, 64, &id) || id.len < 36)
		snprintf(out, 64, UNKNOWN_BOOT " %s", how);
	else
		snprintf(out, 64, "%.36s %s", (const char *)id.data, how);
	buffer_done(&id);
}

// State is not synced; after a boot that was not preceded by a clean end it may be torn. A boot
// that has no name is never the same one.
static bool state_is_trusted(const struct core_paths *paths)
{
	char open_here[64];
	struct buffer mark;
	boot_mark(open_here, "open");
	bool named = strncmp(open_here, UNKNOWN_BOOT, sizeof UNKNOWN_BOOT - 1) != 0;
	buffer_init(&mark, 256);
	bool trusted = !file_read(paths->boot, 256, &mark) &&
		       ((named && bytes_equal(buffer_view(&mark), bytes_of_text(open_here))) ||
			(mark.len > 6 && memcmp(mark.data + mark.len - 6, " clean", 6) == 0));
	buffer_done(&mark);
	return trusted;
}

static bool has_state(const struct core_paths *paths)
{
	char path[300];
	snprintf(path, sizeof path, "%s/data.mdb", paths->state);
	return access(path, F_OK) == 0 || access(paths->boot, F_OK) == 0;
}

enum result core_discard_state(const char *folder)
{
	char path[300];
	static const char *const files[] = {"data.mdb", "lock.mdb"};
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		if (unlink(path) && errno != ENOENT)
			return RESULT_IO;
	}
	return RESULT_OK;
}

bool opening_state_is_ours(struct core *core)
{
	uint8_t entry[ENTRY_LEN];
	uint64_t position = state_position(core->state);
	if (position == 0)
		return true;
	if (position > journal_size(core->journal) ||
	    journal_read(core->journal, position - 1, entry, NULL, NULL))
		return false;
	struct hash leaf = tree_leaf(bytes_make(entry, ENTRY_LEN));
	return state_follows(core->state, &leaf);
}

static void say_replay(const struct core *core, const char *reason)
{
	log_line(LOG_LEVEL_WARNING, "event=state-replay reason=%s entries=%llu", reason,
		 (unsigned long long)journal_size(core->journal));
}

// Opens what there is and applies the tail of the log. *ret_why: replaying all of it would help.
static enum result bring_up(struct core *core, const struct core_paths *paths, const char **ret_why)
{
	enum result r = state_open(paths->state, (size_t)core->settings->map_state_mib * MIB,
				   core->keystore, type_effect, &core->state);
	if (r == RESULT_UNSUPPORTED || r == RESULT_DAMAGED)
		*ret_why = r == RESULT_DAMAGED ? "damaged" : "another-format";
	if (r)
		return r;
	bool ours = opening_state_is_ours(core);
	r = ours ? flow_catch_up(core) : RESULT_DAMAGED;
	if (!r)
		r = state_flush(core->state);
	if (!r)
		return r;
	if (!ours || state_is_damaged(core->state))
		*ret_why = ours ? "damaged" : "another-log";
	state_discard(core->state); // half of an entry may be in it
	return r;
}

static enum result replay(struct core *core, const struct core_paths *paths)
{
	const char *why = NULL;
	state_close(core->state);
	core->state = NULL;
	enum result r = core_discard_state(paths->state);
	return r ? r : bring_up(core, paths, &why);
}

enum result core_open_state(struct core *core, const struct core_paths *paths,
			    struct problem *problem)
{
	char mark[64];
	const char *why = NULL;
	enum result r = folder_ensure(paths->state);
	bool trusted = state_is_trusted(paths);
	if (!r && (!trusted || core->replay)) {
		if (has_state(paths)) // after init there was none, and no boot to be torn by
			say_replay(core, trusted ? "crashes" : "unclean-boot");
		r = core_discard_state(paths->state);
	}
	boot_mark(mark, "open");
	if (!r)
		r = file_replace(paths->boot, bytes_of_text(mark), 0600);
	if (r) // of the disk, not of state
		return opening_fail(problem, r, REASON_IO, paths->boot,
				    "what the next start goes by cannot be written");
	r = bring_up(core, paths, &why);
	if (!r || r == RESULT_NO_MEMORY)
		return r;
	// Whatever a page that is damaged had LMDB say: what state holds is in the log.
	core->scrub.state_replays += !why || strcmp(why, "damaged") == 0;
	say_replay(core, why ? why : "unreadable");
	return replay(core, paths);
}

enum result core_heal_state(struct core *core)
{
	struct core_paths paths;
	core_paths(core->settings, &paths);
	say_replay(core, "damaged");
	core->scrub.state_replays++;
	memset(&core->recheck, 0, sizeof core->recheck);
	core->recheck_done = false;
	enum result r = replay(core, &paths);
	return r ? r : flow_overwrite(core); // of orders that damaged state did not show
}

// An orderly end: state is made durable, then marked clean.
void core_leave_clean(struct core *core)
{
	struct core_paths paths;
	char mark[64];
	core_paths(core->settings, &paths);
	if (state_is_damaged(core->state) || state_flush(core->state))
		return;
	int folder = open(paths.state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return;
	boot_mark(mark, "clean");
	if (syncfs(folder) == 0 && file_replace(paths.boot, bytes_of_text(mark), 0600))
		log_line(LOG_LEVEL_WARNING, "event=no-clean-mark");
	close(folder);
}
