import { TrackProvider } from '@trackline/snippet/react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { tracker } from './tracker.ts'

createRoot(document.getElementById('root')!).render(
  <TrackProvider tracker={tracker}>
    <App />
  </TrackProvider>,
)
