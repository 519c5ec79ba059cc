/** Members of a message that would name whose timeline is written. Who that is, the session says. */
export const IDENTITY_MEMBERS: readonly string[] = ['email', 'utk', 'objectId']
