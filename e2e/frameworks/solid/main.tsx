import { TrackProvider } from '@trackline/snippet/solid'
import { render } from 'solid-js/web'
import { App } from './App.tsx'
import { tracker } from './tracker.ts'

render(
  () => (
    <TrackProvider tracker={tracker}>
      <App />
    </TrackProvider>
  ),
  document.getElementById('root')!,
)
