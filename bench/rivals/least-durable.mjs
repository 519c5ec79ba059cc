import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isMainThread, parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads'
import { ready } from './ready.mjs'

// The floor of what is kept: a body is parsed and is on disk, in one column of one table, before its 202. No framework, no session, no
// validation, no index; groups are made, and the thread is woken, as Trackline does it.
const PATIENCE_TURNS = 16
const ANSWER = '{"results":[{"messageId":"x","status":"queued"}]}'
const HEADERS = ['content-type', 'application/json; charset=utf-8', 'content-length', String(ANSWER.length)]

if (isMainThread) ready(await listen(startThread()))
else storeGroups(workerData)

function startThread() {
  const bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const thread = new Worker(new URL(import.meta.url), { workerData: { folder: process.env.FOLDER, bell } })
  return {
    store(bodies) {
      thread.postMessage(bodies)
      Atomics.add(bell, 0, 1)
      Atomics.notify(bell, 0)
    },
    onStored: (listener) => thread.on('message', listener),
  }
}

function storeGroups({ folder, bell }) {
  const database = new DatabaseSync(join(folder, 'least.db'))
  database.exec('pragma journal_mode = wal; pragma synchronous = full; create table events (seq integer primary key, body text) strict')
  const insert = database.prepare('insert into events (body) values (?)')
  for (let heard = 0; ; heard = Atomics.load(bell, 0)) {
    for (let posted = receiveMessageOnPort(parentPort); posted; posted = receiveMessageOnPort(parentPort)) {
      database.exec('begin immediate')
      for (const body of posted.message) insert.run(body)
      database.exec('commit')
      parentPort.postMessage('stored')
    }
    Atomics.wait(bell, 0, heard)
  }
}

async function listen(thread) {
  let [arrived, waiting, storing] = [[], [], []]
  let [expected, seen, quietTurns] = [0, 0, 0]

  function readArrived() {
    const wasGathering = waiting.length > 0
    for (const { request, response } of arrived.splice(0)) {
      const body = String(request.read())
      JSON.parse(body)
      waiting.push({ body, response })
    }
    if (!wasGathering) setImmediate(gather)
  }

  function gather() {
    if (storing.length > 0 || waiting.length === 0) return
    quietTurns = waiting.length > seen ? 0 : quietTurns + 1
    seen = waiting.length
    if (quietTurns < (waiting.length < expected ? PATIENCE_TURNS : 1)) return void setImmediate(gather)
    storing = waiting.splice(0)
    ;[expected, seen, quietTurns] = [storing.length, 0, 0]
    thread.store(storing.map(({ body }) => body))
  }

  thread.onStored(() => {
    for (const { response } of storing.splice(0)) response.writeHead(202, HEADERS).end(ANSWER)
    if (waiting.length > 0) setImmediate(gather)
  })
  const server = createServer((request, response) => {
    if (arrived.push({ request, response }) === 1) setImmediate(readArrived)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)))
}
