/** The script tag's shortened names, in the order in which the minifier asks for them. Written by `npm run search:names`. */
export const NAMES = 'qXIsftsq$stqbrdnARfSjUwvcZkgQh$mlpsYetAlswRsstRRRlRl$htsRslsswtwAnsqslsrRwtRswRrRtRrtsbrrsbdfwstAl'
