/* SPDX-License-Identifier: EUPL-1.2
 *
 * Delivery by numbers: a recipient fetches from the last number its inbox has durable; frames are
 * lost, late and doubled; the recipient crashes anywhere; meanwhile the convenant tightens (and
 * loosens again), and the recipient's key may be revoked. docs/models.md says which function each
 * step is.
 *
 * What holds of every run:
 *   - at the moment anything leaves, the convenant in force allows it and the key counts;
 *   - numbers reach the inbox in order, without a gap, each once;
 *   - core holds nothing for acknowledged that is not durable in the inbox;
 *   - unless the key is revoked, all of it is acknowledged in the end (LTL below).
 *
 * Broken twins, each of which must fail: -DSENDS_STALE, -DANSWERS_REVOKED, -DACK_BEFORE_DURABLE,
 * -DFORGETS_WHEN_SENT, -DTAKES_ANY_NUMBER.
 */
#define LAST 2     /* deliveries 1..LAST */
#define LOSSES 1   /* frames lost, of both kinds together */
#define DOUBLES 1  /* replies that come twice */
#define CRASHES 1  /* of the recipient */
#define CHANGES 2  /* of the convenant: tightens, loosens */

mtype = { GEGEVEN, VERVALLEN };

/* Core, all of it durable: waiting parts by number. */
mtype part[LAST + 1];
byte part_generation[LAST + 1]; /* which convenant it was decided under */
bool gone[LAST + 1];            /* not waiting any more */
byte made;                      /* numbers given out */
byte generation;
bool allowed = true; /* what the convenant in force says */
bool revoked;
bool acked[LAST + 1];

/* The recipient's disk. */
byte durable;       /* highest number in the inbox */
byte stored[LAST + 1]; /* how often each was stored */

byte losses, doubles, crashes;
bool done;

/* Frames on their way, and late when nobody reads them for long. */
chan to_core = [1] of { bool, byte };      /* is ack?, number (fetch: after; ack: up to) */
chan to_party = [2] of { byte, mtype };    /* number, what */
bool waiting; /* a fetch that waits in core (long poll) */
byte waiting_after;

#define ALL_DONE (made == LAST && acked[1] && acked[2])

/* A melding that is given under the convenant in force; only while it allows anything. */
active proctype meldingen()
{
	do
	:: atomic {
		made < LAST ->
		made++;
		part[made] = (allowed -> GEGEVEN : VERVALLEN);
		part_generation[made] = generation
	   }
	:: made == LAST -> break
	od
}

/* flow_register: a new convenant. What waits from before is held back until flow_recheck. */
active proctype convenant()
{
	byte changes = 0;
	do
	:: atomic {
		changes < CHANGES ->
		changes++;
		generation++;
		allowed = !allowed
	   }
	:: break
	od;
	if
	:: revoked = true
	:: skip
	fi
}

#define STALE(n) (n <= made && !gone[n] && part_generation[n] != generation)

/* flow_recheck: decides again what waits under an older convenant. Tightening wins; what lapsed
 * stays so when a later convenant loosens. */
active proctype recheck()
{
	byte n;
end:	do
	:: atomic {
		STALE(1) || STALE(2) ->
		n = (STALE(1) -> 1 : 2);
		part_generation[n] = generation;
		part[n] = (part[n] == GEGEVEN && allowed -> GEGEVEN : VERVALLEN);
		n = 0
	   }
	od
}

inline leave(number)
{
	assert(!revoked);
	assert(part[number] == VERVALLEN || allowed);
	to_party ! number, part[number];
#ifdef FORGETS_WHEN_SENT
	gone[number] = true
#endif
}

/* collect: the next number after `after`, when it may leave now. */
#ifdef SENDS_STALE
#define MAY_LEAVE(number) (!gone[number])
#else
#define MAY_LEAVE(number) (!gone[number] && part_generation[number] == generation)
#endif
#define READY(after) (after < made && MAY_LEAVE(after + 1))
#ifdef ANSWERS_REVOKED
#define STILL_HOLDS true
#else
#define STILL_HOLDS (!revoked)
#endif

/* ack_settle, state_apply: by number; what is acknowledged waits no more. */
inline take_ack(number)
{
	n = 1;
	do
	:: n <= number && n <= made ->
		assert(n <= durable);
		acked[n] = true;
		gone[n] = true;
		n++
	:: else -> break
	od;
	n = 0
}

/* serve_waiter: what became ready leaves; whom the register does not know any more gets nothing.
 * A full channel is a reply that is still under way. */
inline serve()
{
	if
	:: waiting && !STILL_HOLDS -> waiting = false
	:: waiting && STILL_HOLDS && READY(waiting_after) && len(to_party) == 0 ->
		leave(waiting_after + 1);
		waiting = false;
		waiting_after = 0
	:: else
	fi
}

/* A turn of the loop: what came in, then those who wait. */
active proctype core()
{
	bool is_ack;
	byte number, n;
end:	do
	:: atomic {
		to_core ? is_ack, number ->
		if
		:: is_ack && !revoked -> take_ack(number)
		:: !is_ack && STILL_HOLDS ->
			waiting = true;
			waiting_after = number
		:: else
		fi;
		is_ack = false;
		number = 0;
		serve()
	   }
	:: atomic {
		waiting && (!STILL_HOLDS || (READY(waiting_after) && len(to_party) == 0)) -> serve()
	   }
	od
}

/* The network, or whoever owns the gate: loses a frame or doubles one, now and then. That a request
 * is doubled is in the recipient, which sends anew whenever it likes. */
active proctype network()
{
	byte number;
	bool is_ack;
	mtype what;
end:	do
	:: atomic { losses < LOSSES && nempty(to_core) -> to_core ? is_ack, number; losses++ }
	:: atomic { losses < LOSSES && nempty(to_party) -> to_party ? number, what; losses++ }
	:: atomic {
		doubles < DOUBLES && len(to_party) == 1 ->
		to_party ? <number, what>;
		to_party ! number, what;
		doubles++
	   }
	od
}

active proctype recipient()
{
	byte number;
	mtype what;
again:
	do
	:: ALL_DONE || revoked -> break
	:: else ->
		/* client_fetch: from what the inbox has durable. A reply to an older fetch that
		 * comes now is judged by its number alone. */
		if
		:: len(to_core) == 0 -> to_core ! false, durable
		:: else
		fi;
		if
		:: atomic { to_party ? number, what ->
#ifdef ACK_BEFORE_DURABLE
			if
			:: len(to_core) == 0 -> to_core ! true, number
			:: else
			fi;
#endif
		   }
		   if
		   :: crashes < CRASHES -> crashes++; goto again
		   :: skip
		   fi;
		   /* proof_delivery: the next number or nothing; inbox_add: durable before more. */
		   atomic {
			if
#ifdef TAKES_ANY_NUMBER
			:: true ->
#else
			:: number == durable + 1 ->
#endif
				assert(number == durable + 1 && stored[number] == 0);
				stored[number]++;
				durable = number
			:: else
			fi
		   }
		   if
		   :: crashes < CRASHES -> crashes++; goto again
		   :: skip
		   fi
		:: empty(to_party) && !waiting && empty(to_core)
		:: timeout
		fi;
		/* client_ack: all that is durable, as often as it takes */
		if
		:: durable > 0 && !acked[durable] ->
			if
			:: len(to_core) == 0 -> to_core ! true, durable
			:: else
			fi
		:: durable == 0 || acked[durable]
		fi
	od;
	done = true
}

ltl arrives { <> (done) }
