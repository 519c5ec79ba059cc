import type { EventDefinition, EventDefinitions } from '@trackline/shared'
import { appEventFileName, readAppEventFile, writeAppEventFile } from '../../hubspot/definitions/app-event-file.ts'
import type { AppEventFile } from '../../hubspot/definitions/app-event-file.ts'
import { OBJECT_TYPES } from '../../hubspot/definitions/event-type.ts'
import type { EventType, StoredEventType } from '../../hubspot/definitions/event-type.ts'
import { toEventType } from '../../hubspot/definitions/to-event-type.ts'
import { describeNew, describeProperty, describeTexts, isSameProperty } from './describe-changes.ts'
import type { Comparison, StepLine } from './step.ts'

/** A folder of project files, such as `src/app/app-events`. */
export interface ProjectFolder {
  path: string
  /** The text of each project file, by its name; none when there is no such folder. */
  list(): Promise<Map<string, string>>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}

interface Known {
  name: string
  text: string
  file: AppEventFile
}

/** Compares the definitions with the app events of a project folder. HubSpot learns of them with `hs project upload`. */
export async function compareAppEventFiles(events: EventDefinitions, folder: ProjectFolder, isDeleting: boolean): Promise<Comparison> {
  const known = [...(await folder.list())].flatMap(([name, text]): Known[] => {
    const file = readAppEventFile(text)
    return file ? [{ name, text, file }] : []
  })
  const found: Comparison = { steps: [], problems: [], notes: [] }
  for (const [eventName, definition] of Object.entries(events)) {
    compareOne(eventName, definition, { folder, found, known: known.find(({ file }) => file.uid === eventName) })
  }
  const surplus = known.filter(({ file }) => !Object.hasOwn(events, file.uid))
  for (const { name } of isDeleting ? surplus : []) {
    found.steps.push({ change: 'delete', place: placeOf(folder), says: `delete the file ${name}`, lines: [], run: () => folder.remove(name) })
  }
  if (surplus.length && !isDeleting) found.notes.push(`kept, since nothing defines it (--delete removes it): ${surplus.map(({ name }) => name).join(', ')}, in ${folder.path}`)
  return found
}

function compareOne(eventName: string, definition: EventDefinition, { folder, found, known }: { folder: ProjectFolder; found: Comparison; known: Known | undefined }): void {
  const wanted = withoutStamps(toEventType(eventName, definition))
  const text = writeAppEventFile(eventName, definition, known?.text)
  const name = known?.name ?? appEventFileName(eventName)
  const place = placeOf(folder)
  if (!known) {
    found.steps.push({ change: 'create', place, says: `write the file ${name}`, lines: describeNew(wanted, 'property'), run: () => folder.write(name, text) })
    return
  }
  found.problems.push(...fixedProblems(known, wanted))
  const lines = describeAll(known.file.type, wanted)
  if (lines.length) found.steps.push({ change: 'update', place, says: `update the file ${name}`, lines, run: () => folder.write(name, text) })
}

function placeOf({ path }: ProjectFolder): string {
  return `app events in ${path}`
}

/** HubSpot fixes these two when the file is first uploaded. */
function fixedProblems({ name, file }: Known, wanted: EventType): string[] {
  const remedy = 'HubSpot cannot change it after the first upload: define the event under another name, or delete the file if it was never uploaded'
  const problems = file.type.name === wanted.name ? [] : [`${name}: the name is '${file.type.name}', the label of '${file.uid}' is '${wanted.name}'. ${remedy}`]
  const objectType = OBJECT_TYPES[wanted.recordType ?? 'contacts']
  return file.objectType === objectType ? problems : [...problems, `${name}: the objectType is ${file.objectType}, that of '${file.uid}' is ${objectType}. ${remedy}`]
}

function describeAll(stored: StoredEventType, wanted: EventType): StepLine[] {
  const known = new Map(stored.properties.map((property) => [property.name, property]))
  const names = new Set(wanted.properties.map(({ name }) => name))
  const gone = stored.properties.filter(({ name }) => !names.has(name))
  return [
    ...describeTexts(stored, wanted),
    ...wanted.properties.flatMap((property): StepLine[] => {
      const before = known.get(property.name)
      if (before && isSameProperty(before, property)) return []
      const old: StepLine[] = before ? [{ change: 'delete', text: `property ${describeProperty(before)}` }] : []
      return [...old, { change: 'create', text: `property ${describeProperty(property)}` }]
    }),
    ...gone.map((property): StepLine => ({ change: 'delete', text: `property ${describeProperty(property)}` })),
  ]
}

/** App events have no word for a contact property to set. */
function withoutStamps(type: EventType): EventType {
  return { ...type, properties: type.properties.map((property) => ({ ...property, stamps: undefined })) }
}
