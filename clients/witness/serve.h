// SPDX-License-Identifier: EUPL-1.2
// A witness over HTTP (tlog-witness): POST /add-checkpoint, GET /<log>/checkpoint. Plain HTTP: what
// goes over it is public and signed; a proxy in front gives TLS where a network wants it.
#ifndef KNP_WITNESS_SERVE_H
#define KNP_WITNESS_SERVE_H

#include "witness/settings.h"
#include "witness/witness.h"

// Says that it is ready on standard output, and answers one request after another until it is
// ended. RESULT_IO when nothing can listen there.
enum result witness_serve(const struct witness_settings *settings, struct witness *witness,
			  struct problem *problem) KNP_MUST_CHECK;

#endif
