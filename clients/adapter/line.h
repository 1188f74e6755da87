// SPDX-License-Identifier: EUPL-1.2
// Inside clients/adapter only: one melding out of one line or document, the same for sending and
// for showing.
#ifndef KNP_ADAPTER_LINE_H
#define KNP_ADAPTER_LINE_H

#include "adapter/adapter.h"

struct line {
	unsigned number;           // of the line, 0: a document
	struct bytes raw;          // as it came
	char first[ID_MAX + 1];    // id of its first attempt: follows from its registratienummer
	char id[ID_MAX + 1];       // of this attempt
	uint32_t attempt;          // from 0
	struct melding melding;    // views into the arena of the reader
	struct velden_file velden; // of a statement that is none, likewise
	struct bytes registratienummer; // of a question, likewise
	struct bytes json;              // as docs/melding-json.md has it, a view into the reader
	uint64_t sequence;              // volgnummer, 0 none
	struct problem problem;         // with RESULT_MALFORMED, or once it is `bad`
	// While its file is gone through (intake.h).
	bool bad;                       // it goes to the quarantine
	bool taken;                     // the knooppunt took it, by what is known of it
	uint8_t tag[KNOWN_TAG_LEN];     // of `first`
	uint8_t content[KNOWN_TAG_LEN]; // of what it says
};

struct line_reader {
	struct adapter *adapter;
	struct bytes text; // of the file
	struct csv csv;
	struct bytes header; // as it came, its line end included
	struct arena *arena;
	struct buffer json;
	bool done; // a document was read
};

// RESULT_MALFORMED with the problem: the file as a whole cannot be read.
enum result line_open(struct adapter *adapter, struct bytes text, struct line_reader *ret_reader,
		      struct problem *problem) KNP_MUST_CHECK;
void line_close(struct line_reader *reader);
// RESULT_NOT_FOUND at the end; RESULT_MALFORMED: this one is wrong, the next may be fine.
// What it views stands until line_clear.
enum result line_next(struct line_reader *reader, struct line *ret_line) KNP_MUST_CHECK;
void line_clear(struct line_reader *reader);

// Makes `id` that of this attempt.
void line_use_attempt(const struct adapter *adapter, struct line *line, uint32_t attempt);

#endif
