// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: the questions that go through all that happened (logboek.c), and what
// each is told of one statement (gebeurtenis.c). The lines stand in logboek.c.
#ifndef KNP_CORE_LOGBOEK_H
#define KNP_CORE_LOGBOEK_H

#include "core/command.h"

enum tell {
	TELL_BEWIJS = 1,
	TELL_PERSONEN = 2,
	TELL_FEITEN = 4,
	TELL_VRAAG = 8,
	TELL_VELDEN = 16,
	TELL_GRONDEN = 32,
	TELL_GEGEVEN = 64, // the verstrekkingen
	TELL_VRIJ = 128,   // only what has free text
	TELL_MEDEWERKER = 256,
	TELL_BRON = 512,
	TELL_REST = 1024, // what is no statement: destroyed, stopped, refused without an entry
	TELL_VRAGEN_ONLY = 2048, // nothing but questions
	TELL_MELDINGEN = 4096,   // nothing but meldingen and what gave something of one later
	TELL_LISTED_ONLY = 8192, // nothing but what velden are told of
};

struct logboek {
	unsigned tell;
	const uint8_t *handle; // NULL, or only meldingen in which this person occurs
};

// What there is to tell of the statement in the entry in hand; nothing where it is not asked about,
// or its account is gone. The context of the walk is a struct logboek.
enum result say_gebeurtenis(const struct stretch *stretch) KNP_MUST_CHECK;

#endif
