// SPDX-License-Identifier: EUPL-1.2
#include "audit/audit.h"

#include "desk/vraag.h"

#define WHY_OPTIONS (DESK_ASKING | DESK_OPTION(DESK_SOURCE) | DESK_OPTION(DESK_ALLES))
#define BRIEF_OPTIONS (DESK_ASKING | (DESK_SIGNING & ~DESK_OPTION(DESK_ACT)))
#define WHY_ARGUMENTS "ID ONTVANGER [BETROKKENE] [RUBRIEK]"

static const struct desk_command commands[] = {
	{"approve", "[OBJECT]",
	 "Lists what is proposed; shows OBJECT (a hash, or the very file); signs it with a key.", 0,
	 1, DESK_SIGNING, audit_approve},
	{"automatisch", "FROM TO",
	 "Counts what regels gave by themselves in a time (days or months, both included): which "
	 "regel gave whom what without a person's judgement.",
	 2, 2, DESK_ASKING, audit_automatisch},
	{"bewaartermijnen", "[DAYS]",
	 "Counts what is kept and what is past its term, and lists what was destroyed in the last "
	 "30 or DAYS days, with the entries that prove it; exits 1 if anything is a day late.",
	 0, 1, DESK_OPTION(DESK_SETTINGS), audit_bewaartermijnen},
	{"brief correctie", "PERSON ZAAK DIR [FILE]",
	 "Makes the letter that data about PERSON were corrected for a request, and who was told.",
	 3, 4, BRIEF_OPTIONS, audit_brief_correctie},
	{"brief datalek", "ZAAK DIR FILE",
	 "Makes the letter that tells the betrokkenen of a data breach (AVG 34), with what FILE "
	 "says of it.",
	 3, 3, BRIEF_OPTIONS, audit_brief_datalek},
	{"brief informeren", "PERSON ENTRY DIR [FILE]",
	 "Makes the letter that tells PERSON of a melding that he did not give himself (AVG 14).",
	 3, 4, BRIEF_OPTIONS, audit_brief_informeren},
	{"brief ontvangst", "ZAAK DIR [FILE]",
	 "Makes the letter that a request came, and until when it is answered.", 2, 3,
	 BRIEF_OPTIONS, audit_brief_ontvangst},
	{"brief verlenging", "ZAAK DIR FILE",
	 "Makes the letter that the answer takes longer, with the reason in FILE.", 3, 3,
	 BRIEF_OPTIONS, audit_brief_verlenging},
	{"brief vernietiging", "DAYS DIR",
	 "Makes the declaration of what was destroyed in the last DAYS days, on which ground.", 2,
	 2, BRIEF_OPTIONS, audit_brief_vernietiging},
	{"brief weigering", "ZAAK GROND DIR [FILE]",
	 "Makes the letter that a request is refused, on one of the gronden.", 3, 4, BRIEF_OPTIONS,
	 audit_brief_weigering},
	{"brief wissing", "PERSON ZAAK DIR [FILE]",
	 "Makes the letter that data about PERSON were destroyed for a request, and who was told.",
	 3, 4, BRIEF_OPTIONS, audit_brief_wissing},
	{"brief", "PERSON LIST DIR",
	 "Makes the letter of an inzage, of which LIST (inzage --out) says of every regel whether "
	 "it "
	 "is told, masked or refused and on which ground; signs it, into the folder DIR.",
	 3, 3, BRIEF_OPTIONS, audit_brief},
	{"codes accept", "TOT GROND [TABEL/CODE,...]",
	 "Lets rows that nobody confirmed count until the day TOT, all of them or those named, on "
	 "a "
	 "ground that stays in the log; the other role approves it.",
	 2, 3, DESK_SIGNING, audit_codes_accept},
	{"codes end", "GROND", "Ends that before its day; the other role approves it.", 1, 1,
	 DESK_SIGNING, audit_codes_end},
	{"codes", "",
	 "Lists the rows of the code tables that nobody confirmed, and until when which of them "
	 "are "
	 "accepted; exits 1 if a convenant in force rests on one that does not count.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), audit_codes},
	{"convenant check", "FILE",
	 "Checks a convenant file: syntax, codes, proeven, regels that never count, meldingen "
	 "without outcome; exits 1 when something is to be mended.",
	 1, 1, 0, audit_convenant_check},
	{"convenant matrix", "FILE [tekst|csv|html]",
	 "Prints who may receive which rubriek about whom, under which conditions.", 1, 2, 0,
	 audit_convenant_matrix},
	{"convenant reach", "FILE RUBRIEK PARTIJ/FUNCTIE",
	 "Says whether this ontvanger can ever receive this rubriek, over every case the regels "
	 "tell apart; exits 1 if never.",
	 3, 3, 0, audit_convenant_reach},
	{"convenant diff", "FILE FILE",
	 "Says in which cells two convenanten decide otherwise, each with an example; exits 1 if "
	 "in any.",
	 2, 2, 0, audit_convenant_diff},
	{"convenant impact", "FILE",
	 "Says which answers about the meldingen there were would have come out otherwise under "
	 "this convenant, and in which cells; exits 1 if any.",
	 1, 1, DESK_OPTION(DESK_SETTINGS), audit_convenant_impact},
	{"convenant replay", "",
	 "Takes every recorded decision again, from its recorded facts under its recorded "
	 "convenant; exits 1, naming each, if any comes out otherwise.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), audit_convenant_replay},
	{"datalek", "PARTNER|KEY FROM TO [KNOWN]",
	 "Lists what a partner or one key of it was given between two moments (RFC 3339), counts "
	 "persons and kinds of data, and says before when the AP must be told: 72 hours after "
	 "KNOWN, or after now.",
	 3, 4, DESK_ASKING, audit_datalek},
	{"erase", "ID GROND",
	 "Orders the content of one melding destroyed, on a ground that stays in the log; the "
	 "other role approves it.",
	 2, 2, DESK_SIGNING | DESK_OPTION(DESK_SOURCE) | DESK_OPTION(DESK_OUT), audit_erase},
	{"export", "DIR", "Writes the log as tlog-tiles into a new folder, for verify and others.",
	 1, 1, DESK_OPTION(DESK_SETTINGS), audit_export},
	{"gezien", "[DAYS] [PERSON]",
	 "Lists who asked what in the last 30 or DAYS days, and who was refused; of PERSON, as for "
	 "inzage, only what was asked about that person.",
	 0, 2, DESK_ASKING, audit_gezien},
	{"hold end", "STOP GROND",
	 "Orders that the stop of this entry ends, on a ground that stays in the log; the other "
	 "role approves it.",
	 2, 2, DESK_SIGNING, audit_hold_end},
	{"hold", "[ID|alles EIGENAAR HERZIEN GROND]",
	 "Lists what may not be destroyed, and exits 1 if any is past its review; or orders it of "
	 "meldingen, ids with commas between, until it ends, on a ground that stays in the log; "
	 "the other role approves it.",
	 0, 4, DESK_SIGNING | DESK_OPTION(DESK_SOURCE), audit_hold},
	{"inzage", "PERSON",
	 "Writes a concept of what one person is to be told: each melding, the person's own data, "
	 "to whom it went and why; PERSON is bsn:NUMBER, skn:NUMBER, v-nummer:NUMBER, or - to read "
	 "it from standard input; exits 1 if there is nothing.",
	 1, 1, DESK_ASKING | DESK_OPTION(DESK_OUT), audit_inzage},
	{"jaarverslag", "YEAR",
	 "Counts what the privacy officer accounts for of a year; with --out FILE also as a page "
	 "in Dutch.",
	 1, 1, DESK_ASKING | DESK_OPTION(DESK_OUT), audit_jaarverslag},
	{"logboek", "VORM FROM TO",
	 "Writes what was processed in a time (days or months, both included) in the form of a "
	 "standard into a new file (--out): ldv (Logboek Dataverwerkingen, OTLP/JSON), vng "
	 "(Verwerkingenlogging) or adl (Authorization Decision Log).",
	 3, 3, DESK_ASKING | DESK_OPTION(DESK_OUT), audit_logboek},
	{"noodverstrekkingen", "[DAYS]",
	 "Lists the noodverstrekkingen of the last 30 or DAYS days, their reviews, and which are "
	 "owed still.",
	 0, 1, DESK_ASKING, audit_noodverstrekkingen},
	{"opvallend", "FROM TO",
	 "Lists questions of a time (days or months, both included) without a zaak or a casus, "
	 "and who asked about many more on one day than on others; exits 1 if there are any.",
	 2, 2, DESK_ASKING, audit_opvallend},
	{"rapport", "YEAR [kalenderjaar|rapportagejaar]",
	 "Counts meldingen, casussen and unique persons of a year per thema and gemeente, from "
	 "January or from the October before; small numbers are left out unless the house asks it "
	 "for itself with --alles.",
	 1, 2, DESK_ASKING | DESK_OPTION(DESK_ALLES), audit_rapport},
	{"register", "",
	 "Writes the register of verwerkingen (AVG art. 30) from the convenanten in force; the "
	 "annex "
	 "is convenant matrix.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), audit_register},
	{"search", "FROM TO [WAT:WAARDE...]",
	 "Lists the meldingen of a time (days or months, both included) and to whom what of them "
	 "went, of this thema, soort, bron, ontvanger, regel or casus; exits 1 if there is none.",
	 2, 6, DESK_ASKING, audit_search},
	{"sleutel", "KEY|OIN [SINCE]",
	 "Lists what a key sent and could receive, at most back to SINCE (RFC 3339): for when it "
	 "was stolen.",
	 1, 2, DESK_ASKING, audit_sleutel},
	{"stromen", "MONTH [MONTH]",
	 "Counts what went from whom to whom, per thema and month, in this month (as 2026-11) or "
	 "from the first to the second.",
	 1, 2, DESK_ASKING, audit_stromen},
	{"toestemmingen", "[DAYS]",
	 "Lists what lifted a professional secrecy in the last 30 or DAYS days, and what was "
	 "withdrawn.",
	 0, 1, DESK_ASKING, audit_toestemmingen},
	{"verify", "[DIR]",
	 "Verifies an exported log without the daemon, or with --online that of the knooppunt that "
	 "runs; exits 1, saying what and where, if it is not intact.",
	 0, 1,
	 DESK_ASKING | DESK_OPTION(DESK_ONLINE) | DESK_OPTION(DESK_POLICY) |
		 DESK_OPTION(DESK_VKEY) | DESK_OPTION(DESK_LAST) | DESK_OPTION(DESK_GENESIS) |
		 DESK_OPTION(DESK_STATE) | DESK_OPTION(DESK_WHOLE),
	 audit_verify},
	{"verzoeken", "[DAYS]",
	 "Lists the requests by rights and the data breaches of the last 366 or DAYS days, what "
	 "became of each and by when it must be answered; exits 1 if an open one is late.",
	 0, 1, DESK_ASKING, audit_verzoeken},
	{"volledigheid", "",
	 "Lists of each source which sequence numbers never came, and of each ontvanger what it "
	 "has "
	 "not confirmed; exits 1 if a number is lacking.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), audit_volledigheid},
	{"vrije-tekst", "FROM TO",
	 "Counts how many meldingen of a time (days or months, both included) have free text, and "
	 "lists to whom it went and who released it.",
	 2, 2, DESK_ASKING, audit_vrije_tekst},
	{"weigeringen", "[DAYS]",
	 "Lists what was refused without an entry of its own in the last day or DAYS, per minute, "
	 "partner and reason.",
	 0, 1, DESK_OPTION(DESK_SETTINGS), audit_weigeringen},
	{"why", WHY_ARGUMENTS, "Takes a decision again and says under which regels it came out so.",
	 2, 4, WHY_OPTIONS, audit_why},
	{"why-not", WHY_ARGUMENTS,
	 "The same for what was withheld, with the regel that came nearest; exits 1 if nothing "
	 "was.",
	 2, 4, WHY_OPTIONS, audit_why_not},
};

int main(int argc, char **argv)
{
	static const struct desk_program program = {
		.name = "knooppunt-audit",
		.purpose = "Answers for what a knooppunt did, for its privacy officer.",
		.commands = commands,
		.count = sizeof commands / sizeof commands[0],
	};
	return desk_main(&program, argc, argv);
}
