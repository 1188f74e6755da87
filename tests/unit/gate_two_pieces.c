// SPDX-License-Identifier: EUPL-1.2
// Planted: libzmq is given the routing id of an answer before there is memory for the answer: the
// negative control of gate_send_memory.c.
#include "gate/socket.h"

#include <zmq.h>

enum result __wrap_socket_send(void *router, struct bytes routing_id, struct bytes payload,
			       struct account *account);

enum result __wrap_socket_send(void *router, struct bytes routing_id, struct bytes payload,
			       struct account *account)
{
	(void)account;
	bool sent = zmq_send(router, routing_id.data, routing_id.len, ZMQ_SNDMORE) >= 0 &&
		    zmq_send(router, payload.data, payload.len, 0) >= 0;
	return sent ? RESULT_OK : RESULT_IO;
}
