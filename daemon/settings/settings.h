// SPDX-License-Identifier: EUPL-1.2
// Settings of knooppuntd: one table of typed options (name, type, range, default, unit, reloadable)
// from which the reader, `--check`, the example file and the man page are checked. A setting can
// narrow a disclosure, never widen it.
#ifndef KNP_SETTINGS_SETTINGS_H
#define KNP_SETTINGS_SETTINGS_H

#include "base/problem.h"
#include "codes/openingstijd.h"

// Where programs look when -c is not given.
#define SETTINGS_STANDARD_FILE KNP_CONF_DIR "/knooppunt.yaml"

// What a missing part of the sandbox means (docs/security.md).
enum sandbox_wish {
	SANDBOX_REQUIRED,    // nothing runs with less than all of it
	SANDBOX_BEST_EFFORT, // runs with what there is; status names what is not
};

#define SETTING_USER_MAX 32 // characters of a user's name
#define SETTING_PHONE_MAX 20

struct settings {
	char data[240];        // folder with log/, state/, keystore, guard, genesis
	char keys[240];        // folder with the knooppunt's own keys
	char unlock_file[240]; // opens the keys
	char guard[240];       // file of the newest checkpoint; "": guard in data
	char codes[240];       // folder with the code tables
	char endpoint[240];    // tcp://address:port, port 0 allowed
	char endpoint_2[240];  // of the other transport key; "": none
	char control[240];     // path of the control socket
	int64_t openers;       // processes; 0: one per processor
	int64_t map_log_mib, map_state_mib;
	int64_t tick_seconds;
	int64_t batch_max;     // statements per commit
	int64_t credit_frames; // of one partner at once
	int64_t credit_kib;
	int64_t handshake_ms;
	int64_t poll_max_seconds;        // longest long poll
	int64_t ack_hours, silent_hours; // until an alarm; 0: never
	int64_t gap_hours, rhythm_days;  // likewise, of what does not come of a source
	int64_t overlap_days;            // likewise, of an old key beside a new one
	char backup[240];                // folder that backups are made in; "": none are
	int64_t backup_hours;            // until an alarm that the newest is older; 0: never
	int64_t backup_keystore_days;    // how long copies of the keystore are kept
	int64_t hang_seconds;            // of a process that does not get on
	int64_t log_level;               // enum log_level
	int64_t sandbox;                 // enum sandbox_wish
	// Who gate, openers and core run as when the daemon is started by root: names or numbers.
	char gate_user[SETTING_USER_MAX + 1], opener_user[SETTING_USER_MAX + 1];
	char core_user[SETTING_USER_MAX + 1];
	// When the house can be reached and who can at other times; "": is not said.
	char opening_hours[OPENINGSTIJD_LEN_MAX + 1], piket[SETTING_PHONE_MAX + 1];
};

enum setting_kind {
	SETTING_PATH,
	SETTING_ENDPOINT,
	SETTING_INT,
	SETTING_CHOICE,
	SETTING_USER,
	SETTING_HOURS, // codes/openingstijd.h, or ""
	SETTING_PHONE, // digits, spaces, +, - and brackets, or ""
};
struct setting_row {
	const char *name;
	enum setting_kind kind;
	size_t offset; // in struct settings
	int64_t min, max, standard;
	const char *standard_text; // NULL: must be given
	const char *const
		*choices; // of a SETTING_CHOICE: names from number 0 on, NULL after the last
	const char *unit;
	bool reloadable;
	const char *help; // one English sentence
};
const struct setting_row *setting_row_at(size_t n); // NULL past the end

// The transport keys of the knooppunt, each with an endpoint of its own: the key of this name in
// the key folder, and where it is served. There is one key; while it changes there are two, and the
// next change makes the first anew.
#define DOORS_MAX 2
const char *door_key_name(unsigned n);
const char *door_endpoint(const struct settings *settings, unsigned n);

// The value of an option as its file would have it, and back for numbers and choices: false when it
// is out of range, no choice, or of another kind.
#define SETTING_TEXT_MAX 260
void setting_format(const struct setting_row *row, const struct settings *settings,
		    char out[SETTING_TEXT_MAX]);
bool setting_take(const struct setting_row *row, struct bytes text, struct settings *settings);

// The whole file is one mapping of these names; relative paths are taken from the folder of the
// file and made absolute. Whether what a path names is there and usable is not asked here; but
// where a service manager passed a credential of the name of unlock_file (systemd.exec(5)), that is
// the unlock_file. RESULT_CONFIG with problem.
enum result settings_read(const char *path, struct settings *ret_settings,
			  struct problem *problem) KNP_MUST_CHECK;

#endif
