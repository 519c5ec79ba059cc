/** HubSpot's four ways to record an event, as `/_emulator/events` names them. */
export const EVENT_APIS = ['timeline-v1', 'timeline-v3', 'app-events', 'custom-events'] as const
export type EventApi = (typeof EVENT_APIS)[number]
