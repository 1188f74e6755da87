// SPDX-License-Identifier: EUPL-1.2
// One instance of the adapter: a YAML file (docs/adapters.md), relative paths from its folder.
#ifndef KNP_ADAPTER_SETTINGS_H
#define KNP_ADAPTER_SETTINGS_H

#include "adapter/sheet.h"
#include "attendering/attendering.h"
#include "door/defaults.h"
#include "lib/client.h"

#define ADAPTER_NAME_MAX 32

enum adapter_form { FORM_CSV, FORM_JZV, FORM_JSON };

// What the knooppunt gives, as files for the system (`uit`).
struct outlet_settings {
	char folder[READING_PATH_MAX]; // `map`, "": nothing is fetched
	char functies[FUNCTIES_MAX][FUNCTIE_MAX + 1];
	size_t functie_count;
	bool csv;           // `vorm`: else json
	struct sheet sheet; // of a csv
	char casus[33];     // prefix of the numbers of this system, "" none
	unsigned untaken_h; // `stil_uren`: a file that lies so long is an alarm
	bool attendeers;    // `attendering`: people are told by e-mail that something lies there
	struct attendering_settings attendering;
};
struct adapter_settings {
	char name[ADAPTER_NAME_MAX + 1]; // `naam`
	struct client_settings client;   // of the file named under `client`
	char client_file[READING_PATH_MAX];
	char in[READING_PATH_MAX]; // where the partner's system puts its files, "": it puts none
	enum adapter_form form;
	const struct type_row *type; // `wat`: of statement; NULL: meldingen
	unsigned rest_s;             // `rust_s`: a file that was written to since is left alone
	unsigned quiet_h;            // `stil_uren`: no file for so long is an alarm, 0: never
	// Of a CSV.
	struct csv_form csv;
	struct mapping mapping;
	unsigned expect_from, expect_to; // `verwacht`: lines of a file; 0, 0: any
	struct jzv_defaults defaults;    // of a JZV file
	struct outlet_settings outlet;
};

// RESULT_CONFIG with file, line and field. The caller ends what it got with adapter_settings_done.
enum result adapter_settings_read(const char *path, struct adapter_settings *ret_settings,
				  struct problem *problem) KNP_MUST_CHECK;
// Of `uit`, as far as it is there (outlet_read.c).
enum result outlet_read(const struct reading *reading, const struct yaml_node *root,
			struct outlet_settings *ret_settings) KNP_MUST_CHECK;
void adapter_settings_done(struct adapter_settings *settings);
// Its lines are questions, each asked once under its registratienummer and answered by a file.
bool adapter_asks(const struct adapter_settings *settings);
// ".csv" or ".json": files that end otherwise are not taken.
const char *adapter_suffix(const struct adapter_settings *settings);

#endif
