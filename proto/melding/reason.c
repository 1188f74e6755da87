// SPDX-License-Identifier: EUPL-1.2
#include "melding/reason.h"

struct reason_row {
	enum reason reason;
	const char *code, *text, *fix;
};

// In the order of the header. A text says what is wrong and a fix what to do, without values: both
// are shown as they stand to people and to partners' systems.
static const struct reason_row rows[] = {
	{REASON_UNKNOWN_KEY, "unknown-key", "The key that signed this is not in the register.",
	 "Ask the beheerder of the knooppunt whether this key is enrolled, and enrol it if not."},
	{REASON_REVOKED_KEY, "revoked-key", "The key that signed this has been revoked.",
	 "Sign with a key that is in force; ask the beheerder why this one was revoked."},
	{REASON_SENDER_MISMATCH, "sender-mismatch",
	 "Envelope, signature and connection name different parties.",
	 "Send with the transport, sealing and identity keys of one and the same OIN."},
	{REASON_BAD_SIGNATURE, "bad-signature", "The signature does not hold for these bytes.",
	 "Sign the exact bytes that are sent; check the batch size, index and path."},
	{REASON_WRONG_AUDIENCE, "wrong-audience",
	 "The statement is addressed to another knooppunt or another log.",
	 "Address it to the OIN and the log origin that stand in the genesis of this log."},
	{REASON_BAD_SLOTS, "bad-slots", "The slots do not give the root that was signed.",
	 "Recompute the slots from the seed and the exact rubrieken, then sign again."},
	{REASON_UNSUPPORTED, "unsupported", "This version or suite is not known here.",
	 "Use a version that both sides know; update the older side."},
	{REASON_FUNCTIE_NOT_HELD, "functie-not-held",
	 "The signer does not hold the functie it acts for.",
	 "Name a functie that is enrolled for this OIN, or have it enrolled."},
	{REASON_BAD_HEAD, "bad-head", "The checkpoint the signer saw is not part of this log.",
	 "Keep both checkpoints, stop sending, and call the beheerder and the privacy officer."},

	{REASON_MALFORMED, "malformed", "The bytes do not have the shape of the format.",
	 "Encode as the specification says: canonical, nothing missing, nothing added."},
	{REASON_UNKNOWN_FIELD, "unknown-field", "A field is not on the closed list.",
	 "Leave the field out, or use one that the list of rubrieken and velden has."},
	{REASON_BAD_TEXT, "bad-text",
	 "A text holds a NUL, a control character or bytes that are not UTF-8.",
	 "Send clean UTF-8; a name or line has no line breaks."},
	{REASON_UNKNOWN_CODE, "unknown-code", "A code is not on its closed list.",
	 "Use a code of the list that belongs to this field."},
	{REASON_BSN_ELFPROEF, "bsn-elfproef", "A BSN does not pass the 11-proef.",
	 "Check the nine digits; leave the BSN out when it is not known."},
	{REASON_IMPOSSIBLE_DATE, "impossible-date",
	 "A date or time does not exist, lies where it cannot, or ends before it begins.",
	 "Write dates as YYYY-MM-DD and times as RFC 3339 with offset, and check their order."},
	{REASON_TOO_MANY, "too-many", "Something occurs more often than the list allows.",
	 "Send fewer; more betrokkenen go into linked meldingen."},
	{REASON_TOO_LONG, "too-long", "A value is longer than its maximum.",
	 "Shorten it to the maximum that the list gives for this field."},
	{REASON_MISSING_FIELD, "missing-field", "A required field is missing or empty.",
	 "Fill in the field; the list of rubrieken says which are required."},
	{REASON_BAD_VALUE, "bad-value", "A value does not have the form of its field.",
	 "Write it in the form that the list gives for this field."},
	{REASON_TOO_OLD, "too-old", "The statement is older than is accepted.",
	 "Make the statement anew with the present time; check the clock of the sender."},
	{REASON_FROM_FUTURE, "from-future", "The statement is dated in the future.",
	 "Set the clock of the sender right and make the statement anew."},
	{REASON_CONFLICT, "conflict", "This source sent other bytes under the same id before.",
	 "Sent anew from another spool it is here already, and the house can tell its outcome: do "
	 "not "
	 "send it under a new id. Only another melding gets a new id."},
	{REASON_DUPLICATE, "duplicate", "Something that may occur once occurs twice.",
	 "Keep one of the two."},
	{REASON_UNKNOWN_TYPE, "unknown-type", "The type of the statement is not on the list.",
	 "Use a type that this version knows; update the older side."},
	{REASON_UNKNOWN_BETROKKENE, "unknown-betrokkene",
	 "A betrokkene is named that the melding does not have.",
	 "Number betrokkenen from 1 to the number in kenmerken; the incident is 0."},
	{REASON_BAD_REGIME, "bad-regime", "This regime is not allowed for this rubriek.",
	 "State the law under which the data are held, one that the list allows here."},
	{REASON_NOT_FOR_SENDER, "not-for-sender", "Only the knooppunt states this rubriek.",
	 "Leave the rubriek out."},
	{REASON_IDENTIFICATION, "identification-needed",
	 "A name and a date of birth alone are not looked up.",
	 "Ask with a BSN, chain number or V-number: vul identificatie aan."},

	{REASON_NOT_FOUND, "not-found", "What it refers to is not here.",
	 "Check the number or name it refers to."},
	{REASON_NOT_OWED, "not-owed", "Nothing of this kind is expected from this sender.",
	 "Check the number of the entry, the name of the regel or overleg, and whose keys sign; "
	 "what "
	 "was answered before stands, and is not answered again."},
	{REASON_ALREADY_DECIDED, "already-decided", "This was decided before, and that stands.",
	 "Nothing needs to be done; look up the decision that stands."},

	{REASON_BUSY, "busy", "The knooppunt has too much waiting at this moment.",
	 "Nothing is lost: send the same statement again after the pause."},
	{REASON_FULL, "full", "The knooppunt has no room left on its disk or in its map.",
	 "Nothing is lost: send again later; the beheerder makes room."},
	{REASON_READONLY, "readonly", "The knooppunt accepts nothing after a storage failure.",
	 "Nothing is lost: send again later; the beheerder must check the disk and restart."},
	{REASON_STOPPING, "stopping", "The knooppunt is stopping.",
	 "Nothing is lost: send the same statement again after the pause."},
	{REASON_UNREACHABLE, "unreachable", "The knooppunt cannot be reached.",
	 "Nothing is lost: check endpoint, network and keys, then send again."},
	{REASON_CLOCK, "clock", "The knooppunt does not know for certain what time it is.",
	 "Nothing is lost: send again later; the beheerder sets the clock right or confirms it."},
	{REASON_NOT_ADMITTED, "not-admitted",
	 "The knooppunt refuses connections with this transport key.",
	 "Nothing is lost: ask the beheerder of the knooppunt whether this key was never enrolled "
	 "or "
	 "was revoked; once keys of yours are enrolled, send again."},

	{REASON_SYNTAX, "syntax", "The file cannot be read as what it should be.",
	 "Correct the file at the line that is named."},
	{REASON_UNKNOWN_KEYWORD, "unknown-keyword", "The file has a key that is not known here.",
	 "Correct the spelling or remove the key."},
	{REASON_DUPLICATE_KEYWORD, "duplicate-keyword", "A key stands in the file twice.",
	 "Keep one of the two."},
	{REASON_MISSING_KEYWORD, "missing-keyword", "A key that must be there is missing.",
	 "Add the key."},
	{REASON_BAD_TYPE, "bad-type", "A value is of the wrong kind.",
	 "Write the kind of value that belongs to the key."},
	{REASON_OUT_OF_RANGE, "out-of-range", "A value lies outside its range.",
	 "Choose a value within the range."},
	{REASON_UNKNOWN_PARTIJ, "unknown-partij", "A partij is named that the convenant lacks.",
	 "Name a partij of the list of partijen, or add it there."},
	{REASON_DUPLICATE_REGEL, "duplicate-regel", "Two regels have the same name.",
	 "Give each regel a name of its own."},
	{REASON_TEST_FAILED, "test-failed", "A test beside a regel does not come out as it says.",
	 "Correct the regel or the test; a convenant whose tests fail is not activated."},
	{REASON_NOT_SIGNED, "not-signed",
	 "An unsigned convenant can be activated only in a log that is an oefening.",
	 "Have all partijen sign, and enter who signed when."},
	{REASON_FILE_MISSING, "file-missing", "A file is not where it should be.",
	 "Put the file there, or correct the path."},
	{REASON_FILE_MODE, "file-mode", "A file may be read or written by others.",
	 "Give it to its own user and take away the rights of group and others (chmod 600)."},
	{REASON_WRONG_UNLOCK, "wrong-unlock", "The passphrase or key file does not open the key.",
	 "Give the passphrase or key file that the key was made with."},
	{REASON_DAMAGED, "damaged", "What is stored does not verify.",
	 "Keep it as it is, do not repair it by hand, and restore from a backup."},
	{REASON_BEHIND_GUARD, "behind-guard", "The store is older than the last signed checkpoint.",
	 "Put back the newest store; after a real loss restore under a new origin."},
	{REASON_KEYSTORE_MISSING, "keystore-missing", "The keystore is not there.",
	 "Put back the keystore that belongs to this store; never make a new one."},
	{REASON_NEWER_FORMAT, "newer-format", "A newer version of the program wrote this.",
	 "Use the version that wrote it, or a later one."},
	{REASON_IN_USE, "in-use", "Another process is using it.",
	 "Stop the other process first, or use its own commands."},
	{REASON_USAGE, "usage", "The command line is not understood.",
	 "See --help of the program."},
	{REASON_IO, "io", "A file or device could not be read or written.",
	 "Check the disk, the path and the rights, then try again."},
	{REASON_EXISTS, "exists", "It is there already and is not replaced.",
	 "Keep what is there, and choose another name or folder for the new one."},
	{REASON_NOT_PROVEN, "not-proven", "It came without a proof that holds.",
	 "Do not use it; keep it, and call the beheerder and the privacy officer."},
	{REASON_TWO_NEEDED, "two-needed", "This takes effect only with a second signature.",
	 "Have the other role sign the same object."},
	{REASON_INTERVAL, "interval", "An interval ends before it begins, or two overlap.",
	 "Correct the first or the last day."},
	{REASON_HELD, "held", "A vernietigingsstop keeps it from being destroyed.",
	 "Let the stop end first: knooppunt-audit hold lists it with its owner and ground."},
	{REASON_SANDBOX, "sandbox", "The sandbox that the settings require cannot be had.",
	 "Give the daemon what is missing, or write \"sandbox: best-effort\" to run without."},
	{REASON_NOT_CONFIRMED, "not-confirmed",
	 "A row of the code tables that it rests on was confirmed by nobody.",
	 "Have somebody who may say so look the row up, write status: bevestigd there, and "
	 "restart."},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static const struct reason_row *find(enum reason reason)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].reason == reason)
			return &rows[i];
	}
	return NULL;
}

const char *reason_code(enum reason reason)
{
	const struct reason_row *row = find(reason);
	return row ? row->code : NULL;
}

const char *reason_text(enum reason reason)
{
	const struct reason_row *row = find(reason);
	return row ? row->text : NULL;
}

const char *reason_fix(enum reason reason)
{
	const struct reason_row *row = find(reason);
	return row ? row->fix : NULL;
}

enum reason reason_of_code(struct bytes code)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (bytes_equal(bytes_of_text(rows[i].code), code))
			return rows[i].reason;
	}
	return REASON_NONE;
}

bool reason_at(size_t n, enum reason *ret_reason)
{
	if (n >= ROW_COUNT)
		return false;
	*ret_reason = rows[n].reason;
	return true;
}
