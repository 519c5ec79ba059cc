import { render } from 'svelte/server'
import App from './App.svelte'
import { tracker } from './tracker.ts'

const { body } = render(App)
console.log(body, await tracker.track('logout'))
