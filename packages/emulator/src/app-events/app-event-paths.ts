/** The dated version, and the numbered one that HubSpot's guide shows. */
export const APP_EVENT_PATHS = ['/integrators/timeline/2026-03', '/integrators/timeline/v4']
