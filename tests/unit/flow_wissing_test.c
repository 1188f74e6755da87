// SPDX-License-Identifier: EUPL-1.2
// Erasing the content of one melding: what goes, what stays, and that no keystore of before brings
// it back.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/file.h"
#include "flow/wissing.h"

static const char text[] = FLOW_HEAD("wissen")
	FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie")
		FLOW_VERSTREK("gewogen", FLOW_WEGING("regisseur", "ja"), AAN_OOV, "identificatie");

static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Een"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_convenant(w, text);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])

static struct flow_sent *melded(struct flow_world *w, uint64_t *ret_index)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, &one_person);
	flow_send_one(w, melding);
	*ret_index = flow_accepted(w, POLITIE, melding);
	return melding;
}

static void tick(struct flow_world *w)
{
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
}

static uint64_t slot_of(struct flow_world *w, uint64_t index)
{
	struct recalled recalled;
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	assert_non_null(recalled.verantwoording);
	return recalled.verantwoording->slot_inhoud;
}

static bool has_content(struct flow_world *w, uint64_t index)
{
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	return recalled.has_content;
}

static void the_content_goes_and_the_account_of_it_stays(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun, other;
	uint8_t key[KEYSTORE_KEY_LEN];
	char ask[200];
	struct flow_sent *melding = melded(w, &index);
	melded(w, &other);
	assert_non_null(strstr(flow_control(w, "status\n"), " weging gewogen "));
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_OK);
	assert_false(has_content(w, index));
	assert_true(has_content(w, other));
	assert_int_equal(keystore_get(w->core->keystore, slot_of(w, index), key), RESULT_ERASED);
	// What waited is told of under its number; what is of another melding is given.
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 3);
	assert_int_equal(flow_part(w, &reply->deliveries[2])->soort, VERSTREKKING_GEWIST);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_int_equal(part->soort, VERSTREKKING_VERVALLEN);
	assert_true(part->number == 1 && part->betreft == index);
	assert_int_equal(flow_part(w, &reply->deliveries[1])->soort, VERSTREKKING_GEGEVEN);
	// The same statement again: the same entry, outcome and receipt.
	size_t entries = (size_t)journal_size(w->core->journal);
	flow_send_one(w, melding);
	assert_true(flow_accepted(w, POLITIE, melding) == index);
	assert_int_equal(journal_size(w->core->journal), entries);
	// Nothing is owed about it any more, and nobody can weigh it.
	snprintf(ask, sizeof ask, " weging gewogen " FLOW_HOUSE "/regisseur entry=%llu\n",
		 (unsigned long long)index);
	assert_null(strstr(flow_control(w, "status\n"), ask));
	struct flow_judgement yes = {index, "gewogen", "ja", 0};
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &yes);
	flow_send_one(w, weging);
	flow_refused(w, REGISSEUR, weging, REASON_NOT_OWED);
	snprintf(ask, sizeof ask, "why\nid %s\nontvanger " FLOW_STAD "/wmo\n", melding->id);
	const char *said = flow_control(w, ask);
	assert_non_null(strstr(said, "gewist-grond " FLOW_GROND));
	// It was given, and taken back before it arrived.
	assert_non_null(strstr(said, "g-plaats 0 kenmerken verstrekt 1"));
	assert_non_null(strstr(said, "g-reden gewist"));
	assert_null(strstr(said, "\nbeslissing verstrekt"));
	tick(w);
	struct state_wissing done;
	assert_int_equal(state_wissing(w->core->state, 0, &done), RESULT_OK);
	assert_true(done.melding == index && done.begonnen == begun && done.klaar > begun);
	uint64_t bad = 0;
	assert_int_equal(journal_check(w->core->journal, 0, &bad), RESULT_OK);
}

// Before what waits was decided again: it lapses under the convenant that is in force by then.
static void what_lapses_does_so_under_the_convenant_in_force(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun;
	struct flow_sent *melding = melded(w, &index);
	struct hash old = convenant_hash(w->core->convenanten[0]);
	char later[4096];
	snprintf(later, sizeof later, "%s# later\n", text);
	flow_convenant(w, later);
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_OK);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	struct hash now = convenant_hash(w->core->convenanten[0]);
	assert_int_equal(part->soort, VERSTREKKING_VERVALLEN);
	assert_false(hash_equal(&old, &now));
	assert_true(hash_equal(&part->convenant_hash, &now));
}

static void what_was_delivered_before_may_still_be_acknowledged(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun;
	struct flow_sent *melding = melded(w, &index);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_OK);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
	reply = flow_collect(w, STAD, "wmo", 0); // what is left to be told is that it went
	assert_int_equal(reply->delivery_count, 1);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_GEWIST);
}

static void it_takes_two_roles_and_the_very_melding(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun = 0;
	struct flow_sent *melding = melded(w, &index);
	struct bytes right = flow_order(w, index, &melding->about);
	uint64_t size = journal_size(w->core->journal);
	assert_int_equal(flow_erase(w, right, 0, &begun), RESULT_DENIED);
	assert_int_equal(flow_erase(w, right, 1, &begun), RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_TWO_NEEDED));
	struct hash other = melding->about;
	other.b[0] ^= 1;
	assert_int_equal(flow_erase(w, flow_order(w, index, &other), 2, &begun), RESULT_NOT_FOUND);
	assert_int_equal(flow_erase(w, flow_order(w, index - 1, &melding->about), 2, &begun),
			 RESULT_NOT_FOUND);
	assert_int_equal(flow_erase(w, flow_order(w, size + 5, &melding->about), 2, &begun),
			 RESULT_NOT_FOUND);
	assert_int_equal(flow_erase(w, bytes_of_text("wissing van alles\n"), 2, &begun),
			 RESULT_MALFORMED);
	// Acts about another order.
	struct hash object = sha256(flow_order(w, index, &other));
	const struct signed_statement acts[] = {flow_act(w, &w->beheerder, WISSING_SOORT, &object),
						flow_act(w, &w->officer, WISSING_SOORT, &object)};
	struct wissing_request swapped = {right, acts, 2};
	assert_int_equal(flow_wissing(w->core, &swapped, &begun, &w->problem), RESULT_DENIED);
	assert_true(journal_size(w->core->journal) == size && has_content(w, index));
	assert_int_equal(flow_erase(w, right, 2, &begun), RESULT_OK);
	assert_int_equal(flow_erase(w, right, 2, &begun), RESULT_EXISTS);
}

static void copy_file(struct flow_world *w, const char *from, const char *to)
{
	struct buffer file;
	buffer_init(&file, 4 << 20);
	assert_int_equal(file_read(temporary_path(w->folder, from), 4 << 20, &file), RESULT_OK);
	assert_int_equal(file_replace(temporary_path(w->folder, to), buffer_view(&file), 0600),
			 RESULT_OK);
	buffer_wipe(&file);
}

static void a_keystore_of_before_brings_nothing_back(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun;
	uint8_t key[KEYSTORE_KEY_LEN];
	struct flow_sent *melding = melded(w, &index);
	uint64_t slot = slot_of(w, index);
	assert_int_equal(keystore_get(w->core->keystore, slot, key), RESULT_OK);
	copy_file(w, "data/keystore", "backup");
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_OK);
	flow_world_close(w);
	copy_file(w, "backup", "data/keystore");
	flow_world_open(w);
	assert_false(has_content(w, index));
	flow_world_close(w);
	struct buffer file;
	buffer_init(&file, 4 << 20);
	assert_int_equal(file_read(temporary_path(w->folder, "backup"), 4 << 20, &file), RESULT_OK);
	assert_non_null(memmem(file.data, file.len, key, sizeof key)); // the control
	assert_int_equal(file_read(temporary_path(w->folder, "data/keystore"), 4 << 20, &file),
			 RESULT_OK);
	assert_null(memmem(file.data, file.len, key, sizeof key));
	buffer_wipe(&file);
	flow_world_open(w);
}

static bool erase_fails;

enum result __real_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count);
enum result __wrap_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count);
enum result __wrap_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count)
{
	return erase_fails ? RESULT_IO : __real_keystore_erase(keystore, slots, count);
}

// As when the power fails between the order and the overwriting.
static void what_was_begun_is_finished_at_the_next_start(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun = 0;
	struct state_wissing row;
	struct flow_sent *melding = melded(w, &index);
	erase_fails = true;
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_IO);
	erase_fails = false;
	assert_true(w->core->readonly);
	assert_true(has_content(w, index)); // the key is there still: nothing may serve it
	assert_int_equal(flow_part(w, &flow_collect(w, STAD, "wmo", 0)->deliveries[0])->soort,
			 VERSTREKKING_VERVALLEN);
	flow_world_close(w);
	flow_world_open(w);
	assert_false(w->core->readonly);
	assert_false(has_content(w, index));
	tick(w);
	assert_int_equal(state_wissing(w->core->state, 0, &row), RESULT_OK);
	assert_true(row.melding == index && row.klaar > row.begonnen);
}

#define MOTIVERING "merk-van-de-motivering-5f3a"

static struct flow_sent *weighed(struct flow_world *w, uint64_t melding, uint64_t *ret_index)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)melding);
	struct veld velden[] = {
		{WEGING_ENTRY, bytes_of_text(entry)},
		{WEGING_REGEL, bytes_of_text("gewogen")},
		{WEGING_BETROKKENE, bytes_of_text("0")},
		{WEGING_UITKOMST, bytes_of_text("ja")},
		{WEGING_MEDEWERKER, bytes_of_text("mw-merk-77")},
		{WEGING_MOTIVERING, bytes_of_text(MOTIVERING)},
	};
	struct flow_sent *weging = flow_say(w, REGISSEUR, TYPE_WEGING, velden, COUNT_OF(velden));
	flow_send_one(w, weging);
	*ret_index = flow_accepted(w, REGISSEUR, weging);
	return weging;
}

// Where in all that the log has, unsealed with every key there is, this text stands; and where in
// the files as they lie on the disk.
struct found {
	unsigned parts, contents, files;
};

static unsigned occurs(struct bytes in, const char *wanted)
{
	return in.len > 0 && memmem(in.data, in.len, wanted, strlen(wanted)) != NULL;
}

static struct found search(struct flow_world *w, const char *wanted)
{
	static const char *const files[] = {"data/log/data.mdb", "data/state/data.mdb",
					    "data/keystore"};
	struct found found = {0};
	struct buffer parts, content;
	uint8_t entry[ENTRY_LEN];
	buffer_init(&parts, STORED_MAX);
	buffer_init(&content, 64 << 20);
	for (uint64_t i = 0; i < journal_size(w->core->journal); i++) {
		enum result r = journal_read(w->core->journal, i, entry, &parts, &content);
		assert_true(r == RESULT_OK || r == RESULT_ERASED);
		found.parts += occurs(buffer_view(&parts), wanted);
		found.contents += occurs(buffer_view(&content), wanted);
	}
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		assert_int_equal(file_read(temporary_path(w->folder, files[i]), 64 << 20, &content),
				 RESULT_OK);
		found.files += occurs(buffer_view(&content), wanted);
	}
	buffer_wipe(&parts);
	buffer_wipe(&content);
	return found;
}

static void found_nowhere(struct flow_world *w, const char *wanted)
{
	struct found found = search(w, wanted);
	assert_int_equal(found.parts + found.contents + found.files, 0);
}

// What somebody wrote about a person is content; that it was weighed, by whom and how, is not.
static void a_motivering_goes_with_the_melding_and_the_decision_stays(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, weging, begun;
	char ask[200];
	struct flow_sent *melding = melded(w, &index);
	weighed(w, index, &weging);
	struct found found = search(w, MOTIVERING);
	assert_int_equal(found.parts, 0);
	assert_int_equal(found.contents, 1); // the control: the search finds it while it is there
	assert_int_equal(found.files, 0);
	assert_int_equal(search(w, "mw-merk-77").parts, 1);
	assert_true(slot_of(w, weging) != slot_of(w, index));
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_OK);
	found_nowhere(w, MOTIVERING);
	assert_int_equal(search(w, "mw-merk-77").parts, 1);
	// Both deliveries, that of the melding and that of the weging, are told of.
	assert_int_equal(flow_part(w, &flow_collect(w, STAD, "wmo", 0)->deliveries[0])->soort,
			 VERSTREKKING_VERVALLEN);
	assert_int_equal(flow_part(w, &flow_collect(w, STAD, "oov", 0)->deliveries[0])->soort,
			 VERSTREKKING_VERVALLEN);
	snprintf(ask, sizeof ask, "why\nid %s\nontvanger " FLOW_STAD "/oov\n", melding->id);
	const char *said = flow_control(w, ask);
	assert_non_null(strstr(said, "g-weging gewogen 0 " FLOW_HOUSE " regisseur,coordinator ja"));
	assert_non_null(strstr(said, "g-gewist "));
	tick(w);
	flow_world_close(w);
	flow_world_open(w);
	found_nowhere(w, MOTIVERING);
	struct state_wissing row;
	for (uint64_t slot = 0; !state_wissing(w->core->state, slot, &row); slot = row.slot + 1)
		assert_true(row.klaar > row.begonnen);
}

static void a_motivering_goes_alone_and_the_melding_stays(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, weging, begun;
	struct flow_sent *melding = melded(w, &index), *judged = weighed(w, index, &weging);
	assert_int_equal(flow_erase(w, flow_order(w, weging, &judged->about), 2, &begun),
			 RESULT_OK);
	found_nowhere(w, MOTIVERING);
	assert_true(has_content(w, index));
	assert_int_equal(flow_part(w, &flow_collect(w, STAD, "wmo", 0)->deliveries[0])->soort,
			 VERSTREKKING_GEGEVEN);
	// What went by it and still waits is withdrawn with it: it was stated in the same content.
	assert_int_equal(flow_part(w, &flow_collect(w, STAD, "oov", 0)->deliveries[0])->soort,
			 VERSTREKKING_VERVALLEN);
	assert_int_equal(flow_erase(w, flow_order(w, weging, &judged->about), 2, &begun),
			 RESULT_EXISTS);
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &begun),
			 RESULT_OK);
	assert_false(has_content(w, index));
}

static void an_order_is_read_in_one_way_only(void **state)
{
	struct flow_world *w = *state;
	struct hash header = {{0xab}};
	struct wissing_opdracht read;
	struct bytes good = flow_order(w, 7, &header);
	assert_int_equal(wissing_opdracht_read(good, &read), RESULT_OK);
	assert_true(read.melding == 7 && hash_equal(&read.header_hash, &header));
	assert_string_equal(read.grond, FLOW_GROND);
	uint8_t *copy = arena_alloc(w->arena, good.len + 1);
	for (size_t n = 0; n < good.len; n++) {
		memcpy(copy, good.data, good.len);
		copy[n] ^= 0x20; // among others: hex digits in the other case
		struct wissing_opdracht other;
		if (!wissing_opdracht_read(bytes_make(copy, good.len), &other))
			assert_true(n > good.len - sizeof FLOW_GROND - 1 || other.melding != 7 ||
				    !hash_equal(&other.header_hash, &header));
		assert_int_equal(wissing_opdracht_read(bytes_make(good.data, n), &other),
				 RESULT_MALFORMED);
	}
	memcpy(copy, good.data, good.len);
	copy[good.len] = '\n';
	assert_int_equal(wissing_opdracht_read(bytes_make(copy, good.len + 1), &read),
			 RESULT_MALFORMED);
	struct wissing_opdracht empty = {.melding = 1};
	struct buffer out;
	buffer_init(&out, WISSING_OPDRACHT_MAX);
	assert_int_equal(wissing_opdracht_write(&empty, &out), RESULT_MALFORMED);
	buffer_done(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_content_goes_and_the_account_of_it_stays),
		TEST(what_lapses_does_so_under_the_convenant_in_force),
		TEST(what_was_delivered_before_may_still_be_acknowledged),
		TEST(it_takes_two_roles_and_the_very_melding),
		TEST(a_keystore_of_before_brings_nothing_back),
		TEST(what_was_begun_is_finished_at_the_next_start),
		TEST(a_motivering_goes_with_the_melding_and_the_decision_stays),
		TEST(a_motivering_goes_alone_and_the_melding_stays),
		TEST(an_order_is_read_in_one_way_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
