/** What the page shows. Nothing here knows of Trackline: the calls are in app.js. */

export const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })

export const forms = {
  signIn: document.querySelector('#sign-in'),
  signOut: document.querySelector('#sign-out'),
  transfer: document.querySelector('#transfer'),
}

/** Shows the signed-in page of this person, or with null the page for choosing one. */
export function showPerson(person, { moveFocus = false } = {}) {
  const state = person ? 'signed-in' : 'signed-out'
  for (const part of document.querySelectorAll('[data-when]')) part.hidden = part.dataset.when !== state
  if (person) fillIn(person)
  else document.querySelector('#transfers').replaceChildren()
  if (moveFocus) document.querySelector(`[data-when="${state}"] h1`).focus()
  document.querySelector('#problem').hidden = true
}

/** Adds a pending transfer; the button that is pressed calls `complete()` or `cancel(reason)`, once. */
export function showTransfer(transfer, { complete, cancel }) {
  const row = cloneTemplate('#transfer-row')
  const part = (name) => row.querySelector(`.transfer-${name}`)
  const settle = (state) => {
    part('state').textContent = state
    part('actions').remove()
    forms.transfer.querySelector('button').focus()
  }
  part('amount').textContent = money.format(transfer.amount)
  part('recipient').textContent = transfer.recipient
  part('state').textContent = 'Pending'
  part('reference').textContent = transfer.transactionId
  row.querySelector('[data-act="complete"]').addEventListener('click', () => {
    complete()
    settle('Completed')
  })
  row.querySelector('[data-act="cancel"]').addEventListener('click', () => {
    cancel(row.querySelector('select').value)
    settle('Cancelled')
  })
  document.querySelector('#transfers').prepend(row)
}

/** Adds a row to the log, and gives back the function that writes the outcome into it. */
export function logCall(event, properties = {}) {
  const row = cloneTemplate('#call-row')
  const outcome = row.querySelector('[data-log-outcome]')
  row.dataset.logEvent = event
  row.querySelector('.call-event').textContent = event
  row.querySelector('time').textContent = new Date().toLocaleTimeString()
  for (const [name, value] of Object.entries(properties)) {
    row.querySelector('dl').append(element('dt', name), element('dd', value))
  }
  document.querySelector('#calls').prepend(row)
  return (text) => {
    outcome.textContent = text
    outcome.classList.add(text)
  }
}

export function showProblem(error) {
  const notice = document.querySelector('#problem')
  notice.textContent = `That did not work: ${error.message}`
  notice.hidden = false
}

function fillIn({ name, email }) {
  const [firstName, lastName] = name.split(' ')
  const mine = { name, email, 'first-name': firstName, initials: firstName[0] + lastName[0] }
  for (const part of document.querySelectorAll('[data-my]')) part.textContent = mine[part.dataset.my]
  const timeline = document.querySelector('#timeline')
  timeline.href = timeline.dataset.base + encodeURIComponent(email)
  timeline.hidden = false
}

function cloneTemplate(selector) {
  return document.querySelector(selector).content.cloneNode(true).firstElementChild
}

function element(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text })
}
