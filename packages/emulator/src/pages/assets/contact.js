// Puts moments into the reader's time zone on every page, and keeps a contact's page current.

const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const dateAndTimeInFull = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric' })

localise(document)
const main = document.querySelector('main[data-stream]')
if (main) follow(main)

function localise(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime)
    time.textContent = dateAndTime.format(at)
    time.title = `${dateAndTimeInFull.format(at)} (${time.dateTime})`
  }
}

function follow(page) {
  const timeline = document.getElementById('timeline')
  const live = document.getElementById('live')
  groupByMonth(timeline)
  const stream = new EventSource(page.dataset.stream)
  stream.addEventListener('open', () => showState(live, 'live'))
  stream.addEventListener('error', () => showState(live, 'reconnecting'))
  stream.addEventListener('card', (event) => {
    const { key, card, panel } = JSON.parse(event.data)
    putPanel(panel)
    putCard(timeline, key, fragment(card).firstElementChild)
  })
  stream.addEventListener('panel', (event) => putPanel(JSON.parse(event.data).panel))
  stream.addEventListener('gone', (event) => {
    findCard(timeline, JSON.parse(event.data).key)?.remove()
    groupByMonth(timeline)
  })
}

function showState(live, state) {
  live.textContent = state
  live.dataset.state = state
}

// The server escapes every value, and the page's policy runs no script that arrives this way.
function fragment(markup) {
  const template = document.createElement('template')
  template.innerHTML = markup
  localise(template.content)
  return template.content
}

function putPanel(panel) {
  document.getElementById('panel').replaceChildren(fragment(panel))
}

function putCard(timeline, key, card) {
  const before = findCard(timeline, key)
  if (before?.querySelector('details')?.open) card.querySelector('details')?.setAttribute('open', '')
  before?.remove()
  card.classList.add('is-new')
  const next = cards(timeline).find((other) => timeOf(other) <= timeOf(card))
  timeline.insertBefore(card, next ?? null)
  document.getElementById('empty').hidden = true
  groupByMonth(timeline)
}

function groupByMonth(timeline) {
  for (const heading of timeline.querySelectorAll('.month')) heading.remove()
  let month = ''
  for (const card of cards(timeline)) {
    const own = monthAndYear.format(timeOf(card))
    if (own !== month) timeline.insertBefore(monthHeading(own), card)
    month = own
  }
}

function monthHeading(text) {
  const heading = document.createElement('li')
  heading.className = 'month'
  heading.appendChild(document.createElement('h3')).textContent = text
  return heading
}

function findCard(timeline, key) {
  return cards(timeline).find((card) => card.dataset.key === key)
}

function cards(timeline) {
  return [...timeline.querySelectorAll('.event')]
}

function timeOf(card) {
  return new Date(card.querySelector('.event-time').dateTime).getTime()
}
