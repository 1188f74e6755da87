/* SPDX-License-Identifier: EUPL-1.2
 *
 * libknooppunt: what a partner's system needs to send meldingen to a knooppunt and to receive
 * verstrekkingen from it. Link with `pkg-config --libs knooppunt` or, in CMake,
 * find_package(Knooppunt) and Knooppunt::knooppunt (or Knooppunt::knooppunt_static).
 *
 * One client stands for one source system of one partner: a settings file, a key folder and a spool
 * folder, all as the program knooppunt(1) uses them. Meldingen go in and verstrekkingen come out as
 * JSON (docs/melding-json.md), so that what a program says and what a person can read are the same.
 *
 * PROMISES. What knp_push took is on disk, sealed, before it returns KNP_OK, and is never lost: it
 * is sent by knp_flush until its outcome is known, whatever is killed in between. What knp_next
 * gives was verified in full against the pinned log: signatures, proofs, openings, numbers. Nothing
 * that fails a check is ever given.
 *
 * THREADS. A client may be used by one thread at a time; its caller sees to that. Different clients
 * (different spools) may be used in different threads at once. A spool is locked by the process
 * that opened it. The library starts no threads of its own but those of its transport, installs no
 * signal handlers, and writes nothing to standard output or error. Do not use a client in a child
 * after fork().
 *
 * OWNERSHIP. Texts go in as pointers that are read during the call only. Texts that come out
 * (const char *) belong to the client: they are valid until the next call on that client, problem
 * texts until the next call that fails. Never free them. A NULL argument where none is allowed
 * gives KNP_MISUSE.
 *
 * ERRORS. Every function that can fail returns an enum knp_result; outputs are only written with
 * KNP_OK. After any other value knp_problem_message() and its neighbours say what happened, where,
 * and what to do. They never hold anything of the content of a melding.
 *
 * LONG RUNS. What is over is let go when a client is opened: a program that runs for weeks closes
 * and opens its client once a day.
 *
 * VERSIONS. Symbols carry the version KNOOPPUNT_0 and the soname is libknooppunt.so.0 for as long
 * as the major version is 0. Functions and enumerators are added, never changed.
 */
#ifndef KNOOPPUNT_H
#define KNOOPPUNT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define KNP_CHECK __attribute__((warn_unused_result))
#else
#define KNP_CHECK
#endif

/* What came of a call. */
enum knp_result {
	KNP_OK = 0,
	KNP_REFUSED = 1,   /* this can never be accepted as it is; or the knooppunt denied it */
	KNP_MISUSE = 2,    /* the call itself is wrong: a NULL, a closed client, a bad number */
	KNP_AGAIN = 3,     /* not now; nothing is lost. Try again after a pause */
	KNP_CONFIG = 4,    /* settings, keys, permissions, or our place in the register */
	KNP_BROKEN = 5,    /* memory, disk, or a fault of ours */
	KNP_NOT_FOUND = 6, /* there is no such thing */
	KNP_CONFLICT = 7,  /* other content under this id; or the log contradicts what it said */
	KNP_UNPROVEN = 8,  /* what came does not verify; it was not accepted and is kept aside */
	KNP_DAMAGED = 9    /* a file of the spool does not verify; all else goes on */
};

/* How something that was pushed stands. */
enum knp_state {
	KNP_OUTBOX = 0,   /* on our disk, no outcome yet */
	KNP_ACCEPTED = 1, /* in the log, with a proof that anyone can check */
	KNP_DECLINED = 2  /* refused, with a reason */
};

/* What came of a question. */
enum knp_answered {
	KNP_KNOWN = 0,          /* something may be told */
	KNP_NOTHING = 10,       /* nothing may, whatever the reason: there is one such answer */
	KNP_IDENTIFICATION = 11 /* it names its person by too little: ask anew with a number */
};

/* A client: opaque. */
struct knp_client;

/* One veld of a statement: its name and its value, both text. */
struct knp_veld {
	const char *name;
	const char *value;
};

/* A question about a suspect: an object with functie, medewerker, one of bsn, skn and v-nummer, and
 * the others that knooppunt(1) context has. Under an id of the caller's own (16 to 64 characters;
 * NULL: none) it is asked once, however often it is tried within 14 days. */
struct knp_question {
	const char *json;
	size_t length;
	const char *id;
	unsigned wait_s; /* for the answer, at most 600 */
};

/* Its answer; texts belong to the client. */
struct knp_answer {
	enum knp_answered answered;
	const char *json;    /* {"status":"bekend"|"niets", and what knp_next gives}, or
				{"status":"identificatie","reden"} */
	const char *functie; /* whose inbox it lies in */
	uint64_t number;     /* of the delivery that it is, 0: none */
};

/* ---- of the library ---------------------------------------------------------------------- */

/* The version of the library that runs, "0.1.0". Static text. */
const char *knp_version(void);

/* A short English name of a result ("try again"), never NULL. Static text. */
const char *knp_result_name(enum knp_result result);

/* ---- opening and closing ----------------------------------------------------------------- */

/* Makes a client that is not open yet; NULL when there is no memory. The caller owns it and frees
 * it with knp_free. */
struct knp_client *knp_new(void);

/* Closes and frees a client, wiping what it held of keys and content; NULL is allowed. What is in
 * outbox and inbox stays there. */
void knp_free(struct knp_client *client);

/* Reads a settings file (knooppunt(1), SETTINGS), opens keys and spool, and pins the log at the
 * first start. Speaks to nobody. KNP_AGAIN: another process has the spool. KNP_CONFIG: the problem
 * names file, line and field. KNP_CONFLICT: the genesis file is not the one pinned. KNP_MISUSE: the
 * client is open already. After a failure it may be tried again. */
enum knp_result knp_open(struct knp_client *client, const char *settings_file) KNP_CHECK;

/* ---- what went wrong --------------------------------------------------------------------- */

/* The last problem of this client; "" where it says nothing, line 0 when there is none. `code` is
 * of the closed list of reason codes of the specification, `field` a JSON pointer or the name of a
 * setting, `fix` what to do. NULL as client gives "". */
const char *knp_problem_code(const struct knp_client *client);
/* One English sentence; as knp_problem_code. */
const char *knp_problem_message(const struct knp_client *client);
/* The file it is about; as knp_problem_code. */
const char *knp_problem_file(const struct knp_client *client);
/* The line in that file, from 1; 0 when there is none. */
unsigned knp_problem_line(const struct knp_client *client);
/* Where in the melding or the settings; as knp_problem_code. */
const char *knp_problem_field(const struct knp_client *client);
/* What to do; as knp_problem_code. */
const char *knp_problem_fix(const struct knp_client *client);

/* ---- sending ----------------------------------------------------------------------------- */

/* Puts one melding, `length` bytes of JSON, into the outbox: reads it strictly, signs, seals,
 * syncs. Speaks to nobody. *ret_id is its id: that of the JSON, else a new one. The same melding
 * under the same id is in the outbox once, however often it is pushed within 14 days, so a caller
 * that does not know how its last attempt ended pushes again; without an id it cannot. KNP_REFUSED:
 * the problem names the field and nothing was kept. KNP_CONFLICT: another melding has this id.
 * KNP_BROKEN with the code "full" or "io": nothing was kept. */
enum knp_result knp_push(struct knp_client *client, const char *json, size_t length,
			 const char **ret_id) KNP_CHECK;

/* Puts a statement about a melding into the outbox: "weging", "uitkomst", "overdracht",
 * "toestemming", "intrekking", "nood", "noodtoets", "screening", "correctie", "opvolging" or
 * another that names its entry, with the velden that the specification has for it. Same promises
 * as knp_push. *ret_id is a new id: pushing twice says it twice. */
enum knp_result knp_say(struct knp_client *client, const char *type, const struct knp_veld *velden,
			size_t count, const char **ret_id) KNP_CHECK;

/* Sends what the outbox holds, in order, and verifies each receipt. KNP_OK: nothing is left.
 * KNP_AGAIN: something is; *ret_pause_ms, when not NULL, is how long to wait before the next call,
 * at least (it is written with KNP_AGAIN too). KNP_UNPROVEN: a receipt did not verify, and its item
 * is left. KNP_DAMAGED: a file of the outbox cannot be read, the others went. KNP_CONFLICT: the log
 * contradicts a checkpoint that we hold; the evidence is kept in the spool and nothing is exchanged
 * any more: tell the privacy officer of the house by another way than the knooppunt. Blocks for at
 * most the timeout of the settings for each exchange. */
enum knp_result knp_flush(struct knp_client *client, unsigned *ret_pause_ms) KNP_CHECK;

/* How a pushed melding or statement stands, within 14 days of its outcome. *ret_json, when not
 * NULL, is an object {"id","status","index"?,"reden"?:{"code","veld","uitleg","fix"},"proof"?,
 * "oefening"?}, where proof is the path of a C2SP tlog-proof, fix what to do, and oefening true in
 * a log with invented people. KNP_NOT_FOUND: no such id, or it is too long ago. */
enum knp_result knp_item(struct knp_client *client, const char *id, enum knp_state *ret_state,
			 const char **ret_json) KNP_CHECK;

/* ---- receiving --------------------------------------------------------------------------- */

/* The n-th functie (from 0) that our key holds in the register; NULL past the last, and while the
 * register as we know it does not have our key: knp_sync brings it up to date. */
const char *knp_functie(struct knp_client *client, size_t n);

/* Brings our copy of the register up to date and shows the knooppunt the newest checkpoint that we
 * hold. KNP_AGAIN: it cannot be reached. */
enum knp_result knp_sync(struct knp_client *client) KNP_CHECK;

/* Fetches up to `max` (1 to 1,024) verstrekkingen of a functie into the inbox and verifies each.
 * When there is none it waits up to `wait_s` seconds (at most 60) for one. *ret_count, when not
 * NULL, is how many came. KNP_REFUSED: the knooppunt denied it. KNP_UNPROVEN: what came before the
 * failed one is in the inbox all the same, and that one is kept aside. KNP_AGAIN, KNP_CONFLICT as
 * knp_flush. */
enum knp_result knp_fetch(struct knp_client *client, const char *functie, unsigned max,
			  unsigned wait_s, size_t *ret_count) KNP_CHECK;

/* The oldest verstrekking of the inbox with a number beyond `after` (0: the oldest that was not
 * handed over yet), as the object that `knooppunt fetch --json` prints. It stays in the inbox.
 * KNP_NOT_FOUND: there is none. */
enum knp_result knp_next(struct knp_client *client, const char *functie, uint64_t after,
			 uint64_t *ret_number, const char **ret_json) KNP_CHECK;

/* Says that the caller has everything of this functie up to and including this number, durably:
 * call it only then. It is not given again, and its acknowledgement is queued for knp_ack.
 * KNP_NOT_FOUND: the number is not in the inbox. */
enum knp_result knp_handed_over(struct knp_client *client, const char *functie,
				uint64_t number) KNP_CHECK;

/* Signs what was handed over as acknowledged and sends it. Results as knp_flush; with KNP_AGAIN the
 * acknowledgement lies in the outbox and goes with a later knp_flush or knp_ack. */
enum knp_result knp_ack(struct knp_client *client, const char *functie) KNP_CHECK;

/* ---- asking ------------------------------------------------------------------------------ */

/* Asks, and waits for the answer; it is verified as whatever knp_fetch brings, and stays in the
 * inbox: when knp_next gives its number first, knp_handed_over and knp_ack end it. KNP_REFUSED: the
 * problem says why. KNP_AGAIN: not within wait_s; called again with the same id it waits on, else
 * the answer comes by knp_fetch. A question that was not sent within ten minutes is refused.
 * KNP_NOT_FOUND: the answer lapsed before it was fetched. KNP_CONFLICT: another question has this
 * id, or as knp_flush. Blocks for wait_s and the timeout of the settings. */
enum knp_result knp_ask(struct knp_client *client, const struct knp_question *question,
			struct knp_answer *ret_answer) KNP_CHECK;

/* ---- looking after it -------------------------------------------------------------------- */

/* Our keys and the log, as an object: "key"? (id of our identity key once it is in force),
 * "enrolled", "functies", "foreign_key"? (a key with our OIN and one of our functies that we did
 * not make: tell the house at once), "conflict" (see knp_flush), "stands_still" (the knooppunt
 * answers and its log does not grow), "size" (of the newest checkpoint held). Speaks to nobody. */
enum knp_result knp_keys(struct knp_client *client, const char **ret_json) KNP_CHECK;

/* The newest checkpoint of the log that we verified, as the log signed it: a signed note (C2SP). It
 * extends every one that was held before; give it to somebody outside the house, for whom the log
 * cannot be rewritten unseen from there on. *ret_note stands until the next call on the client.
 * Speaks to nobody: knp_sync before it brings the newest. KNP_NOT_FOUND: none was verified yet. */
enum knp_result knp_checkpoint(struct knp_client *client, const char **ret_note) KNP_CHECK;

#ifdef __cplusplus
}
#endif

#endif
