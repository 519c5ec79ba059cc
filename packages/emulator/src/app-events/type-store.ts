import { DEVELOPER_APP } from '../developer-app.ts'
import type { Template } from '../timeline/template-store.ts'

/** A kind of app event. Its id is the `uid` of the file that defines it. */
export type AppEventType = Template & {
  description: string | undefined
  projectName: string
  /** The other name that events may use; the app's number and the uid. */
  fullyQualifiedName: string
}

export type NewAppEventType = Omit<AppEventType, 'fullyQualifiedName' | 'createdAt' | 'updatedAt'>

/** Holds the app's kinds of app events by uid, oldest first. */
export function createAppEventTypes(now: () => Date) {
  const types = new Map<string, AppEventType>()

  /** Adds a type, or replaces the one with the same uid. */
  function put(wanted: NewAppEventType): AppEventType {
    const createdAt = types.get(wanted.id)?.createdAt ?? now()
    const type = { ...wanted, fullyQualifiedName: `ae${DEVELOPER_APP.id}_${wanted.id}`, createdAt, updatedAt: now() }
    types.set(type.id, type)
    return type
  }

  return {
    put,
    find: (uid: string) => types.get(uid),
    /** By uid or fully qualified name, both of which an event may give. */
    findByName: (name: string) => types.get(name) ?? [...types.values()].find((type) => type.fullyQualifiedName === name),
    all: () => [...types.values()],
  }
}
