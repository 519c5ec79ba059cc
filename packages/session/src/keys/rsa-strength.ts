const MIN_BITS = 2048
const MAX_BITS = 8192
const MIN_EXPONENT = 65537n
// A chip library made primes as k·M + 65537^a mod M (CVE-2017-15361, "ROCA"): the modulus is then a power of 65537
// modulo each of these primes, which happens to one sound key in 200 million.
const ROCA_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127,
  131, 137, 139, 149, 151, 157, 163, 167,
]

/** Says what makes an RSA key too weak, or too slow, to trust; undefined when nothing does. */
export function rsaProblem(modulusBytes: Uint8Array, exponentBytes: Uint8Array): string | undefined {
  const modulus = toBigInt(modulusBytes)
  const exponent = toBigInt(exponentBytes)
  const bits = modulus.toString(2).length
  if (bits < MIN_BITS || bits > MAX_BITS) return `is an RSA key of ${bits} bits; use ${MIN_BITS} to ${MAX_BITS}`
  if (modulus % 2n === 0n) return 'is an RSA key with an even modulus, which is no key at all'
  if (exponent < MIN_EXPONENT || exponent % 2n === 0n) return 'is an RSA key whose exponent is not odd and at least 65537'
  if (ROCA_PRIMES.every((prime) => isPowerOf65537(Number(modulus % BigInt(prime)), prime))) {
    return 'is an RSA key made by a faulty chip library (CVE-2017-15361); make a new key'
  }
  return undefined
}

function isPowerOf65537(residue: number, prime: number): boolean {
  const base = 65537 % prime
  let power = 1
  do {
    if (power === residue) return true
    power = (power * base) % prime
  } while (power !== 1)
  return false
}

function toBigInt(bytes: Uint8Array): bigint {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return BigInt(`0x${hex || '0'}`)
}
