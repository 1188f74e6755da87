// SPDX-License-Identifier: EUPL-1.2
#include "control/alarm.h"

#include "control/control.h"

#include <stdio.h>
#include <string.h>

#define LINE_SIZE (ALARM_ABOUT_MAX + 64)

static const struct alarm_row rows[ALARM_COUNT] = {
	[ALARM_READONLY] =
		{"readonly",
		 "a write failed, or would take sound entries with it (damaged-page), so nothing "
		 "is "
		 "accepted",
		 "beheerder: look at the disk and the log lines of core, then restart knooppuntd; "
		 "after damaged-page see damaged-entry"},
	[ALARM_STOPPED_SIGNING] =
		{"stopped-signing",
		 "somebody holds a checkpoint that is not of this log, so nothing is signed",
		 "officer and beheerder: find out which history is true, then remove "
		 "stopped-signing from the data folder and restart knooppuntd"},
	[ALARM_DAMAGED_ENTRY] =
		{"damaged-entry",
		 "the log or the keystore was changed under it; nothing of what is damaged leaves",
		 "beheerder: keep both as they are, tell the officer, and restore from a backup"},
	[ALARM_DAMAGED_DELIVERY] =
		{"damaged-delivery",
		 "a verstrekking that waits cannot be read; its ontvanger sees that it is missing, "
		 "and takes nothing after it until somebody there says so",
		 "beheerder: see damaged-entry; if the log cannot be put back, tell the ontvanger "
		 "that this number is lost: it goes on with knooppunt fetch --first and the number "
		 "after it"},
	[ALARM_QUEUES_UNREADABLE] =
		{"queues-unreadable",
		 "rows of the state cannot be read; it is replayed from the log",
		 "it goes on by itself; beheerder: look at the disk if this stays"},
	[ALARM_OBLIGATION_UNREADABLE] =
		{"obligation-unreadable", "something that is owed does not unseal any more",
		 "beheerder: see damaged-entry; the keystore or the state was changed"},
	[ALARM_CLOCK_AWAY] =
		{"clock-away",
		 "the clock is more than a week after the newest entry, so nothing is accepted",
		 "beheerder: set the clock right, or if it is right: knooppuntctl clock confirm"},
	[ALARM_CLOCK_BEHIND] =
		{"clock-behind", "the clock is before the newest entry, so nothing is accepted",
		 "beheerder: set the clock right, or if it is right: knooppuntctl clock confirm"},
	[ALARM_DISK_FULL] = {"disk-full",
			     "there is no room to write, so partners are told to come again",
			     "beheerder: make room on the disk of the data folder; it then goes on "
			     "by itself"},
	[ALARM_MAP_FULL] = {"map-full",
			    "a database has reached its largest size, so partners are told to come "
			    "again",
			    "beheerder: raise map_log_mib or map_state_mib in the settings and "
			    "restart knooppuntd"},
	[ALARM_PROCESS_DOWN] =
		{"process-down", "a process does not run",
		 "it is started again by itself; beheerder: see its log lines if this "
		 "stays"},
	[ALARM_PROCESS_FAILING] = {"process-failing",
				   "a process ends again and again after it was started",
				   "beheerder: see its log lines, they say why it ends"},
	[ALARM_PROCESS_HUNG] =
		{"process-hung",
		 "a process did not get on for hang_seconds in the last hour, and was "
		 "ended and started again",
		 "beheerder: for an opener see partner-apart; for core look at the "
		 "disk; else report it with the log lines before parent.hung"},
	[ALARM_DOOR_CLOSED] =
		{"door-closed",
		 "a transport key of the knooppunt is in force, and nobody can connect by it",
		 "beheerder: the log lines of the gate say why; free the address, or correct "
		 "endpoint or endpoint_2 in the settings and restart knooppuntd; it is tried each "
		 "minute"},
	[ALARM_NO_CONVENANT] =
		{"no-convenant",
		 "no convenant is in force: meldingen are accepted, go to nobody, and wait for a "
		 "screening",
		 "beheerder: knooppuntctl convenant propose FILE; officer: knooppunt-audit approve "
		 "FILE; after that the house decides them with knooppunt screening --uitkomst "
		 "opnieuw: nobody sends them anew"},
	[ALARM_REVOKED_KEY_IN_USE] =
		{"revoked-key-in-use",
		 "a key that was revoked was used in the last hour, to connect or to sign",
		 "beheerder: ask the partner by telephone whether it did that; if not, somebody "
		 "else holds its key, and knooppunt-audit sleutel says what that got"},
	[ALARM_SOORT_DIFFERS] =
		{"soort-differs",
		 "a key was enrolled for another soort of partner than the convenant says; the "
		 "convenant counts",
		 "officer: if the convenant is right, ask the partner for a bundle of its own "
		 "soort "
		 "and revoke the key that is not; else propose the convenant anew"},
	[ALARM_SANDBOX_WEAKER] =
		{"sandbox-weaker", "a process runs with less around it than it should",
		 "beheerder: make the user it names (systemd-sysusers), then stop the daemon and "
		 "do "
		 "what knooppuntd --check says; of other parts the log lines sandbox.missing tell"},
	[ALARM_PARTNER_APART] =
		{"partner-apart",
		 "what a partner sends killed openers, so it goes to an opener of its own",
		 "beheerder: ask the partner what it sends, then knooppuntctl partner release OIN"},
	[ALARM_STATE_DAMAGED] =
		{"state-damaged", "state was changed under it and replayed from the log",
		 "beheerder: look at the disk and who can write it, then restart knooppuntd"},
	[ALARM_SOURCE_GAP] =
		{"source-gap",
		 "of a source later numbers came and these did not, gap_hours ago or longer: they "
		 "may be meldingen that were lost on the way",
		 "beheerder: ask the partner to send them, from its outbox or anew; it ends when "
		 "they come, and after 30 days, when they can be sent no longer; knooppunt-audit "
		 "volledigheid names them all"},
	[ALARM_SOURCE_SILENT] =
		{"source-silent",
		 "no melding came of a source on rhythm_days of the days on which it always sent",
		 "beheerder: call the partner: does its system hand over meldingen, did it change? "
		 "it ends with the next melding, when its key is revoked, and after 91 days"},
	[ALARM_SOURCE_FEW] =
		{"source-few",
		 "in the last week a source sent less than half of what it sent in any week before",
		 "beheerder: ask the partner whether a part of its meldingen does not come out of "
		 "its system; it ends with the week"},
	[ALARM_SCRUB_FAILING] =
		{"scrub-failing",
		 "what is kept cannot be read through, so that damage would not be seen",
		 "beheerder: look at the disk of the data folder and at the messages of the kernel "
		 "about it; it goes on by itself"},
	[ALARM_CLOCK_STEPPED] =
		{"clock-stepped",
		 "the clock made a step, so nothing lapses or is erased until it is sure again",
		 "beheerder: set the clock right, or if it is right: knooppuntctl clock confirm"},
	[ALARM_DISK_FILLING] = {"disk-filling",
				"less than a twentieth of the disk of the data folder is free",
				"beheerder: make room on it, or give it a larger disk"},
	[ALARM_MAP_FILLING] = {"map-filling", "a database is at 85 % or more of its largest size",
			       "beheerder: raise map_log_mib or map_state_mib in the settings and "
			       "restart knooppuntd"},
	[ALARM_GUARD_BESIDE_LOG] =
		{"guard-beside-log",
		 "the guard lies on the disk of the log, so who puts that back puts back both",
		 "beheerder: stop knooppuntd, move the guard to another disk, name it as guard in "
		 "the settings"},
	[ALARM_BACKUP_STALE] =
		{"backup-stale",
		 "the newest backup is older than backup_hours, there is none, or a copy of the "
		 "keystore outlives its days",
		 "beheerder: knooppuntctl backup; if that is to happen by itself, see why its "
		 "timer does not; give each house a folder of its own"},
	[ALARM_ORDERS_LOST] =
		{"orders-lost",
		 "the log went on from a copy, and orders to erase, stops or revocations may be in "
		 "what is lost",
		 "privacy officer: give again what was ordered since the copy (docs/backup.md); "
		 "it ends by itself 31 days after the herstel"},
	[ALARM_CORE_RESTARTED] =
		{"core-restarted", "core ended in the last hour and was started again",
		 "beheerder: its log lines say why; nothing that was acknowledged is "
		 "lost"},
	[ALARM_KEYS_OVERLAP] =
		{"keys-overlap", "an old key counts beside the one after it since overlap_days",
		 "beheerder: of a partner or role, knooppuntctl partner revoke KEY; of the "
		 "knooppunt, knooppuntctl key end and then knooppuntd rotate … --finish"},
	[ALARM_CODES_OPEN] =
		{"codes-open",
		 "a convenant in force rests on codes that nobody confirmed and that are not "
		 "accepted any more, so none like it is taken and what is found by them is not "
		 "known",
		 "officer: knooppunt-audit codes, then have them confirmed, or codes accept with "
		 "the other role"},
	[ALARM_CODES_CHANGED] =
		{"codes-changed",
		 "the code tables are others than those that decisions rested on, and a table "
		 "takes "
		 "no signature; told for three days",
		 "officer: ask the beheerder what was changed and why; knooppunt-audit codes has "
		 "the rows of now, why those of then"},
	[ALARM_OBLIGATION_OVERDUE] =
		{"obligation-overdue", "what somebody owes was due",
		 "the functie that is named; knooppuntctl open has the command that ends each"},
	[ALARM_STOP_REVIEW] =
		{"stop-review", "the day on which a vernietigingsstop is to be reviewed is past",
		 "officer: knooppunt-audit hold has its owner and ground; end it, or order a new "
		 "one with a later day"},
	[ALARM_UNACKNOWLEDGED] =
		{"unacknowledged",
		 "a verstrekking has waited for its acknowledgement longer than "
		 "ack_hours",
		 "beheerder: call the partner; its knooppunt fetch does not run, or cannot use "
		 "what it got"},
	[ALARM_PARTNER_SILENT] =
		{"partner-silent", "nothing was heard of a partner for silent_hours",
		 "beheerder: call the partner; is its client running, and does it reach the "
		 "endpoint?"},
};

const struct alarm_row *alarm_row(enum alarm alarm)
{
	return (unsigned)alarm < ALARM_COUNT ? &rows[alarm] : NULL;
}

enum result alarm_of_code(struct bytes code, enum alarm *ret_alarm)
{
	for (unsigned i = 0; i < ALARM_COUNT; i++) {
		if (bytes_equal(code, bytes_of_text(rows[i].code))) {
			*ret_alarm = (enum alarm)i;
			return RESULT_OK;
		}
	}
	return RESULT_NOT_FOUND;
}

void alarm_append(struct buffer *out, const struct alarm_line *line)
{
	char text[LINE_SIZE];
	snprintf(text, sizeof text, "%s %lld%s%s", rows[line->alarm].code, (long long)line->since,
		 line->about[0] ? " " : "", line->about);
	control_append_text(out, "alarm", text);
}

static bool take_word(struct bytes *rest, struct bytes *ret_word)
{
	const uint8_t *space = rest->len ? memchr(rest->data, ' ', rest->len) : NULL;
	size_t len = space ? (size_t)(space - rest->data) : rest->len;
	*ret_word = bytes_make(rest->data, len);
	len += space ? 1 : 0;
	*rest = bytes_make(rest->data + len, rest->len - len);
	return ret_word->len > 0;
}

enum result alarm_parse(struct bytes value, struct alarm_line *ret_line)
{
	struct alarm_line line = {.alarm = ALARM_COUNT};
	struct bytes code, since;
	if (!take_word(&value, &code) || !take_word(&value, &since) || since.len > 18 ||
	    value.len > ALARM_ABOUT_MAX)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < since.len; i++) {
		if (since.data[i] < '0' || since.data[i] > '9')
			return RESULT_MALFORMED;
		line.since = 10 * line.since + (since.data[i] - '0');
	}
	if (value.len > 0)
		memcpy(line.about, value.data, value.len);
	enum result result = alarm_of_code(code, &line.alarm);
	*ret_line = line;
	return result;
}

void alarm_list_add(struct alarm_list *list, const struct alarm_list *before, int64_t now,
		    const struct alarm_found *found)
{
	if (list->count == ALARMS_MAX)
		return;
	struct alarm_line *line = &list->lines[list->count++];
	*line = (struct alarm_line){.alarm = found->alarm, .since = found->since};
	snprintf(line->about, sizeof line->about, "%s", found->about);
	if (line->since)
		return;
	line->since = now;
	for (size_t i = 0; i < before->count; i++)
		if (before->lines[i].alarm == line->alarm &&
		    strcmp(before->lines[i].about, line->about) == 0)
			line->since = before->lines[i].since;
}
