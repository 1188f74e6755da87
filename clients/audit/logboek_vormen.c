// SPDX-License-Identifier: EUPL-1.2
// The three forms. What each field is stands in the standard; what it holds here in
// docs/logboek.md.
#include "audit/logboek.h"

#include "base/clock.h"
#include "base/json_out.h"

#include <stdio.h>
#include <string.h>

#define SYSTEEM "knooppunt " KNP_VERSION

// ---- Logboek Dataverwerkingen, as OTLP/JSON ------------------------------------------------

static void add_attribute(struct json_out *out, const char *key, const char *value)
{
	json_out_object_begin(out);
	json_out_add_text(out, "key", key);
	json_out_key(out, "value");
	json_out_object_begin(out);
	json_out_add_text(out, "stringValue", value);
	json_out_object_end(out);
	json_out_object_end(out);
}

static void write_resource(const struct logboek *logboek, struct json_out *out)
{
	json_out_key(out, "resource");
	json_out_object_begin(out);
	json_out_key(out, "attributes");
	json_out_array_begin(out);
	add_attribute(out, "service.name", "knooppunt");
	add_attribute(out, "service.version", KNP_VERSION);
	add_attribute(out, "service.instance.id", logboek->huis->origin);
	if (logboek->oefening)
		add_attribute(out, "deployment.environment", "OEFENING");
	json_out_array_end(out);
	json_out_object_end(out);
}

// OTLP has nanoseconds since 1970, as text.
static void add_nanos(struct json_out *out, const char *key, int64_t ms)
{
	char nanos[32];
	snprintf(nanos, sizeof nanos, "%lld000000", (long long)ms);
	json_out_add_text(out, key, nanos);
}

static void write_subject(const struct logboek *logboek, struct json_out *out,
			  const struct gebeurtenis_persoon *persoon)
{
	char type[URN_MAX];
	if (!persoon || !persoon->handle[0])
		return; // nobody can be named: 0..1 betrokkene a line
	snprintf(type, sizeof type, "urn:nld:oin:%s:persoon", logboek->huis->oin);
	add_attribute(out, "dpl.core.data_subject_id", persoon->handle);
	add_attribute(out, "dpl.core.data_subject_id_type", type);
}

struct span {
	const char *trace, *span, *parent; // parent "": it has none
	const struct gebeurtenis_persoon *persoon;
};

static void write_span(const struct logboek *logboek, const struct actie *actie,
		       const struct span *span, struct json_out *out)
{
	char urn[URN_MAX];
	logboek_activiteit(actie->g, urn);
	json_out_object_begin(out);
	json_out_add_text(out, "traceId", span->trace);
	json_out_add_text(out, "spanId", span->span);
	if (span->parent[0])
		json_out_add_text(out, "parentSpanId", span->parent);
	json_out_add_text(out, "name", actie->name);
	json_out_add_number(out, "kind", 1); // internal
	add_nanos(out, "startTimeUnixNano", actie->g->ms);
	add_nanos(out, "endTimeUnixNano", actie->g->ms);
	json_out_key(out, "attributes");
	json_out_array_begin(out);
	add_attribute(out, "dpl.core.processing_activity_id", urn);
	write_subject(logboek, out, span->persoon);
	json_out_array_end(out);
	json_out_key(out, "status"); // a refusal is no fault: Unset
	json_out_object_begin(out);
	json_out_add_number(out, "code", 0);
	json_out_object_end(out);
	json_out_object_end(out);
}

// One betrokkene stands in the line of the action; several each in one of their own below it.
static void write_spans(const struct logboek *logboek, const struct actie *actie,
			struct json_out *out)
{
	char trace[TRACE_HEX + 1], own[SPAN_HEX + 1], parent[SPAN_HEX + 1], child[SPAN_HEX + 1];
	const struct actie statement = {.g = actie->g};
	bool several = actie->persoon_count > 1;
	logboek_trace(actie->g, trace);
	logboek_span(actie, 0, own);
	if (actie->gift)
		logboek_span(&statement, 0, parent);
	else
		logboek_melding_span(actie->g, parent);
	struct span span = {trace, own, parent, NULL};
	if (actie->persoon_count == 1)
		span.persoon = actie->personen[0];
	write_span(logboek, actie, &span, out);
	for (size_t i = 0; several && i < actie->persoon_count; i++) {
		logboek_span(actie, i + 1, child);
		write_span(logboek, actie,
			   &(const struct span){trace, child, own, actie->personen[i]}, out);
	}
}

enum result logboek_ldv(struct logboek *logboek, const struct gebeurtenis *g)
{
	struct json_out out;
	struct actie actie;
	json_out_init(&out, logboek->out);
	json_out_object_begin(&out);
	json_out_key(&out, "resourceSpans");
	json_out_array_begin(&out);
	json_out_object_begin(&out);
	write_resource(logboek, &out);
	json_out_key(&out, "scopeSpans");
	json_out_array_begin(&out);
	json_out_object_begin(&out);
	json_out_key(&out, "spans");
	json_out_array_begin(&out);
	for (size_t n = 0; actie_at(g, n, &actie); n++)
		write_spans(logboek, &actie, &out);
	json_out_array_end(&out);
	json_out_object_end(&out);
	json_out_array_end(&out);
	json_out_object_end(&out);
	json_out_array_end(&out);
	json_out_object_end(&out);
	return logboek_end(logboek);
}

// ---- VNG Verwerkingenlogging ---------------------------------------------------------------

// A UUID of version 8 (RFC 9562: of our own making) from 32 hexadecimal digits.
static void uuid_of(const char *hex, char ret_uuid[37])
{
	snprintf(ret_uuid, 37, "%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17,
		 hex + 20);
}

static void add_uuid(struct json_out *out, const char *key, const char *hex)
{
	char uuid[37];
	uuid_of(hex, uuid);
	json_out_add_text(out, key, uuid);
}

// Days from the event to the end of its term: the standard has a duration.
static void add_term(struct json_out *out, const struct gebeurtenis *g)
{
	char term[32];
	int64_t days = ((int64_t)g->bewaar - g->ms + MS_PER_DAY - 1) / MS_PER_DAY;
	if (g->bewaar == 0 || days < 0 || days > 100 * 366)
		return; // no term: a casus, or what no convenant was in force for
	snprintf(term, sizeof term, "P%lldD", (long long)days);
	json_out_add_text(out, "bewaartermijn", term);
}

static void write_gegevens(const struct actie *actie, uint32_t betrokkene, struct json_out *out)
{
	json_out_key(out, "verwerkteSoortenGegevens");
	json_out_array_begin(out);
	for (size_t i = 0; actie->gift && i < actie->gift->grond_count; i++) {
		const struct gebeurtenis_grond *grond = &actie->gift->gronden[i];
		if (grond->betrokkene != betrokkene && grond->betrokkene != 0)
			continue;
		for (const char *at = grond->rubrieken; *at;) {
			size_t len = strcspn(at, ",");
			json_out_object_begin(out);
			json_out_add_bytes(out, "soortGegeven",
					   bytes_make((const uint8_t *)at, len));
			json_out_object_end(out);
			at += len + (at[len] == ',');
		}
	}
	json_out_array_end(out);
}

static void write_objecten(const struct actie *actie, struct json_out *out)
{
	json_out_key(out, "verwerkteObjecten");
	json_out_array_begin(out);
	for (size_t i = 0; i < actie->persoon_count; i++) {
		const struct gebeurtenis_persoon *persoon = actie->personen[i];
		if (!persoon->handle[0])
			continue; // an object has an id, and this one none
		json_out_object_begin(out);
		json_out_add_text(out, "objecttype", "persoon");
		json_out_add_text(out, "soortObjectId", "pseudoniem van het huis");
		json_out_add_text(out, "objectId", persoon->handle);
		if (persoon->rol[0])
			json_out_add_text(out, "betrokkenheid", persoon->rol);
		if (actie->gift)
			write_gegevens(actie, persoon->betrokkene, out);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

#define GEBRUIKER_MAX 40 // of the standard; a longer reference is left out

static void write_actie(const struct logboek *logboek, const struct actie *actie,
			struct json_out *out)
{
	const struct gebeurtenis *g = actie->g;
	char trace[TRACE_HEX + 1], span[2 * SPAN_HEX + 1], second[SPAN_HEX + 1], urn[URN_MAX];
	char moment[21], uuid[37], url[48];
	logboek_trace(g, trace);
	logboek_span(actie, 0, span);
	logboek_span(actie, SIZE_MAX, second); // a UUID has 16 bytes, a span 8
	memcpy(span + SPAN_HEX, second, SPAN_HEX + 1);
	logboek_activiteit(g, urn);
	uuid_of(span, uuid);
	snprintf(url, sizeof url, "urn:uuid:%s", uuid);
	time_format(moment, g->ms);
	json_out_object_begin(out);
	json_out_add_text(out, "url", url);
	json_out_add_text(out, "actieId", uuid);
	json_out_add_text(out, "actieNaam", actie->name);
	json_out_add_text(out, "handelingNaam", g->type);
	json_out_add_text(out, "verwerkingNaam", g->convenant[0] ? g->convenant : "verantwoording");
	add_uuid(out, "verwerkingId", trace);
	if (g->convenant_hash[0])
		add_uuid(out, "verwerkingsactiviteitId", g->convenant_hash);
	json_out_add_text(out, "verwerkingsactiviteitUrl", urn);
	json_out_add_text(out, "vertrouwelijkheid", "vertrouwelijk");
	add_term(out, g);
	json_out_add_text(out, "uitvoerder", logboek->huis->oin);
	json_out_add_text(out, "systeem", logboek->oefening ? SYSTEEM " OEFENING" : SYSTEEM);
	if (g->medewerker[0] && !actie->gift && strlen(g->medewerker) <= GEBRUIKER_MAX)
		json_out_add_text(out, "gebruiker", g->medewerker);
	json_out_add_text(out, "gegevensbron", logboek->huis->origin);
	if (actie->gift) {
		json_out_add_text(out, "soortAfnemerId", "OIN");
		json_out_add_text(out, "afnemerId", actie->gift->oin);
	}
	json_out_add_text(out, "tijdstip", moment);
	json_out_add_text(out, "tijdstipRegistratie", moment);
	write_objecten(actie, out);
	json_out_object_end(out);
}

enum result logboek_vng(struct logboek *logboek, const struct gebeurtenis *g)
{
	enum result result = RESULT_OK;
	struct actie actie;
	for (size_t n = 0; result == RESULT_OK && actie_at(g, n, &actie); n++) {
		struct json_out out;
		json_out_init(&out, logboek->out);
		write_actie(logboek, &actie, &out);
		result = logboek_end(logboek);
	}
	return result;
}
