import { NOT_SENT, UNANSWERED } from '../../hubspot/target.ts'
import type { Delivery, Target } from '../../hubspot/target.ts'
import type { Turn } from '../../hubspot/turns.ts'
import type { Row } from '../../outbox/event.ts'
import type { Outcome } from '../../outcome.ts'
import type { AccessToken } from '../../vault/vault.ts'

export interface DeliverBatchParts {
  accessToken: (account: number, rejected?: string) => Promise<AccessToken>
  /** Waits until HubSpot allows this account one more request; undefined when it must stop before that. */
  takeTurn: () => Promise<Turn | undefined>
  /** Nothing more may be sent: somebody else may be sending for this account by now, or the process is about to end. */
  mustStop: () => boolean
}

/** What became of a batch: an outcome for each row, in their order, and the one that concerned the account as a whole. */
export interface BatchResult {
  outcomes: Outcome[]
  /** Nothing more should be sent for this account for now. */
  accountOutcome?: Outcome
}

/**
 * Sends rows of one account to one target, and reads what came of each.
 *
 * A batch that HubSpot refuses as a whole is halved until the bad event stands alone: only that one dies. An answer that speaks of
 * the service, the account or the token is everybody's, and ends the sending. So does whatever makes it stop: what has no answer by then is {@link NOT_SENT}.
 */
export async function deliverBatch(parts: DeliverBatchParts, target: Target, rows: Row[]): Promise<BatchResult> {
  const delivery = await sendWithToken(parts, target, rows)
  if (delivery.kind === 'each') return resendUnanswered(parts, target, { rows, outcomes: delivery.outcomes })
  const { outcome } = delivery
  if (isOfTarget(outcome)) return deliverByName(parts, target, { rows, outcome })
  const isForEvents = outcome.kind === 'dead' || outcome.kind === 'delivered'
  if (!isForEvents) return { outcomes: rows.map(() => outcome), accountOutcome: outcome }
  return rows.length === 1 ? { outcomes: [outcome] } : deliverHalves(parts, target, rows)
}

/** A right, or an event type, that one target lacks: the account's other targets, and other events, are not concerned. */
function isOfTarget(outcome: Outcome): boolean {
  return outcome.kind === 'retry' && (outcome.code === 'HUBSPOT_FORBIDDEN' || outcome.code === 'EVENT_TYPE_MISSING')
}

/** One kind of event in the batch may be what HubSpot lacks the type of: each kind gets an answer of its own. */
async function deliverByName(parts: DeliverBatchParts, target: Target, { rows, outcome }: { rows: Row[]; outcome: Outcome }): Promise<BatchResult> {
  const names = new Set(rows.map((row) => row.name))
  const isOfType = outcome.kind === 'retry' && outcome.code === 'EVENT_TYPE_MISSING'
  if (!isOfType || names.size === 1) return { outcomes: rows.map(() => outcome) }
  const bySeq = new Map<number, Outcome>()
  for (const name of names) {
    const group = rows.filter((row) => row.name === name)
    const result = await deliverBatch(parts, target, group)
    group.forEach((row, index) => bySeq.set(row.seq, result.outcomes[index] ?? UNANSWERED))
    // Kinds that were not tried are due as before, and share what ended the sending.
    if (result.accountOutcome) return { ...result, outcomes: rows.map((row) => bySeq.get(row.seq) ?? result.accountOutcome ?? UNANSWERED) }
  }
  return { outcomes: rows.map((row) => bySeq.get(row.seq) ?? UNANSWERED) }
}

type Answered = Exclude<Delivery, { kind: 'token-refused' }>

/** A token that has run out early is renewed once; a second refusal is the account's trouble. */
async function sendWithToken(parts: DeliverBatchParts, target: Target, rows: Row[]): Promise<Answered> {
  const account = rows[0]?.account ?? 0
  let rejected: string | undefined
  for (let attempt = 1; attempt <= 2; attempt++) {
    if (parts.mustStop()) return NOT_SENT
    const token = await parts.accessToken(account, rejected)
    if (token.kind === 'none') return { kind: 'whole', outcome: token.outcome }
    const delivery = await sendInTurn(parts, target, { rows, accessToken: token.accessToken })
    if (delivery.kind !== 'token-refused') return delivery
    rejected = token.accessToken
  }
  return { kind: 'whole', outcome: { kind: 'retry', code: 'HUBSPOT_TOKEN_REJECTED', detail: 'HubSpot refused a token that it had just issued' } }
}

async function sendInTurn(parts: DeliverBatchParts, target: Target, { rows, accessToken }: { rows: Row[]; accessToken: string }): Promise<Delivery> {
  const turn = await parts.takeTurn()
  if (!turn) return NOT_SENT
  try {
    // Asked at the last moment: a process that was stopped for a while must not send what another has overtaken.
    if (parts.mustStop()) return NOT_SENT
    const delivery = await target.send(rows, accessToken, parts.mustStop)
    if (!isRateLimited(delivery)) turn.answered(delivery.limits)
    // That nothing is left needs no counting then: HubSpot has said, or its rule says, how long to wait.
    else turn.refused()
    return delivery
  } finally {
    turn.answered()
  }
}

function isRateLimited(delivery: Delivery): boolean {
  return delivery !== NOT_SENT && delivery.kind === 'whole' && delivery.outcome.kind === 'snooze' && delivery.outcome.code === 'HUBSPOT_RATE_LIMITED'
}

/** HubSpot answered for some rows only: the others go again, among themselves, until each has an answer of its own. */
async function resendUnanswered(
  parts: DeliverBatchParts,
  target: Target,
  { rows, outcomes }: { rows: Row[]; outcomes: (Outcome | undefined)[] },
): Promise<BatchResult> {
  const unanswered = rows.filter((_, index) => outcomes[index] === undefined)
  if (unanswered.length === 0) return { outcomes: outcomes.filter((outcome) => outcome !== undefined) }
  if (rows.length === 1) return { outcomes: [UNANSWERED] }
  const isProgress = unanswered.length < rows.length
  const again = await (isProgress ? deliverBatch(parts, target, unanswered) : deliverHalves(parts, target, rows))
  const resent = new Map(unanswered.map((row, index) => [row.seq, again.outcomes[index]]))
  return { ...again, outcomes: rows.map((row, index) => outcomes[index] ?? resent.get(row.seq) ?? UNANSWERED) }
}

/**
 * Some event of these is bad. When the first half is not to blame, the second is, and is not asked as a whole: of 100 events, the bad one
 * is found with 13 more requests at most.
 */
async function deliverHalves(parts: DeliverBatchParts, target: Target, rows: Row[]): Promise<BatchResult> {
  const middle = Math.floor(rows.length / 2)
  const first = await deliverBatch(parts, target, rows.slice(0, middle))
  const rest = rows.slice(middle)
  // The account cannot go on: the other half has not been tried, and shares the outcome.
  const { accountOutcome } = first
  if (accountOutcome) return { ...first, outcomes: [...first.outcomes, ...rest.map(() => accountOutcome)] }
  const isBlameless = first.outcomes.every(({ kind }) => kind === 'delivered')
  const second = await (isBlameless && rest.length > 1 ? deliverHalves : deliverBatch)(parts, target, rest)
  return { ...second, outcomes: [...first.outcomes, ...second.outcomes] }
}
