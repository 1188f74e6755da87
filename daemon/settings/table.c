// SPDX-License-Identifier: EUPL-1.2
#include "settings/settings.h"

#include "base/log.h"

#include <stdio.h>

#define AT(member) offsetof(struct settings, member)
#define MIB_MAX (INT64_C(16) * 1024 * 1024)

static const char *const levels[] = {[LOG_LEVEL_ERROR] = "error",
				     [LOG_LEVEL_WARNING] = "warning",
				     [LOG_LEVEL_NOTICE] = "notice",
				     [LOG_LEVEL_DEBUG] = "debug",
				     [LOG_LEVEL_DEBUG + 1] = NULL};
static const char *const wishes[] = {[SANDBOX_REQUIRED] = "required",
				     [SANDBOX_BEST_EFFORT] = "best-effort",
				     [SANDBOX_BEST_EFFORT + 1] = NULL};

static const struct setting_row rows[] = {
	{.name = "data",
	 .kind = SETTING_PATH,
	 .offset = AT(data),
	 .help = "Folder with the log, the state, the keystore and the guard; made by init."},
	{.name = "keys",
	 .kind = SETTING_PATH,
	 .offset = AT(keys),
	 .help = "Folder with the knooppunt's own keys; made by init."},
	{.name = "unlock_file",
	 .kind = SETTING_PATH,
	 .offset = AT(unlock_file),
	 .help = "File of 32 bytes that opens the keys; keep it on another disk, or as a "
		 "credential."},
	{.name = "guard",
	 .kind = SETTING_PATH,
	 .offset = AT(guard),
	 .standard_text = "",
	 .help = "File with the newest checkpoint, best on another disk; guard in the data folder "
		 "when not given."},
	{.name = "codes",
	 .kind = SETTING_PATH,
	 .offset = AT(codes),
	 .standard_text = "codes",
	 .help = "Folder with the code tables."},
	{.name = "endpoint",
	 .kind = SETTING_ENDPOINT,
	 .offset = AT(endpoint),
	 .standard_text = "tcp://127.0.0.1:7477",
	 .help = "Where partners connect: tcp://address:port; port 0 takes a free one."},
	{.name = "endpoint_2",
	 .kind = SETTING_ENDPOINT,
	 .offset = AT(endpoint_2),
	 .standard_text = "",
	 .help = "Where partners connect by the other transport key, to change it: see rotate "
		 "transport; as endpoint."},
	{.name = "control",
	 .kind = SETTING_PATH,
	 .offset = AT(control),
	 .standard_text = "control.sock",
	 .help = "Path of the control socket, at most 107 characters."},
	{.name = "openers",
	 .kind = SETTING_INT,
	 .offset = AT(openers),
	 .max = 16,
	 .standard = 0,
	 .unit = "processes",
	 .help = "How many processes open envelopes; 0 is one per processor."},
	{.name = "map_log_mib",
	 .kind = SETTING_INT,
	 .offset = AT(map_log_mib),
	 .min = 16,
	 .max = MIB_MAX,
	 .standard = 65536,
	 .unit = "MiB",
	 .help = "Largest size of the log's database; the file grows only as it fills."},
	{.name = "map_state_mib",
	 .kind = SETTING_INT,
	 .offset = AT(map_state_mib),
	 .min = 16,
	 .max = MIB_MAX,
	 .standard = 16384,
	 .unit = "MiB",
	 .help = "Largest size of the state's database; the file grows only as it fills."},
	{.name = "tick_seconds",
	 .kind = SETTING_INT,
	 .offset = AT(tick_seconds),
	 .min = 1,
	 .max = 3600,
	 .standard = 300,
	 .unit = "seconds",
	 .help = "Time between two ticks in the log; clients warn after three without one."},
	{.name = "batch_max",
	 .kind = SETTING_INT,
	 .offset = AT(batch_max),
	 .min = 1,
	 .max = 4096,
	 .standard = 512,
	 .unit = "statements",
	 .reloadable = true,
	 .help = "Most statements under one commit."},
	{.name = "credit_frames",
	 .kind = SETTING_INT,
	 .offset = AT(credit_frames),
	 .min = 1,
	 .max = 1024,
	 .standard = 256,
	 .unit = "frames",
	 .reloadable = true,
	 .help = "Frames of one partner that may wait at once; beyond it is told to come again."},
	{.name = "credit_kib",
	 .kind = SETTING_INT,
	 .offset = AT(credit_kib),
	 .min = 256,
	 .max = 65536,
	 .standard = 4096,
	 .unit = "KiB",
	 .reloadable = true,
	 .help = "Bytes of one partner that may wait at once; beyond it is told to come again."},
	{.name = "handshake_ms",
	 .kind = SETTING_INT,
	 .offset = AT(handshake_ms),
	 .min = 100,
	 .max = 3000,
	 .standard = 1000,
	 .unit = "milliseconds",
	 .help = "How long a new connection may take to show an admitted key."},
	{.name = "poll_max_seconds",
	 .kind = SETTING_INT,
	 .offset = AT(poll_max_seconds),
	 .min = 1,
	 .max = 120,
	 .standard = 30,
	 .unit = "seconds",
	 .reloadable = true,
	 .help = "How long a fetch may wait for something to deliver."},
	{.name = "ack_hours",
	 .kind = SETTING_INT,
	 .offset = AT(ack_hours),
	 .max = 8760,
	 .standard = 24,
	 .unit = "hours",
	 .reloadable = true,
	 .help = "How long a verstrekking may wait for its acknowledgement before status has an "
		 "alarm; 0 is for ever."},
	{.name = "silent_hours",
	 .kind = SETTING_INT,
	 .offset = AT(silent_hours),
	 .max = 8760,
	 .standard = 72,
	 .unit = "hours",
	 .reloadable = true,
	 .help = "How long a partner may be silent before status has an alarm; 0 is for ever."},
	{.name = "gap_hours",
	 .kind = SETTING_INT,
	 .offset = AT(gap_hours),
	 .max = 720,
	 .standard = 24,
	 .unit = "hours",
	 .reloadable = true,
	 .help = "How long a sequence number of a source may be missing before status has an "
		 "alarm; 0 is for ever."},
	{.name = "rhythm_days",
	 .kind = SETTING_INT,
	 .offset = AT(rhythm_days),
	 .max = 60,
	 .standard = 2,
	 .unit = "days",
	 .reloadable = true,
	 .help = "On how many of its usual days, or weeks, nothing of a source may come before "
		 "status has an alarm; 0 is on all."},
	{.name = "overlap_days",
	 .kind = SETTING_INT,
	 .offset = AT(overlap_days),
	 .max = 3650,
	 .standard = 30,
	 .unit = "days",
	 .reloadable = true,
	 .help = "How long an old key may count beside the one after it before status has an "
		 "alarm; 0 is for ever."},
	{.name = "backup",
	 .kind = SETTING_PATH,
	 .offset = AT(backup),
	 .standard_text = "",
	 .help = "Folder that knooppuntctl backup writes to, on another disk; there, and core's."},
	{.name = "backup_hours",
	 .kind = SETTING_INT,
	 .offset = AT(backup_hours),
	 .max = 8760,
	 .standard = 36,
	 .unit = "hours",
	 .reloadable = true,
	 .help = "How old the newest backup may be before status has an alarm; 0 is for ever."},
	{.name = "backup_keystore_days",
	 .kind = SETTING_INT,
	 .offset = AT(backup_keystore_days),
	 .min = 1,
	 .max = 365,
	 .standard = 14,
	 .unit = "days",
	 .help = "How long copies of the keystore are kept: what is erased is gone everywhere only "
		 "after them."},
	{.name = "hang_seconds",
	 .kind = SETTING_INT,
	 .offset = AT(hang_seconds),
	 .min = 2,
	 .max = 3600,
	 .standard = 30,
	 .unit = "seconds",
	 .help = "How long a process may not get on before it is ended and started again."},
	{.name = "opening_hours",
	 .kind = SETTING_HOURS,
	 .offset = AT(opening_hours),
	 .standard_text = "",
	 .help = "When the house can be reached, as ma-vr 08:30-17:00, or several with a comma; "
		 "never on a feestdag."},
	{.name = "piket",
	 .kind = SETTING_PHONE,
	 .offset = AT(piket),
	 .standard_text = "",
	 .help = "Telephone number that is answered when the house is closed."},
	{.name = "log_level",
	 .kind = SETTING_CHOICE,
	 .offset = AT(log_level),
	 .standard = LOG_LEVEL_NOTICE,
	 .standard_text = "notice",
	 .choices = levels,
	 .reloadable = true,
	 .help = "Least urgent log lines shown: error, warning, notice or debug."},
	{.name = "sandbox",
	 .kind = SETTING_CHOICE,
	 .offset = AT(sandbox),
	 .standard = SANDBOX_REQUIRED,
	 .standard_text = "required",
	 .choices = wishes,
	 .help = "required: never run with less than the whole sandbox; best-effort: run, and say "
		 "what is missing."},
	{.name = "gate_user",
	 .kind = SETTING_USER,
	 .offset = AT(gate_user),
	 .standard_text = "knooppunt-gate",
	 .help = "User, by name or number, of the gate when root starts the daemon."},
	{.name = "opener_user",
	 .kind = SETTING_USER,
	 .offset = AT(opener_user),
	 .standard_text = "knooppunt-opener",
	 .help = "User, by name or number, of the openers when root starts the daemon."},
	{.name = "core_user",
	 .kind = SETTING_USER,
	 .offset = AT(core_user),
	 .standard_text = "knooppunt-core",
	 .help = "User, by name or number, of core when root starts the daemon; data is its."},
};

const struct setting_row *setting_row_at(size_t n)
{
	return n < sizeof rows / sizeof rows[0] ? &rows[n] : NULL;
}

void setting_format(const struct setting_row *row, const struct settings *settings,
		    char out[SETTING_TEXT_MAX])
{
	const char *at = (const char *)settings + row->offset;
	if (row->kind == SETTING_INT)
		snprintf(out, SETTING_TEXT_MAX, "%lld", (long long)*(const int64_t *)at);
	else if (row->kind == SETTING_CHOICE)
		snprintf(out, SETTING_TEXT_MAX, "%s", row->choices[*(const int64_t *)at]);
	else
		snprintf(out, SETTING_TEXT_MAX, "%s", at);
}

bool setting_take(const struct setting_row *row, struct bytes text, struct settings *settings)
{
	int64_t *at = (int64_t *)((char *)settings + row->offset), number = 0;
	if (row->kind == SETTING_INT) {
		bool fits = text.len > 0 && text.len < 18;
		for (size_t i = 0; fits && i < text.len; i++) {
			fits = text.data[i] >= '0' && text.data[i] <= '9';
			number = 10 * number + (text.data[i] - '0');
		}
		fits = fits && number >= row->min && number <= row->max;
		if (fits)
			*at = number;
		return fits;
	}
	for (int64_t i = 0; row->kind == SETTING_CHOICE && row->choices[i]; i++) {
		if (!bytes_equal(text, bytes_of_text(row->choices[i])))
			continue;
		*at = i;
		return true;
	}
	return false;
}

const char *door_key_name(unsigned n)
{
	static const char *const names[DOORS_MAX] = {"transport", "transport-2"};
	return names[n];
}

const char *door_endpoint(const struct settings *settings, unsigned n)
{
	return n == 0 ? settings->endpoint : settings->endpoint_2;
}
