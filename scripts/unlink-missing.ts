/**
 * A Markdown page as it may stand alone: a link to a file that is not there becomes its words, a picture that is not there nothing.
 *
 * @param isThere  whether the page's folder has a file at this relative path; not asked of what lies outside
 */
export function unlinkMissing(page: string, isThere: (path: string) => boolean): string {
  const leads = (target: string) => /^(\w+:|#)/.test(target) || (!target.startsWith('..') && isThere(target.replace(/#.*/, '')))
  return page
    .replaceAll(/!\[[^\]]*\]\(([^)\s]+)\)\n*/g, (picture: string, target: string) => (leads(target) ? picture : ''))
    .replaceAll(/\[([^\]]*)\]\(([^)\s]+)\)/g, (link: string, words: string, target: string) => (leads(target) ? link : words))
}
