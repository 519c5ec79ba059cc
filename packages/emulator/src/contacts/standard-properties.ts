import type { Property } from './property-store.ts'

type Standard = Pick<Property, 'name' | 'label' | 'type' | 'fieldType'>

/** The group that every account has. */
export const STANDARD_GROUP = { name: 'contactinformation', label: 'Contact information' } as const

/** Contact properties that every account has; events may stamp all but the ones HubSpot keeps itself. */
export const STANDARD_PROPERTIES: readonly Standard[] = [
  { name: 'email', label: 'Email', type: 'string', fieldType: 'text' },
  text('firstname', 'First name'),
  text('lastname', 'Last name'),
  text('company', 'Company name'),
  text('jobtitle', 'Job title'),
  { name: 'phone', label: 'Phone number', type: 'string', fieldType: 'phonenumber' },
  text('website', 'Website URL'),
  text('address', 'Street address'),
  text('city', 'City'),
  text('state', 'State/Region'),
  text('zip', 'Postal code'),
  text('country', 'Country/Region'),
  { name: 'lifecyclestage', label: 'Lifecycle stage', type: 'enumeration', fieldType: 'radio' },
  { name: 'date_of_birth', label: 'Date of birth', type: 'string', fieldType: 'text' },
  { name: 'closedate', label: 'Close date', type: 'datetime', fieldType: 'date' },
  { name: 'createdate', label: 'Create date', type: 'datetime', fieldType: 'date' },
  { name: 'lastmodifieddate', label: 'Last modified', type: 'datetime', fieldType: 'date' },
  { name: 'hs_object_id', label: 'Record ID', type: 'number', fieldType: 'number' },
]

/** HubSpot sets these itself: nobody writes them. */
export const COMPUTED_PROPERTIES: readonly string[] = ['createdate', 'lastmodifieddate', 'hs_object_id']

/** HubSpot sets these itself, or identifies the contact by them: an event's token never changes them. */
export const READ_ONLY_PROPERTIES: readonly string[] = ['email', ...COMPUTED_PROPERTIES]

function text(name: string, label: string): Standard {
  return { name, label, type: 'string', fieldType: 'text' }
}
