// SPDX-License-Identifier: EUPL-1.2
#include "parent/reload.h"

#include "base/log.h"
#include "melding/reason.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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
	// Above the numbers children are given theirs at.
	parent->page_fd = fcntl(fd, F_DUPFD_CLOEXEC, ROLE_FDS);
	close(fd);
	if (result == RESULT_OK && parent->page_fd < 0)
		result = RESULT_IO;
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
static void put_in_force(struct parent *parent, const struct control_message *message,
			 const struct settings *settings)
{
	for (size_t i = 1; i < message->count; i++) {
		const struct setting_row *row = row_named(message->lines[i].name);
		int64_t value = *(const int64_t *)((const char *)settings + row->offset);
		struct settings *const copies[] = {parent->page, &parent->settings, &parent->given};
		for (size_t n = 0; n < sizeof copies / sizeof copies[0]; n++)
			__atomic_store_n((int64_t *)((char *)copies[n] + row->offset), value,
					 __ATOMIC_RELAXED);
		log_line(LOG_LEVEL_NOTICE, "event=parent.reloaded setting=%s value=%lld", row->name,
			 (long long)value);
	}
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
		put_in_force(parent, &message, &settings);
		control_append_text(out, "result", "ok");
	}
	control_message_done(&message);
}
