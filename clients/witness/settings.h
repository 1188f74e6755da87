// SPDX-License-Identifier: EUPL-1.2
// Settings of knooppunt-witness, a YAML file:
//
//	folder: witness                    its own (witness/witness.h)
//	unlock_file: witness-unlock.key    opens its key
//	address: 127.0.0.1                 where it listens; port 0 is any that is free
//	port: 7478
#ifndef KNP_WITNESS_SETTINGS_H
#define KNP_WITNESS_SETTINGS_H

#include "door/reading.h"

struct witness_settings {
	char folder[READING_PATH_MAX], unlock_file[READING_PATH_MAX];
	char address[64];
	unsigned port;
};

enum result witness_settings_read(const char *path, struct witness_settings *ret_settings,
				  struct problem *problem) KNP_MUST_CHECK;

#endif
