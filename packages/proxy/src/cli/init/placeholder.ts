/** What stands in a new configuration until the person fills it in; `trackline doctor` knows it again. */
export const PLACEHOLDER = 'fill-me-in'
export const PLACEHOLDER_NUMBER = 1
