// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-knows-all only (never installed): every ontvanger passes
// for one that received everything, so what is stated to it tells of meldingen it may not know of.
// The provenance test must catch it. Made with -Wl,--wrap.
#include "state/state.h"

enum result __wrap_state_known(struct state *state, const struct ontvanger *ontvanger,
			       uint64_t index, bool *ret_known);

enum result __wrap_state_known(struct state *state, const struct ontvanger *ontvanger,
			       uint64_t index, bool *ret_known)
{
	(void)state;
	(void)ontvanger;
	(void)index;
	*ret_known = true;
	return RESULT_OK;
}
