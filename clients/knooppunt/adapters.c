// SPDX-License-Identifier: EUPL-1.2
// What lies where of the adapters that work with this spool.
#include "knooppunt/cli.h"

#include "adapter/store.h"

static void write_one(void *context, const char *name, const struct store_counts *counts)
{
	struct json_out *out = context;
	json_out_object_begin(out);
	json_out_add_text(out, "naam", name);
	json_out_add_number(out, "in", counts->in);
	json_out_add_number(out, "taken", counts->taken);
	json_out_add_number(out, "quarantine", counts->quarantine);
	json_out_add_number(out, "missing", counts->missing);
	if (counts->hands_out)
		json_out_add_number(out, "uit", counts->uit);
	if (counts->attendering[0])
		json_out_add_text(out, "attendering", counts->attendering);
	json_out_object_end(out);
}

static void say_one(void *context, const char *name, const struct store_counts *counts)
{
	cli_say(context,
		"adapter  %s: %llu files to be taken, %llu not settled, %llu in quarantine, %llu "
		"numbers missing",
		name, (unsigned long long)counts->in, (unsigned long long)counts->taken,
		(unsigned long long)counts->quarantine, (unsigned long long)counts->missing);
	if (counts->hands_out)
		cli_say(context, "adapter  %s: %llu files that the system did not take", name,
			(unsigned long long)counts->uit);
	if (counts->attendering[0])
		cli_say(context, "ALARM    adapter %s: attenderingen do not go: %s", name,
			counts->attendering);
}

enum result cli_write_adapters(struct json_out *out, const char *spool)
{
	json_out_key(out, "adapters");
	json_out_array_begin(out);
	enum result result = store_count(spool, write_one, out);
	json_out_array_end(out);
	return result;
}

enum result cli_say_adapters(struct cli *cli, const char *spool)
{
	return store_count(spool, say_one, cli);
}
