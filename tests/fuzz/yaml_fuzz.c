// SPDX-License-Identifier: EUPL-1.2
// YAML of any kind: refused with a line and a known reason, or a tree without what was promised to
// be refused. The same text is read as each of the code tables too.
#include "codes/gemeenten.h"
#include "codes/tabel.h"
#include "melding/reason.h"
#include "tests/fuzz/fuzz.h"
#include "yaml/yaml.h"

#define DEPTH_MAX 64

static void check_problem(const struct problem *problem)
{
	fuzz_check(reason_of_code(bytes_of_text(problem->code)) != REASON_NONE);
	fuzz_check(problem->message[0] && problem->fix[0] && problem->file[0]);
}

static void check_keys(const struct yaml_node *mapping)
{
	for (size_t n = 0; n < yaml_count(mapping); n++) {
		fuzz_check(utf8_is_clean_text(yaml_key(mapping, n)));
		if (n > 0)
			fuzz_check(!bytes_equal(yaml_key(mapping, n), yaml_key(mapping, n - 1)));
	}
}

static void check_node(const struct yaml_node *node, unsigned depth)
{
	fuzz_check(depth <= DEPTH_MAX && yaml_line(node) > 0);
	if (yaml_kind(node) == YAML_SCALAR)
		fuzz_check(utf8_is_clean_text(yaml_scalar(node)));
	if (yaml_kind(node) == YAML_MAPPING)
		check_keys(node);
	for (size_t n = 0; n < yaml_count(node); n++)
		check_node(yaml_item(node, n), depth + 1);
}

static void read_gemeenten(struct bytes text)
{
	struct gemeenten *gemeenten = NULL;
	struct problem problem = {0};
	enum result result = gemeenten_load(text, "fuzz", &gemeenten, &problem);
	if (result == RESULT_CONFIG)
		check_problem(&problem);
	if (result != RESULT_OK)
		return;
	for (size_t n = 0; n < gemeenten_count(gemeenten); n++) {
		const struct gemeente *row = gemeenten_at(gemeenten, n);
		struct civil_date on = row->has_van ? row->van : row->tot;
		if (!row->has_van && !row->has_tot)
			on = (struct civil_date){1900, 1, 1};
		fuzz_check(gemeente_answering(gemeenten, bytes_of_text(row->code), on) != NULL);
	}
	gemeenten_free(gemeenten);
}

// A row that was read has what every row must have.
static void read_table(enum tabel_soort soort, struct bytes text)
{
	struct tabel *tabel = NULL;
	struct problem problem = {0};
	enum result result = tabel_load(soort, text, "fuzz", &tabel, &problem);
	if (result == RESULT_CONFIG)
		check_problem(&problem);
	if (result != RESULT_OK)
		return;
	for (size_t n = 0; n < tabel_count(tabel); n++) {
		const struct rij *rij = tabel_at(tabel, n);
		fuzz_check(rij->code[0] && rij->bron[0] && rij->line > 0);
		fuzz_check(tabel_find(tabel, bytes_of_text(rij->code)) == rij);
	}
	tabel_free(tabel);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml *yaml = NULL;
	struct problem problem = {0};
	struct bytes text = bytes_make(data, size);
	enum result result = yaml_parse(text, "fuzz", &yaml, &problem);
	if (result == RESULT_CONFIG) {
		check_problem(&problem);
		fuzz_check(problem.line > 0);
	}
	if (result != RESULT_OK)
		return 0;
	size_t at,
		mark = size >= 3 && data[0] == 0xef && data[1] == 0xbb && data[2] == 0xbf ? 3 : 0;
	fuzz_check(!utf8_find_hidden(bytes_make(data + mark, size - mark), &at));
	if (yaml_root(yaml))
		check_node(yaml_root(yaml), 0);
	yaml_close(yaml);
	read_gemeenten(text);
	for (unsigned soort = 0; soort < TABEL_COUNT; soort++)
		read_table(soort, text);
	return 0;
}
