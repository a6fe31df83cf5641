/** What one may look at, by domain: of each resource its list, where one may read it, and the reports. */
import type { RealmCode } from '@meta/types'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSession } from '@/api/session'
import { domainName, index, pathOf, resourceName } from '@/engine/resources'
import { REPORTS } from '@/hints/reports'
import { DOMAINS, RESOURCES } from '@/hints/resources'
import { i18n } from '@/i18n'
import { folded, initials } from '@/i18n/plain'
import { reportIndex, reportName, reportPath } from '@/reports/reports'

export interface MenuItem {
  key: string
  path: string
  title: string
}

export interface MenuGroup {
  domain: string
  title: string
  items: MenuItem[]
  reports: MenuItem[]
}

export function useMenu(realm: () => RealmCode): ComputedRef<MenuGroup[]> {
  const session = useSession()
  const { t } = useI18n()
  return computed(() => {
    const groups = new Map<string, MenuGroup>()
    const groupOf = (domain: string): MenuGroup => {
      const group = groups.get(domain) ?? { domain, title: domainName(domain), items: [], reports: [] }
      groups.set(domain, group)
      return group
    }
    for (const key of inOrder(Object.keys(index), Object.keys(RESOURCES))) {
      const entry = index[key]
      if (!entry || entry.realm !== realm() || RESOURCES[key]?.isHidden || !session.can(entry.realm, entry.rights.read)) continue
      groupOf(`${entry.realm}.${entry.domain}`).items.push({ key, path: pathOf(key), title: resourceName(key) })
    }
    for (const key of inOrder(Object.keys(reportIndex), Object.keys(REPORTS))) {
      const entry = reportIndex[key]
      if (!entry || entry.realm !== realm() || REPORTS[key]?.isHidden || !session.can(entry.realm, entry.right)) continue
      groupOf(`${entry.realm}.${entry.domain}`).reports.push({ key, path: reportPath(key), title: reportName(key) })
    }
    const own = groups.get('tenants.adm')
    if (own && session.can('tenants', 'adm.settings.read')) own.items.push({ key: 'settings', path: '/company/adm/settings', title: t('settings.title') })
    return [...groups.values()].sort((one, other) => place(Object.keys(DOMAINS), one.domain) - place(Object.keys(DOMAINS), other.domain))
  })
}

/** As the hints stand, then the rest. */
function inOrder(keys: string[], hinted: string[]): string[] {
  return [...keys].sort((one, other) => place(hinted, one) - place(hinted, other))
}

const place = (list: string[], one: string): number => (list.includes(one) ? list.indexOf(one) : list.length)

/** Pages whose name, in either language, or other word has the text: also by the initial consonants of Korean words. */
export function pagesFor(menu: MenuGroup[], text: string): (MenuItem & { group: string })[] {
  const wanted = folded(text)
  if (!wanted) return []
  return menu.flatMap((group) =>
    [...group.items, ...group.reports].flatMap((item) => {
      const isReport = item.key in reportIndex
      const words = isReport ? [reportName(item.key, true), reportName(item.key, false), ...(REPORTS[item.key]?.words ?? [])] : [RESOURCES[item.key]?.ko ?? '', RESOURCES[item.key]?.en ?? '', item.title]
      const isMeant = words.some((word) => folded(word).includes(wanted) || initials(folded(word)).includes(wanted))
      return isMeant ? [{ ...item, group: isReport ? `${group.title} · ${i18n.global.t('report.reports')}` : group.title }] : []
    }),
  )
}
