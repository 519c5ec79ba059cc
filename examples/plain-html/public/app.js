import { forms, logCall, money, showPerson, showProblem, showTransfer } from './page.js'

const CURRENCY = 'EUR'
const FEE_RATE = 0.005
const MAX_WAIT_FOR_LOGOUT_MS = 2000

forms.signIn.addEventListener('submit', (event) => {
  event.preventDefault()
  signIn(forms.signIn.elements.person.value).catch(showProblem)
})
forms.signOut.addEventListener('submit', (event) => {
  event.preventDefault()
  signOut().catch(showProblem)
})
forms.transfer.addEventListener('submit', (event) => {
  event.preventDefault()
  const { recipient, amount } = forms.transfer.elements
  startTransfer({ transactionId: newReference(), amount: amount.valueAsNumber, currency: CURRENCY, recipient: recipient.value })
})

showPerson(await whoIsSignedIn())

async function signIn(id) {
  const person = await post('/sign-in', { person: id })
  showPerson(person, { moveFocus: true })
  trackAndLog('login', { method: 'password' })
}

async function signOut() {
  // First the event, since it needs this person's session. A proxy that is slow or down keeps nobody signed in.
  await Promise.race([trackAndLog('logout'), wait(MAX_WAIT_FOR_LOGOUT_MS)])
  // What was not sent is forgotten, in the script or in the queue that waits for it: the next person must not send it.
  if (track.reset) track.reset()
  else track.q = []
  await post('/sign-out')
  showPerson(null, { moveFocus: true })
}

function startTransfer(transfer) {
  const fee = Math.ceil(transfer.amount * FEE_RATE * 100) / 100
  const items = [
    { label: 'Sent', amount: money.format(transfer.amount) },
    { label: 'Fee', amount: money.format(fee) },
    { label: 'Total', amount: money.format(transfer.amount + fee) },
  ]
  trackAndLog('transaction_initiated', transfer, { extraData: { items } })
  showTransfer(transfer, {
    complete: () => trackAndLog('transaction_completed', transfer),
    cancel: (reason) => trackAndLog('transaction_cancelled', { ...transfer, reason }),
  })
}

/**
 * A page need not wait for `track()`: this one does to show what came back. It never throws and never rejects; it returns
 * nothing while its script is still on the way, and the event is sent once the script is there.
 */
async function trackAndLog(event, properties, options) {
  const showOutcome = logCall(event, properties)
  showOutcome((await track(event, properties, options)) ?? 'queued')
}

async function whoIsSignedIn() {
  const response = await fetch('/me')
  return (await response.json()).person
}

async function post(path, body = {}) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { person, error } = await response.json()
  if (!response.ok) throw new Error(error)
  return person
}

function newReference() {
  const bytes = crypto.getRandomValues(new Uint8Array(4))
  return `NW-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('').toUpperCase()}`
}

function wait(forMs) {
  return new Promise((done) => setTimeout(done, forMs))
}
