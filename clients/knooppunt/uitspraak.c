// SPDX-License-Identifier: EUPL-1.2
// What a person says of a melding in the log: a weging that a regel asks for, the outcome of an
// overleg, whether an overdracht is taken over, an emergency and its review, what the house makes
// of a melding of which nothing came; that a secrecy about a betrokkene is lifted, and that it is
// no longer; that what it says is not so, and what somebody who was given it did about that; that a
// betrokkene was informed, and how it goes with what is followed. And of a question
// about a person: whether who was asked knows it, and that nobody needs to answer any more.
#include "knooppunt/cli.h"

#include "base/clock.h"
#include "base/guess.h"

#include <stdio.h>
#include <string.h>

#define MOTIVERING_MAX 4096

struct uitspraak {
	struct client *client;
	char id[ID_MAX + 1];
};

// One kind of it: its velden from options, those that its type requires unless one has a standard.
struct soort {
	uint32_t type, entry, motivering; // motivering 0: it has none
	const char *index, *needs;
	struct {
		uint32_t veld;
		int option;
		const char *standard;
	} velden[14];
};
#define OF_MELDING "INDEX is the number of the melding's entry in the log"
#define OF_VRAAG "INDEX is the number of the question's entry in the log"
static const struct soort weging = {
	.type = TYPE_WEGING,
	.entry = WEGING_ENTRY,
	.motivering = WEGING_MOTIVERING,
	.index = OF_MELDING,
	.needs = "a weging needs --regel, --uitkomst and --medewerker",
	.velden = {{WEGING_REGEL, CLI_REGEL, NULL},
		   {WEGING_BETROKKENE, CLI_BETROKKENE, "0"},
		   {WEGING_UITKOMST, CLI_UITKOMST, NULL},
		   {WEGING_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort uitkomst = {
	.type = TYPE_UITKOMST,
	.entry = UITKOMST_ENTRY,
	.motivering = UITKOMST_MOTIVERING,
	.index = OF_MELDING,
	.needs = "an uitkomst needs --overleg, --uitkomst and --medewerker",
	.velden = {{UITKOMST_OVERLEG, CLI_OVERLEG, NULL},
		   {UITKOMST_UITKOMST, CLI_UITKOMST, NULL},
		   {UITKOMST_NAAR, CLI_NAAR, NULL},
		   {UITKOMST_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort overdracht = {
	.type = TYPE_OVERDRACHT,
	.entry = OVERDRACHT_ENTRY,
	.motivering = OVERDRACHT_MOTIVERING,
	.index = OF_MELDING,
	.needs = "an overdracht needs --regel, --antwoord and --medewerker",
	.velden = {{OVERDRACHT_REGEL, CLI_REGEL, NULL},
		   {OVERDRACHT_ANTWOORD, CLI_ANTWOORD, NULL},
		   {OVERDRACHT_MEDEWERKER, CLI_MEDEWERKER, NULL},
		   {OVERDRACHT_NAMENS, CLI_NAMENS, NULL}},
};
static const struct soort nood = {
	.type = TYPE_NOOD,
	.entry = NOOD_ENTRY,
	.motivering = NOOD_MOTIVERING,
	.index = OF_MELDING,
	.needs = "a nood needs --regel, --betrokkene, --ontvanger, --functie and --medewerker",
	.velden = {{NOOD_REGEL, CLI_REGEL, NULL},
		   {NOOD_BETROKKENE, CLI_BETROKKENE, NULL},
		   {NOOD_ONTVANGER, CLI_ONTVANGER, NULL},
		   {NOOD_FUNCTIE, CLI_FUNCTIE_OF, NULL},
		   {NOOD_MINUTEN, CLI_MINUTEN, NULL},
		   {NOOD_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort noodtoets = {
	.type = TYPE_NOODTOETS,
	.entry = NOODTOETS_ENTRY,
	.motivering = NOODTOETS_MOTIVERING,
	.index = OF_MELDING,
	.needs = "a noodtoets needs --regel, --uitkomst and --medewerker",
	.velden = {{NOODTOETS_REGEL, CLI_REGEL, NULL},
		   {NOODTOETS_UITKOMST, CLI_UITKOMST, NULL},
		   {NOODTOETS_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort screening = {
	.type = TYPE_SCREENING,
	.entry = SCREENING_ENTRY,
	.motivering = SCREENING_MOTIVERING,
	.index = OF_MELDING,
	.needs = "a screening needs --uitkomst and --medewerker",
	.velden = {{SCREENING_UITKOMST, CLI_UITKOMST, NULL},
		   {SCREENING_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort correctie = {
	.type = TYPE_CORRECTIE,
	.entry = CORRECTIE_ENTRY,
	.motivering = CORRECTIE_MOTIVERING,
	.index = OF_MELDING,
	.needs = "a correctie needs --correctie and --medewerker",
	.velden = {{CORRECTIE_CORRECTIE, CLI_CORRECTIE, NULL},
		   {CORRECTIE_BETROKKENE, CLI_BETROKKENE, NULL},
		   {CORRECTIE_RUBRIEK, CLI_RUBRIEK, NULL},
		   {CORRECTIE_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort opvolging = {
	.type = TYPE_OPVOLGING,
	.entry = OPVOLGING_ENTRY,
	.motivering = OPVOLGING_MOTIVERING,
	.index = OF_MELDING,
	.needs = "an opvolging needs --rechtzetting, --antwoord and --medewerker",
	.velden = {{OPVOLGING_RECHTZETTING, CLI_RECHTZETTING, NULL},
		   {OPVOLGING_ANTWOORD, CLI_ANTWOORD, NULL},
		   {OPVOLGING_MEDEWERKER, CLI_MEDEWERKER, NULL},
		   {OPVOLGING_NAMENS, CLI_NAMENS, NULL}},
};
static const struct soort informeren = {
	.type = TYPE_INFORMEREN,
	.entry = INFORMEREN_ENTRY,
	.motivering = INFORMEREN_MOTIVERING,
	.index = OF_MELDING,
	.needs = "informeren needs --regel, --betrokkene, --uitkomst and --medewerker",
	.velden = {{INFORMEREN_REGEL, CLI_REGEL, NULL},
		   {INFORMEREN_BETROKKENE, CLI_BETROKKENE, NULL},
		   {INFORMEREN_UITKOMST, CLI_UITKOMST, NULL},
		   {INFORMEREN_GROND, CLI_GROND, NULL},
		   {INFORMEREN_TOT, CLI_TOT, NULL},
		   {INFORMEREN_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort volgen = {
	.type = TYPE_VOLGEN,
	.entry = VOLGEN_ENTRY,
	.motivering = VOLGEN_MOTIVERING,
	.index = OF_MELDING,
	.needs = "volgen needs --regel, --uitkomst and --medewerker",
	.velden = {{VOLGEN_REGEL, CLI_REGEL, NULL},
		   {VOLGEN_UITKOMST, CLI_UITKOMST, NULL},
		   {VOLGEN_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort toestemming = {
	.type = TYPE_TOESTEMMING,
	.entry = TOESTEMMING_ENTRY,
	.index = OF_MELDING,
	.needs = "a toestemming needs --betrokkene, --grond, --vorm and --medewerker",
	.velden = {{TOESTEMMING_BETROKKENE, CLI_BETROKKENE, NULL},
		   {TOESTEMMING_GROND, CLI_GROND, NULL},
		   {TOESTEMMING_GEVER, CLI_GEVER, NULL},
		   {TOESTEMMING_LEEFTIJDSBAND, CLI_LEEFTIJDSBAND, NULL},
		   {TOESTEMMING_VORM, CLI_VORM, NULL},
		   {TOESTEMMING_DOEL, CLI_DOEL, NULL},
		   {TOESTEMMING_BRON, CLI_BRON, NULL},
		   {TOESTEMMING_ONTVANGER, CLI_ONTVANGER, NULL},
		   {TOESTEMMING_FUNCTIE, CLI_FUNCTIE_OF, NULL},
		   {TOESTEMMING_RUBRIEK, CLI_RUBRIEK, NULL},
		   {TOESTEMMING_VAN, CLI_VAN, NULL},
		   {TOESTEMMING_TOT, CLI_TOT, NULL},
		   {TOESTEMMING_MEDEWERKER, CLI_MEDEWERKER, NULL},
		   {TOESTEMMING_NAMENS, CLI_NAMENS, NULL}},
};
static const struct soort intrekking = {
	.type = TYPE_INTREKKING,
	.entry = INTREKKING_ENTRY,
	.index = "INDEX is the number of the toestemming's entry in the log",
	.needs = "an intrekking needs --medewerker",
	.velden = {{INTREKKING_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort afhandeling = {
	.type = TYPE_AFHANDELING,
	.entry = AFHANDELING_ENTRY,
	.index = "INDEX is the number of the request's entry in the log",
	.needs = "an afhandeling needs --zaak, --uitkomst and --medewerker",
	.velden = {{AFHANDELING_ZAAK, CLI_ZAAK, NULL},
		   {AFHANDELING_UITKOMST, CLI_UITKOMST, NULL},
		   {AFHANDELING_NAMENS, CLI_NAMENS, NULL},
		   {AFHANDELING_IDENTITEIT, CLI_IDENTITEIT, NULL},
		   {AFHANDELING_BEVOEGDHEID, CLI_BEVOEGDHEID, NULL},
		   {AFHANDELING_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort bekend = {
	.type = TYPE_BEKEND_ANTWOORD,
	.entry = BEKEND_ANTWOORD_ENTRY,
	.index = OF_VRAAG,
	.needs = "it needs --antwoord ja or nee, and --medewerker",
	.velden = {{BEKEND_ANTWOORD_BEKEND, CLI_ANTWOORD, NULL},
		   {BEKEND_ANTWOORD_BETROKKEN, CLI_BETROKKEN, NULL},
		   {BEKEND_ANTWOORD_TELEFOON, CLI_TELEFOON, NULL},
		   {BEKEND_ANTWOORD_BEREIKBAAR, CLI_BEREIKBAAR, NULL},
		   {BEKEND_ANTWOORD_GROND, CLI_GROND, NULL},
		   {BEKEND_ANTWOORD_GEVER, CLI_GEVER, NULL},
		   {BEKEND_ANTWOORD_DOEL, CLI_DOEL, NULL},
		   {BEKEND_ANTWOORD_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
static const struct soort verrijking_intrekking = {
	.type = TYPE_VERRIJKING_INTREKKING,
	.entry = VERRIJKING_INTREKKING_ENTRY,
	.index = OF_VRAAG,
	.needs = "it needs --medewerker",
	.velden = {{VERRIJKING_INTREKKING_MEDEWERKER, CLI_MEDEWERKER, NULL}},
};
#define SOORT_VELDEN (sizeof weging.velden / sizeof weging.velden[0])

static const struct veld_row *row_of(const struct soort *soort, uint32_t veld)
{
	const struct type_row *type = type_row(soort->type);
	return veld_row(type->velden, type->veld_count, veld);
}

static bool is_settled(void *context)
{
	struct uitspraak *uitspraak = context;
	struct item_status status;
	return client_item(uitspraak->client, uitspraak->id, &status) == RESULT_OK &&
	       status.state != ITEM_OUTBOX;
}

// ---- what was given ----------------------------------------------------------------------------

// What the row of a veld takes, for who gave something else.
static void describe(const struct veld_row *row, char *out, size_t size)
{
	struct name_list names;
	switch (row->kind) {
	case VELD_CODE:
		snprintf(out, size, "one of ");
		names = name_list_in(out, size);
		for (size_t i = 0; i < row->list->count; i++)
			name_list_add(&names, row->list->codes[i].code);
		return;
	case VELD_DATE:
		snprintf(out, size, "a day, YYYY-MM-DD, at most %u days from now", row->max);
		return;
	case VELD_NUMBER:
		snprintf(out, size, "a number of %u to %u", row->min, row->max);
		return;
	case VELD_OIN:
		snprintf(out, size, "an OIN: its 20 positions");
		return;
	case VELD_JANEE:
		snprintf(out, size, "ja or nee");
		return;
	case VELD_LINE:
		snprintf(out, size, "a line of %u to %u characters", row->min, row->max);
		return;
	case VELD_REFERENCE:
		snprintf(out, size, "at most %u letters, digits and . _ : -, and no name",
			 row->max);
		return;
	default:
		snprintf(out, size, "at most %u small letters, digits, . and -", row->max);
	}
}

static int check_veld(struct cli *cli, const struct soort *soort, size_t n)
{
	const struct veld_row *row = row_of(soort, soort->velden[n].veld);
	int option = soort->velden[n].option;
	const char *given = cli->values[option];
	struct refusal refusal;
	char takes[160];
	if (!given && (soort->velden[n].standard || !row->required))
		return CLI_DONE;
	if (!given)
		return cli_misused(cli, "%s", soort->needs);
	struct civil_date today = date_amsterdam(clock_wall_ms());
	if (veld_validate(row, bytes_of_text(given), today, &refusal))
		return CLI_DONE;
	describe(row, takes, sizeof takes);
	return cli_misused(cli, "%s is %s", cli_option_name(option), takes);
}

static int check_rubriek(struct cli *cli, const char *name)
{
	struct guess guess = guess_of(bytes_of_text(name));
	const struct rubriek_row *row;
	if (rubriek_row_named(bytes_of_text(name)))
		return CLI_DONE;
	for (size_t n = 0; (row = rubriek_row_at(n)); n++)
		guess_offer(&guess, row->name);
	return cli_misused(cli, "--rubriek is the name of a rubriek as a convenant has it%s%s",
			   guess.best ? "; probably " : "", guess.best ? guess.best : "");
}

static bool is_given(const struct cli *cli)
{
	const char *grond = cli->values[CLI_GROND];
	return !grond || strcmp(grond, "toestemming") == 0;
}

// What a professional declares of himself nobody gave, and nobody declares for another.
static int check_declared(struct cli *cli)
{
	static const int of_persons[] = {CLI_GEVER, CLI_LEEFTIJDSBAND, CLI_BRON};
	for (size_t i = 0; i < sizeof of_persons / sizeof of_persons[0]; i++)
		if (cli->values[of_persons[i]])
			return cli_misused(cli,
					   "%s is of --grond toestemming; any other its own "
					   "source declares",
					   cli_option_name(of_persons[i]));
	if (strcmp(cli->values[CLI_VORM], "verklaring") != 0)
		return cli_misused(cli, "--vorm of any --grond but toestemming is verklaring");
	return cli->values[CLI_RUBRIEK] ? check_rubriek(cli, cli->values[CLI_RUBRIEK]) : CLI_DONE;
}

// What no veld alone can be wrong in.
static int check_together(struct cli *cli)
{
	const char *van = cli->values[CLI_VAN], *tot = cli->values[CLI_TOT];
	if (cli->values[CLI_FUNCTIE_OF] && !cli->values[CLI_ONTVANGER])
		return cli_misused(cli, "--functie is of an --ontvanger, which is missing");
	if (van && tot && strcmp(tot, van) < 0)
		return cli_misused(cli, "--tot lies before --van");
	if (!is_given(cli))
		return check_declared(cli);
	return cli->values[CLI_RUBRIEK] ? check_rubriek(cli, cli->values[CLI_RUBRIEK]) : CLI_DONE;
}

static int check_motivering(struct cli *cli, const struct soort *soort)
{
	bool text = cli->values[CLI_MOTIVERING], file = cli->values[CLI_MOTIVERING_FILE];
	bool required = soort->motivering && row_of(soort, soort->motivering)->required;
	if ((text && file) || (required && !text && !file))
		return cli_misused(cli, "give one of --motivering and --motivering-file");
	return CLI_DONE;
}

static int check_options(struct cli *cli, const struct soort *soort)
{
	uint64_t number;
	int code = CLI_DONE;
	for (int i = 0; i < cli->argument_count; i++)
		if (!cli_number(cli->arguments[i], UINT32_MAX, &number))
			return cli_misused(cli, "%s", soort->index);
	for (size_t i = 0; code == CLI_DONE && i < SOORT_VELDEN && soort->velden[i].veld; i++)
		code = check_veld(cli, soort, i);
	if (code == CLI_DONE)
		code = check_motivering(cli, soort);
	return code == CLI_DONE && soort != &bekend ? check_together(cli) : code;
}

static int read_motivering(struct cli *cli, struct buffer *ret_text)
{
	if (cli->values[CLI_MOTIVERING]) {
		buffer_append_text(ret_text, cli->values[CLI_MOTIVERING]);
		return ret_text->status == RESULT_OK ? CLI_DONE
						     : cli_misused(cli, "--motivering is too long");
	}
	if (!cli->values[CLI_MOTIVERING_FILE])
		return CLI_DONE;
	int code = cli_read(cli, cli->values[CLI_MOTIVERING_FILE], MOTIVERING_MAX, ret_text);
	while (ret_text->len > 0 && ret_text->data[ret_text->len - 1] == '\n')
		ret_text->len--;
	return code;
}

// ---- saying it ---------------------------------------------------------------------------------

static int push(struct cli *cli, const struct cli_statement *statement, struct uitspraak *uitspraak)
{
	struct push_result pushed;
	enum result result = client_push_velden(uitspraak->client, statement->type,
						statement->velden, statement->count, &pushed);
	if (result != RESULT_OK)
		return cli_client_failed(cli, uitspraak->client, result);
	memcpy(uitspraak->id, pushed.id, sizeof uitspraak->id);
	return CLI_DONE;
}

int cli_say_statement(struct cli *cli, const struct cli_statement *statement)
{
	struct uitspraak uitspraak;
	int code = cli_client(cli, &uitspraak.client);
	if (code != CLI_DONE)
		return code;
	code = push(cli, statement, &uitspraak);
	if (code == CLI_DONE) {
		code = cli_send(cli, uitspraak.client, is_settled, &uitspraak);
		code = cli_worse(code == CLI_AGAIN ? CLI_DONE : code,
				 cli_print_item(cli, uitspraak.client, uitspraak.id));
	}
	cli_client_done(cli, uitspraak.client);
	return code;
}

static int say_of_options(struct cli *cli, const struct soort *soort, const char *index,
			  struct bytes motivering)
{
	struct veld velden[SOORT_VELDEN + 2] = {{soort->entry, bytes_of_text(index)}};
	size_t count = 1;
	for (size_t i = 0; i < SOORT_VELDEN && soort->velden[i].veld; i++) {
		const char *given = cli->values[soort->velden[i].option];
		given = given ? given : soort->velden[i].standard;
		if (given)
			velden[count++] =
				(struct veld){soort->velden[i].veld, bytes_of_text(given)};
	}
	if (motivering.len > 0)
		velden[count++] = (struct veld){soort->motivering, motivering};
	const struct cli_statement statement = {soort->type, velden, count};
	return cli_say_statement(cli, &statement);
}

static int say(struct cli *cli, const struct soort *soort)
{
	struct buffer motivering;
	int code = check_options(cli, soort);
	if (code != CLI_DONE)
		return code;
	buffer_init(&motivering, MOTIVERING_MAX);
	code = read_motivering(cli, &motivering);
	for (int i = 0; (code == CLI_DONE || code == CLI_AGAIN) && i < cli->argument_count; i++)
		code = cli_worse(code, say_of_options(cli, soort, cli->arguments[i],
						      buffer_view(&motivering)));
	buffer_wipe(&motivering);
	return code;
}

int cli_weging(struct cli *cli)
{
	return say(cli, &weging);
}

int cli_uitkomst(struct cli *cli)
{
	return say(cli, &uitkomst);
}

int cli_overdracht(struct cli *cli)
{
	return say(cli, &overdracht);
}

int cli_nood(struct cli *cli)
{
	return say(cli, &nood);
}

int cli_noodtoets(struct cli *cli)
{
	return say(cli, &noodtoets);
}

int cli_screening(struct cli *cli)
{
	return say(cli, &screening);
}

int cli_correctie(struct cli *cli)
{
	return say(cli, &correctie);
}

int cli_opvolging(struct cli *cli)
{
	return say(cli, &opvolging);
}

int cli_informeren(struct cli *cli)
{
	return say(cli, &informeren);
}

int cli_volgen(struct cli *cli)
{
	return say(cli, &volgen);
}

int cli_bekend(struct cli *cli)
{
	return say(cli, &bekend);
}

int cli_verrijking_intrekking(struct cli *cli)
{
	return say(cli, &verrijking_intrekking);
}

int cli_afhandeling(struct cli *cli)
{
	return say(cli, &afhandeling);
}

int cli_toestemming(struct cli *cli)
{
	return say(cli, &toestemming);
}

int cli_intrekking(struct cli *cli)
{
	return say(cli, &intrekking);
}
