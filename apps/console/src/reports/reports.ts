/** What is known of reports while the console runs: names, words, addresses. */
import type { Report } from '@meta/types'
import { reportIndex, reports } from 'virtual:index'
import { fieldName, isKorean, PATHS } from '@/engine/resources'
import { REPORT_WORDS, REPORTS } from '@/hints/reports'
import { humanized } from '@/i18n/plain'

export { reportIndex }

export async function reportOf(key: string): Promise<Report | undefined> {
  return (await reports())[key]
}

const ownName = (key: string): string => key.slice(key.lastIndexOf('.') + 1)

export function reportName(key: string, korean = isKorean()): string {
  const hint = REPORTS[key]
  return (korean ? hint?.ko : hint?.en) ?? humanized(ownName(key))
}

export function reportPath(key: string): string {
  const entry = reportIndex[key]
  return entry ? `/${PATHS[entry.realm]}/${entry.domain}/reports/${ownName(key)}` : '/'
}

export function reportField(key: string, name: string): string {
  return REPORT_WORDS[name]?.[isKorean() ? 0 : 1] ?? fieldName(key, name)
}
