import { afterAll, describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/errors.ts'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'

const stack = await startStack({ isConnected: false })
afterAll(stack.close)

const login = (changes: object = {}) => ({ event: 'login', properties: { method: 'sso' }, ...changes })
const profile = (properties: object) => ({ event: 'profile_changed', properties })

/** Each message that is refused, why, and what the detail must name. */
const REFUSED: [says: string, message: unknown, code: ErrorCode, names: string | RegExp][] = [
  [
    'an event that is not defined',
    { event: 'logn' },
    'EVENT_UNKNOWN',
    "the event is not defined: 'logn' (did you mean 'login'?)",
  ],
  ['an event that is like no other', { event: 'purchase' }, 'EVENT_UNKNOWN', /'purchase'$/],
  ['no event', {}, 'EVENT_UNKNOWN', 'undefined'],
  ['an event that is a number', { event: 7 }, 'EVENT_UNKNOWN', '7'],
  ["an event named like an object's own member", { event: 'constructor' }, 'EVENT_UNKNOWN', "'constructor'"],
  ['an event named toString', { event: 'toString' }, 'EVENT_UNKNOWN', "'toString'"],
  ['a very long event', { event: 'x'.repeat(5_000) }, 'EVENT_UNKNOWN', '(5000 characters)'],
  ['a message that is text', 'login', 'MESSAGE_INVALID', "a message must be an object: got 'login'"],
  ['a message that is null', null, 'MESSAGE_INVALID', 'got null'],
  ['a message that is a list', [], 'MESSAGE_INVALID', 'got an array'],
  [
    'a message of another type',
    login({ type: 'identify' }),
    'MESSAGE_INVALID',
    "only messages of type 'track' are taken: got 'identify'",
  ],
  [
    'an empty messageId',
    login({ messageId: '' }),
    'MESSAGE_INVALID',
    "messageId must be 1–100 printable ASCII characters: got ''",
  ],
  ['a messageId that is a number', login({ messageId: 7 }), 'MESSAGE_INVALID', 'got 7'],
  ['a messageId of 101 characters', login({ messageId: 'm'.repeat(101) }), 'MESSAGE_INVALID', '(101 characters)'],
  ['a messageId with a line break', login({ messageId: 'a\nb' }), 'MESSAGE_INVALID', 'printable ASCII'],
  [
    'a timestamp in words',
    login({ timestamp: 'yesterday' }),
    'MESSAGE_INVALID',
    "timestamp must be ISO 8601 with a zone, or milliseconds since 1970: got 'yesterday'",
  ],
  ['a timestamp without a zone', login({ timestamp: '2026-11-22T10:00:00' }), 'MESSAGE_INVALID', 'with a zone'],
  ['a day that does not exist', login({ timestamp: '2026-02-30T10:00:00Z' }), 'MESSAGE_INVALID', '2026-02-30'],
  ['an email', login({ email: 'grace@example.com' }), 'IDENTITY_IN_BODY', "'email'"],
  ['an email that is null', login({ email: null }), 'IDENTITY_IN_BODY', "'email'"],
  ['a utk and an objectId', login({ utk: 'x', objectId: 1 }), 'IDENTITY_IN_BODY', "'utk', 'objectId'"],
  [
    'properties that are text',
    { event: 'login', properties: 'sso' },
    'PROPERTY_INVALID',
    "the properties of 'login' must be an object: got 'sso'",
  ],
  ['properties that are a list', { event: 'login', properties: [] }, 'PROPERTY_INVALID', 'got an array'],
  ['properties that are null', { event: 'login', properties: null }, 'PROPERTY_INVALID', 'got null'],
  ['a required property that is missing', { event: 'login' }, 'PROPERTY_INVALID', "'method' of 'login' is required"],
  [
    'a required property that is null',
    { event: 'login', properties: { method: null } },
    'PROPERTY_INVALID',
    "'method' of 'login' is required",
  ],
  [
    'a value that is not among those defined',
    { event: 'login', properties: { method: 'pasword' } },
    'PROPERTY_INVALID',
    "must be one of 'password', 'sso': got 'pasword' (did you mean 'password'?)",
  ],
  [
    'a property that is not defined',
    login({ properties: { method: 'sso', methd: 1 } }),
    'PROPERTY_INVALID',
    "'login' has no property 'methd' (did you mean 'method'?)",
  ],
  [
    "a property named like an object's own member",
    login({ properties: { method: 'sso', toString: 1 } }),
    'PROPERTY_INVALID',
    "'toString'",
  ],
  [
    'a derived property',
    login({ properties: { method: 'sso', logins: 7 } }),
    'PROPERTY_INVALID',
    "'logins' of 'login' is computed here and must not be sent",
  ],
  [
    'a number for text',
    profile({ field: 7 }),
    'PROPERTY_INVALID',
    "'field' of 'profile_changed' must be text of at most 2000 characters: got 7",
  ],
  ['text that is too long', profile({ field: 'x'.repeat(2_001) }), 'PROPERTY_INVALID', '(2001 characters)'],
  ['text with half a character', profile({ field: '\ud800' }), 'PROPERTY_INVALID', 'text of at most'],
  ['text with a zero byte', profile({ field: 'a\0b' }), 'PROPERTY_INVALID', 'text of at most'],
  ['text for a number', profile({ amount: '7' }), 'PROPERTY_INVALID', "a finite number: got '7'"],
  ['text for true or false', profile({ confirmed: 'yes' }), 'PROPERTY_INVALID', "true or false: got 'yes'"],
  [
    'text for a date',
    profile({ since: 'monday' }),
    'PROPERTY_INVALID',
    "a date (ISO 8601 with a zone, or milliseconds since 1970): got 'monday'",
  ],
  ['an object for text', profile({ field: {} }), 'PROPERTY_INVALID', 'got an object'],
  ['extraData nested nine deep', login({ extraData: [[[[[[[[[]]]]]]]]] }), 'EXTRA_DATA_INVALID', 'nested deeper than 8 levels'],
  [
    'extraData of more than 16 KB',
    login({ extraData: 'ä'.repeat(8_192) }),
    'EXTRA_DATA_INVALID',
    'extraData has 16386 bytes: at most 16384 are taken',
  ],
]

describe('a message that is refused', () => {
  it.each(REFUSED)('%s', async (_, message, code, names) => {
    const before = await stack.audit()
    const reply = await stack.track([message as object]) // Some are no objects; what is sent is JSON either way.
    expectProblem(reply, code, typeof names === 'string' ? new RegExp(names.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : names)
    expect(reply.json.results).toMatchObject([{ status: 'rejected', error: { code, message: reply.json.detail } }])
    expect(await stack.audit()).toEqual({ ...before, received: before.received + 1, rejected: before.rejected + 1 })
  })

  it('several problems of one message are all named', async () => {
    const { json } = await stack.track(profile({ amount: 'x', confirmed: 1, unheard: 2 }))
    expect(json.detail).toMatch(/'amount'.*; 'confirmed'.*; .*'unheard'/)
  })

  it('control characters of a value never reach the reply', async () => {
    const { text } = await stack.track({ event: 'a\u0007\u2028\nb' })
    expect(text).not.toMatch(/\\u0007|\\n|\u2028/)
  })
})

describe('an identity beside the batch', () => {
  it.each(['email', 'utk', 'objectId'])('%s is IDENTITY_IN_BODY for the whole request', async (member) => {
    const before = await stack.audit()
    expectProblem(
      await stack.post('/v1/batch', { batch: [login()], [member]: 'x' }),
      'IDENTITY_IN_BODY',
      `'${member}' beside "batch"`,
    )
    expect(await stack.audit()).toEqual(before)
  })
})

describe('what is on the edge is taken', () => {
  it.each([
    ['a messageId of 100 characters', login({ messageId: '~'.repeat(100) })],
    ['a messageId of one blank', login({ messageId: ' ' })],
    ['text of 2,000 characters', profile({ field: 'x'.repeat(2_000) })],
    ['extraData nested eight deep', login({ extraData: [[[[[[[[7]]]]]]]] })],
    ['extraData of 16 KB', login({ extraData: 'x'.repeat(16_382) })],
    ['extraData that is null', login({ extraData: null })],
    ['optional properties that are null', profile({ field: null, amount: null })],
    ['no properties where none is required', { event: 'profile_changed' }],
    ['zero, false and nothing', profile({ amount: 0, confirmed: false, field: '' })],
  ])('%s', async (_, message) => {
    expect((await stack.track(message)).json.results).toMatchObject([{ status: 'queued' }])
  })
})
