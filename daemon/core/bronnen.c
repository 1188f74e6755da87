// SPDX-License-Identifier: EUPL-1.2
// The sources are watched: what of theirs did not come, though nobody refused it. In 2019 a change
// of system at the prisons lost meldingen, and nobody noticed. All of it follows from the log: a
// restart or a rebuild ends no alarm and begins none.
//
//   gap     a sequence number that never came while later ones did, gap_hours ago or longer; for
//           as long as it can still be sent, after which it is for `completeness` alone
//   silent  rhythm_days of the days or weeks on which something always came have passed without
//   few     less than half came of what came in any of the weeks before
#include "core/look.h"
#include "core/ritme.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define URN "urn:nld:oin:"
#define SOURCES_MAX 32               // of one partner: more hide only its own
#define TOLD_MAX 8                   // alarms of one partner: more would hide those of others
#define RUNS_MAX 256                 // of one source, the newest: there may be millions
#define GAP_MAX_MS (30 * MS_PER_DAY) // how long a melding can be sent
#define OLD_MAX 8                    // of those that came before that, so many are looked past
#define NAME_CHARS 60                // of a source in the text of an alarm, behind URN

struct bron {
	struct look *look;
	struct state_source_row row;
	const char *name; // without URN
};

// ---- numbers -------------------------------------------------------------------------------

struct gap {
	uint64_t missing, first; // how many, and the least of them
	uint64_t since;          // when the first later one came, of the oldest that counts
};

// The range before this one, or one that ends before the first number there can be.
static enum result run_before(struct state *state, uint32_t source, const struct state_run *run,
			      struct state_run *ret_before)
{
	enum result r = state_previous_run(state, source, run->first - 1, ret_before);
	if (r != RESULT_NOT_FOUND)
		return r;
	*ret_before = (struct state_run){0, 0, 0};
	return RESULT_OK;
}

// A gap is seen since the first number above it came, of whichever range that is: from the newest
// down each is older, until they can be sent no longer. But where a range began later than anything
// from before the number above it could be sent, that number was ahead by mistake: it says nothing
// about what is missing below that range.
static enum result find_gap(const struct bron *bron, struct gap *ret_gap)
{
	const struct look *look = bron->look;
	struct state *state = look->core->state;
	int64_t grace = look->core->settings->gap_hours * MS_PER_HOUR;
	uint64_t since = UINT64_MAX;
	unsigned old = 0;
	struct state_run above, below;
	enum result r = state_previous_run(state, bron->row.number, UINT64_MAX, &above);
	*ret_gap = (struct gap){.missing = 0};
	for (size_t n = 1; !r && above.first > 1 && n < RUNS_MAX; n++) {
		since = above.since < since ? above.since : since;
		int64_t age = look->now - (int64_t)since;
		if (age > GAP_MAX_MS && ++old > OLD_MAX)
			break;
		r = run_before(state, bron->row.number, &above, &below);
		if (r)
			break;
		if (age > GAP_MAX_MS) {
			if (below.since > since + GAP_MAX_MS)
				since = UINT64_MAX;
		} else if (age >= grace) {
			ret_gap->missing += above.first - below.last - 1;
			ret_gap->first = below.last + 1;
			ret_gap->since = since;
		}
		above = below;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result look_at_numbers(const struct bron *bron)
{
	struct look *look = bron->look;
	char about[ALARM_ABOUT_MAX + 1];
	struct gap gap;
	enum result r = find_gap(bron, &gap);
	if (r || gap.missing == 0)
		return r;
	snprintf(about, sizeof about, "%.*s lacks %llu, from number %llu on", NAME_CHARS,
		 bron->name, (unsigned long long)gap.missing, (unsigned long long)gap.first);
	look_found(look, ALARM_SOURCE_GAP, about, (int64_t)gap.since);
	return RESULT_OK;
}

// ---- days ----------------------------------------------------------------------------------

static enum result read_days(const struct bron *bron, struct ritme_bron *ret_days)
{
	int64_t today = date_to_days(date_amsterdam(bron->look->now));
	struct state_gehoord day = {.day = (uint32_t)(today - RITME_DAGEN)};
	enum result r = RESULT_OK;
	*ret_days = (struct ritme_bron){.today = today};
	for (uint32_t from = day.day; !r; from = day.day + 1) {
		r = state_next_gehoord(bron->look->core->state, bron->row.number, from, &day);
		if (r || day.day > today)
			break;
		ret_days->counts[day.day - (today - RITME_DAGEN)] = day.count;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static int64_t begin_of(int64_t day)
{
	return clock_from_amsterdam(day * MS_PER_DAY);
}

// "ma di wo", or "every week".
static void name_rhythm(const struct ritme *ritme, char out[24])
{
	static const char names[7][3] = {"ma", "di", "wo", "do", "vr", "za", "zo"};
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < 7; i++)
		if (ritme->dagen >> i & 1)
			used += (size_t)snprintf(out + used, 24 - used, "%s%s", used ? " " : "",
						 names[i]);
	if (!ritme->dagen)
		snprintf(out, 24, "every week");
}

static enum result look_at_days(const struct bron *bron)
{
	struct look *look = bron->look;
	char about[ALARM_ABOUT_MAX + 1], rhythm[24];
	struct ritme_bron days;
	struct ritme ritme;
	int64_t limit = look->core->settings->rhythm_days;
	enum result r = limit > 0 ? read_days(bron, &days) : RESULT_NOT_FOUND;
	if (r || !ritme_of(&days, &ritme))
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	if (ritme.gemist >= limit) {
		name_rhythm(&ritme, rhythm);
		snprintf(about, sizeof about, "%.*s, usual %s, missed %u", NAME_CHARS, bron->name,
			 rhythm, ritme.gemist);
		look_found(look, ALARM_SOURCE_SILENT, about, begin_of(ritme.stil));
	} else if (ritme.minst > 0) {
		snprintf(about, sizeof about, "%.*s, %u in a week, never below %u", NAME_CHARS,
			 bron->name, ritme.kwam, ritme.minst);
		look_found(look, ALARM_SOURCE_FEW, about, begin_of(ritme.maandag));
	}
	return RESULT_OK;
}

// ---- all -----------------------------------------------------------------------------------

// "urn:nld:oin:<oin>:", behind which the names of its systems stand.
#define PREFIX_LEN (sizeof URN - 1 + OIN_LEN + 1)

static enum result look_at_party(struct look *look, const struct oin *oin)
{
	char prefix[PREFIX_LEN + 1];
	struct bron bron = {.look = look, .name = bron.row.name + sizeof URN - 1};
	struct bytes after = bytes_make((const uint8_t *)prefix, PREFIX_LEN);
	size_t most = look->list.count + TOLD_MAX;
	enum result r = RESULT_OK;
	snprintf(prefix, sizeof prefix, URN "%.*s:", OIN_LEN, oin->text);
	for (unsigned n = 0; n < SOURCES_MAX && look->list.count < most; n++) {
		r = state_next_source(look->core->state, after, &bron.row);
		if (r || strncmp(bron.row.name, prefix, PREFIX_LEN) != 0)
			break;
		if (look->core->settings->gap_hours > 0)
			r = look_at_numbers(&bron);
		if (!r)
			r = look_at_days(&bron);
		if (r)
			break;
		after = bytes_of_text(bron.row.name);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// A partner may hold several keys.
static bool is_first_of(const struct registry *reg, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (reg->parties[i].until == REGISTER_NEVER &&
		    oin_equal(&reg->parties[i].bundle.oin, &reg->parties[n].bundle.oin))
			return false;
	return true;
}

void look_at_sources(struct look *look)
{
	const struct registry *reg = &look->core->registry;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < reg->party_count && look->list.count < ALARMS_MAX; i++)
		if (!reg->parties[i].is_role && reg->parties[i].until == REGISTER_NEVER &&
		    is_first_of(reg, i))
			r = look_at_party(look, &reg->parties[i].bundle.oin);
	if (r)
		look_found(look, ALARM_QUEUES_UNREADABLE, "", 0);
}
