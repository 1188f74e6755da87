// SPDX-License-Identifier: EUPL-1.2
// For `inzage`: what of a melding was corrected, and who had got it and was told (K31, K32).
#include "core/command.h"

#include "flow/type.h"

#include <stdio.h>
#include <string.h>

bool core_is_about(const struct part_verstrekking *v, uint32_t betrokkene)
{
	for (size_t i = 0; i < v->grond_count; i++)
		if (v->gronden[i].betrokkene == betrokkene)
			return true;
	return false;
}

bool core_is_named(uint32_t rubriek)
{
	return rubriek != RUBRIEK_MELDER && rubriek != RUBRIEK_MEDEWERKER &&
	       rubriek != RUBRIEK_NAMENS && rubriek != RUBRIEK_CONTACT_PROFESSIONAL;
}

// Of one that is named nowhere else, or of the source, nothing is said; "": of all rubrieken.
static bool may_be_corrected(struct bytes rubriek)
{
	const struct rubriek_row *row = rubriek.len ? rubriek_row_named(rubriek) : NULL;
	return !rubriek.len || (row && row->soort != RUBRIEK_HERKOMST && core_is_named(row->soort));
}

// About this betrokkene, or about all of the melding.
static bool is_of_own(uint32_t own, struct bytes betrokkene)
{
	uint64_t number = 0;
	return betrokkene.len == 0 ||
	       (number_parse(betrokkene, &number) == RESULT_OK && number == own);
}

static void say_correctie(const struct recalled *entry, uint64_t time, uint32_t own,
			  struct buffer *out)
{
	const struct part_verantwoording *v = entry->verantwoording;
	const struct type_handler *handler = type_handler(v->type);
	struct bytes correctie = core_recorded(v, "correctie"),
		     rubriek = core_recorded(v, "rubriek");
	char line[160];
	if (!handler || !handler->event || strcmp(handler->event, "correctie") != 0 ||
	    entry->parts[0].kind != PART_SENDER ||
	    entry->parts[0].sender.outcome != OUTCOME_AANVAARD || !may_be_corrected(rubriek) ||
	    !is_of_own(own, core_recorded(v, "betrokkene")))
		return;
	snprintf(line, sizeof line, "%llu %llu %.*s %.*s", (unsigned long long)entry->index,
		 (unsigned long long)time, (int)correctie.len, (const char *)correctie.data,
		 rubriek.len ? (int)rubriek.len : 1,
		 rubriek.len ? (const char *)rubriek.data : "-");
	control_append_text(out, "m-correctie", line);
}

static bool was_given(const struct core_given *given, const struct part_verstrekking *v)
{
	for (; given; given = given->before)
		if (bytes_equal(v->oin, bytes_of_text(given->ontvanger.oin.text)) &&
		    bytes_equal(v->functie, bytes_of_text(given->ontvanger.functie)))
			return true;
	return false;
}

// Without gronden it is of all that was given, to whoever was given any of it.
static bool is_of_what_was_given(const struct core_put_right *own,
				 const struct part_verstrekking *v)
{
	return was_given(own->given, v) && (v->grond_count == 0 || core_is_about(v, own->own));
}

enum result core_say_put_right(struct core *core, const struct recalled *entry,
			       const struct core_put_right *own)
{
	struct entry decoded;
	enum result r = entry_decode(bytes_make(entry->entry, ENTRY_LEN), &decoded);
	if (!r)
		say_correctie(entry, decoded.time, own->own, own->out);
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		const char *status = "";
		char line[CORE_NAAM_LEN + 180], naam[CORE_NAAM_LEN];
		if (entry->parts[i].kind != PART_VERSTREKKING ||
		    !verstrekking_is_rechtzetting(v->soort) || !is_of_what_was_given(own, v))
			continue;
		r = core_delivery_status(core, v, entry->index, &status);
		core_find_naam(core, v->oin, entry, naam);
		snprintf(line, sizeof line, "%llu %llu %s %s %.*s %.*s %s",
			 (unsigned long long)entry->index, (unsigned long long)decoded.time,
			 verstrekking_soort_name(v->soort), status, (int)v->oin.len,
			 (const char *)v->oin.data, (int)v->functie.len,
			 (const char *)v->functie.data, naam);
		control_append_text(own->out, "m-rechtzetting", line);
	}
	return r;
}
