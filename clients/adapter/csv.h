// SPDX-License-Identifier: EUPL-1.2
// Lines of a CSV file as systems of partners export them: RFC 4180 with a separator of choice, line
// ends of Unix or Windows. Pure, over bytes of a stranger. A line that is wrong is told and the
// next one is read: whatever a quote that is never closed would swallow is read as lines of its
// own.
#ifndef KNP_ADAPTER_CSV_H
#define KNP_ADAPTER_CSV_H

#include "base/arena.h"
#include "melding/reason.h"

#define CSV_FIELDS_MAX 64
#define CSV_RECORD_MAX 16384 // bytes of one record, its lines together
#define CSV_LINES_MAX 32     // lines that one record may have, in quotes

struct csv_form {
	char separator;
	bool windows_1252; // else UTF-8
};

struct csv {
	struct csv_form form;
	struct bytes rest; // not read yet
	unsigned line;     // of the next record, 1-based
};

struct csv_record {
	struct bytes fields[CSV_FIELDS_MAX]; // UTF-8, views into the arena
	size_t count;
	unsigned line;    // it begins at
	struct bytes raw; // as it stands in the file, its line end included
};

// A byte order mark of UTF-8 is skipped. RESULT_UNSUPPORTED: one of UTF-16 or UTF-32.
enum result csv_open(struct bytes text, const struct csv_form *form,
		     struct csv *ret_csv) KNP_MUST_CHECK;
// The next record; empty lines are passed over. RESULT_NOT_FOUND at the end. RESULT_MALFORMED with
// the reason: `line` and `raw` of the record are those of the one line that is refused, and reading
// goes on behind it. REASON_SYNTAX a quote out of place, or a last line that no line end follows
// (the file was cut short); REASON_BAD_TEXT bytes that are no text of this encoding;
// REASON_TOO_MANY fields; REASON_TOO_LONG. RESULT_NO_MEMORY: the arena is full (5 times
// CSV_RECORD_MAX suffices).
enum result csv_next(struct csv *csv, struct arena *arena, struct csv_record *ret_record,
		     enum reason *ret_reason) KNP_MUST_CHECK;

#endif
