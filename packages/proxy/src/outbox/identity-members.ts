/**
 * Members of a message that would name whose timeline is written, or what opens from it. Who that is, the session says; a frame is the
 * site's to give, not its visitors'.
 */
export const IDENTITY_MEMBERS: readonly string[] = ['email', 'utk', 'objectId', 'domain', 'timelineIFrame']
