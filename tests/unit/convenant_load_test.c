// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/convenant_case.h"

#include "crypto/hash.h"

#define GOLDEN KNP_FIXTURES "/convenanten/gebroken.golden"

// One case of the golden file.
struct golden {
	char title[120], from[1200], to[1200], expected[200];
};

// "- text" adds a line to `out`; between two lines stands a newline, and at the end only where a
// backslash says so.
static void add_line(char *out, size_t size, const char *line)
{
	size_t used = strlen(out), len = strlen(line);
	bool ends = len > 0 && line[len - 1] == '\\';
	bool follows = used > 0 && out[used - 1] != '\n';
	int n = snprintf(out + used, size - used, "%s%.*s%s", follows ? "\n" : "",
			 (int)(len - ends), line, ends ? "\n" : "");
	assert_true(n >= 0 && (size_t)n < size - used);
}

static void check_golden(const char *base, const struct golden *golden)
{
	char *text = case_edit(base, golden->from, golden->to);
	struct convenant *convenant = NULL;
	struct problem problem = {0};
	char found[400];
	if (convenant_load(bytes_of_text(text), "klein.yaml", &convenant, &problem) !=
	    RESULT_CONFIG)
		fail_msg("%s: was accepted", golden->title);
	assert_null(convenant);
	snprintf(found, sizeof found, "%s:%u: %s%s%s", problem.file, problem.line, problem.code,
		 problem.field[0] ? ": " : "", problem.field);
	if (strcmp(found, golden->expected) != 0)
		fail_msg("%s: %s", golden->title, found);
	assert_int_not_equal(reason_of_code(bytes_of_text(problem.code)), REASON_NONE);
	assert_true(strlen(problem.message) > 10 && strlen(problem.fix) > 5);
	free(text);
}

// Takes one line of the golden file; true when it ends a case.
static bool take_line(struct golden *golden, const char *line)
{
	if (line[0] == '=')
		*golden = (struct golden){0};
	if (line[0] == '=')
		add_line(golden->title, sizeof golden->title, line + 2);
	else if (line[0] == '-')
		add_line(golden->from, sizeof golden->from, line + 2);
	else if (line[0] == '+')
		add_line(golden->to, sizeof golden->to, line + 2);
	else if (line[0] == '!')
		add_line(golden->expected, sizeof golden->expected, line + 2);
	return line[0] == '!';
}

static void every_way_to_break_a_convenant_is_named_with_file_line_and_reason(void **state)
{
	(void)state;
	char *base = case_read(KLEIN), *text = case_read(GOLDEN), *next = NULL;
	struct golden golden = {0};
	size_t count = 0;
	for (char *line = text; line; line = next) {
		char *end = strchr(line, '\n');
		next = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		if (strlen(line) < 2 || !take_line(&golden, line))
			continue;
		check_golden(base, &golden);
		count++;
	}
	assert_true(count > 90);
	free(text);
	free(base);
}

static void a_convenant_says_what_stands_in_its_file(void **state)
{
	(void)state;
	char *text = case_read(KLEIN);
	struct convenant *convenant = case_load_text(text);
	assert_string_equal(convenant_name(convenant), "klein");
	const struct convenant_text *said = convenant_text(convenant);
	assert_string_equal(said->versie, "1");
	assert_string_equal(said->status, "ondertekend");
	assert_string_equal(said->contactpunt, "niemand");
	assert_string_equal(said->wpg20[0], "belang");
	assert_string_equal(said->wpg20[5], "ontvangers");
	assert_string_equal(convenant_wpg20_name(0), "zwaarwegend_belang");
	assert_null(convenant_wpg20_name(WPG20_COUNT));
	assert_string_equal(convenant_partij(convenant, said->huis)->partij, "huis");
	assert_true(bytes_equal(convenant_document(convenant), bytes_of_text(text)));
	struct hash hash = sha256(bytes_of_text(text)), own = convenant_hash(convenant);
	assert_true(hash_equal(&hash, &own));
	convenant_free(convenant);
	free(text);
}

static void partijen_stand_with_functies_gemeente_and_signature(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	assert_int_equal(convenant_partij_count(convenant), 5);
	assert_null(convenant_partij(convenant, 5));
	const struct partij *stad = case_partij(convenant, "stad");
	assert_string_equal(stad->gemeente, "GM1883");
	assert_string_equal(stad->soort, "gemeente");
	assert_int_equal(stad->functie_count, 2);
	assert_string_equal(stad->functies[1], "wmo");
	assert_true(stad->getekend);
	assert_string_equal(stad->getekend_op, "2026-01-06");
	assert_null(stad->pdf);
	assert_int_equal(strlen(case_partij(convenant, "politie")->pdf), 64);
	assert_ptr_equal(convenant_partij_of(convenant, &stad->oin), stad);
	struct oin stranger = {"00000099000000000009"};
	assert_null(convenant_partij_of(convenant, &stranger));
	assert_false(case_partij(convenant, "zorg")->getekend);
	convenant_free(convenant);
}

static void a_convenant_is_signed_when_every_partij_signed(void **state)
{
	(void)state;
	char *text = case_read(KLEIN);
	struct convenant *convenant = case_load_text(text);
	assert_false(convenant_is_signed(convenant));
	convenant_free(convenant);
	char *signed_text =
		case_edit(text, "functies: [behandeling, wmo], getekend: nee",
			  "functies: [behandeling, wmo], getekend: {door: E, op: 2026-01-07}");
	char *edited = case_edit(signed_text, " oefening: nee,", "");
	char *whole = case_edit(edited,
				"aan: {partij: zorg, functie: behandeling}, rubriek: "
				"identificatie, verwacht: geweigerd",
				"aan: {partij: zorg, functie: behandeling}, rubriek: "
				"identificatie, verwacht: verstrekt");
	convenant = case_load_text(whole);
	assert_true(convenant_is_signed(convenant));
	assert_null(convenant_signs_later(convenant, (struct civil_date){2026, 1, 7}));
	assert_string_equal(
		convenant_signs_later(convenant, (struct civil_date){2026, 1, 6})->partij, "zorg");
	convenant_free(convenant);
	free(whole);
	free(edited);
	free(signed_text);
	free(text);
}

static void ontvangers_stand_in_the_order_of_the_file(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	const struct ontvanger *ontvangers;
	static const char *const expected[] = {
		"huis/regisseur", "huis/coordinator", "politie/wijk",     "stad/oov",
		"stad/wmo",       "dorp/wmo",         "zorg/behandeling", "zorg/wmo"};
	assert_int_equal(convenant_ontvangers(convenant, &ontvangers), COUNT_OF(expected));
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		struct ontvanger ontvanger = case_ontvanger(convenant, expected[i]);
		assert_true(ontvanger_equal(&ontvangers[i], &ontvanger));
	}
	assert_false(ontvanger_equal(&ontvangers[0], &ontvangers[1]));
	assert_false(ontvanger_equal(&ontvangers[4], &ontvangers[5]));
	convenant_free(convenant);
}

static void overleggen_are_kept(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	assert_int_equal(convenant_overleg_count(convenant), 1);
	const struct overleg *tafel = convenant_overleg(convenant, 0);
	struct ontvanger regisseur = case_ontvanger(convenant, "huis/regisseur");
	struct ontvanger wmo = case_ontvanger(convenant, "stad/wmo");
	assert_string_equal(tafel->overleg, "tafel");
	assert_true(ontvanger_equal(&tafel->voorzitter, &regisseur));
	assert_int_equal(tafel->lid_count, 2);
	assert_true(ontvanger_equal(&tafel->leden[1], &wmo));
	assert_string_equal(tafel->kalender, "maandag");
	assert_null(convenant_overleg(convenant, 1));
	convenant_free(convenant);
}

static void regels_stand_with_texts_lines_and_names(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	assert_int_equal(convenant_regel_count(convenant), 9);
	assert_null(convenant_regel(convenant, 9));
	size_t n = 99;
	assert_int_equal(convenant_regel_named(convenant, bytes_of_text("b-volwassen"), &n),
			 RESULT_OK);
	assert_int_equal(n, 1);
	const struct regel_text *regel = convenant_regel(convenant, n);
	assert_string_equal(regel->regel, "b-volwassen");
	assert_string_equal(regel->convenantartikel, "2");
	assert_string_equal(regel->herkomst, "papier: «volwassenen met een rol»");
	assert_string_equal(regel->doel, "veiligheid");
	assert_int_equal(regel->grondslag_count, 2);
	assert_string_equal(regel->grondslag[0], "wpg-20");
	assert_int_equal(regel->soort, REGEL_VERSTREK);
	assert_int_equal(regel->line, 43);
	assert_int_equal(convenant_regel(convenant, 6)->soort, REGEL_VERBIED);
	assert_null(convenant_regel(convenant, 6)->doel);
	static const char *const strangers[] = {"", "b", "b-volwassenen", "z", "a"};
	for (size_t i = 0; i < COUNT_OF(strangers); i++)
		assert_int_equal(convenant_regel_named(convenant, bytes_of_text(strangers[i]), &n),
				 RESULT_NOT_FOUND);
	assert_int_equal(n, 1);
	for (size_t i = 0; i < convenant_regel_count(convenant); i++) {
		struct bytes name = bytes_of_text(convenant_regel(convenant, i)->regel);
		assert_int_equal(convenant_regel_named(convenant, name, &n), RESULT_OK);
		assert_int_equal(n, i);
	}
	convenant_free(convenant);
}

static void a_shared_weging_names_the_regel_that_asks_it(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	const struct weging_eis *own = convenant_weging(convenant, 2);
	const struct weging_eis *shared = convenant_weging(convenant, 3);
	assert_string_equal(own->regel, "c-woon");
	assert_string_equal(own->door, "coordinator");
	assert_string_equal(own->uitkomst, "lokaal");
	assert_string_equal(own->binnen, "1 werkdag");
	assert_string_equal(shared->regel, "c-woon");
	assert_string_equal(shared->door, "coordinator");
	assert_string_equal(shared->uitkomst, "regie");
	assert_string_equal(shared->binnen, "1 werkdag");
	assert_null(convenant_weging(convenant, 0));
	assert_null(convenant_weging(convenant, 9));
	// Friday 25 September 2026, 12:00 in Amsterdam: the next working day is Monday.
	int64_t friday, monday;
	assert_int_equal(time_parse(LITERAL("2026-09-25T10:00:00Z"), &friday), RESULT_OK);
	assert_int_equal(time_parse(LITERAL("2026-09-28T10:00:00Z"), &monday), RESULT_OK);
	assert_int_equal(convenant_weging_uiterlijk(convenant, 2, friday), monday);
	assert_int_equal(convenant_weging_uiterlijk(convenant, 3, friday), monday);
	assert_int_equal(convenant_weging_uiterlijk(convenant, 0, friday), friday);
	convenant_free(convenant);
}

static int64_t at(const char *time)
{
	int64_t wall;
	assert_int_equal(time_parse(bytes_of_text(time), &wall), RESULT_OK);
	return wall;
}

static void what_is_given_is_kept_for_the_longest_term(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	int64_t from = at("2026-03-01T09:00:00Z"), inhoud, verantwoording;
	// Regel 1 keeps P1Y and P4Y, the convenant P6M and P5Y. The same time in summer is 08:00Z.
	uint16_t both[] = {0, 1}, one[] = {1}, beyond[] = {77};
	convenant_bewaar(convenant, both, 2, from, &inhoud, &verantwoording);
	assert_int_equal(inhoud, at("2027-03-01T09:00:00Z"));
	assert_int_equal(verantwoording, at("2031-03-01T09:00:00Z"));
	convenant_bewaar(convenant, one, 1, from, &inhoud, &verantwoording);
	assert_int_equal(inhoud, at("2027-03-01T09:00:00Z"));
	assert_int_equal(verantwoording, at("2030-03-01T09:00:00Z"));
	convenant_bewaar(convenant, NULL, 0, from, &inhoud, &verantwoording);
	assert_int_equal(inhoud, at("2026-09-01T08:00:00Z"));
	assert_int_equal(verantwoording, at("2031-03-01T09:00:00Z"));
	convenant_bewaar(convenant, beyond, 1, from, &inhoud, &verantwoording);
	assert_int_equal(inhoud, at("2026-09-01T08:00:00Z"));
	convenant_free(convenant);
}

static void refuse(const char *text, unsigned line, enum reason reason)
{
	struct convenant *convenant = NULL;
	struct problem problem = {0};
	assert_int_equal(convenant_load(bytes_of_text(text), "groot.yaml", &convenant, &problem),
			 RESULT_CONFIG);
	assert_null(convenant);
	assert_string_equal(problem.code, reason_code(reason));
	assert_int_equal(problem.line, line);
	assert_string_equal(problem.file, "groot.yaml");
	// Nobody listens: the same answer.
	assert_int_equal(convenant_load(bytes_of_text(text), "groot.yaml", &convenant, NULL),
			 RESULT_CONFIG);
}

// klein.yaml up to and without `key`, then what is written into the buffer.
static struct buffer start_with(const char *key)
{
	struct buffer buffer;
	char *text = case_read(KLEIN);
	char *end = strstr(text, key);
	buffer_init(&buffer, 4 * CONVENANT_MAX);
	buffer_append(&buffer, bytes_make(text, (size_t)(end - text)));
	free(text);
	return buffer;
}

static void refuse_buffer(struct buffer *buffer, unsigned line, enum reason reason)
{
	buffer_append_u8(buffer, 0);
	assert_int_equal(buffer->status, RESULT_OK);
	refuse((const char *)buffer->data, line, reason);
	buffer_done(buffer);
}

static void add_regel(struct buffer *buffer, unsigned n, const char *als)
{
	buffer_append_format(buffer,
			     "  - {regel: r%u, convenantartikel: a, herkomst: \"x: «y»\",%s "
			     "doel: d, grondslag: [g],\n"
			     "     verstrek: {aan: {partij: dorp, functie: wmo}, "
			     "rubrieken: [incident]}}\n",
			     n, als);
}

static void lists_of_partijen_and_regels_are_needed(void **state)
{
	(void)state;
	struct buffer none = start_with("partijen:\n");
	buffer_append_text(&none, "partijen: []\nregels: []\n");
	refuse_buffer(&none, 17, REASON_BAD_TYPE);
	struct buffer text = start_with("regels:\n");
	buffer_append_text(&text, "regels: geen\n");
	refuse_buffer(&text, 32, REASON_BAD_TYPE);
	refuse("", 0, REASON_BAD_TYPE);
	refuse("- klein\n", 1, REASON_BAD_TYPE);
}

static void no_more_than_sixteen_regels_concern_one_rubriek_of_an_ontvanger(void **state)
{
	(void)state;
	for (unsigned count = 16; count <= 17; count++) {
		struct buffer buffer = start_with("regels:\n");
		buffer_append_text(&buffer, "regels:\n");
		for (unsigned i = 0; i < count; i++)
			add_regel(&buffer, i, "");
		if (count == 17) {
			refuse_buffer(&buffer, 65, REASON_TOO_MANY);
			continue;
		}
		buffer_append_u8(&buffer, 0);
		struct convenant *convenant = case_load_text((const char *)buffer.data);
		struct feiten *feiten = case_feiten(0);
		struct beslissing beslissing =
			case_ask(convenant, feiten, "dorp/wmo", 0, "incident");
		assert_int_equal(beslissing.oordeel, OORDEEL_VERSTREKT);
		assert_int_equal(beslissing.regel_count, 16);
		free(feiten);
		convenant_free(convenant);
		buffer_done(&buffer);
	}
}

static void sizes_have_published_maxima(void **state)
{
	(void)state;
	struct buffer regels = start_with("regels:\n");
	buffer_append_text(&regels, "regels:\n");
	for (unsigned i = 0; i <= REGELS_MAX; i++)
		add_regel(&regels, i, "");
	refuse_buffer(&regels, 33, REASON_TOO_MANY);

	struct buffer partijen = start_with("overleggen:\n");
	for (unsigned i = 0; i < 8; i++) {
		buffer_append_format(&partijen,
				     "  - {partij: p%u, naam: P, oin: \"0000009900000001000%u\", "
				     "soort: om, getekend: nee, functies: [",
				     i, i);
		for (unsigned j = 0; j < FUNCTIES_MAX; j++)
			buffer_append_format(&partijen, "%sf%u", j ? ", " : "", j);
		buffer_append_text(&partijen, "]}\n");
	}
	buffer_append_text(&partijen, "regels: []\n");
	refuse_buffer(&partijen, 36, REASON_TOO_MANY);

	struct buffer toetsen = start_with("regels:\n");
	buffer_append_text(&toetsen, "regels:\n");
	for (unsigned i = 0; i < 400; i++) {
		char als[120];
		snprintf(als, sizeof als,
			 " als: {gemeente: GM%04u, woongemeente: GM%04u, huis: h%u},", i, i, i);
		add_regel(&toetsen, i, als);
	}
	// Three new tests a regel: the 1025th stands in the 342nd.
	refuse_buffer(&toetsen, 33 + 2 * 341, REASON_TOO_MANY);

	struct buffer whole = start_with("regels:\n");
	buffer_append_text(&whole, "regels: []\n#");
	while (whole.len <= CONVENANT_MAX)
		buffer_append_u8(&whole, 'x');
	refuse_buffer(&whole, 0, REASON_TOO_LONG);
}

// What a verstrekking names must fit in its part, or no melding would ever go under that regel.
static void what_goes_into_parts_is_no_longer_than_they_hold(void **state)
{
	(void)state;
	for (size_t len = GROND_TEXT_MAX; len <= GROND_TEXT_MAX + 1; len++) {
		for (int doel = 0; doel < 2; doel++) {
			struct buffer text = start_with("regels:\n");
			buffer_append_format(&text,
					     "regels:\n  - {regel: r, herkomst: \"x: «y»\", "
					     "%s, grondslag: [g],\n     verstrek: {aan: {partij: "
					     "dorp, functie: wmo}, rubrieken: [incident]},\n"
					     "     %s: ",
					     doel ? "convenantartikel: a" : "doel: d",
					     doel ? "doel" : "convenantartikel");
			for (size_t i = 0; i < len; i++)
				buffer_append_u8(&text, 'x');
			buffer_append_text(&text, "}\n");
			if (len > GROND_TEXT_MAX) {
				refuse_buffer(&text, 35, REASON_TOO_LONG);
				continue;
			}
			buffer_append_u8(&text, 0);
			convenant_free(case_load_text((const char *)text.data));
			buffer_done(&text);
		}
	}
}

// Else every melding about many people would be refused, by nothing its sender did.
static void grounds_leave_room_for_what_is_given(void **state)
{
	(void)state;
	for (unsigned count = 4; count <= 5; count++) {
		struct buffer text = start_with("regels:\n");
		buffer_append_text(&text, "regels:\n");
		for (unsigned i = 0; i < count; i++) {
			buffer_append_format(&text,
					     "  - {regel: r%u, herkomst: \"x: «y»\", doel: d, "
					     "grondslag: [g],\n     verstrek: {aan: {partij: dorp, "
					     "functie: wmo}, rubrieken: [identificatie, "
					     "contact]},\n     convenantartikel: ",
					     i);
			for (size_t n = 0; n < 1000; n++)
				buffer_append_u8(&text, 'x');
			buffer_append_text(&text, "}\n");
		}
		if (count == 5) { // 16 betrokkenen, two rubrieken, five regels of more than 1 KiB
			refuse_buffer(&text, 33, REASON_TOO_LONG);
			continue;
		}
		buffer_append_u8(&text, 0);
		convenant_free(case_load_text((const char *)text.data));
		buffer_done(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_break_a_convenant_is_named_with_file_line_and_reason),
		cmocka_unit_test(a_convenant_says_what_stands_in_its_file),
		cmocka_unit_test(partijen_stand_with_functies_gemeente_and_signature),
		cmocka_unit_test(a_convenant_is_signed_when_every_partij_signed),
		cmocka_unit_test(ontvangers_stand_in_the_order_of_the_file),
		cmocka_unit_test(overleggen_are_kept),
		cmocka_unit_test(regels_stand_with_texts_lines_and_names),
		cmocka_unit_test(a_shared_weging_names_the_regel_that_asks_it),
		cmocka_unit_test(what_is_given_is_kept_for_the_longest_term),
		cmocka_unit_test(lists_of_partijen_and_regels_are_needed),
		cmocka_unit_test(no_more_than_sixteen_regels_concern_one_rubriek_of_an_ontvanger),
		cmocka_unit_test(sizes_have_published_maxima),
		cmocka_unit_test(what_goes_into_parts_is_no_longer_than_they_hold),
		cmocka_unit_test(grounds_leave_room_for_what_is_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
