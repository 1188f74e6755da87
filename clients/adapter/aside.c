// SPDX-License-Identifier: EUPL-1.2
// What could not be sent of a file goes into the quarantine, with the reasons beside it.
#include "adapter/intake.h"

#include "json/problem_json.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PART_MAX (16 * 1024 * 1024) // of the quarantine
#define TOLD_MAX 5000               // lines of which the reason is told

void aside_begin(struct intake *intake)
{
	char until[21];
	time_format(until, clock_wall_ms() + QUARANTINE_KEEP_MS);
	buffer_append_format(&intake->reasons, "bestand: %s\nbewaard tot: %.10s\n",
			     intake->taken->name, until);
}

void aside_add(struct intake *intake, const struct line *line, const char *who)
{
	const struct problem *problem = &line->problem;
	answers_add(intake, line);
	intake->report.bad++;
	buffer_append(&intake->bad, line->raw);
	if (intake->report.bad > TOLD_MAX)
		return;
	if (line->number > 0)
		buffer_append_format(&intake->reasons, "regel %u: ", line->number);
	if (problem->field[0])
		buffer_append_format(&intake->reasons, "%s: ", problem->field);
	buffer_append_format(&intake->reasons, "%s%s: %s %s\n", who, problem->code,
			     problem->message, problem->fix);
}

static enum result keep_part(struct intake *intake, unsigned part, struct bytes content)
{
	char path[STORE_PATH_MAX];
	struct adapter *adapter = intake->adapter;
	store_quarantine_path(&adapter->store, intake->taken->number, part, path);
	const struct kept kept = {
		.path = path, .number = intake->taken->number, .scope = adapter->settings->name};
	enum result result = client_keep(adapter->client, &kept, content);
	if (result != RESULT_OK)
		*intake->problem = *client_problem(adapter->client);
	return result;
}

static enum result write_reasons(const struct intake *intake)
{
	return intake->reasons.status == RESULT_OK
		       ? store_write_reason(&intake->adapter->store, intake->taken->number,
					    buffer_view(&intake->reasons))
		       : intake->reasons.status;
}

// The reason comes last; so where one is, what it speaks of is there too.
enum result aside_write(struct intake *intake)
{
	if (intake->report.bad > TOLD_MAX)
		buffer_append_format(&intake->reasons, "en nog %llu regels\n",
				     (unsigned long long)(intake->report.bad - TOLD_MAX));
	enum result result = intake->bad.status;
	if (result == RESULT_OK)
		result = keep_part(intake, 0, buffer_view(&intake->bad));
	return result == RESULT_OK ? write_reasons(intake) : result;
}

static enum result keep_parts(struct intake *intake, int fd, uint8_t *part)
{
	for (unsigned n = 0;; n++) {
		ssize_t got = 0, len = 0;
		while (len < PART_MAX &&
		       (got = read(fd, part + len, PART_MAX - (size_t)len)) != 0) {
			if (got < 0 && errno != EINTR)
				return RESULT_IO;
			len += got > 0 ? got : 0;
		}
		if (len == 0)
			return RESULT_OK;
		enum result result = keep_part(intake, n, bytes_make(part, (size_t)len));
		if (result != RESULT_OK)
			return result;
	}
}

enum result aside_keep_large(struct intake *intake)
{
	struct buffer part;
	int fd = open(intake->taken->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return RESULT_IO;
	buffer_init(&part, PART_MAX);
	uint8_t *room = buffer_reserve(&part, PART_MAX);
	enum result result = room ? keep_parts(intake, fd, room) : RESULT_NO_MEMORY;
	buffer_wipe(&part);
	close(fd);
	struct line line = {.problem.code = NULL};
	(void)problem_refuse(&line.problem, REASON_TOO_LONG, "",
			     "Split it into files of at most 32 MiB.");
	aside_add(intake, &line, "");
	return result == RESULT_OK ? write_reasons(intake) : result;
}
