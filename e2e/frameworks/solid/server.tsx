import { TrackProvider } from '@trackline/snippet/solid'
import { renderToString } from 'solid-js/web'
import { App } from './App.tsx'
import { tracker } from './tracker.ts'

const html = renderToString(() => (
  <TrackProvider tracker={tracker}>
    <App />
  </TrackProvider>
))
console.log(html, await tracker.track('logout'))
