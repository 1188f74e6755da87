// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the log in the form of a standard. Each form is a function that writes
// the records of one event, a line each; none has a field that its standard does not have.
//
// A trace is a melding with all that came of it: its id is the beginning of the leaf hash of the
// melding's entry, which commits to 32 random bytes, so that it follows from nobody and anybody can
// find the entry in the log. A span id follows from the leaf hash of the entry and the place of the
// record in it: the same log gives the same records again.
#ifndef KNP_AUDIT_LOGBOEK_H
#define KNP_AUDIT_LOGBOEK_H

#include "audit/gebeurtenis.h"
#include "crypto/hash.h"

#define TRACE_HEX 32
#define SPAN_HEX 16
#define URN_MAX 256

struct logboek {
	const struct gebeurtenis_huis *huis; // of the event in hand
	bool oefening;
	struct buffer *out;
	uint64_t records;
};

// Logboek Dataverwerkingen (Logius): one OTLP/JSON ExportTraceServiceRequest a line, of one event.
// VNG Verwerkingenlogging: a VerwerkingsactieUitgebreid a line, of one action.
// Authorization Decision Log: a log record a line, of one verstrekking or one refused statement.
enum result logboek_ldv(struct logboek *logboek, const struct gebeurtenis *g) KNP_MUST_CHECK;
enum result logboek_vng(struct logboek *logboek, const struct gebeurtenis *g) KNP_MUST_CHECK;
enum result logboek_adl(struct logboek *logboek, const struct gebeurtenis *g) KNP_MUST_CHECK;

// ---- what they share (logboek_acties.c) ------------------------------------------------------

// An action of an event: the statement itself (number 0), or a verstrekking.
struct actie {
	const struct gebeurtenis *g;
	const struct gebeurtenis_gift *gift; // NULL: the statement itself
	uint32_t number;
	char name[160];
	// Whom it is about; of a handle alone, betrokkene 0.
	const struct gebeurtenis_persoon *personen[64];
	size_t persoon_count;
	struct gebeurtenis_persoon of_handle;
};
#define ACTIES_MAX 64 // of one event
// The n-th action; false past the end.
bool actie_at(const struct gebeurtenis *g, size_t n, struct actie *ret_actie);
// Ids, in lower case hexadecimal. `persoon` 0: of the action itself, else from 1.
void logboek_trace(const struct gebeurtenis *g, char ret_trace[TRACE_HEX + 1]);
void logboek_span(const struct actie *actie, size_t persoon, char ret_span[SPAN_HEX + 1]);
// The span of the melding that the event is about; "" when it is about none.
void logboek_melding_span(const struct gebeurtenis *g, char ret_span[SPAN_HEX + 1]);
// The verwerkingsactiviteit, as the register of verwerkingen has it: name and hash of the
// convenant.
void logboek_activiteit(const struct gebeurtenis *g, char ret_urn[URN_MAX]);
// The record in hand is whole: ends its line.
enum result logboek_end(struct logboek *logboek) KNP_MUST_CHECK;

#endif
