// SPDX-License-Identifier: EUPL-1.2
#include "ctl/ctl.h"

static const struct desk_command commands[] = {
	{"status", "", "Says how the knooppunt is; exits 0 when all is well, 1 when not.", 0, 0,
	 DESK_OPTION(DESK_SETTINGS), ctl_status},
	{"backup", "",
	 "Makes a backup of log and keystore while the daemon runs, verifies it, and removes "
	 "copies "
	 "of the keystore whose days are over.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), ctl_backup},
	{"compact", "",
	 "Writes log and state anew without what was erased, under new keys for what leads to "
	 "persons; partners wait meanwhile.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), ctl_compact},
	{"partner add", "BUNDLE",
	 "Proposes to enrol a partner by its bundle; the officer approves it.", 1, 1, DESK_SIGNING,
	 ctl_partner_add},
	{"partner rotate", "BUNDLE",
	 "Proposes the next keys of a partner, beside those in force until they are revoked.", 1, 1,
	 DESK_SIGNING, ctl_partner_rotate},
	{"partner list", "", "Lists the partners, revoked ones too.", 0, 0,
	 DESK_OPTION(DESK_SETTINGS), ctl_partner_list},
	{"partner show", "OIN", "Shows one partner.", 1, 1, DESK_OPTION(DESK_SETTINGS),
	 ctl_partner_show},
	{"partner revoke", "OIN|KEY",
	 "Revokes the keys of a partner at once: by its OIN, or by the id of its identity key.", 1,
	 1, DESK_SIGNING, ctl_partner_revoke},
	{"partner release", "OIN",
	 "Lets the frames of a partner that killed openers go where everybody's go again.", 1, 1,
	 DESK_OPTION(DESK_SETTINGS), ctl_partner_release},
	{"key propose", "FILE", "Proposes the next key of the knooppunt; the officer approves it.",
	 1, 1, DESK_SIGNING, ctl_key_propose},
	{"key end", "FILE", "Proposes the end of a key of the knooppunt; the officer approves it.",
	 1, 1, DESK_SIGNING, ctl_key_end},
	{"key list", "", "Lists the keys of the knooppunt, ended ones too.", 0, 0,
	 DESK_OPTION(DESK_SETTINGS), ctl_key_list},
	{"convenant propose", "FILE", "Proposes a convenant; the officer approves it.", 1, 1,
	 DESK_SIGNING, ctl_convenant_propose},
	{"convenant list", "", "Lists the convenanten, ended and replaced ones too.", 0, 0,
	 DESK_OPTION(DESK_SETTINGS), ctl_convenant_list},
	{"convenant end", "NAAM",
	 "Proposes the end of a convenant that nothing replaces; the officer approves it.", 1, 1,
	 DESK_SIGNING, ctl_convenant_end},
	{"clock confirm", "", "Says that the machine's clock is right, after status asked for it.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), ctl_clock_confirm},
	{"metrics", "",
	 "Prints counters and gauges as OpenMetrics text, or writes them for the node exporter.", 0,
	 0, DESK_OPTION(DESK_SETTINGS) | DESK_OPTION(DESK_OUT), ctl_metrics},
	{"reload", "",
	 "Has the running daemon take over what changed in its settings; names what needs a "
	 "restart.",
	 0, 0, DESK_OPTION(DESK_SETTINGS), ctl_reload},
	{"open", "", "Lists what is still owed, by whom, until when, and what ends it.", 0, 0,
	 DESK_OPTION(DESK_SETTINGS), ctl_open},
};

int main(int argc, char **argv)
{
	static const struct desk_program program = {
		.name = "knooppuntctl",
		.purpose = "Tends a running knooppunt, for its beheerder.",
		.commands = commands,
		.count = sizeof commands / sizeof commands[0],
	};
	return desk_main(&program, argc, argv);
}
