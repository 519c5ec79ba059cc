import { TrackProvider } from '@trackline/snippet/react'
import { renderToString } from 'react-dom/server'
import { App } from './App.tsx'
import { tracker } from './tracker.ts'

const html = renderToString(
  <TrackProvider tracker={tracker}>
    <App />
  </TrackProvider>,
)
console.log(html, await tracker.track('logout'))
