// SPDX-License-Identifier: EUPL-1.2
// An e-mail to the people of a partner that there is something for them: never what, of whom, about
// whom or how many. At most one goes until what it was about was fetched.
//
// By SMTP with TLS (libcurl); without TLS only to a server on this machine, named by its address.
#ifndef KNP_ATTENDERING_ATTENDERING_H
#define KNP_ATTENDERING_ATTENDERING_H

#include "door/reading.h"

#define ATTENDERING_TO_MAX 8
#define ATTENDERING_ADDRESS_MAX 120
#define ATTENDERING_SERVER_MAX 160
#define ATTENDERING_PATH_MAX 520
#define ATTENDERING_NAME_MAX 32

// ---- settings (settings.c) ---------------------------------------------------------------------

struct attendering_settings {
	char server[ATTENDERING_SERVER_MAX]; // smtps://host:port, or smtp://host:port (STARTTLS)
	bool here;                           // on this machine: TLS is not asked of it
	char from[ATTENDERING_ADDRESS_MAX];
	char to[ATTENDERING_TO_MAX][ATTENDERING_ADDRESS_MAX];
	size_t to_count;
	char user[ATTENDERING_ADDRESS_MAX];   // "" none
	char password_file[READING_PATH_MAX]; // of that user, one line; private
	char ca_file[READING_PATH_MAX];       // "": the authorities of this machine
};
// RESULT_CONFIG with file, line and field; also where the file of the password cannot be used.
enum result attendering_settings_read(const char *path, struct attendering_settings *ret_settings,
				      struct problem *problem) KNP_MUST_CHECK;
// What is in the file of the password, without its line end, into an initialised buffer (wipe it).
enum result attendering_password(const struct attendering_settings *settings,
				 struct buffer *ret_password,
				 struct problem *problem) KNP_MUST_CHECK;

// ---- one e-mail (mail.c) -----------------------------------------------------------------------

// Sends one, and waits for it (at most 10 seconds). RESULT_AGAIN with the problem: unreachable (no
// server, or it says "later"), not-proven (no TLS, or its certificate is not that of the server),
// not-admitted (user or password), bad-value (it does not take the sender or a recipient).
enum result attendering_send(const struct attendering_settings *settings, bool oefening,
			     struct problem *problem) KNP_MUST_CHECK;
// What is sent, at this time: header and text, with line ends of the network.
void attendering_write(const struct attendering_settings *settings, bool oefening, int64_t now_ms,
		       struct buffer *out);

// ---- when (when.c) -----------------------------------------------------------------------------

#define ATTENDERING_CODE_MAX 24

// A place where something can wait to be fetched. Its numbers only grow: `oldest` and `newest` of
// what waits, 0: nothing does.
struct attendering_place {
	char name[ATTENDERING_NAME_MAX + 1];
	uint64_t oldest, newest;
};
#define ATTENDERING_PLACES_MAX 16

// How attenderingen go, in a file of its own, which says of each place up to which number people
// were told; and, while they cannot be, since when and why, and when it is tried again: after a
// minute and pauses that are doubled, to an hour.
//
//   told <name> <number>
//   failed <code> <since> <next> <pause>   times in ms; `code` "sending" while one is being sent
struct attendering_state {
	struct attendering_place told[ATTENDERING_PLACES_MAX]; // newest: up to here
	size_t told_count;
	char code[ATTENDERING_CODE_MAX]; // "": it goes well
	int64_t since_ms, next_ms, pause_ms;
};
// RESULT_NOT_FOUND: no attendering went yet. RESULT_DAMAGED, RESULT_IO.
enum result attendering_state_read(const char *path,
				   struct attendering_state *ret_state) KNP_MUST_CHECK;

struct attendering {
	const struct attendering_settings *settings;
	const char *path; // of the state
	bool oefening;
};
// Sends one when something waits, nothing is left of what people were told of, and it is time. The
// state is written before it goes, so that a disk which takes nothing lets none go: a kill in
// between may let one go twice. RESULT_AGAIN with the problem: it did not go, or its time for
// another attempt is not there; RESULT_DAMAGED, RESULT_IO, RESULT_FULL: the state.
enum result attendering_round(const struct attendering *attendering,
			      const struct attendering_place *places, size_t count, bool *ret_sent,
			      struct problem *problem) KNP_MUST_CHECK;
// Why attenderingen do not go, by the state at this path: a code, "" when nothing is wrong, or none
// was ever sent. "damaged": the state cannot be read.
void attendering_trouble(const char *path, char ret_code[ATTENDERING_CODE_MAX]);

#endif
