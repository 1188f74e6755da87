// SPDX-License-Identifier: EUPL-1.2
#include "adapter/outlet.h"

#include "base/file.h"
#include "json/client_json.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define AT_ONCE 64 // that are handed over together
#define FILE_MODE 0640
#define FILE_MAX (8 * 1024 * 1024)
#define PATH_MAX_LEN (READING_PATH_MAX + 2 * OIN_LEN + FUNCTIE_MAX + 40)
#define CASUSSEN_MAX 4096

struct handing {
	struct adapter *adapter;
	const struct outlet_settings *outlet;
	const char *functie;
	uint64_t room; // files that the folder may get
	struct problem *problem;
};

// ---- the folder --------------------------------------------------------------------------------

enum result outlet_look(const char *folder, struct outlet_untaken *ret_untaken,
			struct problem *problem)
{
	struct outlet_untaken untaken = {.count = 0};
	struct dirent *row;
	DIR *open = opendir(folder);
	if (!open) {
		problem_set(problem, reason_code(REASON_FILE_MISSING), "Make the folder.",
			    "verstrekkingen cannot be put into the folder of the settings");
		problem_set_file(problem, folder);
		problem_set_field(problem, "uit.map");
		return RESULT_CONFIG;
	}
	while ((row = readdir(open))) {
		struct stat stat;
		if (row->d_name[0] == '.' || fstatat(dirfd(open), row->d_name, &stat, 0) != 0 ||
		    !S_ISREG(stat.st_mode))
			continue;
		int64_t since = (int64_t)stat.st_mtim.tv_sec * MS_PER_SECOND;
		untaken.count++;
		if (untaken.oldest_ms == 0 || since < untaken.oldest_ms)
			untaken.oldest_ms = since;
	}
	closedir(open);
	*ret_untaken = untaken;
	return RESULT_OK;
}

static enum result failed(const struct handing *handing, enum result result)
{
	if (!handing->problem->code)
		*handing->problem = *client_problem(handing->adapter->client);
	return result;
}

// ---- one file ----------------------------------------------------------------------------------

static bool is_casus(const struct rubriek *rubriek, const struct veld *veld)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	return row && casus_is_number(veld_row(row->velden, row->veld_count, veld->veld));
}

static bool is_listed(struct bytes list, const char *number)
{
	size_t len = strlen(number);
	for (size_t i = 0; i + len <= list.len; i++) {
		bool begins = i == 0 || list.data[i - 1] == ',';
		bool ends = i + len == list.len || list.data[i + len] == ',';
		if (begins && ends && memcmp(list.data + i, number, len) == 0)
			return true;
	}
	return false;
}

void outlet_casussen(const struct casussen *casussen, const struct casus_system *system,
		     const struct verstrekking *v, struct buffer *out)
{
	for (size_t i = 0; system->name[0] && i < v->rubriek_count; i++) {
		for (size_t k = 0; k < v->rubrieken[i].veld_count; k++) {
			const struct veld *veld = &v->rubrieken[i].velden[k];
			char own[CASUS_NUMBER_MAX + 1] = "";
			if (!is_casus(&v->rubrieken[i], veld) ||
			    veld->waarde.len > CASUS_NUMBER_MAX)
				continue;
			memcpy(own, veld->waarde.data, veld->waarde.len);
			const char *number = casussen_find(casussen, veld->waarde, system);
			if (!number && casus_is_of(veld->waarde, system))
				number = own;
			if (!number || is_listed(buffer_view(out), number))
				continue;
			buffer_append_format(out, "%s%s", out->len > 0 ? "," : "", number);
		}
	}
}

static const char *status_of(const struct outlet_answers *answers, const struct verstrekking *v)
{
	return !answers->question || v->vervallen ? "" : v->rubriek_count > 0 ? "bekend" : "niets";
}

static void write_json(const struct handing *handing, const struct sheet_input *input,
		       struct buffer *file)
{
	struct json_out out;
	struct bytes casus = input->casus;
	json_out_init(&out, file);
	json_out_object_begin(&out);
	if (input->status[0])
		json_out_add_text(&out, "status", input->status);
	if (input->registratienummer[0])
		json_out_add_text(&out, "registratienummer", input->registratienummer);
	verstrekking_json_write(&out, handing->functie, input->verstrekking);
	json_out_key(&out, "casussen");
	json_out_array_begin(&out);
	for (size_t start = 0, i = 0; casus.len > 0 && i <= casus.len; i++) {
		if (i < casus.len && casus.data[i] != ',')
			continue;
		json_out_text(&out, bytes_make(casus.data + start, i - start));
		start = i + 1;
	}
	json_out_array_end(&out);
	json_out_object_end(&out);
	buffer_append_u8(file, '\n');
}

// Each house counts for each organisation: another's file of that number is not this one.
static enum result put_named(const struct adapter *adapter, const char *name, struct bytes content,
			     struct problem *problem)
{
	char path[PATH_MAX_LEN];
	snprintf(path, sizeof path, "%s/%s-%s-%s", adapter->settings->outlet.folder,
		 client_register(adapter->client)->genesis.house.text,
		 adapter->settings->client.oin.text, name);
	enum result result = file_replace(path, content, FILE_MODE);
	if (result != RESULT_OK && !problem->code) {
		problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "a file for the system cannot be written: %s", result_name(result));
		problem_set_file(problem, path);
	}
	return result;
}

static enum result put_file(const struct handing *handing, uint64_t number, const char *suffix,
			    const struct buffer *file)
{
	char name[FUNCTIE_MAX + 32];
	snprintf(name, sizeof name, "%s-%012llu.%s", handing->functie, (unsigned long long)number,
		 suffix);
	return file->status == RESULT_OK
		       ? put_named(handing->adapter, name, buffer_view(file), handing->problem)
		       : file->status;
}

enum result outlet_put_refused(const struct adapter *adapter, const struct outlet_refused *refused,
			       struct problem *problem)
{
	char name[64];
	snprintf(name, sizeof name, "vraag-%s-%012llu-%06u.json", adapter->settings->name,
		 (unsigned long long)refused->file, refused->n);
	return put_named(adapter, name, refused->json, problem);
}

// What has no place in the columns comes as a whole too, before: the sheet never says less.
static enum result put_sheet(const struct handing *handing, const struct sheet_input *input,
			     struct buffer *file)
{
	struct buffer lines;
	enum result result = RESULT_OK;
	buffer_init(&lines, FILE_MAX);
	if (!sheet_write(&handing->outlet->sheet, input, &lines)) {
		write_json(handing, input, file);
		result = put_file(handing, input->verstrekking->number, "json", file);
	}
	if (result == RESULT_OK)
		result = put_file(handing, input->verstrekking->number, "csv", &lines);
	buffer_wipe(&lines);
	return result;
}

static enum result put(const struct handing *handing, const struct verstrekking *v,
		       const struct outlet_answers *answers)
{
	const struct casus_system system = {.oin = handing->adapter->settings->client.oin.text,
					    .name = handing->outlet->casus};
	struct buffer file, casus;
	enum result result;
	buffer_init(&file, FILE_MAX);
	buffer_init(&casus, CASUSSEN_MAX);
	outlet_casussen(&handing->adapter->casussen, &system, v, &casus);
	const struct sheet_input input = {.functie = handing->functie,
					  .verstrekking = v,
					  .casus = buffer_view(&casus),
					  .status = status_of(answers, v),
					  .registratienummer = answers->number};
	if (handing->outlet->csv) {
		result = put_sheet(handing, &input, &file);
	} else {
		write_json(handing, &input, &file);
		result = put_file(handing, v->number, "json", &file);
	}
	buffer_wipe(&file);
	buffer_wipe(&casus);
	return result;
}

// ---- from the inbox to the folder --------------------------------------------------------------

// It goes without its number to nobody.
static enum result wait_for_outcome(const struct handing *handing)
{
	problem_set(handing->problem, reason_code(REASON_BUSY),
		    "Nothing: it is handed out when that comes.",
		    "what came may answer a question that has no outcome yet");
	return RESULT_AGAIN;
}

// The next one, and what of ours it answers. Looking for that takes calls on the client, after
// which it is looked at anew.
static enum result peek(const struct handing *handing, uint64_t after,
			struct verstrekking *ret_verstrekking, struct outlet_answers *ret_answers)
{
	struct client *client = handing->adapter->client;
	*ret_answers = (struct outlet_answers){.question = false};
	enum result result = client_peek(client, handing->functie, after, ret_verstrekking);
	if (result != RESULT_OK || !outlet_may_answer(handing->adapter, ret_verstrekking))
		return result;
	result = outlet_find_answered(handing->adapter, ret_verstrekking->index, ret_answers);
	if (result == RESULT_AGAIN)
		return wait_for_outcome(handing);
	return result == RESULT_OK ? client_peek(client, handing->functie, after, ret_verstrekking)
				   : result;
}

// Up to AT_ONCE; *ret_last is the last number that lies there, 0 none.
static enum result put_some(struct handing *handing, uint64_t *ret_last)
{
	*ret_last = 0;
	for (unsigned n = 0; n < AT_ONCE && handing->room > 0; n++) {
		struct verstrekking verstrekking;
		struct outlet_answers answers;
		enum result result = peek(handing, *ret_last, &verstrekking, &answers);
		if (result == RESULT_NOT_FOUND)
			return RESULT_OK;
		if (result != RESULT_OK)
			return failed(handing, result);
		result = put(handing, &verstrekking, &answers);
		if (result != RESULT_OK)
			return result;
		*ret_last = verstrekking.number;
		handing->room--;
	}
	return RESULT_OK;
}

// What was put before something failed is handed over all the same.
static enum result drain(struct handing *handing)
{
	enum result result;
	uint64_t last;
	do {
		result = put_some(handing, &last);
		if (last == 0)
			return result;
		enum result over =
			client_handed_over(handing->adapter->client, handing->functie, last);
		if (over != RESULT_OK)
			return failed(handing, over);
	} while (result == RESULT_OK);
	return result;
}

static enum result fetch(struct handing *handing)
{
	struct client *client = handing->adapter->client;
	size_t count = 1;
	enum result result = drain(handing);
	while (result == RESULT_OK && count > 0 && handing->room > 0) {
		result = client_fetch(client, handing->functie, AT_ONCE, 0, &count);
		if (result != RESULT_OK)
			failed(handing, result);
		// What came before the failed one is there.
		enum result drained = drain(handing);
		result = result == RESULT_OK ? drained : result;
	}
	enum result acked = client_ack(client, handing->functie);
	if (acked != RESULT_OK)
		failed(handing, acked);
	return result == RESULT_OK ? acked : result;
}

static enum result not_held(const struct party *party, const char *functie, struct problem *problem)
{
	struct buffer held;
	buffer_init(&held, FUNCTIES_MAX * (FUNCTIE_MAX + 2));
	for (size_t i = 0; i < party->bundle.functie_count; i++)
		buffer_append_format(&held, "%s%s", i > 0 ? ", " : "", party->bundle.functies[i]);
	problem_set(problem, reason_code(REASON_FUNCTIE_NOT_HELD), "",
		    "our key does not hold the functie %s", functie);
	snprintf(problem->fix, sizeof problem->fix,
		 "Name functies that it holds: %.*s; or have the house enrol keys for it.",
		 (int)held.len, held.len > 0 ? (const char *)held.data : "");
	problem_set_field(problem, "uit.functies");
	buffer_done(&held);
	return RESULT_CONFIG;
}

enum result outlet_check(const struct adapter *adapter, struct problem *problem)
{
	const struct outlet_settings *outlet = &adapter->settings->outlet;
	const struct party *party = client_party(adapter->client);
	for (size_t i = 0; party && i < outlet->functie_count; i++) {
		if (!party_has_functie(party, outlet->functies[i]))
			return not_held(party, outlet->functies[i], problem);
	}
	return RESULT_OK;
}

enum result outlet_round(struct adapter *adapter, size_t *ret_waiting, struct problem *problem)
{
	const struct outlet_settings *outlet = &adapter->settings->outlet;
	struct outlet_untaken untaken;
	enum result result = outlet_look(outlet->folder, &untaken, problem);
	if (result != RESULT_OK)
		return result;
	folder_clear_shared(outlet->folder);
	struct handing handing = {
		.adapter = adapter,
		.outlet = outlet,
		.room = untaken.count < OUTLET_UNTAKEN_MAX ? OUTLET_UNTAKEN_MAX - untaken.count : 0,
		.problem = problem};
	*ret_waiting = 0;
	if (handing.room == 0) {
		problem_set(problem, reason_code(REASON_FULL),
			    "Let the system take them: more wait sealed until it did.",
			    "%d files lie in the folder that nobody took", OUTLET_UNTAKEN_MAX);
		problem_set_file(problem, outlet->folder);
		*ret_waiting = 1;
		return RESULT_OK;
	}
	for (size_t i = 0; i < outlet->functie_count; i++) {
		handing.functie = outlet->functies[i];
		*ret_waiting += fetch(&handing) != RESULT_OK;
	}
	return RESULT_OK;
}
