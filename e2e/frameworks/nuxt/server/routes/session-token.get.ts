import { sessionTokenHandler } from '@trackline/snippet/nuxt/route'
import { currentUser } from '../../current-user'

export default defineEventHandler(
  sessionTokenHandler({
    secret: process.env.SESSION_SECRET,
    issuer: 'app.example.com',
    audience: 'trackline',
    who: (event) => {
      const user = currentUser(event.node.req.headers.cookie)
      return user && { sub: user.id, email: user.email }
    },
  }),
)
