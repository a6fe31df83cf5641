/** What one may look at, by domain: of each resource its list, where one may read it. */
import type { RealmCode } from '@meta/types'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSession } from '@/api/session'
import { domainName, index, pathOf, resourceName } from '@/engine/resources'
import { DOMAINS, RESOURCES } from '@/hints/resources'

export interface MenuItem {
  key: string
  path: string
  title: string
}

export interface MenuGroup {
  domain: string
  title: string
  items: MenuItem[]
}

export function useMenu(realm: () => RealmCode): ComputedRef<MenuGroup[]> {
  const session = useSession()
  const { t } = useI18n()
  return computed(() => {
    const groups = new Map<string, MenuGroup>()
    for (const key of inOrder(Object.keys(index))) {
      const entry = index[key]
      if (!entry || entry.realm !== realm() || RESOURCES[key]?.isHidden || !session.can(entry.realm, entry.rights.read)) continue
      const domain = `${entry.realm}.${entry.domain}`
      const group = groups.get(domain) ?? { domain, title: domainName(domain), items: [] }
      group.items.push({ key, path: pathOf(key), title: resourceName(key) })
      groups.set(domain, group)
    }
    const own = groups.get('tenants.adm')
    if (own && session.can('tenants', 'adm.settings.read')) own.items.push({ key: 'settings', path: '/company/adm/settings', title: t('settings.title') })
    return [...groups.values()].sort((one, other) => place(Object.keys(DOMAINS), one.domain) - place(Object.keys(DOMAINS), other.domain))
  })
}

/** As the hints stand, then the rest. */
function inOrder(keys: string[]): string[] {
  const hinted = Object.keys(RESOURCES)
  return [...keys].sort((one, other) => place(hinted, one) - place(hinted, other))
}

const place = (list: string[], one: string): number => (list.includes(one) ? list.indexOf(one) : list.length)
