export { count, elapsed, first, last, previous } from './derivation.ts'
export type { Derivation, MomentDerivation, QuantityDerivation } from './derivation.ts'
export { defineEvents, OBJECT_TYPES } from './define-events.ts'
export type { EventDefinition, EventDefinitions, ObjectType, SentProperties, TrackArguments } from './define-events.ts'
export { didYouMean } from './did-you-mean.ts'
export { findDefinitionProblems, RESERVED_NAMES } from './find-definition-problems.ts'
export { findTemplateProblems } from './find-template-problems.ts'
export type { TemplatePart } from './find-template-problems.ts'
export {
  MAX_BATCH_EVENTS,
  MAX_BODY_BYTES,
  MAX_EXTRA_DATA_BYTES,
  MAX_EXTRA_DATA_DEPTH,
  MAX_MESSAGE_ID_LENGTH,
  MAX_TEXT_LENGTH,
} from './message.ts'
export type { Batch, Json, Message, MessageResult } from './message.ts'
export { parseMoment } from './parse-moment.ts'
export { parseTemplate } from './parse-template.ts'
export type { TemplateBlock, TemplateNode } from './parse-template.ts'
export { boolean, date, number, oneOf, text } from './property.ts'
export type { GivenBy, Property, PropertyOptions } from './property.ts'
export { quote } from './quote.ts'
export { TemplateSyntaxError } from './split-template.ts'
export { validateEvent } from './validate-event.ts'
export type { Problem, PropertyValue, ValidEvent, Validation } from './validate-event.ts'
