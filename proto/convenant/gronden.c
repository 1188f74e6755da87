// SPDX-License-Identifier: EUPL-1.2
// What a verstrekking says of its grounds comes with it, in one envelope with what it gives. A
// convenant whose grounds alone could fill that envelope would have meldingen refused for good, by
// nothing their sender did: it is refused instead, when it is loaded.
#include "convenant/parse.h"

#include <string.h>

#define GROND_OVERHEAD 40 // of one ground, beside its texts

// Places of one kind: so many of them, each with so many bytes of grounds.
struct places {
	size_t count, bytes;
};

static size_t grond_bytes(const struct regel *regel)
{
	const struct regel_text *text = &regel->text;
	size_t bytes = GROND_OVERHEAD + strlen(text->regel) + strlen(text->convenantartikel) +
		       strlen(text->doel);
	for (size_t i = 0; i < text->grondslag_count; i++)
		bytes += strlen(text->grondslag[i]) + 2;
	return bytes;
}

// All regels that may give this rubriek to this ontvanger, as if each did: which of them do is the
// melding's. One that comes in by several bands stands there once for each, one after the other.
static size_t cel_bytes(const struct convenant *convenant, const struct cel *cel)
{
	size_t bytes = 0, last = NO_REGEL;
	for (size_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = &convenant->ingangen[cel->first + i];
		if (!ingang->forbids && ingang->regel != last)
			bytes += grond_bytes(&convenant->regels[ingang->regel]);
		last = ingang->regel;
	}
	return bytes;
}

static void sort_in(struct places *sorted, size_t count, struct places one)
{
	size_t at = count;
	for (; at > 0 && sorted[at - 1].bytes < one.bytes; at--)
		sorted[at] = sorted[at - 1];
	sorted[at] = one;
}

// Of the largest melding there can be: every betrokkene, and as many rubrieken as fit, those with
// the most grounds first.
static size_t ontvanger_bytes(const struct convenant *convenant, size_t n)
{
	struct places sent[RUBRIEK_BOUND];
	size_t count = 0, bytes = 0, room = RUBRIEKEN_MAX;
	for (size_t r = 0; r < RUBRIEK_BOUND; r++) {
		const struct rubriek_info *info = &convenant->rubrieken[r];
		struct places one = {info->of_betrokkene ? BETROKKENEN_MAX : 1,
				     cel_bytes(convenant, &convenant->cellen[n][r])};
		if (info->by_knooppunt)
			bytes += one.count * one.bytes;
		else
			sort_in(sent, count++, one);
	}
	for (size_t i = 0; i < count && room > 0; i++) {
		size_t fit = sent[i].count < room ? sent[i].count : room;
		bytes += fit * sent[i].bytes;
		room -= fit;
	}
	return bytes;
}

// The regel that says the most to this ontvanger.
static const struct regel *longest_for(const struct convenant *convenant, size_t n)
{
	const struct regel *longest = NULL;
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		bool gives = convenant->ontvanger_rows[n].gevers[i / 64] >> i % 64 & 1;
		if (gives && (!longest || grond_bytes(regel) > grond_bytes(longest)))
			longest = regel;
	}
	return longest;
}

void gronden_check(struct reader *reader)
{
	const struct convenant *convenant = reader->convenant;
	for (size_t n = 0; reader_ok(reader) && n < convenant->ontvanger_count; n++) {
		size_t bytes = ontvanger_bytes(convenant, n);
		const struct regel *regel = longest_for(convenant, n);
		if (bytes <= GRONDEN_MAX || !regel)
			continue;
		reader_enter(reader, "regels.%s", regel->text.regel);
		reader_fail(
			reader, NULL,
			(struct reader_fault){REASON_TOO_LONG, NULL,
					      "Shorten its convenantartikel and doel, name fewer "
					      "grondslagen, or join regels that say the same."},
			"What a verstrekking to \"%s\" may have to say of its grounds comes to "
			"%zu KiB and may be %d KiB; this regel says the most.",
			convenant->ontvanger_namen[n], bytes / 1024, GRONDEN_MAX / 1024);
		reader->problem->line = regel->text.line;
	}
}
