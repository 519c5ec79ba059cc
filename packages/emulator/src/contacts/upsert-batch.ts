import { isEmail } from '../events/check-identity.ts'
import type { JsonBody } from '../http/body-parsers.ts'
import { errorBody } from '../http/error-replies.ts'
import { HubSpotError, validationError } from '../http/hubspot-error.ts'
import { readAttributes, readMap, readScalar } from '../http/read-attributes.ts'
import type { Refuse } from '../http/read-attributes.ts'
import { readBatch } from '../http/read-batch.ts'
import { describe } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import type { World } from '../world.ts'
import { checkPropertyValues } from './check-property-values.ts'
import { contactWire } from './contact-wire.ts'
import { writeContact } from './write-contact.ts'

type Input = { id: string; idProperty: string | undefined; objectWriteTraceId: string | undefined; properties: Fields }

const SHAPE = { kind: 'SimplePublicObjectBatchInputUpsert', required: ['id', 'properties'] }
const BATCH = {
  kind: 'BatchInputSimplePublicObjectBatchInputUpsert',
  list: 'inputs',
  max: 100,
  noun: 'contacts',
  read: readInput,
}

/**
 * Creates or changes contacts by their email address. A body that cannot be read, is too long, names a contact twice or goes
 * by another property than `email` is refused whole; otherwise each contact stands for itself: 200 when all were written, 207
 * when some were not.
 */
export function upsertBatch(world: World, portalId: number, body: JsonBody) {
  const startedAt = world.now().toISOString()
  const inputs = readBatch(body, BATCH)
  checkTogether(inputs)
  const outcomes = inputs.map((input) => tryUpsert(world, portalId, input))
  const results = outcomes.filter((outcome) => 'result' in outcome).map(({ result }) => result)
  const errors = outcomes.filter((outcome) => 'error' in outcome).map(({ error }) => error)
  const answer = { status: 'COMPLETE', startedAt, completedAt: world.now().toISOString(), results }
  if (errors.length === 0) return { statusCode: 200, answer }
  return { statusCode: 207, answer: { ...answer, errors, numErrors: errors.length } }
}

function readInput(value: unknown, refuse: Refuse): Input {
  const fields = readAttributes(value, SHAPE, refuse)
  const properties = readMap(fields, 'properties', refuse)
  const text = (name: string) => readScalar(fields, name, refuse)
  return { id: text('id') ?? '', idProperty: text('idProperty'), objectWriteTraceId: text('objectWriteTraceId'), properties }
}

function checkTogether(inputs: readonly Input[]) {
  const other = inputs.find(({ idProperty }) => idProperty !== 'email')
  if (other) {
    const given = describe(other.idProperty)
    throw validationError(`Unable to perform update/upsert by non-unique 0-1 property ${given}: set "idProperty" to "email"`)
  }
  const ids = inputs.map(({ id }) => id.toLowerCase())
  const repeated = ids.filter((id, at) => ids.indexOf(id) !== at)
  if (repeated.length > 0)
    throw validationError(`Duplicate IDs found in batch input: [${repeated.join(', ')}]. IDs must be unique`)
}

type Outcome = { result: Record<string, unknown> } | { error: Record<string, unknown> }

function tryUpsert(world: World, portalId: number, input: Input): Outcome {
  const { id, objectWriteTraceId } = input
  const trace = objectWriteTraceId === undefined ? {} : { objectWriteTraceId }
  try {
    return { result: { ...upsert(world, portalId, input), ...trace } }
  } catch (refusal) {
    if (!(refusal instanceof HubSpotError)) throw refusal
    const traceIds = objectWriteTraceId === undefined ? {} : { objectWriteTraceId: [objectWriteTraceId] }
    return { error: { links: {}, errors: [], ...errorBody(refusal, world.newId()), context: { ids: [id], ...traceIds } } }
  }
}

function upsert(world: World, portalId: number, { id, properties }: Input) {
  if (!isEmail(id)) throw validationError(`Email address ${id} is invalid`)
  const values = checkPropertyValues(world, portalId, properties)
  const known = world.contacts.findByEmail(portalId, id)
  const email = values.get('email')
  // An email among the properties is the address from now on; here it must be free before anything is written.
  if (email) refuseTaken(world, { portalId, email, knownId: known?.id })
  const contact = known ?? world.contacts.findOrCreate(portalId, id)
  writeContact(world, contact, values)
  return { ...contactWire(contact, ['email', ...values.keys()]), new: known === undefined }
}

type Claim = { portalId: number; email: string; knownId: string | undefined }

function refuseTaken(world: World, { portalId, email, knownId }: Claim) {
  const owner = world.contacts.findByEmail(portalId, email)
  if (owner === undefined || owner.id === knownId) return
  throw new HubSpotError(409, `Contact already exists. Existing ID: ${owner.id}`, { body: { category: 'CONFLICT' } })
}
