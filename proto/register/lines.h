// SPDX-License-Identifier: EUPL-1.2
// Inside proto/register only: the lines of a text that people sign (einde.h, huissleutel.h, stop.h,
// register_wissing). Each takes from the front of `rest`; false when something else stands there,
// and `rest` may then have moved. That a text is the only way of writing what was read is for its
// reader to see, by writing it again.
#ifndef KNP_REGISTER_LINES_H
#define KNP_REGISTER_LINES_H

#include "base/bytes.h"

// The word `begins`, 1..size-1 bytes of text without zeros, and the end of that line. The text goes
// into `out` with a zero behind it.
bool lines_take(struct bytes *rest, const char *begins, char *out, size_t size) KNP_MUST_CHECK;
// The same with `len` bytes in hex for the text.
bool lines_take_hex(struct bytes *rest, const char *begins, uint8_t *out,
		    size_t len) KNP_MUST_CHECK;
// Decimal digits, at most 19, within a line.
bool lines_take_number(struct bytes *rest, uint64_t *ret_number) KNP_MUST_CHECK;

#endif
