// SPDX-License-Identifier: EUPL-1.2
// Opening of envelopes (design §4, steps 2 and 3): hostile bytes go in, checked tables come out. It
// knows no socket, no clock and no store, so that it can be tested and fuzzed as it is.
//
// What fails before envelope and signature hold is counted and hinted at only; what fails after
// that is a refusal of the statement, with a reason its sender may read.
#ifndef KNP_OPENER_OPENER_H
#define KNP_OPENER_OPENER_H

#include "ipc/opened.h"

struct opener; // opaque

// Receive keys of the knooppunt: the one in use and, while they change, the next.
#define OPENER_KEYS_MAX 2
struct receive_keys {
	struct private_key keys[OPENER_KEYS_MAX]; // KEY_KIND_SEALING
	size_t count;
};
// Borrows the keys, which outlive the opener.
enum result opener_new(const struct receive_keys *receive,
		       struct opener **ret_opener) KNP_MUST_CHECK;
void opener_free(struct opener *opener); // NULL allowed

// Takes a FRAME_PARTIES: the whole list of parties, the house's OIN and the origin of the log. All
// keys agreed with parties before are forgotten. RESULT_MALFORMED (the list in force stays),
// RESULT_NO_MEMORY.
enum result opener_set_parties(struct opener *opener, struct bytes frame) KNP_MUST_CHECK;
bool opener_has_parties(const struct opener *opener);
// Is a receive key in force of which the opener has no private half? The list says which are.
bool opener_lacks_key(const struct opener *opener);
// Is this receive key in force? An envelope for another one is not opened.
bool opener_may_use(const struct opener *opener, const struct key_id *id);

struct opener_input {
	struct bytes frame; // as received
	struct route route;
	struct oin connection_oin; // of the transport key
	struct civil_date today;
};
// Takes each opened statement; all views end when the call does. Whatever it returns other than
// RESULT_OK ends the envelope.
struct opener_sink {
	enum result (*take)(void *context, const struct opened *opened);
	void *context;
};

// Opens one envelope. REASON_NONE: it held, and the sink got its statements, refused ones
// included. Else why nobody may believe it: to be counted under the connection's OIN and answered
// with a hint. *ret_result is what the sink returned, RESULT_OK when all was taken.
enum reason opener_open(struct opener *opener, const struct opener_input *input,
			const struct opener_sink *sink, enum result *ret_result);

#endif
