// SPDX-License-Identifier: EUPL-1.2
// The settings of knooppunt-jzv: one YAML file (knooppunt-jzv(8)), relative paths from its folder.
#ifndef KNP_JZV_SETTINGS_H
#define KNP_JZV_SETTINGS_H

#include "lib/client.h"
#include "json/jzv_json.h"

#define JZV_PATH_MAX 240
#define JZV_FUNCTIES_MAX FUNCTIES_MAX

struct jzv_settings {
	struct client_settings client; // of the file named under `client`
	char client_file[JZV_PATH_MAX];
	char address[64]; // to listen on, 127.0.0.1
	unsigned port;    // 8443; 0 takes a free one
	char certificate[JZV_PATH_MAX], key[JZV_PATH_MAX];
	char clients[JZV_PATH_MAX]; // certificates of who may issue those of clients
	char functies[JZV_FUNCTIES_MAX][FUNCTIE_MAX + 1]; // whose verstrekkingen are fetched
	size_t functie_count;
	unsigned fetch_s;              // 10
	char webhook[JZV_PATH_MAX];    // URL that verstrekkingen are posted to, "" none
	char webhook_ca[JZV_PATH_MAX]; // who issued its certificate, "" those the system trusts
	struct jzv_defaults defaults;
};

// RESULT_CONFIG with file, line and field. The caller ends what it got with jzv_settings_done.
enum result jzv_settings_read(const char *path, struct jzv_settings *ret_settings,
			      struct problem *problem) KNP_MUST_CHECK;
void jzv_settings_done(struct jzv_settings *settings);

#endif
