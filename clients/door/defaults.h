// SPDX-License-Identifier: EUPL-1.2
// What settings say of a JZV melding that lacks it: `gemeente`, `soorten`, `postcodes`
// (docs/jzv.md).
#ifndef KNP_DOOR_DEFAULTS_H
#define KNP_DOOR_DEFAULTS_H

#include "door/reading.h"
#include "json/jzv_json.h"

// RESULT_CONFIG, RESULT_NO_MEMORY. The caller ends what it got, after a failure too.
enum result defaults_read(const struct reading *reading, const struct yaml_node *root,
			  struct jzv_defaults *ret_defaults) KNP_MUST_CHECK;
void defaults_done(struct jzv_defaults *defaults);

#endif
