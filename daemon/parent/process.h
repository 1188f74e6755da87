// SPDX-License-Identifier: EUPL-1.2
// The processes of knooppuntd and the descriptors each is started with. The parent fork+execs its
// own binary as `knooppuntd --role NAME --settings FILE …`; descriptors are inherited at fixed
// numbers named in the arguments.
#ifndef KNP_PARENT_PROCESS_H
#define KNP_PARENT_PROCESS_H

#include "settings/settings.h"

#define OPENERS_MAX 16

// What a child is given. Channels that a role does not use are -1.
struct role {
	const struct settings *settings;
	int opener_number;             // of an opener
	int openers;                   // how many there are
	int to_gate, to_core;          // of an opener; to_core also of the gate; to_gate also of core
	int to_opener[OPENERS_MAX];    // of gate and core
	int to_parent;                 // of core and gate: control questions and the ready line
	uint32_t generation;           // of the gate: counts its starts
};

// Main functions of the roles; each returns the process's exit code.
int gate_main(const struct role *role);
int opener_main(const struct role *role);
int core_main(const struct role *role);
// Runs the daemon until SIGTERM; `settings_file` is passed on to the children.
int parent_main(const char *settings_file, const struct settings *settings);

#endif
