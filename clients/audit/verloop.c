// SPDX-License-Identifier: EUPL-1.2
// What happened, in the order of the log: "gebeurtenis" lines and those that begin with "g-"
// (daemon/core/verloop.c) as "verloop" of a place, and as people read it.
#include "audit/why.h"

#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <string.h>

#define WPG20 "g-wpg20-"

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

static bool next_named(const struct block *all, const char *name, size_t *at,
		       struct block *ret_block)
{
	while (*at < all->count && !is_named(&all->lines[*at], name))
		++*at;
	if (*at == all->count)
		return false;
	size_t first = (*at)++;
	while (*at < all->count && !is_named(&all->lines[*at], name))
		++*at;
	*ret_block = (struct block){&all->lines[first], *at - first};
	return true;
}

// The part of an event that is about one place; false when it does not touch it.
static bool find_place(const struct block *event, const struct block *asked,
		       struct block *ret_place)
{
	struct bytes betrokkene = block_value(asked, "betrokkene");
	struct bytes rubriek = block_value(asked, "rubriek"), word;
	for (size_t at = 0; next_named(event, "g-plaats", &at, ret_place);) {
		struct bytes rest = ret_place->lines[0].value;
		if (word_take(&rest, &word) && bytes_equal(word, betrokkene) &&
		    word_take(&rest, &word) && bytes_equal(word, rubriek))
			return true;
	}
	return false;
}

// What stands before the first place holds for all of them.
static struct block head_of(const struct block *event)
{
	struct block head = *event;
	head.count = 0;
	while (head.count < event->count && !is_named(&event->lines[head.count], "g-plaats"))
		head.count++;
	return head;
}

struct head {
	struct bytes soort, entry, time, hash, naam;
	uint64_t index, ms;
};

static bool read_head(const struct block *event, struct head *ret_head)
{
	struct bytes rest = event->lines[0].value;
	struct head *head = ret_head;
	if (!word_take(&rest, &head->soort) || !word_take(&rest, &head->entry) ||
	    !word_take(&rest, &head->time) || !word_take(&rest, &head->hash))
		return false;
	head->naam = rest;
	return number_parse(head->entry, &head->index) == RESULT_OK &&
	       number_parse(head->time, &head->ms) == RESULT_OK;
}

// The third and fourth word of a place: how it was judged, and whether this entry gives it.
static void read_outcome(const struct block *place, struct bytes *ret_oordeel, bool *ret_given)
{
	struct bytes rest = place->lines[0].value, word = {0};
	*ret_oordeel = (struct bytes){0};
	for (int i = 0; i < 3; i++)
		if (!word_take(&rest, ret_oordeel))
			return;
	*ret_given = word_take(&rest, &word) && bytes_equal(word, bytes_of_text("1"));
}

// ---- JSON ----------------------------------------------------------------------------------

static void write_weging(struct json_out *out, const struct block *head)
{
	struct bytes rest = block_value(head, "g-weging"), regel, betrokkene, oin, functies;
	uint64_t number;
	if (!word_take(&rest, &regel) || !word_take(&rest, &betrokkene) ||
	    !word_take(&rest, &oin) || !word_take(&rest, &functies) ||
	    number_parse(betrokkene, &number) != RESULT_OK)
		return;
	json_out_key(out, "weging");
	json_out_object_begin(out);
	json_out_add_bytes(out, "regel", regel);
	json_out_add_bytes(out, "uitkomst", rest);
	json_out_add_number(out, "betrokkene", number);
	json_out_add_bytes(out, "oin", oin);
	json_out_add_bytes(out, "functies", functies);
	json_out_object_end(out);
}

// Of what the house entered for a partner.
struct namens {
	struct bytes partner, medewerker, functie; // functie "-": none was named
};

static bool read_namens(const struct block *head, struct namens *ret_namens)
{
	struct bytes rest = block_value(head, "g-namens");
	bool whole =
		word_take(&rest, &ret_namens->partner) && word_take(&rest, &ret_namens->medewerker);
	ret_namens->functie = rest;
	return whole;
}

static void write_namens(struct json_out *out, const struct block *head)
{
	struct namens namens;
	if (!read_namens(head, &namens))
		return;
	json_out_key(out, "namens");
	json_out_object_begin(out);
	json_out_add_bytes(out, "partner", namens.partner);
	if (!bytes_equal(namens.functie, bytes_of_text("-")))
		json_out_add_bytes(out, "functie", namens.functie);
	json_out_add_bytes(out, "medewerker", namens.medewerker);
	json_out_object_end(out);
}

static void write_lapse(struct json_out *out, const struct block *head)
{
	struct bytes rest = block_value(head, "g-reden"), reden;
	uint64_t ms;
	if (!word_take(&rest, &reden))
		return;
	json_out_add_bytes(out, "reden", reden);
	if (number_parse(rest, &ms) == RESULT_OK)
		json_out_add_number(out, "geldig_tot", ms);
}

static void write_gone(struct json_out *out, const struct block *head)
{
	uint64_t entry;
	if (number_parse(block_value(head, "g-gewist"), &entry) == RESULT_OK)
		json_out_add_number(out, "gewist", entry);
}

static void write_facts(struct json_out *out, const struct block *head)
{
	json_out_key(out, "feiten");
	json_out_object_begin(out);
	block_write_feiten(out, head, "g-feit");
	json_out_object_end(out);
}

static void write_wpg20(struct json_out *out, const struct block *head)
{
	const size_t skip = sizeof WPG20 - 1;
	bool any = false;
	for (size_t i = 0; i < head->count; i++) {
		const struct control_line *line = &head->lines[i];
		char name[CONTROL_NAME_MAX + 1];
		if (line->name.len <= skip || memcmp(line->name.data, WPG20, skip) != 0)
			continue;
		if (!any) {
			json_out_key(out, "wpg20");
			json_out_object_begin(out);
		}
		any = true;
		snprintf(name, sizeof name, "%.*s", (int)(line->name.len - skip),
			 (const char *)line->name.data + skip);
		json_out_add_bytes(out, name, line->value);
	}
	if (any)
		json_out_object_end(out);
}

static void write_list(struct json_out *out, const struct block *regel, const char *name,
		       const char *key)
{
	json_out_key(out, key);
	json_out_array_begin(out);
	for (size_t i = 0; i < regel->count; i++)
		if (is_named(&regel->lines[i], name))
			json_out_text(out, regel->lines[i].value);
	json_out_array_end(out);
}

static void write_regels(struct json_out *out, const struct block *place)
{
	static const char *const texts[][2] = {{"g-convenantartikel", "convenantartikel"},
					       {"g-herkomst", "herkomst"},
					       {"g-doel", "doel"}};
	struct block regel;
	json_out_key(out, "regels");
	json_out_array_begin(out);
	for (size_t at = 0; next_named(place, "g-regel", &at, &regel);) {
		json_out_object_begin(out);
		json_out_add_bytes(out, "regel", regel.lines[0].value);
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
			if (block_value(&regel, texts[i][0]).data)
				json_out_add_bytes(out, texts[i][1],
						   block_value(&regel, texts[i][0]));
		write_list(out, &regel, "g-grondslag", "grondslag");
		write_list(out, &regel, "g-voorlopig", "voorlopig");
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static void write_place(struct json_out *out, const struct block *place)
{
	struct bytes oordeel;
	bool given = false;
	read_outcome(place, &oordeel, &given);
	json_out_add_bytes(out, "beslissing", oordeel);
	json_out_add_bool(out, "gegeven", given);
	write_regels(out, place);
	block_write_nearest(out, place, "g-nearest-regel", "g-nearest-test");
	if (block_value(place, "g-wacht-op").data)
		json_out_add_bytes(out, "wacht_op", block_value(place, "g-wacht-op"));
}

static void write_event(struct json_out *out, const struct head *head, const struct block *event,
			const struct block *place)
{
	const struct block common = head_of(event);
	json_out_object_begin(out);
	json_out_add_bytes(out, "soort", head->soort);
	json_out_add_number(out, "entry", head->index);
	json_out_add_number(out, "tijd", head->ms);
	json_out_key(out, "convenant");
	if (bytes_equal(head->hash, bytes_of_text("-"))) {
		json_out_null(out);
	} else {
		json_out_object_begin(out);
		json_out_add_bytes(out, "naam", head->naam);
		json_out_add_bytes(out, "hash", head->hash);
		json_out_object_end(out);
	}
	block_write_codes(out, &common, "g-codes");
	write_namens(out, &common);
	write_weging(out, &common);
	write_lapse(out, &common);
	write_gone(out, &common);
	write_place(out, place);
	write_facts(out, &common);
	write_wpg20(out, &common);
	json_out_object_end(out);
}

void verloop_write(struct json_out *out, const struct block *common, const struct block *asked)
{
	struct block event, place;
	struct head head;
	json_out_key(out, "verloop");
	json_out_array_begin(out);
	for (size_t at = 0; next_named(common, "gebeurtenis", &at, &event);)
		if (read_head(&event, &head) && find_place(&event, asked, &place))
			write_event(out, &head, &event, &place);
	json_out_array_end(out);
}

// What the house made of it when nothing had come of it.
static bool next_screening(const struct block *common, size_t *at, struct head *ret_head,
			   struct bytes *ret_uitkomst)
{
	struct block event;
	while (next_named(common, "gebeurtenis", at, &event)) {
		*ret_uitkomst = block_value(&event, "g-screening");
		if (ret_uitkomst->data && read_head(&event, ret_head))
			return true;
	}
	return false;
}

void screening_write(struct json_out *out, const struct block *common)
{
	struct head head;
	struct bytes held = block_value(common, "gehouden"), who, uitkomst;
	if (word_take(&held, &who)) {
		json_out_key(out, "gehouden");
		json_out_object_begin(out);
		json_out_add_bytes(out, "wie", who);
		json_out_add_bytes(out, "uiterlijk", held);
		json_out_object_end(out);
	}
	bool any = false;
	for (size_t at = 0; next_screening(common, &at, &head, &uitkomst); any = true) {
		if (!any) {
			json_out_key(out, "screening");
			json_out_array_begin(out);
		}
		json_out_object_begin(out);
		json_out_add_number(out, "entry", head.index);
		json_out_add_number(out, "tijd", head.ms);
		json_out_add_bytes(out, "uitkomst", uitkomst);
		json_out_object_end(out);
	}
	if (any)
		json_out_array_end(out);
}

// ---- people --------------------------------------------------------------------------------

#define TEXT(view) (int)(view).len, (view).data ? (const char *)(view).data : ""

// The regels of a place, in one text.
static void name_regels(const struct block *place, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < place->count && used < size; i++)
		if (is_named(&place->lines[i], "g-regel"))
			used += (size_t)snprintf(text + used, size - used, "%s%.*s",
						 used ? ", " : "", TEXT(place->lines[i].value));
}

static void say_event(const struct desk *desk, const struct head *head, const struct block *event,
		      const struct block *place)
{
	char moment[21], regels[400];
	struct bytes oordeel, weging = block_value(event, "g-weging");
	struct bytes nearest = block_value(place, "g-nearest-test");
	struct namens namens;
	bool given = false;
	read_outcome(place, &oordeel, &given);
	time_format(moment, (int64_t)head->ms);
	name_regels(place, regels, sizeof regels);
	desk_say(desk, "  entry %-6llu %s %.*s%s%.*s: %.*s%s%s%s", (unsigned long long)head->index,
		 moment, TEXT(head->soort), weging.data ? " " : "", TEXT(weging), TEXT(oordeel),
		 given ? ", given by this entry" : "", regels[0] ? ", under " : "", regels);
	if (head->naam.len > 0 && !bytes_equal(head->naam, bytes_of_text("-")))
		desk_say(desk, "               under %.*s %.*s", TEXT(head->naam),
			 TEXT(head->hash));
	if (read_namens(event, &namens))
		desk_say(desk, "               entered by the house for %.*s, by %.*s",
			 TEXT(namens.partner), TEXT(namens.medewerker));
	if (nearest.len > 0)
		desk_say(desk, "               %.*s", TEXT(nearest));
	if (block_value(event, "g-gewist").len > 0)
		desk_say(desk, "               the motivering was destroyed by order, entry %.*s",
			 TEXT(block_value(event, "g-gewist")));
}

void screening_say(const struct desk *desk, const struct block *common)
{
	struct head head;
	struct bytes held = block_value(common, "gehouden"), who, uitkomst;
	char moment[21];
	if (word_take(&held, &who))
		desk_say(desk,
			 "  held         nobody was given anything of it and nothing waits: %.*s "
			 "owes a screening by %.*s",
			 TEXT(who), TEXT(held));
	for (size_t at = 0; next_screening(common, &at, &head, &uitkomst);) {
		time_format(moment, (int64_t)head.ms);
		desk_say(desk, "  screening    entry %llu %s: %.*s", (unsigned long long)head.index,
			 moment, TEXT(uitkomst));
	}
}

void verloop_say(const struct desk *desk, const struct block *common, const struct block *asked)
{
	struct block event, place;
	struct head head;
	for (size_t at = 0; next_named(common, "gebeurtenis", &at, &event);)
		if (read_head(&event, &head) && find_place(&event, asked, &place))
			say_event(desk, &head, &event, &place);
}
