import { html } from '../markup/html.ts'
import type { Page } from './page.ts'
import { topBar } from './page.ts'

/** Says why an install cannot begin, to the person who followed the address. */
export function errorPage(problem: string): Page {
  return {
    title: 'The app cannot be connected',
    body: html`${topBar()}
<main class="narrow">
<section class="card error-card">
<h1>The app cannot be connected</h1>
<p class="problem">${problem}</p>
<p class="muted">Nothing was installed. Ask whoever gave you this address to correct it.</p>
</section>
</main>`,
  }
}
