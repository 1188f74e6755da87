// SPDX-License-Identifier: EUPL-1.2
// A letter to somebody who asked what is kept about him. The answer of `inzage` becomes numbered
// regels; the officer decides on each; what may be told becomes a letter. Nothing of a regel that
// is refused is in it, nor how many there were: only the grounds, once each.
#ifndef KNP_AUDIT_BRIEF_H
#define KNP_AUDIT_BRIEF_H

#include "audit/inzage.h"
#include "base/arena.h"
#include "crypto/hash.h"

#define REGELS_MAX 4096
#define NUMMER_MAX 24

enum besluit { BESLUIT_GEEN, BESLUIT_VERSTREKKEN, BESLUIT_MASKEREN, BESLUIT_WEIGEREN };

// A ground of refusal, with the sentence that the letter has for it. Dated data, not confirmed by a
// jurist: see docs/officer.md.
struct weigergrond {
	const char *code, *zin;
};
const struct weigergrond *weigergrond_at(size_t n); // NULL past the end
const struct weigergrond *weigergrond_named(struct bytes code);

// A rubriek that was given to somebody.
struct deel {
	uint32_t rubriek;   // enum rubriek_soort; 0: it has none, as an item of an agenda
	const char *naam;   // as the letter calls it
	const char *waarom; // lines: for what, on which grounds
};

struct regel {
	char nummer[NUMMER_MAX]; // "2" of a melding, "2.3" of what belongs to it
	bool is_melding;
	uint32_t rubriek;         // enum rubriek_soort of what it says; 0 of anything else
	const char *kop;          // "Identificatie"
	const struct deel *delen; // of a verstrekking
	size_t deel_count;
	const char *tekst; // lines, each "naam: waarde" or a sentence; "" when there are none
	const char *lines; // all that it says, by what is decided so far: see brief_settle
	enum besluit besluit;
	const struct weigergrond *grond; // of what is masked or refused
};

struct brief {
	struct arena *arena;
	struct regel *regels;
	size_t count;
	const char *huis, *huis_oin, *contactpunt;
	const char *zaak; // "" when none was named
	bool oefening;
};

// One melding of an answer of `inzage`, added to the letter (struct inzage_reader): `brief` is a
// struct brief. RESULT_MALFORMED, RESULT_NO_MEMORY, RESULT_TOO_LARGE.
enum result brief_take(void *brief, const struct answer *answer,
		       const struct block *melding) KNP_MUST_CHECK;
// Makes the lines of every regel, by what is decided so far: a verstrekking is told without the
// rubrieken that are refused in the melding itself, for their name tells that there was something
// to refuse. RESULT_NO_MEMORY, RESULT_TOO_LARGE.
enum result brief_settle(struct brief *brief) KNP_MUST_CHECK;
// What was decided on is what is told: SHA-256 over all regels, while nothing is decided yet.
struct hash brief_hash(const struct brief *brief);

// The list that the officer goes through, and back. RESULT_MALFORMED: `problem` names line and what
// to do; RESULT_CONFLICT: it is of another answer; RESULT_NO_MEMORY.
void besluiten_write(const struct brief *brief, struct buffer *out);
enum result besluiten_read(struct brief *brief, struct bytes text,
			   struct problem *problem) KNP_MUST_CHECK;

// A regel as it is told: false when nothing of it may be, or of its melding.
bool brief_tells(const struct brief *brief, size_t n);
// Of what was refused or masked, each ground once: the n-th; NULL past the end.
const struct weigergrond *brief_grond(const struct brief *brief, size_t n);
// The sentences that are the same in every letter; NULL past the end.
const char *brief_zin(size_t n);
// The letter; `datum` is today in words, `sleutel` the key that signs.
void brief_html(const struct brief *brief, const char *datum, const char *sleutel,
		struct buffer *out);
void brief_json(const struct brief *brief, const char *datum, struct buffer *out);
// "22 november 2026", in Amsterdam.
#define DATUM_MAX 40
void brief_datum(int64_t ms, char ret_datum[DATUM_MAX]);

// ---- signing and writing (brief_teken.c) ----------------------------------------------------

#define LETTER_MAX (16u * 1024 * 1024)
// A letter about to be signed.
struct brief_uit {
	const char *map;       // the folder: brief.html, brief.json, brief.act
	char datum[DATUM_MAX]; // today
	struct buffer json;    // what is signed
	const void *context;
	// The same as a page, which names the key that signs.
	void (*html)(const void *context, const char *datum, const char *sleutel,
		     struct buffer *out);
};
// 0, or the exit code after telling what was wrong.
int brief_teken(struct desk *desk, const struct brief_uit *uit);
// Whether a key was given to sign with; else tells so.
int brief_key_given(struct desk *desk);

#endif
