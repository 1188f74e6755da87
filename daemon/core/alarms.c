// SPDX-License-Identifier: EUPL-1.2
// What core sees that is wrong, each as a row of control/alarm.h. Looked at for a status and at
// every tick, so that an alarm says since when also if nobody asked.
#include "core/command.h"
#include "core/look.h"

#include "base/clock.h"
#include "core/backup.h"
#include "core/voorlopig.h"
#include "flow/doors.h"
#include "flow/tabellen.h"
#include "register/huissleutel.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define FILLING_PERCENT 85
#define FULL_PERCENT 97               // LMDB refuses before the last page is taken
#define FREE_PART 20                  // a twentieth
#define WARN_FREE (UINT64_C(8) << 30) // bytes; more than this is room enough on any disk
#define DELIVERIES_NAMED 16           // of those that cannot be read; the others are counted
#define HERSTEL_DAYS 31               // that it is told
#define NAME_SIZE (OIN_LEN + FUNCTIE_MAX + 2)

void look_found(struct look *look, enum alarm alarm, const char *about, int64_t since)
{
	const struct alarm_found one = {alarm, about, since};
	alarm_list_add(&look->list, &look->core->alarms, look->now, &one);
}

// Of what there is one of, whose figures change from look to look.
static void found_same(struct look *look, enum alarm alarm, const char *about)
{
	int64_t since = 0;
	for (size_t i = 0; i < look->core->alarms.count; i++)
		if (look->core->alarms.lines[i].alarm == alarm)
			since = look->core->alarms.lines[i].since;
	look_found(look, alarm, about, since);
}

static void look_at_writing(struct look *look)
{
	const struct core *core = look->core;
	if (!core->readonly)
		return;
	look_found(look, core->other_history ? ALARM_STOPPED_SIGNING : ALARM_READONLY,
		   core->readonly_why, core->watch.readonly_since);
}

static unsigned percent_used(const struct store_facts *facts)
{
	return facts->map_bytes ? (unsigned)(100 * facts->used_bytes / facts->map_bytes) : 0;
}

// The fullest is named first; true when one of them has no room for what must be written.
static bool look_at_maps(struct look *look)
{
	struct store_facts facts[2];
	static const char *const names[] = {"log", "state"};
	bool full = false;
	if (journal_facts(look->core->journal, &facts[0]) ||
	    state_facts(look->core->state, &facts[1]))
		return false;
	for (size_t i = 0; i < 2; i++) {
		char about[64];
		unsigned percent = percent_used(&facts[i]);
		snprintf(about, sizeof about, "%s", names[i]);
		if (percent >= FULL_PERCENT && look->core->watch.full_since) {
			look_found(look, ALARM_MAP_FULL, about, look->core->watch.full_since);
			full = true;
		} else if (percent >= FILLING_PERCENT) {
			look_found(look, ALARM_MAP_FILLING, about, 0);
		}
	}
	return full;
}

static void look_at_disk(struct look *look, bool map_full)
{
	struct statvfs disk;
	const char *data = look->core->settings->data;
	if (look->core->watch.full_since && !map_full)
		look_found(look, ALARM_DISK_FULL, "", look->core->watch.full_since);
	else if (statvfs(data, &disk) == 0 && disk.f_bavail < disk.f_blocks / FREE_PART &&
		 (uint64_t)disk.f_bavail * disk.f_frsize < WARN_FREE)
		look_found(look, ALARM_DISK_FILLING, "", 0);
}

// In an oefening nobody's history is at stake.
static void look_at_guard(struct look *look)
{
	struct core_paths paths;
	struct stat guard, log;
	core_paths(look->core->settings, &paths);
	if (!look->core->registry.genesis.oefening && stat(paths.guard, &guard) == 0 &&
	    stat(paths.log, &log) == 0 && guard.st_dev == log.st_dev)
		look_found(look, ALARM_GUARD_BESIDE_LOG, "", look->core->watch.started);
}

static void look_at_backup(struct look *look)
{
	static const char *const words[] = {
		[WATCH_BACKUP_UNKNOWN] = "cannot be looked at",
		[WATCH_BACKUP_UNSEEN] = "cannot be looked at",
		[WATCH_BACKUP_OTHER] = "in its folder are backups of another log",
		[WATCH_BACKUP_NONE] = "none",
		[WATCH_BACKUP_IS] = "newest ",
	};
	const struct settings *settings = look->core->settings;
	const struct watch_backup *seen = &look->core->watch.backup;
	char about[64], moment[21] = "";
	const bool is_known = seen->found == WATCH_BACKUP_IS;
	int64_t newest = is_known ? seen->newest : look->core->watch.started;
	int64_t hours = settings->backup_hours * MS_PER_HOUR;
	bool may_be_fresh = is_known || seen->found == WATCH_BACKUP_UNKNOWN;
	if (settings->backup[0] && seen->outlived)
		found_same(look, ALARM_BACKUP_STALE,
			   "a copy of the keystore cannot be removed, and its days are over");
	if (!settings->backup[0] || hours == 0 || (may_be_fresh && look->now - newest < hours))
		return;
	if (is_known)
		time_format(moment, newest);
	snprintf(about, sizeof about, "%s%s", words[seen->found], moment);
	look_found(look, ALARM_BACKUP_STALE, about, is_known ? newest + hours : newest);
}

// A copy of the keystore of before brings back what an order destroyed that nobody knows of now.
static void look_at_herstel(struct look *look)
{
	const struct registry *reg = &look->core->registry;
	const struct register_herstel *last =
		reg->herstel_count > 0 ? &reg->herstel[reg->herstel_count - 1] : NULL;
	char about[40];
	if (!last || last->all_given ||
	    look->now - (int64_t)last->since > HERSTEL_DAYS * MS_PER_DAY)
		return;
	snprintf(about, sizeof about, "since entry %llu", (unsigned long long)last->from);
	look_found(look, ALARM_ORDERS_LOST, about, (int64_t)last->since);
}

static void look_at_convenant(struct look *look)
{
	char about[64];
	if (look->core->convenant_count > 0 || look->core->watch.undecided == 0)
		return;
	snprintf(about, sizeof about, "%llu meldingen decided without one",
		 (unsigned long long)look->core->watch.undecided);
	found_same(look, ALARM_NO_CONVENANT, about);
}

// In an oefening they count all the same.
static void look_at_codes(struct look *look)
{
	struct codes_row first;
	char about[ALARM_ABOUT_MAX + 1];
	size_t count =
		look->core->registry.genesis.oefening ? 0 : voorlopig_count(look->core, &first);
	if (count == 0)
		return;
	snprintf(about, sizeof about, "%zu, first %.20s %.64s", count, first.tabel, first.code);
	found_same(look, ALARM_CODES_OPEN, about);
}

static void look_at_tables(struct look *look)
{
	const struct codes_wissel *wissel = &look->core->tabellen.wissel;
	char about[64];
	if (!tabellen_is_changed(look->core, look->now))
		return;
	snprintf(about, sizeof about, "decided with others up to entry %llu",
		 (unsigned long long)wissel->last_other);
	look_found(look, ALARM_CODES_CHANGED, about, wissel->since);
}

// What the scrub and every reading found (scrub.c).
static void look_at_damage(struct look *look)
{
	const struct scrub_report *scrub = &look->core->scrub;
	uint64_t damaged =
		scrub->damaged_now > scrub->damaged ? scrub->damaged_now : scrub->damaged;
	uint64_t pages = scrub->damaged_pages_now > scrub->damaged_pages ? scrub->damaged_pages_now
									 : scrub->damaged_pages;
	char about[64];
	if (damaged > 0) {
		snprintf(about, sizeof about, "first=%llu count=%llu",
			 (unsigned long long)scrub->first_damaged, (unsigned long long)damaged);
		found_same(look, ALARM_DAMAGED_ENTRY, about);
	} else if (pages > 0) {
		snprintf(about, sizeof about, "pages=%llu", (unsigned long long)pages);
		found_same(look, ALARM_DAMAGED_ENTRY, about);
	}
	if (scrub->unread_now + scrub->unread > 0) {
		snprintf(about, sizeof about, "%s, %s", scrub->unread_what,
			 result_name(scrub->unread_result));
		found_same(look, ALARM_SCRUB_FAILING, about);
	}
	if (scrub->state_replays > 0) {
		snprintf(about, sizeof about, "count=%llu",
			 (unsigned long long)scrub->state_replays);
		found_same(look, ALARM_STATE_DAMAGED, about);
	}
}

static bool still_waits(const struct core *core, const struct watch_damaged *damaged)
{
	struct state_delivery row;
	return state_next_delivery(core->state, &damaged->ontvanger, damaged->number - 1, &row) ==
		       RESULT_OK &&
	       row.number == damaged->number && row.index == damaged->index;
}

static void name_delivery(struct look *look, const struct watch_damaged *damaged)
{
	char about[ALARM_ABOUT_MAX + 1];
	snprintf(about, sizeof about, "%.*s/%s number %llu, entry %llu", OIN_LEN,
		 damaged->ontvanger.oin.text, damaged->ontvanger.functie,
		 (unsigned long long)damaged->number, (unsigned long long)damaged->index);
	look_found(look, ALARM_DAMAGED_DELIVERY, about, damaged->since);
}

// Damage to a page of the log may be of very many at once: how many tells it as well as a line for
// each, and hides no other alarm.
static void count_deliveries(struct look *look)
{
	const struct watch *watch = &look->core->watch;
	size_t more = watch->damaged_count - DELIVERIES_NAMED;
	int64_t since = INT64_MAX;
	char about[ALARM_ABOUT_MAX + 1];
	for (size_t i = DELIVERIES_NAMED; i < watch->damaged_count; i++)
		if (watch->damaged[i].since < since)
			since = watch->damaged[i].since;
	snprintf(about, sizeof about, "%s%zu others",
		 watch->damaged_count == WATCH_DAMAGED ? "at least " : "", more);
	look_found(look, ALARM_DAMAGED_DELIVERY, about, since);
}

static void look_at_deliveries(struct look *look)
{
	struct watch *watch = &look->core->watch;
	size_t kept = 0;
	for (size_t i = 0; i < watch->damaged_count; i++)
		if (still_waits(look->core, &watch->damaged[i]))
			watch->damaged[kept++] = watch->damaged[i];
	watch->damaged_count = kept;
	for (size_t i = 0; i < kept && i < DELIVERIES_NAMED; i++)
		name_delivery(look, &watch->damaged[i]);
	if (kept > DELIVERIES_NAMED)
		count_deliveries(look);
}

static void look_at_clock(struct look *look)
{
	static const enum alarm alarms[] = {[CLOCK_STEPPED] = ALARM_CLOCK_STEPPED,
					    [CLOCK_AWAY] = ALARM_CLOCK_AWAY,
					    [CLOCK_BEHIND] = ALARM_CLOCK_BEHIND};
	char believed[21], wall[21], about[80];
	if (look->core->time.doubt == CLOCK_SURE)
		return;
	time_format(believed, look->now);
	time_format(wall, clock_wall_ms());
	snprintf(about, sizeof about, "believed %s, clock %s", believed, wall);
	found_same(look, alarms[look->core->time.doubt], about);
}

static void look_at_keys(struct look *look)
{
	const struct watch *watch = &look->core->watch;
	for (size_t i = 0; i < watch->refusal_count; i++) {
		const struct watch_refusals *row = &watch->refusals[i];
		if (row->reason == REASON_REVOKED_KEY && look->now - row->last < MS_PER_HOUR)
			look_found(look, ALARM_REVOKED_KEY_IN_USE, row->oin.text, row->first);
	}
}

// What a partner is the signed convenant says (bron.soort); who enrolled it saw something else.
static void look_at_soort(struct look *look, const struct party *party)
{
	const struct core *core = look->core;
	for (size_t i = 0; i < core->convenant_count; i++) {
		const struct partij *partij =
			convenant_partij_of(core->convenanten[i], &party->bundle.oin);
		char about[ALARM_ABOUT_MAX + 1];
		if (!partij || strcmp(partij->soort, party->bundle.soort) == 0)
			continue;
		snprintf(about, sizeof about, "%.*s is %.24s by its bundle, %.24s by %.20s",
			 OIN_LEN, party->bundle.oin.text, party->bundle.soort, partij->soort,
			 convenant_name(core->convenanten[i]));
		look_found(look, ALARM_SOORT_DIFFERS, about, 0);
		return;
	}
}

static void look_at_soorten(struct look *look)
{
	const struct registry *reg = &look->core->registry;
	for (size_t i = 0; i < reg->party_count && look->list.count < ALARMS_MAX; i++)
		if (!reg->parties[i].is_role && reg->parties[i].until == REGISTER_NEVER)
			look_at_soort(look, &reg->parties[i]);
}

// ---- keys that change ------------------------------------------------------------------------

static bool is_long_ago(const struct look *look, uint64_t since)
{
	int64_t limit = look->core->settings->overlap_days * MS_PER_DAY;
	return limit > 0 && look->now - (int64_t)since >= limit;
}

// The one before it, of the same use and in force too.
static bool has_older(const struct registry *reg, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (reg->house_keys[i].use == reg->house_keys[n].use &&
		    reg->house_keys[i].until == REGISTER_NEVER)
			return true;
	return false;
}

static void look_at_house_keys(struct look *look)
{
	const struct registry *reg = &look->core->registry;
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		char about[64];
		if (key->until != REGISTER_NEVER || !has_older(reg, i) ||
		    !is_long_ago(look, key->since))
			continue;
		snprintf(about, sizeof about, "of the knooppunt, %s", house_use_name(key->use));
		look_found(look, ALARM_KEYS_OVERLAP, about, (int64_t)key->since);
	}
}

static void look_at_doors(struct look *look)
{
	const struct core *core = look->core;
	const struct house_key *missing =
		core->served.kind ? doors_missing(&core->served, &core->registry) : NULL;
	if (missing)
		look_found(look, ALARM_DOOR_CLOSED,
			   missing->adres[0] ? missing->adres : "the key of genesis", 0);
}

static bool shares_functie(const struct party *a, const struct party *b)
{
	for (size_t i = 0; i < a->bundle.functie_count; i++)
		if (party_has_functie(b, a->bundle.functies[i]))
			return true;
	return false;
}

static void look_at_older_parties(struct look *look, size_t n)
{
	const struct party *party = &look->core->registry.parties[n];
	for (size_t i = 0; i < n; i++) {
		const struct party *old = &look->core->registry.parties[i];
		char about[NAME_SIZE];
		if (old->until != REGISTER_NEVER ||
		    !oin_equal(&old->bundle.oin, &party->bundle.oin) || !shares_functie(old, party))
			continue;
		snprintf(about, sizeof about, "%.*s/%s", OIN_LEN, party->bundle.oin.text,
			 party->bundle.functies[0]);
		look_found(look, ALARM_KEYS_OVERLAP, about, (int64_t)party->since);
		return;
	}
}

static void look_at_overlaps(struct look *look)
{
	const struct registry *reg = &look->core->registry;
	look_at_house_keys(look);
	for (size_t i = 0; i < reg->party_count && look->list.count < ALARMS_MAX; i++)
		if (reg->parties[i].until == REGISTER_NEVER &&
		    is_long_ago(look, reg->parties[i].since))
			look_at_older_parties(look, i);
}

// ---- what somebody owes --------------------------------------------------------------------

static bool look_at_obligation(void *context, const struct state_obligation *o)
{
	struct look *look = context;
	char about[ALARM_ABOUT_MAX + 1];
	if ((int64_t)o->due >= look->now)
		return false; // in order of due time: the rest is later
	snprintf(about, sizeof about, "%.40s by %.*s/%s, entry %llu", o->regel, OIN_LEN,
		 o->owed_by.oin.text, o->owed_by.functie, (unsigned long long)o->index);
	look_found(look, ALARM_OBLIGATION_OVERDUE, about, (int64_t)o->due);
	return look->list.count < ALARMS_MAX;
}

// A stop keeps what should have gone: on the day it names somebody asks whether it still must.
static void look_at_stops(struct look *look)
{
	struct state_stop stop;
	int64_t today = date_to_days(date_amsterdam(look->now));
	for (uint64_t from = 0; state_stop(look->core->state, from, &stop) == RESULT_OK &&
				look->list.count < ALARMS_MAX;
	     from = stop.index + 1) {
		char about[40];
		snprintf(about, sizeof about, "entry %llu", (unsigned long long)stop.index);
		if (stop.herzien && (int64_t)stop.herzien / MS_PER_DAY < today)
			look_found(look, ALARM_STOP_REVIEW, about, (int64_t)stop.herzien);
	}
}

int64_t core_oldest_waiting(struct core *core, const struct ontvanger *ontvanger)
{
	struct state_delivery delivery;
	uint8_t encoded[ENTRY_LEN];
	struct entry entry;
	if (state_next_delivery(core->state, ontvanger, 0, &delivery) ||
	    journal_read(core->journal, delivery.index, encoded, NULL, NULL) ||
	    entry_decode(bytes_make(encoded, ENTRY_LEN), &entry))
		return 0;
	return (int64_t)entry.time;
}

static bool look_at_ontvanger(void *context, const struct state_ontvanger_row *row)
{
	struct look *look = context;
	char about[NAME_SIZE];
	int64_t limit = look->core->settings->ack_hours * MS_PER_HOUR;
	int64_t since = row->unacknowledged ? core_oldest_waiting(look->core, &row->ontvanger) : 0;
	snprintf(about, sizeof about, "%.*s/%s", OIN_LEN, row->ontvanger.oin.text,
		 row->ontvanger.functie);
	if (limit && since && look->now - since >= limit)
		look_found(look, ALARM_UNACKNOWLEDGED, about, since);
	return look->list.count < ALARMS_MAX;
}

// A partner may hold several keys: it is heard when one of them is.
static void look_at_partner(struct look *look, size_t n)
{
	const struct core *core = look->core;
	const struct oin *oin = &core->registry.parties[n].bundle.oin;
	int64_t last = core->watch.started;
	for (size_t i = 0; i < core->registry.party_count && i < WATCH_PARTIES; i++) {
		const struct party *other = &core->registry.parties[i];
		if (!oin_equal(&other->bundle.oin, oin) || other->is_role)
			continue;
		if (i < n && other->until == REGISTER_NEVER)
			return; // looked at already
		last = core->watch.heard[i] > last ? core->watch.heard[i] : last;
	}
	if (look->now - last >= core->settings->silent_hours * MS_PER_HOUR)
		look_found(look, ALARM_PARTNER_SILENT, oin->text, last);
}

static void look_at_partners(struct look *look)
{
	const struct core *core = look->core;
	if (state_ontvangers(core->state, look_at_ontvanger, look))
		look_found(look, ALARM_QUEUES_UNREADABLE, "", 0);
	if (state_obligations(core->state, look_at_obligation, look))
		look_found(look, ALARM_OBLIGATION_UNREADABLE, "", 0);
	for (size_t i = 0; core->settings->silent_hours > 0 && i < core->registry.party_count; i++)
		if (!core->registry.parties[i].is_role &&
		    core->registry.parties[i].until == REGISTER_NEVER)
			look_at_partner(look, i);
}

void core_look(struct core *core, int64_t now)
{
	struct look look = {.core = core, .now = now};
	look_at_writing(&look);
	look_at_disk(&look, look_at_maps(&look));
	look_at_backup(&look);
	look_at_herstel(&look);
	look_at_damage(&look);
	look_at_deliveries(&look);
	look_at_clock(&look);
	look_at_guard(&look);
	look_at_convenant(&look);
	look_at_codes(&look);
	look_at_tables(&look);
	look_at_keys(&look);
	look_at_soorten(&look);
	look_at_doors(&look);
	look_at_overlaps(&look);
	look_at_sources(&look);
	look_at_stops(&look);
	look_at_partners(&look);
	core->alarms = look.list;
}
