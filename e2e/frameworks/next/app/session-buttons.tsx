'use client'

import { useTrack, useTracker } from '@trackline/snippet/next'

export function SessionButtons() {
  const track = useTrack()
  const tracker = useTracker()
  return (
    <>
      <button onClick={() => track('login', { method: 'sso' })}>Sign in</button>
      <button onClick={() => tracker.reset()}>Sign out</button>
    </>
  )
}
