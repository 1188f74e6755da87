// SPDX-License-Identifier: EUPL-1.2
// knooppunt-audit convenant check, reach, diff: questions to a convenant file, without a daemon.
#include "audit/convenant.h"

#include "audit/audit.h"
#include "convenant/berust.h"
#include "melding/reason.h"
#include "settings/settings.h"

#include <stdio.h>
#include <string.h>

// As vakje_rubriek and vakje_ontvanger name what is no rubriek and no ontvanger.
#define BERICHT "bericht"
#define AGENDA "agenda"

struct codes *convenant_codes(const struct desk *desk)
{
	struct settings settings;
	struct problem unheard = {0};
	struct codes *codes = NULL;
	if (settings_read(desk->values[DESK_SETTINGS], &settings, &unheard) != RESULT_OK)
		return NULL;
	if (codes_read(settings.codes, &codes, &unheard) != RESULT_OK)
		return NULL;
	return codes;
}

int convenant_open(struct desk *desk, const char *path, struct convenant **ret_convenant)
{
	struct buffer document;
	struct problem problem = {0};
	buffer_init(&document, CONVENANT_MAX);
	int code = desk_read_file(desk, path, CONVENANT_MAX, &document);
	if (code == DESK_DONE) {
		struct codes *codes = convenant_codes(desk);
		enum result result = convenant_load_beside(buffer_view(&document), path, codes,
							   ret_convenant, &problem);
		codes_free(codes);
		if (result == RESULT_NO_MEMORY)
			code = audit_no_memory(desk);
		else if (result != RESULT_OK)
			code = desk_fail(desk, &problem, DESK_CONFIG);
	}
	buffer_done(&document);
	return code;
}

int audit_no_memory(struct desk *desk)
{
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_BUSY), reason_fix(REASON_BUSY),
		    "There is not enough memory.");
	return desk_fail(desk, &problem, DESK_BROKEN);
}

// ---- check ---------------------------------------------------------------------------------

static const struct {
	const char *name, *text;
	bool is_fault; // a person has to mend it, or say why it stays
} bevindingen[] = {
	[BEVINDING_NOOIT] = {"nooit", "this regel can never hold", true},
	[BEVINDING_GEDEKT] = {"gedekt", "without this regel every answer would be the same", true},
	[BEVINDING_TEGENSPRAAK] = {"tegenspraak", "what this regel gives here is always forbidden",
				   true},
	[BEVINDING_OVERBODIG] = {"overbodig", "forbids what no regel gives: a guard for later",
				 false},
	[BEVINDING_NIET_BEWEZEN] = {"niet-bewezen", "no proef misses this condition", true},
	[BEVINDING_ZONDER_UITKOMST] = {"zonder-uitkomst",
				       "nobody receives anything of this melding", false},
	[BEVINDING_ZONDER_SLEUTELS] = {"zonder-sleutels",
				       "the house enters for this partij, so it has no keys: what "
				       "it is given waits until somebody holds that functie",
				       false},
	[BEVINDING_TE_GROOT] = {"te-groot", "more cases than are looked at", true},
};

struct checking {
	struct desk *desk;
	const struct convenant *convenant;
	size_t faults, notes;
};

static enum result tell_bevinding(void *context, const struct bevinding *bevinding)
{
	struct checking *checking = context;
	struct desk_line line;
	const char *name = bevindingen[bevinding->soort].name;
	const struct regel_text *regel =
		bevinding->regel >= 0
			? convenant_regel(checking->convenant, (size_t)bevinding->regel)
			: NULL;
	checking->faults += bevindingen[bevinding->soort].is_fault;
	checking->notes += !bevindingen[bevinding->soort].is_fault;
	unsigned at = bevinding->line ? bevinding->line : regel ? regel->line : 0;
	char line_text[24] = "";
	if (at)
		snprintf(line_text, sizeof line_text, " (line %u): ", at);
	desk_say(checking->desk, "%s: %s%s%s%s%s%s%s%s", name, regel ? "regel " : "",
		 regel ? regel->regel : "", line_text, bevinding->where,
		 bevinding->where[0] ? ": " : "", bevindingen[bevinding->soort].text,
		 bevinding->melding[0] ? "\n    " : "", bevinding->melding);
	if (!checking->desk->json)
		return RESULT_OK;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "bevinding", name);
	json_out_add_bool(&line.out, "fout", bevindingen[bevinding->soort].is_fault);
	if (regel) {
		json_out_add_text(&line.out, "regel", regel->regel);
		json_out_add_number(&line.out, "line", at);
	}
	if (bevinding->where[0])
		json_out_add_text(&line.out, "where", bevinding->where);
	if (bevinding->melding[0])
		json_out_add_text(&line.out, "melding", bevinding->melding);
	desk_line_end(checking->desk, &line);
	return RESULT_OK;
}

// A row that nobody confirmed: what rests on it is provisional.
static void tell_voorlopig(struct checking *checking, const struct codes_row *row)
{
	struct desk_line line;
	checking->notes++;
	desk_say(checking->desk, "voorlopig: %s %s is not confirmed (%s)", row->tabel, row->code,
		 row->bron);
	if (!checking->desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "bevinding", "voorlopig");
	json_out_add_bool(&line.out, "fout", false);
	json_out_add_text(&line.out, "tabel", row->tabel);
	json_out_add_text(&line.out, "code", row->code);
	json_out_add_text(&line.out, "bron", row->bron);
	desk_line_end(checking->desk, &line);
}

// Beside the code tables of the house, where they are here.
static int check_codes(struct checking *checking)
{
	struct desk *desk = checking->desk;
	struct codes *codes = convenant_codes(desk);
	struct problem problem = {0};
	struct codes_set set = {{0}};
	if (!codes) {
		desk_say(desk, "the code tables are not looked at: name the house's settings, -c");
		return DESK_DONE;
	}
	enum result result =
		convenant_fits(checking->convenant, codes, desk->arguments[0], &problem);
	if (result == RESULT_OK)
		convenant_berust(checking->convenant, codes, &set);
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		if (codes_set_has(&set, n) && !row.bevestigd)
			tell_voorlopig(checking, &row);
	}
	codes_free(codes);
	return result == RESULT_OK ? DESK_DONE : desk_fail(desk, &problem, DESK_CONFIG);
}

static int check_convenant(struct desk *desk, const struct convenant *convenant)
{
	struct checking checking = {.desk = desk, .convenant = convenant};
	int code = check_codes(&checking);
	if (code != DESK_DONE)
		return code;
	const struct bevinding_visitor visitor = {&checking, tell_bevinding};
	enum result result = convenant_check(convenant, &visitor);
	if (result == RESULT_OK) {
		desk_say(desk, "%s: %zu regels, %zu conditions; %zu to mend, %zu to know",
			 convenant_name(convenant), convenant_regel_count(convenant),
			 convenant_test_count(convenant), checking.faults, checking.notes);
		code = checking.faults > 0 ? DESK_NO : DESK_DONE;
	} else {
		code = audit_no_memory(desk);
	}
	if (result == RESULT_OK && desk->json) {
		struct desk_line line;
		desk_line_begin(&line);
		json_out_add_bool(&line.out, "ok", checking.faults == 0);
		json_out_add_number(&line.out, "regels", convenant_regel_count(convenant));
		json_out_add_number(&line.out, "voorwaarden", convenant_test_count(convenant));
		json_out_add_number(&line.out, "fouten", checking.faults);
		json_out_add_number(&line.out, "opmerkingen", checking.notes);
		desk_line_end(desk, &line);
	}
	return code;
}

int audit_convenant_check(struct desk *desk)
{
	struct convenant *convenant;
	int code = convenant_open(desk, desk->arguments[0], &convenant);
	if (code != DESK_DONE)
		return code;
	code = check_convenant(desk, convenant);
	convenant_free(convenant);
	return code;
}

// ---- reach ---------------------------------------------------------------------------------

// Who may be asked about, or of which tables the agenda; and what.
struct cells {
	const struct convenant *convenant;
	bool agenda;
};

static const char *ontvanger_at(const void *context, size_t n)
{
	const struct convenant *convenant = ((const struct cells *)context)->convenant;
	const struct ontvanger *ontvangers;
	size_t count = convenant_ontvangers(convenant, &ontvangers);
	struct vakje vakje = {.ontvanger = n, .overleg = -1};
	if (n == count && convenant_overleg_count(convenant) > 0)
		return AGENDA;
	return n < count ? vakje_ontvanger(convenant, &vakje) : NULL;
}

static const char *place_at(const void *context, size_t n)
{
	const struct cells *cells = context;
	if (cells->agenda && n < convenant_overleg_count(cells->convenant))
		return convenant_overleg(cells->convenant, n)->overleg;
	if (cells->agenda)
		return NULL;
	if (rubriek_row_at(n))
		return rubriek_row_at(n)->name;
	return rubriek_row_at(n - 1) ? BERICHT : NULL;
}

static int check_name(struct desk *desk, const struct desk_names *names, const char *text,
		      const char *what)
{
	const char *name;
	for (size_t n = 0; (name = names->at(names->context, n)); n++)
		if (strcmp(name, text) == 0)
			return DESK_DONE;
	return desk_no_such_name(desk, names, text, what);
}

// A slip in a name is no answer to whether it is ever given.
static int check_cell(struct desk *desk, const struct convenant *convenant)
{
	const struct cells cells = {convenant, strcmp(desk->arguments[2], AGENDA) == 0};
	const struct desk_names who = {"ontvangers", ontvanger_at, &cells};
	const struct desk_names what = {cells.agenda ? "overleggen" : "rubrieken", place_at,
					&cells};
	int code = check_name(desk, &who, desk->arguments[2], "no PARTIJ/FUNCTIE of the convenant");
	if (code != DESK_DONE)
		return code;
	return check_name(desk, &what, desk->arguments[1],
			  cells.agenda ? "no overleg of the convenant" : "no rubriek");
}

static void add_conditions(struct desk_line *line, const struct convenant *convenant,
			   const struct vakje *vakje, const struct bereik *bereik)
{
	json_out_key(&line->out, "conditions");
	json_out_array_begin(&line->out);
	for (size_t i = 0; i < bereik->regel_count; i++) {
		struct buffer text;
		buffer_init(&text, 4096);
		int ontvanger = vakje->overleg >= 0 ? -1 : (int)vakje->ontvanger;
		convenant_conditions(convenant, bereik->regels[i].regel, ontvanger, &text);
		json_out_text(&line->out, buffer_view(&text));
		buffer_done(&text);
	}
	json_out_array_end(&line->out);
}

static void tell_reach_json(struct desk *desk, const struct convenant *convenant,
			    const struct vakje *vakje, const struct bereik *bereik)
{
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_bool(&line.out, "reachable", bereik->gegeven > 0);
	add_conditions(&line, convenant, vakje, bereik);
	json_out_key(&line.out, "regels");
	json_out_array_begin(&line.out);
	for (size_t i = 0; i < bereik->regel_count; i++)
		json_out_text(
			&line.out,
			bytes_of_text(convenant_regel(convenant, bereik->regels[i].regel)->regel));
	json_out_array_end(&line.out);
	json_out_add_number(&line.out, "cases", bereik->gevallen);
	json_out_add_number(&line.out, "given", bereik->gegeven);
	json_out_add_number(&line.out, "waits", bereik->wacht);
	if (bereik->voorbeeld[0])
		json_out_add_text(&line.out, "melding", bereik->voorbeeld);
	desk_line_end(desk, &line);
}

static void tell_reach(struct desk *desk, const struct convenant *convenant,
		       const struct vakje *vakje, const struct bereik *bereik)
{
	desk_say(desk, "%s for %s: %s, over %llu cases: %llu given, %llu waiting.",
		 desk->arguments[1], desk->arguments[2], bereik->gegeven ? "sometimes" : "never",
		 (unsigned long long)bereik->gevallen, (unsigned long long)bereik->gegeven,
		 (unsigned long long)bereik->wacht);
	for (size_t i = 0; i < bereik->regel_count; i++) {
		const struct regel_text *regel =
			convenant_regel(convenant, bereik->regels[i].regel);
		struct buffer text;
		buffer_init(&text, 4096);
		int ontvanger = vakje->overleg >= 0 ? -1 : (int)vakje->ontvanger;
		convenant_conditions(convenant, bereik->regels[i].regel, ontvanger, &text);
		desk_say(desk, "  %s %s: %.*s", regel_soort_forbids(regel->soort) ? "not by" : "by",
			 regel->regel, text.len ? (int)text.len : 6,
			 text.len ? (const char *)text.data : "always");
		buffer_done(&text);
	}
	if (bereik->voorbeeld[0])
		desk_say(desk, "  such as: %s", bereik->voorbeeld);
	if (desk->json)
		tell_reach_json(desk, convenant, vakje, bereik);
}

static int reach(struct desk *desk, const struct convenant *convenant)
{
	struct bereik bereik = {.gevallen = 1};
	struct vakje vakje = {.overleg = -1};
	bool found = false;
	int code = check_cell(desk, convenant);
	if (code != DESK_DONE)
		return code;
	// A cell that no regel names is never reached.
	for (size_t n = 0; !found && convenant_next_vakje(convenant, &n, &vakje);)
		found = strcmp(vakje_rubriek(convenant, &vakje), desk->arguments[1]) == 0 &&
			strcmp(vakje_ontvanger(convenant, &vakje), desk->arguments[2]) == 0;
	enum result result = found ? convenant_reach(convenant, &vakje, &bereik) : RESULT_OK;
	if (result == RESULT_TOO_LARGE) {
		struct problem problem = {0};
		problem_set(&problem, reason_code(REASON_TOO_MANY), reason_fix(REASON_TOO_MANY),
			    "The regels tell more cases apart than are looked at.");
		return desk_fail(desk, &problem, DESK_BROKEN);
	}
	if (result != RESULT_OK)
		return audit_no_memory(desk);
	tell_reach(desk, convenant, &vakje, &bereik);
	return bereik.gegeven > 0 ? DESK_DONE : DESK_NO;
}

int audit_convenant_reach(struct desk *desk)
{
	struct convenant *convenant;
	int code = convenant_open(desk, desk->arguments[0], &convenant);
	if (code != DESK_DONE)
		return code;
	code = reach(desk, convenant);
	convenant_free(convenant);
	return code;
}

// ---- diff ----------------------------------------------------------------------------------

struct differing {
	struct desk *desk;
	struct json_out *out; // NULL: a line for each
	bool quiet;           // programs are told with the whole
	size_t cells;
};

static const char *const oordelen[] = {"geweigerd", "wacht", "verstrekt"};

static void write_verschil(struct json_out *out, const struct verschil *verschil)
{
	json_out_add_text(out, "ontvanger", verschil->ontvanger);
	json_out_add_text(out, "rubriek", verschil->rubriek);
	json_out_add_number(out, "cases", verschil->gevallen);
	json_out_add_number(out, "ruimer", verschil->ruimer);
	json_out_add_number(out, "enger", verschil->enger);
	json_out_add_text(out, "van", oordelen[verschil->van]);
	json_out_add_text(out, "naar", oordelen[verschil->naar]);
	json_out_add_text(out, "melding", verschil->melding);
}

static enum result tell_verschil(void *context, const struct verschil *verschil)
{
	struct differing *differing = context;
	struct desk_line line;
	differing->cells++;
	desk_say(differing->desk, "%s %s: of %llu cases %llu wider, %llu tighter\n    %s -> %s: %s",
		 verschil->ontvanger, verschil->rubriek, (unsigned long long)verschil->gevallen,
		 (unsigned long long)verschil->ruimer, (unsigned long long)verschil->enger,
		 oordelen[verschil->van], oordelen[verschil->naar], verschil->melding);
	if (differing->out) {
		json_out_object_begin(differing->out);
		write_verschil(differing->out, verschil);
		json_out_object_end(differing->out);
	}
	if (differing->quiet || !differing->desk->json)
		return RESULT_OK;
	desk_line_begin(&line);
	write_verschil(&line.out, verschil);
	desk_line_end(differing->desk, &line);
	return RESULT_OK;
}

static int diff(struct desk *desk, const struct convenant *a, const struct convenant *b)
{
	struct differing differing = {.desk = desk};
	const struct verschil_visitor visitor = {&differing, tell_verschil};
	enum result result = convenant_diff(a, b, &visitor);
	if (result == RESULT_TOO_LARGE) {
		struct problem problem = {0};
		problem_set(&problem, reason_code(REASON_TOO_MANY), reason_fix(REASON_TOO_MANY),
			    "The regels tell more cases apart than are looked at.");
		return desk_fail(desk, &problem, DESK_BROKEN);
	}
	if (result != RESULT_OK)
		return audit_no_memory(desk);
	if (differing.cells == 0)
		desk_say(desk, "They decide the same.");
	return invoer_say(desk, a, b, NULL) + differing.cells > 0 ? DESK_NO : DESK_DONE;
}

int matrix_say(struct desk *desk, const struct convenant *from, const struct convenant *to,
	       struct json_out *out)
{
	struct differing differing = {.desk = desk, .out = out, .quiet = true};
	const struct verschil_visitor visitor = {&differing, tell_verschil};
	desk_say(desk, "Of the matrix, beside the one in force:");
	if (out) {
		json_out_key(out, "matrix");
		json_out_array_begin(out);
	}
	enum result result = convenant_diff(from, to, &visitor);
	if (out)
		json_out_array_end(out);
	if (result == RESULT_TOO_LARGE)
		desk_say(desk, "The regels tell more cases apart than are looked at.");
	else if (result != RESULT_OK)
		return audit_no_memory(desk);
	else if (differing.cells == 0)
		desk_say(desk, "They decide the same.");
	if (out) {
		json_out_key(out, "invoer");
		json_out_array_begin(out);
	}
	invoer_say(desk, from, to, out);
	if (out)
		json_out_array_end(out);
	return DESK_DONE;
}

int audit_convenant_diff(struct desk *desk)
{
	struct convenant *a, *b;
	int code = convenant_open(desk, desk->arguments[0], &a);
	if (code != DESK_DONE)
		return code;
	code = convenant_open(desk, desk->arguments[1], &b);
	if (code == DESK_DONE) {
		code = diff(desk, a, b);
		convenant_free(b);
	}
	convenant_free(a);
	return code;
}
