import { sessionTokenRoute } from '@trackline/snippet/next/route'
import { currentUser } from '../../current-user'

export const GET = sessionTokenRoute({
  secret: process.env.SESSION_SECRET,
  issuer: 'app.example.com',
  audience: 'trackline',
  who: (request) => {
    const user = currentUser(request.headers.get('cookie'))
    return user && { sub: user.id, email: user.email }
  },
})
