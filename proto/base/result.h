// SPDX-License-Identifier: EUPL-1.2
// The one list of ways in which a function can fail. A refusal is not a failure: it is an
// outcome with a reason (melding/reason.h).
#ifndef KNP_BASE_RESULT_H
#define KNP_BASE_RESULT_H

#define KNP_MUST_CHECK __attribute__((warn_unused_result))

enum result {
	RESULT_OK = 0,
	RESULT_NO_MEMORY,     // an allocation or a byte ceiling was hit; nothing was changed
	RESULT_IO,            // a system call failed; errno holds the cause at return
	RESULT_FULL,          // disk or map full; nothing half done, may be tried again later
	RESULT_NOT_FOUND,     // no such key, file or record
	RESULT_EXISTS,        // it is there already and may not be replaced
	RESULT_MALFORMED,     // bytes do not have the shape their format demands
	RESULT_TOO_LARGE,     // more than the published maximum
	RESULT_BAD_SIGNATURE, // a signature, a MAC, a path or a commitment does not verify
	RESULT_DENIED,        // permission of a file, a key or a role lacks
	RESULT_AGAIN,         // would block, or the other side is not ready; nothing was changed
	RESULT_CONFLICT,      // the expected position or content is not what is there
	RESULT_DAMAGED,       // stored data does not verify: refuse, never repair silently
	RESULT_ERASED,        // the key of this content was destroyed; the proof survives
	RESULT_CONFIG,        // settings, convenant, code table or key folder unusable
	RESULT_UNSUPPORTED,   // a version or suite this program does not know
	RESULT_CLOSED,        // the peer closed the channel
	RESULT_INTERNAL,      // a promise of our own code was broken
};

// Returns a short English name ("not found"), never NULL.
const char *result_name(enum result result);

// Maps a result to the exit code of every program (0 done, 1 no, 2 usage, 3 try again,
// 4 configuration, key or permission, 5 I/O or internal).
int result_exit_code(enum result result);

// What a program ends with (design §13).
enum program_exit {
	PROGRAM_DONE = 0,   // done, or yes
	PROGRAM_NO = 1,     // refused, denied, not intact
	PROGRAM_USAGE = 2,  // the command line cannot be understood
	PROGRAM_AGAIN = 3,  // try again, nothing is lost
	PROGRAM_CONFIG = 4, // configuration, key or permission
	PROGRAM_BROKEN = 5, // I/O, or a fault of ours
};

#endif
