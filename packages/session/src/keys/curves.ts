/** The curves of ECDSA that we verify with: what signs over each, and how long a coordinate is. [RFC 7518, 3.4 and 6.2.1] */
export const CURVES = {
  'P-256': { algorithm: 'ES256', bytes: 32 },
  'P-384': { algorithm: 'ES384', bytes: 48 },
} as const

export type Curve = keyof typeof CURVES

export function isCurve(name: unknown): name is Curve {
  return typeof name === 'string' && Object.hasOwn(CURVES, name)
}
