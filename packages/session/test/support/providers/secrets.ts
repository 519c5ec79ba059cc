import { deviseJwt, simplejwt, supabase } from '../../../src/index.ts'
import { NOW_SECONDS } from '../moment.ts'
import type { Provider } from '../providers.ts'
import { secretSigner } from '../signers.ts'

const TIMES = { iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 300 }
const secret = secretSigner()

export const SECRET_PROVIDERS: readonly Provider[] = [
  {
    name: 'supabase, legacy secret',
    preset: () => supabase({ url: 'https://abcdefgh.supabase.co', jwtSecret: secret.secret, cookie: true }),
    signer: {
      ...secret,
      good: {
        header: { alg: 'HS256', kid: secret.kid, typ: 'JWT' },
        claims: {
          iss: 'https://abcdefgh.supabase.co/auth/v1',
          sub: 'ada',
          aud: 'authenticated',
          role: 'authenticated',
          email: 'ada@example.com',
          is_anonymous: false,
          ...TIMES,
        },
      },
    },
    email: 'ada@example.com',
  },
  {
    name: 'simplejwt',
    preset: () => simplejwt({ secret: secret.secret }),
    signer: {
      ...secret,
      good: { header: { alg: 'HS256', typ: 'JWT' }, claims: { token_type: 'access', jti: 'j1', user_id: 42, ...TIMES } },
    },
    subject: '42',
  },
  {
    name: 'deviseJwt',
    preset: () => deviseJwt({ secret: secret.secret }),
    signer: { ...secret, good: { header: { alg: 'HS256' }, claims: { sub: '42', scp: 'user', aud: null, jti: 'j1', ...TIMES } } },
    subject: '42',
  },
]
