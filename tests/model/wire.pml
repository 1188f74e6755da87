/* SPDX-License-Identifier: EUPL-1.2
 *
 * The wire under a bounded active attacker. A is an honest partner, E one that the attacker owns,
 * with all keys of its own; K1 and K2 are two logs of one house under the same sealing keys, as one
 * that was restored has them, which is the worst case. The gate is the attacker's: it sees, keeps,
 * drops, reorders, doubles and redirects every frame, and stamps any OIN on it. It cannot break the
 * cryptography: an envelope is made, and opened, only by who has the pair's key, and a signature
 * only by who has the identity key. docs/models.md says which function each check is.
 *
 * What holds of every run:
 *   - agreement: what a knooppunt records under A's source, A said, to this origin, under that id
 *     and with that header, and it is recorded once;
 *   - A takes a statement for settled only when the knooppunt it was for has recorded exactly that
 *     header, with that outcome;
 *   - no reflection: nobody opens an envelope as coming from a peer that did not make it;
 *   - a verstrekking is taken only when A signed what it shows.
 *
 * Broken twins, each of which must fail: -DONE_KEY_BOTH_WAYS, -DONE_KEY_ALL_ORIGINS,
 * -DNO_SIGNER_CHECK, -DNO_AUDIENCE_CHECK, -DNO_SOURCE_CHECK, -DNO_DEDUPE, -DHINT_ENDS,
 * -DRECEIPT_IN_TURN, -DNO_SENDER_SIGNATURE.
 */

/* Who, and which origin. */
#define A 0
#define E 1
#define K1 2
#define K2 3
#define KEY(who) ((who) >= K1 -> K1 : (who)) /* whose sealing key */

/* What an envelope carries. */
#define REQUEST 0
#define RECEIPT 1
#define VERSTREKKING 2
#define NO_FRAME 3

/* A statement: who signed it, for which knooppunt, whose source it names, id and header. The
 * signature covers all of it. A has two for each house, under the same two ids, which is the worst
 * case; what it says in them is different, so that each has a header of its own. */
#define IDS 2
#define ITEMS 4 /* statements of A */
#define ITEM(house, id) (((house) - K1) * IDS + (id))
typedef statement {
	byte signer, audience, source, id, header
};

typedef envelope {
	bool from_k;    /* direction */
	byte from, to;  /* whose sealing keys the prefix names */
	byte origin;    /* of which log the key was derived */
	byte maker;     /* who really made it: seen by the assertions only */
	byte kind;
	statement said;
	bool refused;   /* a receipt: the outcome */
	bool proven;    /* a receipt: the leaf in the log of `from` shows it */
};

/* What A has asked for, and has settled. Its request is on the wire from then on. */
bool asked[ITEMS], settled[ITEMS];
/* What its house has recorded of each; its receipt is on the wire from then on, and what it took E
 * has read: A's signed statement is known to E. */
#define NOTHING 0
#define AANVAARD 1
#define GEWEIGERD 2
byte recorded[ITEMS];
byte recorded_times[ITEMS];

/* Whether the key of `env` is the one that the reader derives for the peer and direction it takes
 * it for: the context holds direction, origin, and both ends. */
#ifdef ONE_KEY_BOTH_WAYS
#define SAME_WAY(env, want_from_k) true
#define SAME_ENDS(env, peer, self)                                                                 \
	((KEY(env.from) == KEY(peer) && KEY(env.to) == KEY(self)) ||                               \
	 (KEY(env.from) == KEY(self) && KEY(env.to) == KEY(peer)))
#else
#define SAME_WAY(env, want_from_k) (env.from_k == want_from_k)
#define SAME_ENDS(env, peer, self) (KEY(env.from) == KEY(peer) && KEY(env.to) == KEY(self))
#endif
#ifdef ONE_KEY_ALL_ORIGINS
#define SAME_ORIGIN(env, own) true
#else
#define SAME_ORIGIN(env, own) (env.origin == own)
#endif

/* The checks of a knooppunt and of a client, each of which a twin leaves out. */
#ifdef NO_SIGNER_CHECK
#define SIGNER_IS(env, peer) true
#else
#define SIGNER_IS(env, peer) (env.said.signer == peer)
#endif
#ifdef NO_AUDIENCE_CHECK
#define AUDIENCE_IS(env, self) true
#else
#define AUDIENCE_IS(env, self) (env.said.audience == self)
#endif
#ifdef NO_SOURCE_CHECK
#define SOURCE_IS_SIGNERS(env) true
#else
#define SOURCE_IS_SIGNERS(env) (env.said.source == env.said.signer)
#endif
#ifdef NO_DEDUPE
#define KNOWN(item) false
#else
#define KNOWN(item) (recorded[item] != NOTHING)
#endif
#ifdef RECEIPT_IN_TURN
#define IS_ABOUT(env, item) true
#else
#define IS_ABOUT(env, item) (env.said.header == item)
#endif
#ifdef NO_SENDER_SIGNATURE
#define SENDER_IS_A(env) (env.said.source == A && AUDIENCE_IS(env, self))
#else
#define SENDER_IS_A(env)                                                                           \
	(env.said.source == A && env.said.signer == A && AUDIENCE_IS(env, self))
#endif

/* The frame in hand. */
envelope env;
byte peer, self, other;

inline a_said(item)
{
	env.said.signer = A;
	env.said.audience = K1 + item / IDS;
	env.said.source = A;
	env.said.id = item % IDS;
	env.said.header = item
}

/* Between two turns nothing of a frame is left, so that states are the same when the world is. */
inline forget()
{
	d_step {
		env.from_k = false;
		env.from = 0;
		env.to = 0;
		env.origin = 0;
		env.maker = 0;
		env.kind = 0;
		env.said.signer = 0;
		env.said.audience = 0;
		env.said.source = 0;
		env.said.id = 0;
		env.said.header = 0;
		env.refused = false;
		env.proven = false;
		peer = 0;
		self = 0;
		other = 0
	}
}

/* One of the frames that honest parties made and the attacker kept. */
inline take_seen()
{
	select(other : 0 .. ITEMS - 1);
	a_said(other);
	env.origin = env.said.audience;
	if
	:: !asked[other] -> env.kind = NO_FRAME
	:: asked[other] ->
		env.kind = REQUEST;
		env.from = A;
		env.to = env.origin
	:: recorded[other] != NOTHING ->
		env.kind = RECEIPT;
		env.from_k = true;
		env.from = env.origin;
		env.to = A;
		env.proven = true;
		env.refused = (recorded[other] == GEWEIGERD)
	fi;
	env.maker = env.from
}

/* Anything the attacker can say: as E it signs what it likes, and passes on what it saw A sign. */
inline say_anything()
{
	if
	:: true ->
		env.said.signer = E;
		select(other : K1 .. K2);
		env.said.audience = other;
		select(other : A .. E);
		env.said.source = other;
		select(other : 0 .. ITEMS - 1);
		env.said.header = other;
		env.said.id = other % IDS
	:: true ->
		select(other : 0 .. ITEMS - 1);
		if
		:: recorded[other] == AANVAARD -> a_said(other)
		:: else -> env.said.signer = E; env.said.audience = K1; env.said.source = E
		fi
	fi;
	select(other : REQUEST .. VERSTREKKING);
	env.kind = other;
	if
	:: env.kind == RECEIPT -> env.refused = true
	:: true -> env.refused = false
	fi;
	env.proven = false /* that needs the key of the log */
}

/* An envelope under any key that E has: one end is E. */
inline make_up()
{
	say_anything();
	env.maker = E;
	select(other : K1 .. K2);
	env.origin = other;
	select(other : 0 .. 1);
	env.from_k = other;
	select(other : A .. K2);
	if
	:: env.from = E; env.to = other
	:: env.from = other; env.to = E
	fi
}

/* settle_dedupe, record_item: the first outcome of an id stays, whichever it is. */
inline record()
{
	/* agreement on source, origin, id and header; and who gets the answer is who asked */
	other = ITEM(self, env.said.id);
	assert(env.said.signer == A && env.said.audience == self && env.said.header == other &&
	       asked[other] && peer == A);
	if
	:: KNOWN(other)
	:: else ->
		recorded_times[other]++;
		assert(recorded_times[other] <= 1);
		if
		:: recorded[other] = AANVAARD
		:: recorded[other] = GEWEIGERD
		fi
	fi
}

/* A knooppunt opens the frame as coming from `peer` (opener_open, settle_item). The stamp is the
 * attacker's, so it is whatever is needed: it decides nothing here. */
inline knooppunt_reads()
{
	if
	:: SAME_WAY(env, false) && SAME_ENDS(env, peer, self) && SAME_ORIGIN(env, self) ->
		/* no reflection; what is under E's key may be from anybody E told it to */
		assert(peer == E || env.maker == peer);
		if
		:: env.kind == REQUEST && SIGNER_IS(env, peer) && AUDIENCE_IS(env, self) &&
		   SOURCE_IS_SIGNERS(env) && env.said.source == A -> record()
		:: else
		fi
	:: else
	fi
}

/* A opens the frame as coming from `peer` (exchange, prove_answer, settle_one). */
inline partner_reads()
{
	if
	:: SAME_WAY(env, true) && SAME_ENDS(env, peer, A) && SAME_ORIGIN(env, peer) ->
		assert(env.maker == peer);
		select(other : ITEM(peer, 0) .. ITEM(peer, IDS - 1));
		if
		:: env.kind == RECEIPT && asked[other] && !settled[other] && IS_ABOUT(env, other) &&
		   env.proven ->
			settled[other] = true;
			assert(recorded[other] == (env.refused -> GEWEIGERD : AANVAARD))
		:: else
		fi
	:: else
	fi
}

/* Somebody honest reads a verstrekking of log `self` (proof_delivery). Who made it up may have the
 * house's send key, so the envelope protects nothing here: what it shows A must have signed, and
 * for this log. */
inline recipient_reads()
{
	if
	:: env.kind == VERSTREKKING && SENDER_IS_A(env) ->
		assert(env.said.signer == A && asked[env.said.header] &&
		       env.said.header / IDS == self - K1)
	:: else
	fi
}

/* Each turn is the attacker's: what it lets happen, on which frame. */
active proctype world()
{
	do
	:: atomic { /* A pushes to a house; the attacker repeats it as it likes */
		select(other : 0 .. ITEMS - 1);
		asked[other] = true;
		other = 0
	   }
	:: atomic { /* a frame, seen or made up, goes to anybody, as from anybody, under any stamp */
		if
		:: true -> take_seen()
		:: true -> make_up()
		fi;
		if
		:: true ->
			select(peer : A .. E);
			select(self : K1 .. K2);
			knooppunt_reads()
		:: true ->
			select(peer : K1 .. K2);
			partner_reads()
		:: true ->
			select(self : K1 .. K2);
			recipient_reads()
		fi;
		forget()
	   }
#ifdef HINT_ENDS
	:: atomic { /* the gate's own plain hint: "not accepted" */
		select(other : 0 .. ITEMS - 1);
		if
		:: asked[other] && !settled[other] ->
			settled[other] = true;
			assert(recorded[other] != NOTHING)
		:: else
		fi;
		other = 0
	   }
#endif
	od
}
