// SPDX-License-Identifier: EUPL-1.2
// knooppunt: the program of a partner.
#include "knooppunt/cli.h"

#define O(option) CLI_OPTION(CLI_##option)
#define BUNDLE_OPTIONS                                                                             \
	(O(OIN) | O(NAAM) | O(SOORT) | O(FUNCTIE) | O(GENESIS) | O(SEND) | O(OUT) | O(UNLOCK) |    \
	 O(PASSPHRASE))

static const struct cli_command commands[] = {
	{"keygen", "DIR",
	 "Makes the keys of a partner in a new folder; with --oin and the others its bundle too.",
	 1, 1, BUNDLE_OPTIONS | O(ROLE), cli_keygen},
	{"bundle", "DIR", "Writes the public bundle that the house enrols.", 1, 1, BUNDLE_OPTIONS,
	 cli_bundle},
	{"onboard", "[MELDING…]",
	 "Rehearses in an oefening, with meldingen about invented people, and writes the signed "
	 "report "
	 "of a pass: 0; 1 a case failed, 3 the house must enrol the keys first.",
	 0, 8, O(SETTINGS) | O(OUT), cli_onboard},
	{"admission", "REPORT BUNDLE",
	 "Says whether a report of onboard is a pass, signed by the key of this bundle.", 2, 2, 0,
	 cli_admission},
	{"rotate", "DIR",
	 "Makes the next keys of a partner and the bundle that the house enrols; they are used "
	 "once "
	 "it did.",
	 1, 1, O(GENESIS) | O(SEND) | O(OUT) | O(UNLOCK) | O(PASSPHRASE), cli_rotate},
	{"push", "FILE…",
	 "Puts meldingen into the outbox and sends them: 0 receipted, 1 refused, 3 in the outbox.",
	 0, -1, O(SETTINGS) | O(WAIT) | O(NAMENS) | O(SOORT) | O(MEDEWERKER), cli_push},
	{"fetch", "",
	 "Prints each verstrekking as a line of JSON and acknowledges it once it is out.", 0, 0,
	 O(SETTINGS) | O(FUNCTIE) | O(MAX) | O(WAIT_S) | O(OUT) | O(FIRST), cli_fetch},
	{"attendeer", "FILE",
	 "Fetches into the inbox and, when something lies there that nobody was told of, sends an "
	 "e-mail that says no more than that, as FILE has it: 0 sent, or nothing to tell, 3 it "
	 "did not go.",
	 1, 1, O(SETTINGS) | O(FUNCTIE) | O(CHECK), cli_attendeer},
	{"status", "[ID…]", "Says how outbox, inbox and log stand here, or how items do.", 0, -1,
	 O(SETTINGS) | O(RECEIVE) | O(SEND) | O(TRANSPORT) | O(ENDPOINT), cli_status},
	{"open", "",
	 "Lists what is owed, the most urgent first: by this organisation, and for the house by "
	 "everybody.",
	 0, 0, O(SETTINGS), cli_open},
	{"agenda", "OVERLEG",
	 "Lists what stands on the agenda of an overleg at which --functie sits, as it may know "
	 "it.",
	 1, 1, O(SETTINGS) | O(FUNCTIE), cli_agenda},
	{"scherm", "OVERLEG INDEX…",
	 "Shows, as the voorzitter, what all who are present may see of meldingen on the agenda of "
	 "an overleg; that they saw it is recorded.",
	 2, -1, O(SETTINGS) | O(ZITTING) | O(MEDEWERKER) | O(AANWEZIG), cli_scherm},
	{"weging", "INDEX", "Gives a judgement that a regel asks for about the melding at INDEX.",
	 1, 1,
	 O(SETTINGS) | O(REGEL) | O(BETROKKENE) | O(UITKOMST) | O(MEDEWERKER) | O(MOTIVERING) |
		 O(MOTIVERING_FILE) | O(WAIT),
	 cli_weging},
	{"uitkomst", "INDEX…",
	 "Says what became of an item on the agenda of an overleg: of each of its meldingen.", 1,
	 -1,
	 O(SETTINGS) | O(OVERLEG) | O(UITKOMST) | O(NAAR) | O(MEDEWERKER) | O(MOTIVERING) |
		 O(MOTIVERING_FILE) | O(WAIT),
	 cli_uitkomst},
	{"overdracht", "INDEX",
	 "Takes over what was given of the melding at INDEX, or gives it back.", 1, 1,
	 O(SETTINGS) | O(REGEL) | O(ANTWOORD) | O(MEDEWERKER) | O(MOTIVERING) | O(MOTIVERING_FILE) |
		 O(NAMENS) | O(WAIT),
	 cli_overdracht},
	{"nood", "INDEX",
	 "Activates a regel of kind nood for one betrokkene of the melding at INDEX.", 1, 1,
	 O(SETTINGS) | O(REGEL) | O(BETROKKENE) | O(ONTVANGER) | O(FUNCTIE_OF) | O(MINUTEN) |
		 O(MEDEWERKER) | O(MOTIVERING) | O(MOTIVERING_FILE) | O(WAIT),
	 cli_nood},
	{"noodtoets", "INDEX", "Reviews what was given in an emergency of the melding at INDEX.", 1,
	 1,
	 O(SETTINGS) | O(REGEL) | O(UITKOMST) | O(MEDEWERKER) | O(MOTIVERING) | O(MOTIVERING_FILE) |
		 O(WAIT),
	 cli_noodtoets},
	{"screening", "INDEX",
	 "Says what the house makes of the melding at INDEX, of which nothing came.", 1, 1,
	 O(SETTINGS) | O(UITKOMST) | O(MEDEWERKER) | O(MOTIVERING) | O(MOTIVERING_FILE) | O(WAIT),
	 cli_screening},
	{"toestemming", "INDEX",
	 "Says that a secrecy about a betrokkene of the melding at INDEX is lifted.", 1, 1,
	 O(SETTINGS) | O(BETROKKENE) | O(GROND) | O(GEVER) | O(LEEFTIJDSBAND) | O(VORM) | O(DOEL) |
		 O(BRON) | O(ONTVANGER) | O(FUNCTIE_OF) | O(RUBRIEK) | O(VAN) | O(TOT) |
		 O(MEDEWERKER) | O(NAMENS) | O(WAIT),
	 cli_toestemming},
	{"intrekking", "INDEX", "Withdraws the toestemming whose entry is at INDEX.", 1, 1,
	 O(SETTINGS) | O(MEDEWERKER) | O(WAIT), cli_intrekking},
	{"correctie", "INDEX",
	 "Says that what the melding at INDEX says is not so, was added to, or may not be used: "
	 "whoever was given it is told.",
	 1, 1,
	 O(SETTINGS) | O(CORRECTIE) | O(BETROKKENE) | O(RUBRIEK) | O(MEDEWERKER) | O(MOTIVERING) |
		 O(MOTIVERING_FILE) | O(WAIT),
	 cli_correctie},
	{"opvolging", "INDEX",
	 "Says what you did with what you were given of the melding at INDEX, of which you were "
	 "told that it is not so or may not be used.",
	 1, 1,
	 O(SETTINGS) | O(RECHTZETTING) | O(ANTWOORD) | O(MEDEWERKER) | O(MOTIVERING) |
		 O(MOTIVERING_FILE) | O(NAMENS) | O(WAIT),
	 cli_opvolging},
	{"informeren", "INDEX",
	 "Says that a betrokkene of the melding at INDEX was informed of what was given, or until "
	 "when and why that is put off.",
	 1, 1,
	 O(SETTINGS) | O(REGEL) | O(BETROKKENE) | O(UITKOMST) | O(GROND) | O(TOT) | O(MEDEWERKER) |
		 O(MOTIVERING) | O(MOTIVERING_FILE) | O(WAIT),
	 cli_informeren},
	{"volgen", "INDEX",
	 "Says that somebody looked how it goes after the melding at INDEX, which is followed for "
	 "a time.",
	 1, 1,
	 O(SETTINGS) | O(REGEL) | O(UITKOMST) | O(MEDEWERKER) | O(MOTIVERING) | O(MOTIVERING_FILE) |
		 O(WAIT),
	 cli_volgen},
	{"verzoek", "FILE",
	 "Says that a request by somebody's rights, or a data breach, came in, as FILE (JSON) has "
	 "it: "
	 "its answer is owed from then on.",
	 1, 1, O(SETTINGS) | O(WAIT), cli_verzoek},
	{"afhandeling", "INDEX",
	 "Says what became of the request whose entry is at INDEX, or that its term is lengthened.",
	 1, 1,
	 O(SETTINGS) | O(ZAAK) | O(UITKOMST) | O(NAMENS) | O(IDENTITEIT) | O(BEVOEGDHEID) |
		 O(MEDEWERKER) | O(WAIT),
	 cli_afhandeling},
	{"casus", "FILE", "Says how a casus stands, as FILE (JSON) has it from a dossier system.",
	 1, 1, O(SETTINGS) | O(WAIT), cli_casus},
	{"regie", "FILE", "Takes over the regie of the casus in FILE (JSON).", 1, 1,
	 O(SETTINGS) | O(WAIT), cli_regie},
	{"casusstand", "FILE",
	 "Says how a casus stands that you lead, as FILE (JSON) has it from your dossier system.",
	 1, 1, O(SETTINGS) | O(WAIT), cli_casusstand},
	{"advies", "FILE", "Advises ZSM beforehand about the casus in FILE (JSON).", 1, 1,
	 O(SETTINGS) | O(WAIT), cli_advies},
	{"context", "FILE",
	 "Asks what is known about the suspect in FILE (JSON) and waits for the answer, 30 s "
	 "unless --wait says: 0 bekend, 10 niets, 11 more identification is needed.",
	 1, 1, O(SETTINGS) | O(WAIT), cli_context},
	{"ask", "FILE",
	 "Asks what is known about the person in FILE (JSON), and of others whether they know that "
	 "person, and waits for the first answer, 30 s unless --wait says: 0 bekend, 10 niets, 11 "
	 "more identification is needed.",
	 1, 1, O(SETTINGS) | O(WAIT), cli_ask},
	{"bekend", "INDEX",
	 "Says, as who was asked, whether you know the person of the question whose entry is at "
	 "INDEX.",
	 1, 1,
	 O(SETTINGS) | O(ANTWOORD) | O(BETROKKEN) | O(TELEFOON) | O(BEREIKBAAR) | O(GROND) |
		 O(GEVER) | O(DOEL) | O(MEDEWERKER) | O(WAIT),
	 cli_bekend},
	{"verrijking-intrekking", "INDEX",
	 "Says that the question you asked, whose entry is at INDEX, needs no answer any more.", 1,
	 1, O(SETTINGS) | O(MEDEWERKER) | O(WAIT), cli_verrijking_intrekking},
	{"terugkoppeling", "FILE",
	 "Says what became of an answer to context, as FILE (JSON) has it.", 1, 1,
	 O(SETTINGS) | O(WAIT), cli_terugkoppeling},
	{"act", "FILE|KEY",
	 "Signs with a role key, away from the daemon, what knooppuntctl --act carries to it.", 1,
	 1,
	 O(KEYS) | O(GENESIS) | O(CHECKPOINT) | O(REGISTER) | O(SOORT) | O(OUT) | O(UNLOCK) |
		 O(PASSPHRASE),
	 cli_act},
};

int main(int argc, char **argv)
{
	return cli_main(commands, sizeof commands / sizeof commands[0], argc, argv);
}
