import { MAX_BATCH_EVENTS, MAX_MESSAGE_ID_LENGTH } from '@trackline/shared'
import { Type } from 'typebox'

/** Shapes of the HTTP interface: they write the replies and /openapi.json. Bodies are checked by the flow, which names each value. */
export const MessageSchema = Type.Object(
  {
    type: Type.Optional(Type.Literal('track')),
    event: Type.String({ description: 'Name of a defined event' }),
    messageId: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_MESSAGE_ID_LENGTH, description: 'Idempotency key' })),
    timestamp: Type.Optional(Type.Union([Type.String(), Type.Number()], { description: 'ISO 8601 with a zone, or milliseconds since 1970' })),
    properties: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]))),
    extraData: Type.Optional(Type.Unknown({ description: 'Any JSON up to 16 KB, nested at most 8 deep' })),
    userId: Type.Optional(Type.String({ description: 'Believed from a server key only' })),
    email: Type.Optional(Type.String({ description: 'Taken from a server key only' })),
    objectId: Type.Optional(Type.Union([Type.String(), Type.Integer()], { description: 'HubSpot\'s number of the record; taken from a server key only' })),
    domain: Type.Optional(Type.String({ description: 'Domain of the company; taken from a server key only' })),
    timelineIFrame: Type.Optional(
      Type.Object(
        { linkLabel: Type.String(), headerLabel: Type.String(), url: Type.String(), width: Type.Integer(), height: Type.Integer() },
        { description: 'A page that opens from the entry on the timeline; taken from a server key only' },
      ),
    ),
  },
  { $id: 'Message' },
)

export const BatchSchema = Type.Object(
  {
    batch: Type.Array(MessageSchema, { minItems: 1, maxItems: MAX_BATCH_EVENTS }),
    sentAt: Type.Optional(Type.Union([Type.String(), Type.Number()], { description: 'The client\'s clock at sending' })),
  },
  { $id: 'Batch' },
)

export const ResultsSchema = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        messageId: Type.String(),
        status: Type.Union([Type.Literal('queued'), Type.Literal('duplicate'), Type.Literal('rejected')]),
        error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
      }),
    ),
  },
  { $id: 'Results', description: 'One result for each message, in the order sent. queued and duplicate: it is on disk' },
)

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    remedy: Type.String(),
    requestId: Type.String(),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details' },
)

export const EventQuerySchema = Type.Object({
  site: Type.Optional(Type.String({ description: 'The site, where there are several and no Origin' })),
  wait: Type.Optional(Type.String({ description: 'Seconds to wait for the event to be settled, such as 10s; 30 at most. Default: none' })),
  userId: Type.Optional(Type.String({ description: 'For a server key: whose event; the email, where it was sent with no userId. Default: of whoever sent it last' })),
})

const State = Type.Union(['needs_identity', 'due', 'delivered', 'dead'].map((state) => Type.Literal(state)))
const Moment = Type.String({ format: 'date-time' })

export const EventStatusSchema = Type.Object(
  {
    messageId: Type.String(),
    event: Type.String(),
    state: State,
    attempts: Type.Integer(),
    occurredAt: Moment,
    receivedAt: Moment,
    deliveries: Type.Array(
      Type.Object({
        target: Type.String(),
        eventId: Type.String({ description: 'HubSpot\'s id of the event' }),
        state: State,
        attempts: Type.Integer(),
        settledAt: Type.Optional(Moment),
        nextAttemptAt: Type.Optional(Moment),
        code: Type.Optional(Type.String({ description: 'Why it is not delivered' })),
        detail: Type.Optional(Type.String({ description: 'What HubSpot said. To a person, of HUBSPOT_REJECTED_EVENT only' })),
      }),
    ),
  },
  { $id: 'EventStatus' },
)

export const ReceiptSchema = Type.Object(
  {
    receipt: Type.String({ description: 'A compact JWS; `verifyReceipt` of @trackline/session verifies it' }),
    payload: Type.String({ description: 'The event as it is stored, as JSON: the text whose SHA-256 the receipt holds' }),
  },
  { $id: 'Receipt' },
)
