// SPDX-License-Identifier: EUPL-1.2
#include "parent/reload.h"

#include "base/clock.h"
#include "base/log.h"
#include "melding/reason.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_MS 5000 // for the child that reads the file

enum result reload_start(struct parent *parent)
{
	void *memory;
	int fd;
	enum result result = shared_new(sizeof(struct settings), &fd, &memory);
	if (result != RESULT_OK)
		return result;
	parent->page = memory;
	parent->given = parent->settings;
	reload_publish(parent);
	result = shared_close_to_writers(fd);
	parent->page_fd = fd;
	if (result == RESULT_OK)
		result = role_lift(&parent->page_fd);
	log_follow(&parent->page->log_level);
	return result;
}

void reload_done(struct parent *parent)
{
	log_follow(NULL);
	shared_unmap(parent->page, sizeof *parent->page);
	parent->page = NULL;
}

void reload_publish(struct parent *parent)
{
	*parent->page = parent->settings;
}

void reload_tell(const struct parent *parent, struct buffer *out)
{
	const struct setting_row *row;
	control_append_text(out, "result", "ok");
	for (size_t n = 0; (row = setting_row_at(n)); n++) {
		char text[SETTING_TEXT_MAX];
		setting_format(row, &parent->given, text);
		control_append_text(out, row->name, text);
	}
}

static void refuse(struct buffer *out, enum reason reason, struct bytes name)
{
	buffer_clear(out);
	control_append_text(out, "result", reason_code(reason));
	control_append_text(out, "message",
			    "the running daemon does not take this setting; nothing "
			    "was changed");
	control_append(out, "field", name);
	control_append_text(out, "fix",
			    "use the programs of one version of Knooppunt, or restart "
			    "the daemon");
}

static const struct setting_row *row_named(struct bytes name)
{
	const struct setting_row *row;
	for (size_t n = 0; (row = setting_row_at(n)); n++)
		if (bytes_equal(name, bytes_of_text(row->name)))
			return row;
	return NULL;
}

static bool take_lines(const struct control_message *message, struct settings *settings,
		       struct buffer *out)
{
	for (size_t i = 1; i < message->count; i++) {
		const struct control_line *line = &message->lines[i];
		const struct setting_row *row = row_named(line->name);
		if (!row || !row->reloadable || !setting_take(row, line->value, settings)) {
			refuse(out, row ? REASON_OUT_OF_RANGE : REASON_UNKNOWN_KEYWORD, line->name);
			return false;
		}
	}
	return true;
}

// Each process sees each number change at once; nothing depends on two of them changing together.
static void put_in_force(struct parent *parent, const struct setting_row *row,
			 const struct settings *settings)
{
	int64_t value = *(const int64_t *)((const char *)settings + row->offset);
	struct settings *const copies[] = {parent->page, &parent->settings, &parent->given};
	for (size_t n = 0; n < sizeof copies / sizeof copies[0]; n++)
		__atomic_store_n((int64_t *)((char *)copies[n] + row->offset), value,
				 __ATOMIC_RELAXED);
	log_line(LOG_LEVEL_NOTICE, "event=parent.reloaded setting=%s value=%lld", row->name,
		 (long long)value);
}

void reload_take(struct parent *parent, struct bytes request, struct buffer *out)
{
	struct control_message message;
	struct settings settings = parent->settings;
	if (control_parse(request, &message) != RESULT_OK) {
		refuse(out, REASON_MALFORMED, bytes_of_text("reload"));
		return;
	}
	if (take_lines(&message, &settings, out)) {
		for (size_t i = 1; i < message.count; i++)
			put_in_force(parent, row_named(message.lines[i].name), &settings);
		control_append_text(out, "result", "ok");
	}
	control_message_done(&message);
}

// ---- from the file, by SIGHUP ----------------------------------------------------------------

// What the child found. The texts that the problem points at are those of this program too.
struct found {
	enum result result;
	struct settings settings;
	struct problem problem;
};

static void read_and_tell(const char *path, int out)
{
	struct found found = {.problem = {.code = NULL}};
	found.result = settings_read(path, &found.settings, &found.problem);
	_exit(write(out, &found, sizeof found) == (ssize_t)sizeof found ? 0 : 1);
}

// All of it, or false: it ended before, or its time is up.
static bool take_found(int in, struct found *found)
{
	int64_t until = clock_monotonic_ms() + READ_MS;
	size_t got = 0;
	while (got < sizeof *found) {
		struct pollfd one = {.fd = in, .events = POLLIN};
		int64_t left = until - clock_monotonic_ms();
		int ready = left > 0 ? poll(&one, 1, (int)left) : 0;
		ssize_t n = ready > 0 ? read(in, (uint8_t *)found + got, sizeof *found - got) : 0;
		if ((ready < 0 || n < 0) && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

// A parser of files never runs in the process that the others depend on.
static enum result read_in_child(const struct parent *parent, struct found *found)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return RESULT_IO;
	pid_t pid = fork();
	if (pid == 0)
		read_and_tell(parent->settings_file, ends[1]);
	close(ends[1]);
	bool whole = pid > 0 && take_found(ends[0], found);
	close(ends[0]);
	if (pid > 0) {
		(void)kill(pid, SIGKILL); // it has told all, or is too late
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return whole ? found->result : RESULT_IO;
}

static void say_refused(const struct parent *parent, enum result result,
			const struct problem *problem)
{
	log_line(LOG_LEVEL_ERROR,
		 "event=parent.reload-refused code=%s file=\"%s\" line=%u field=\"%s\" "
		 "message=\"%s\" fix=\"%s\"",
		 problem->code ? problem->code : reason_code(REASON_IO), parent->settings_file,
		 problem->line, problem->field,
		 problem->code ? problem->message : result_name(result),
		 problem->code ? problem->fix
			       : "knooppuntctl reload reads it as whoever runs that");
}

static bool differs(const struct parent *parent, const struct setting_row *row,
		    const struct settings *settings)
{
	char runs[SETTING_TEXT_MAX], file[SETTING_TEXT_MAX];
	setting_format(row, &parent->given, runs);
	setting_format(row, settings, file);
	return strcmp(runs, file) != 0;
}

void reload_read(struct parent *parent)
{
	struct found found = {.problem = {.code = NULL}};
	const struct setting_row *row;
	unsigned changed = 0;
	enum result result = read_in_child(parent, &found);
	if (result != RESULT_OK) {
		say_refused(parent, result, &found.problem);
		return;
	}
	for (size_t n = 0; (row = setting_row_at(n)); n++) {
		if (!differs(parent, row, &found.settings))
			continue;
		changed++;
		if (row->reloadable)
			put_in_force(parent, row, &found.settings);
		else
			log_line(LOG_LEVEL_WARNING,
				 "event=parent.reload-kept setting=%s fix=\"it counts after a "
				 "restart of "
				 "knooppuntd\"",
				 row->name);
	}
	log_line(LOG_LEVEL_NOTICE, "event=parent.reload-done differing=%u", changed);
}
