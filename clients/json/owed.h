// SPDX-License-Identifier: EUPL-1.2
// What somebody owes, as the knooppunt tells it in a line (daemon/flow/openstaand.h), and the
// command by which a person answers for it.
#ifndef KNP_JSON_OWED_H
#define KNP_JSON_OWED_H

#include "base/bytes.h"

struct owed {
	int64_t due;                    // wall milliseconds
	struct bytes soort, regel, wie; // wie: "<oin>/<functie>"
	struct bytes uitkomsten;        // of a weging, with commas; empty: none are named
	struct bytes trap;              // how it reached us; empty: not said
	uint64_t entry, betrokkene;     // betrokkene 0: none is named
};
// Views of the value of a line "obligation". RESULT_MALFORMED.
enum result owed_parse(struct bytes line, struct owed *ret_owed) KNP_MUST_CHECK;
// Who answers for it, and by which command.
void owed_say_how(const struct owed *owed, struct buffer *out);

#endif
