/** The two ways v1 has written events: `put` until 2 December 2024, `post` since. */
export const V1_ERAS = ['post', 'put'] as const
export type V1Era = (typeof V1_ERAS)[number]
