// SPDX-License-Identifier: EUPL-1.2
// Inside proto/wire only: each kind of part from protobuf-c's struct to ours (read) and back
// (write); see convert.h.
#ifndef KNP_WIRE_PART_CONVERT_H
#define KNP_WIRE_PART_CONVERT_H

#include "wire/convert.h"
#include "wire/part.h"

enum result verstrekking_read(const Knooppunt__V1__PartVerstrekking *message, struct arena *arena,
			      struct part_verstrekking *ret_part) KNP_MUST_CHECK;
void verstrekking_write(struct scratch *scratch, const struct part_verstrekking *part,
			Knooppunt__V1__PartVerstrekking *message);

enum result verantwoording_read(const Knooppunt__V1__PartVerantwoording *message,
				struct arena *arena,
				struct part_verantwoording *ret_part) KNP_MUST_CHECK;
void verantwoording_write(struct scratch *scratch, const struct part_verantwoording *part,
			  Knooppunt__V1__PartVerantwoording *message);

enum result register_read(const Knooppunt__V1__PartRegister *message, struct arena *arena,
			  struct part_register *ret_part) KNP_MUST_CHECK;
void register_write(struct scratch *scratch, const struct part_register *part,
		    Knooppunt__V1__PartRegister *message);

enum result wissing_read(const Knooppunt__V1__PartWissing *message, struct arena *arena,
			 struct part_wissing *ret_part) KNP_MUST_CHECK;
void wissing_write(struct scratch *scratch, const struct part_wissing *part,
		   Knooppunt__V1__PartWissing *message);

enum result stop_read(const Knooppunt__V1__PartStop *message, struct arena *arena,
		      struct part_stop *ret_part) KNP_MUST_CHECK;
void stop_write(struct scratch *scratch, const struct part_stop *part,
		Knooppunt__V1__PartStop *message);

enum result acceptatie_part_read(const Knooppunt__V1__PartAcceptatie *message, struct arena *arena,
				 struct part_acceptatie *ret_part) KNP_MUST_CHECK;
void acceptatie_part_write(struct scratch *scratch, const struct part_acceptatie *part,
			   Knooppunt__V1__PartAcceptatie *message);

enum result vernietiging_read(const Knooppunt__V1__PartVernietiging *message, struct arena *arena,
			      struct part_vernietiging *ret_part) KNP_MUST_CHECK;
void vernietiging_write(struct scratch *scratch, const struct part_vernietiging *part,
			Knooppunt__V1__PartVernietiging *message);

#endif
