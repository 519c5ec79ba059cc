import { useTrack, useTracker } from '@trackline/snippet/solid'

export function App() {
  const track = useTrack()
  const tracker = useTracker()
  return (
    <>
      <button onClick={() => track('login', { method: 'sso' })}>Sign in</button>
      <button onClick={() => tracker.reset()}>Sign out</button>
    </>
  )
}
