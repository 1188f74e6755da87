// SPDX-License-Identifier: EUPL-1.2
// Inside clients/adapter only: the file `state` (adapter/store.h).
#ifndef KNP_ADAPTER_STATE_H
#define KNP_ADAPTER_STATE_H

#include "adapter/store.h"

void state_encode(const struct store_state *state, const char *in, struct buffer *out);
// `ret_in` has READING_PATH_MAX bytes. RESULT_DAMAGED.
enum result state_decode(struct bytes data, struct store_state *ret_state,
			 char *ret_in) KNP_MUST_CHECK;
// RESULT_NOT_FOUND before the first.
enum result state_read(const char *path, struct store_state *ret_state,
		       char *ret_in) KNP_MUST_CHECK;

#endif
