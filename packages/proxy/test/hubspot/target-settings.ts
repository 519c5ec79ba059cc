/** How each target is reached, as the configuration says it where nobody chooses. */
export const TARGET_SETTINGS = {
  'timeline-v1': { method: 'POST', path: '/integrations/v1', batchSize: 100 },
  'timeline-v3': { path: '/integrators/timeline/v3', batchSize: 100 },
  'app-events': { version: '2026-03', batchSize: 100 },
  'custom-events': { version: '2026-03', batchSize: 500 },
  'contact-properties': { path: '/crm/v3/objects/contacts', propertiesPath: '/crm/v3/properties/contacts', batchSize: 100 },
} as const
