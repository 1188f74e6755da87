// SPDX-License-Identifier: EUPL-1.2
// The keys of the knooppunt itself change while power is cut (cuts.c): `knooppuntd rotate` of each
// kind, the leaf that brings the next key, the one that ends the old, and its destruction.
#ifndef KNP_TESTS_FAULT_CUTS_KEYS_H
#define KNP_TESTS_FAULT_CUTS_KEYS_H

#include "tests/unit/flow_world.h"

// Takes step 0..3 of the change of every kind of key, and notes after how many operations it was
// said to be done.
void cuts_change_keys(struct flow_world *w, size_t step);
// After how many operations the last of them was said to be destroyed.
size_t cuts_keys_destroyed(void);
// Of a house that opened after a cut: what is wrong with its keys, NULL when nothing is. What was
// said stands, and of each kind one that the register has in force can be used.
const char *cuts_look_at_keys(struct flow_world *w, size_t done);
// Whoever sat at the machine does it again: a run that was cut short is made whole.
const char *cuts_go_on(struct flow_world *w, size_t done);

#endif
