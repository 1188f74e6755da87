// SPDX-License-Identifier: EUPL-1.2
// What is still owed to or by the knooppunt, for its beheerder: what regels wait for, and
// deliveries that were not acknowledged; by whom, until when, and what ends it. From the lines of
// "status"
//   obligation <due> <soort> <regel> <oin>/<functie> [uitkomsten=<name>,…] entry=N   in order of
//   due queue <oin>/<functie> last=N waiting=N since=MS
#include "ctl/ctl.h"

#include "base/clock.h"
#include "ctl/status.h"
#include "desk/answer.h"
#include "melding/lists.h"
#include "json/owed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 8192
#define FIX_MAX 1000
#define ACCEPTED_DAYS 30

struct item {
	struct bytes ontvanger, naam; // "<oin>/<functie>"; of its partner in the register
	bool held;                    // somebody who is enrolled has this functie
	struct owed owed;             // regel empty of deliveries
	uint64_t waiting;             // deliveries; 0: an obligation
	int64_t due;                  // wall milliseconds; 0: none
	int64_t group;                // the earliest due of this ontvanger
	size_t order;
};

struct listing {
	struct desk *desk;
	struct item *items;
	size_t count;
	int64_t now, ack_ms; // 0: for ever
	bool cut, no_convenant, accepted;
};

static bool list_has(struct bytes list, struct bytes name)
{
	while (list.len > 0) {
		const uint8_t *comma = memchr(list.data, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.data) : list.len;
		if (bytes_equal(bytes_make(list.data, len), name))
			return true;
		len += comma != NULL;
		list = bytes_make(list.data + len, list.len - len);
	}
	return false;
}

// Who it is: the name in the register, and whether the functie is held. A partner is there once for
// each bundle, ended ones too: "partner <oin> <state> <index> <functies> <naam>"
static void find_partner(const struct answer *partners, struct item *item)
{
	struct bytes ontvanger = item->ontvanger;
	const uint8_t *slash = ontvanger.len ? memchr(ontvanger.data, '/', ontvanger.len) : NULL;
	size_t len = slash ? (size_t)(slash - ontvanger.data) : ontvanger.len;
	struct bytes functie =
		slash ? bytes_make(slash + 1, ontvanger.len - len - 1) : bytes_of_text("");
	const struct control_line *line;
	for (size_t at = 0; (line = status_next(partners, "partner", &at));) {
		struct bytes rest = line->value, oin, state, index, functies;
		if (!word_take(&rest, &oin) || !bytes_equal(oin, bytes_make(ontvanger.data, len)) ||
		    !word_take(&rest, &state) || !word_take(&rest, &index) ||
		    !word_take(&rest, &functies))
			continue;
		bool held =
			bytes_equal(state, bytes_of_text("actief")) && list_has(functies, functie);
		if (held || item->naam.len == 0)
			item->naam = rest;
		item->held = item->held || held;
	}
}

static struct item *add(struct listing *listing, const struct answer *partners,
			struct bytes ontvanger)
{
	if (listing->count == ITEMS_MAX) {
		listing->cut = true;
		return NULL;
	}
	struct item *item = &listing->items[listing->count++];
	*item = (struct item){.ontvanger = ontvanger, .order = listing->count};
	find_partner(partners, item);
	return item;
}

static enum result add_obligation(struct listing *listing, const struct answer *partners,
				  struct bytes line)
{
	struct owed owed;
	enum result result = owed_parse(line, &owed);
	struct item *item = result == RESULT_OK ? add(listing, partners, owed.wie) : NULL;
	if (item) {
		item->owed = owed;
		item->due = owed.due;
	}
	return result;
}

static enum result add_queue(struct listing *listing, const struct answer *partners,
			     struct bytes line)
{
	struct bytes ontvanger;
	uint64_t waiting = status_number(line, "waiting="), since = status_number(line, "since=");
	if (!word_take(&line, &ontvanger))
		return RESULT_MALFORMED;
	struct item *item = waiting > 0 ? add(listing, partners, ontvanger) : NULL;
	if (item) {
		item->owed.soort = bytes_of_text("bevestiging");
		item->waiting = waiting;
		item->due = since && listing->ack_ms ? (int64_t)since + listing->ack_ms : 0;
	}
	return RESULT_OK;
}

// Each melding that no convenant is put before is owed by the house; that there is none is said
// here.
static enum result add_alarm(struct listing *listing, struct bytes value)
{
	struct alarm_line line;
	enum result result = alarm_parse(value, &line);
	if (result == RESULT_NOT_FOUND) // of a newer daemon
		return RESULT_OK;
	if (result == RESULT_OK && line.alarm == ALARM_NO_CONVENANT)
		listing->no_convenant = true;
	return result;
}

static int by_group(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	size_t len = x->ontvanger.len < y->ontvanger.len ? x->ontvanger.len : y->ontvanger.len;
	int same = memcmp(x->ontvanger.data, y->ontvanger.data, len);
	if (same != 0 || x->ontvanger.len != y->ontvanger.len)
		return same ? same : x->ontvanger.len < y->ontvanger.len ? -1 : 1;
	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

// Who is owed something first comes first; what has no moment comes last.
static void sort(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		struct item *item = &listing->items[i];
		item->group = INT64_MAX;
		for (size_t n = 0; n < listing->count; n++) {
			const struct item *other = &listing->items[n];
			if (other->due && other->due < item->group &&
			    bytes_equal(other->ontvanger, item->ontvanger))
				item->group = other->due;
		}
	}
	qsort(listing->items, listing->count, sizeof *listing->items, by_group);
}

// The person and the command that end it.
static void say_how(const struct item *item, struct buffer *out)
{
	buffer_init(out, FIX_MAX);
	if (!item->held)
		buffer_append_text(
			out, "nobody is enrolled for this functie: enrol it (knooppuntctl "
			     "partner add BUNDLE), or, of a partner without keys, say it for it "
			     "(--namens OIN, where its partij has invoer); then ");
	if (item->waiting > 0)
		buffer_append_text(out, "its own client: knooppunt fetch; call the partner when "
					"that does not run");
	else
		owed_say_how(&item->owed, out);
}

// ---- telling -------------------------------------------------------------------------------

static void tell_json(struct listing *listing, const struct item *item)
{
	struct desk_line line;
	struct buffer how;
	say_how(item, &how);
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "wie", item->ontvanger);
	json_out_add_bytes(&line.out, "naam", item->naam);
	json_out_add_bytes(&line.out, "wat", item->owed.soort);
	if (item->owed.regel.len > 0) {
		json_out_add_bytes(&line.out, "regel", item->owed.regel);
		json_out_add_number(&line.out, "melding", item->owed.entry);
	} else {
		json_out_add_number(&line.out, "aantal", item->waiting);
	}
	json_out_key(&line.out, "uiterlijk");
	if (item->due)
		json_out_number(&line.out, (uint64_t)item->due);
	else
		json_out_null(&line.out);
	json_out_add_bool(&line.out, "te_laat", item->due && item->due <= listing->now);
	json_out_add_bytes(&line.out, "door", buffer_view(&how));
	desk_line_end(listing->desk, &line);
	buffer_done(&how);
}

static void tell_text(struct listing *listing, const struct item *item, bool first)
{
	static const char not_enrolled[] = "not enrolled";
	char due[21] = "no date";
	struct buffer how;
	say_how(item, &how);
	if (item->due)
		time_format(due, item->due);
	if (first)
		desk_say(listing->desk, "%.*s (%.*s)",
			 item->naam.len > 0 ? (int)item->naam.len : (int)(sizeof not_enrolled - 1),
			 item->naam.len > 0 ? (const char *)item->naam.data : not_enrolled,
			 (int)item->ontvanger.len, (const char *)item->ontvanger.data);
	const char *late = item->due && item->due <= listing->now ? "  TOO LATE" : "";
	if (item->owed.regel.len > 0)
		desk_say(listing->desk, "  %-20s  %.*s, regel %.*s, of the melding in entry %llu%s",
			 due, (int)item->owed.soort.len, (const char *)item->owed.soort.data,
			 (int)item->owed.regel.len, (const char *)item->owed.regel.data,
			 (unsigned long long)item->owed.entry, late);
	else
		desk_say(listing->desk, "  %-20s  to acknowledge %llu verstrekking%s%s", due,
			 (unsigned long long)item->waiting, item->waiting == 1 ? "" : "en", late);
	desk_say(listing->desk, "    to do: %.*s", (int)how.len, (const char *)how.data);
	buffer_done(&how);
}

// What counts until a day because two roles accepted it ends by itself: told in its last month.
static void tell_accepted(struct listing *listing, const struct answer *daemon)
{
	static const char how[] =
		"privacy officer: knooppunt-audit codes; have them confirmed, or knooppunt-audit "
		"codes accept TOT GROND with the other role";
	struct accepted accepted;
	struct civil_date tot;
	struct desk_line line;
	if (!answer_accepted(&daemon->message, &accepted) ||
	    date_parse(accepted.tot, &tot) != RESULT_OK ||
	    date_to_days(tot) - date_to_days(date_amsterdam(listing->now)) > ACCEPTED_DAYS)
		return;
	listing->accepted = true;
	desk_say(listing->desk,
		 "until %.*s count %llu codes that nobody confirmed (entry %llu)\n    to do: %s",
		 (int)accepted.tot.len, (const char *)accepted.tot.data,
		 (unsigned long long)accepted.rijen, (unsigned long long)accepted.entry, how);
	if (!listing->desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "wat", "acceptatie");
	json_out_add_number(&line.out, "aantal", accepted.rijen);
	json_out_add_bytes(&line.out, "tot", accepted.tot);
	json_out_add_bool(&line.out, "te_laat", false);
	json_out_add_text(&line.out, "door", how);
	desk_line_end(listing->desk, &line);
}

static void tell(struct listing *listing)
{
	const struct item *items = listing->items;
	for (size_t i = 0; i < listing->count; i++) {
		bool first = i == 0 || !bytes_equal(items[i].ontvanger, items[i - 1].ontvanger);
		if (listing->desk->json)
			tell_json(listing, &items[i]);
		else
			tell_text(listing, &items[i], first);
	}
	if (listing->no_convenant)
		desk_say(listing->desk, "no convenant is in force: what partners send goes to "
					"nobody (knooppuntctl convenant propose)");
	else if (listing->count == 0 && !listing->accepted)
		desk_say(listing->desk, "nothing is owed");
	if (listing->cut)
		desk_say(listing->desk, "and more: these are the first that are due");
}

static enum result collect(struct listing *listing, const struct answer *daemon,
			   const struct answer *partners)
{
	const struct control_line *line;
	enum result result = RESULT_OK;
	// The daemon stops adding when its answer is half full.
	listing->cut = daemon->lines.len >= CONTROL_MESSAGE_MAX / 2;
	for (size_t at = 0; !result && (line = status_next(daemon, "obligation", &at));)
		result = add_obligation(listing, partners, line->value);
	for (size_t at = 0; !result && (line = status_next(daemon, "queue", &at));)
		result = add_queue(listing, partners, line->value);
	for (size_t at = 0; !result && (line = status_next(daemon, "alarm", &at));)
		result = add_alarm(listing, line->value);
	return result;
}

static int list_open(struct desk *desk, const struct answer *daemon, const struct answer *partners,
		     int64_t ack_hours)
{
	struct listing listing = {.desk = desk,
				  .items = calloc(ITEMS_MAX, sizeof(struct item)),
				  .now = clock_wall_ms(),
				  .ack_ms = ack_hours * MS_PER_HOUR};
	int code = DESK_DONE;
	if (!listing.items)
		return desk_odd_answer(desk, "more than there is memory for");
	if (collect(&listing, daemon, partners) != RESULT_OK)
		code = desk_odd_answer(desk, "something owed that cannot be read");
	if (code == DESK_DONE) {
		sort(&listing);
		tell_accepted(&listing, daemon);
		tell(&listing);
	}
	free(listing.items);
	return code;
}

int ctl_open(struct desk *desk)
{
	struct answer *daemon = NULL, *partners = NULL;
	struct settings settings;
	int code = desk_settings(desk, &settings);
	if (code == DESK_DONE)
		code = status_ask(desk, &daemon, &partners);
	if (code == DESK_DONE)
		code = list_open(desk, daemon, partners, settings.ack_hours);
	answer_free(daemon);
	answer_free(partners);
	return code;
}
