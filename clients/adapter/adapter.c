// SPDX-License-Identifier: EUPL-1.2
#include "adapter/outlet.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static enum result open_known(struct adapter *adapter, struct problem *problem)
{
	const char *root = adapter->store.root;
	enum result result = known_open(&adapter->known, root, clock_wall_ms());
	if (result == RESULT_OK) {
		result = casussen_open(adapter->client, adapter->settings->client.spool,
				       &adapter->casussen);
		if (result == RESULT_OK) {
			result = vragen_open(adapter->client, root, adapter->settings->name,
					     &adapter->vragen);
			if (result != RESULT_OK)
				casussen_done(&adapter->casussen);
		}
		if (result != RESULT_OK)
			known_done(&adapter->known);
	}
	if (result != RESULT_OK) {
		problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "what was sent before cannot be read: %s", result_name(result));
		problem_set_file(problem, root);
	}
	return result;
}

enum result adapter_open(struct adapter_settings *settings, struct adapter *ret_adapter,
			 struct problem *problem)
{
	struct adapter adapter = {.settings = settings};
	enum result result = client_open(&settings->client, &adapter.client, problem);
	if (result != RESULT_OK) {
		if (!problem->code)
			problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
				    "the client cannot start: %s", result_name(result));
		return result;
	}
	result = client_soort(adapter.client, adapter.soort);
	if (result != RESULT_OK)
		*problem = *client_problem(adapter.client);
	else
		result = store_open(settings, &adapter.store, problem);
	if (result == RESULT_OK)
		result = open_known(&adapter, problem);
	if (result == RESULT_OK)
		*ret_adapter = adapter;
	else
		client_close(adapter.client);
	return result;
}

void adapter_close(struct adapter *adapter)
{
	known_done(&adapter->known);
	casussen_done(&adapter->casussen);
	vragen_done(&adapter->vragen);
	client_close(adapter->client);
	adapter->client = NULL;
}

bool adapter_is_quiet(const struct adapter *adapter, int64_t now_ms)
{
	int64_t last = (int64_t)adapter->store.state.last_ms;
	int64_t limit = (int64_t)adapter->settings->quiet_h * MS_PER_HOUR;
	return limit > 0 && last > 0 && now_ms - last > limit;
}

bool adapter_is_unexpected(const struct adapter *adapter)
{
	const struct adapter_settings *settings = adapter->settings;
	uint64_t lines = adapter->store.state.lines;
	return settings->expect_to > 0 && lines != LINES_NONE &&
	       (lines < settings->expect_from || lines > settings->expect_to);
}

// ---- what went wrong ---------------------------------------------------------------------------

static void note(struct adapter *adapter, enum result result, const struct problem *problem)
{
	if (result == RESULT_OK || adapter->kept.code)
		return;
	adapter->kept = *problem;
	if (!adapter->kept.code)
		problem_set(&adapter->kept, reason_code(REASON_IO), reason_fix(REASON_IO), "%s",
			    result_name(result));
	log_line(LOG_LEVEL_WARNING, "event=adapter.waits naam=%s code=%s", adapter->settings->name,
		 adapter->kept.code);
}

// ---- files -------------------------------------------------------------------------------------

static enum result cannot_take(struct adapter *adapter, enum result result)
{
	bool apart = result == RESULT_CONFIG;
	problem_set(
		&adapter->kept, reason_code(apart ? REASON_BAD_VALUE : REASON_FILE_MISSING),
		apart ? "Let it lie on the file system of the spool: a file is taken by one rename."
		      : "Make the folder.",
		"files cannot be taken from the folder of the settings");
	problem_set_file(&adapter->kept, adapter->settings->in);
	problem_set_field(&adapter->kept, "in");
	return RESULT_CONFIG;
}

static enum result take(struct adapter *adapter)
{
	size_t count = 0;
	enum result result = store_take(&adapter->store, adapter_suffix(adapter->settings),
					(int64_t)adapter->settings->rest_s * MS_PER_SECOND, &count);
	if (result == RESULT_CONFIG || result == RESULT_NOT_FOUND)
		return cannot_take(adapter, result);
	if (result != RESULT_OK || count == 0)
		return result;
	adapter->store.state.last_ms = (uint64_t)clock_wall_ms();
	log_line(LOG_LEVEL_NOTICE, "event=adapter.taken naam=%s files=%zu", adapter->settings->name,
		 count);
	return store_save(&adapter->store);
}

static void check_volume(struct adapter *adapter, const struct taken *taken, uint64_t lines)
{
	const struct adapter_settings *settings = adapter->settings;
	adapter->store.state.lines = lines;
	if (adapter_is_unexpected(adapter))
		log_line(LOG_LEVEL_WARNING,
			 "event=adapter.volume naam=%s file=%llu lines=%llu expected=%u-%u",
			 settings->name, (unsigned long long)taken->number,
			 (unsigned long long)lines, settings->expect_from, settings->expect_to);
}

// The numbers, and what became of its lines, are noted before the file goes: what is missing is
// known for good, and nothing is sent twice.
static enum result finish(struct adapter *adapter, const struct taken *taken,
			  const struct intake_report *report)
{
	check_volume(adapter, taken, report->lines);
	log_line(report->bad > 0 ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE,
		 "event=adapter.done naam=%s file=%llu lines=%llu quarantine=%llu",
		 adapter->settings->name, (unsigned long long)taken->number,
		 (unsigned long long)report->lines, (unsigned long long)report->bad);
	enum result result = casussen_save(&adapter->casussen, adapter->client);
	if (result == RESULT_OK)
		result = known_commit(&adapter->known, clock_wall_ms());
	if (result == RESULT_OK)
		result = store_save(&adapter->store);
	return result == RESULT_OK ? store_finish(&adapter->store, taken) : result;
}

// One file in trouble keeps the others not waiting.
static enum result each_file(struct adapter *adapter, struct adapter_report *round)
{
	struct taken *list = NULL;
	size_t count = 0;
	enum result result = store_list(&adapter->store, &list, &count);
	round->waiting = 0;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		struct intake_report report = {.lines = 0};
		struct problem problem = {.code = NULL};
		enum result file = intake_file(adapter, &list[i], &report, &problem);
		note(adapter, file, &problem);
		if (file != RESULT_OK || report.waiting > 0) {
			round->waiting++;
			continue;
		}
		round->bad += report.bad;
		result = finish(adapter, &list[i], &report);
	}
	free(list);
	return result;
}

// ---- a round -----------------------------------------------------------------------------------

static void send(struct adapter *adapter)
{
	uint32_t pause_ms;
	enum result result = RESULT_OK;
	// Whether our key is in force shows in the register.
	if (!client_party(adapter->client))
		result = client_sync(adapter->client);
	if (result == RESULT_OK)
		result = client_flush(adapter->client, &pause_ms);
	note(adapter, result, client_problem(adapter->client));
}

static enum result take_files(struct adapter *adapter, struct adapter_report *round)
{
	if (!adapter->settings->in[0])
		return RESULT_OK;
	enum result result = take(adapter);
	return result == RESULT_OK ? each_file(adapter, round) : result;
}

static enum result hand_out(struct adapter *adapter, size_t *waiting)
{
	struct problem problem = {.code = NULL};
	size_t functies = 0;
	if (!adapter->settings->outlet.folder[0])
		return RESULT_OK;
	enum result result = outlet_round(adapter, &functies, &problem);
	if (result != RESULT_OK)
		adapter->kept = problem; // it ends the program: this is what is told
	else if (functies > 0)
		note(adapter, RESULT_AGAIN, &problem);
	*waiting += functies;
	return result;
}

enum result adapter_round(struct adapter *adapter, struct adapter_report *ret_report)
{
	struct adapter_report round = {.waiting = 0};
	bool further = true;
	adapter->kept.code = NULL;
	enum result result = take_files(adapter, &round);
	// What had its outcome may let go of a file, or goes again.
	while (result == RESULT_OK && further) {
		size_t before = client_settled(adapter->client);
		send(adapter);
		further = round.waiting > 0 && client_settled(adapter->client) != before;
		if (further)
			result = each_file(adapter, &round);
	}
	if (result == RESULT_OK)
		result = hand_out(adapter, &round.waiting);
	if (result == RESULT_OK)
		outlet_attendeer(adapter);
	*ret_report = round;
	return result == RESULT_OK ? store_purge(&adapter->store, clock_wall_ms()) : result;
}
