/** The script tag's shortened names, in the order in which the minifier asks for them. Written by `npm run search:names`. */
export const NAMES = 'tVYIfAwtbbbjcadsASkXfetmihplTunoZIgWwIAtbpwbkAbwwAwAlnsAbwtbtibbpjsbIAtbbAtbItbIbbbAIAbAdftb'

/** The order of its functions, each by its place in the source. */
export const ORDER = [1, 7, 4, 5, 0, 3, 9, 2, 6, 8, 10]
